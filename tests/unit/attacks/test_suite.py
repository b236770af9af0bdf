"""The suite: what becomes of an attack, and why, under a policy and its remedy."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from cleanroom_join.attacks import Cause, Mode, Outcome, attacks_numbered, judge, play
from cleanroom_join.attacks.attack import Attack
from cleanroom_join.contract import Policy

DEFAULT = Policy()


def attack(number):
    """Return an attack by its number."""
    (found,) = attacks_numbered([number])
    return found


def test_a_known_limit_is_played_under_its_remedy_too():
    """And a mode that stops it has none."""
    (collusion,) = play([attack("3")], DEFAULT)
    (under_noise,) = play([attack("3")], Mode.PERTURBED.applied(DEFAULT))

    assert collusion.outcome is Outcome.KNOWN_LIMIT
    assert not collusion.remedy.succeeded
    assert under_noise.outcome is Outcome.STOPPED
    assert under_noise.remedy is None


def test_a_limit_whose_remedy_fails_is_a_failure(monkeypatch):
    """If the documented mode does not stop it, the policy is too weak."""
    monkeypatch.setattr(judge, "SEEDS", 50)
    least = replace(DEFAULT, perturbation_variance=Decimal(1))

    (result,) = play([attack("4d")], least)

    assert result.policy.succeeded
    assert result.remedy.succeeded
    assert (result.outcome, result.cause) == (Outcome.SUCCEEDED, Cause.REMEDY)


def test_a_limit_of_its_own_mode_is_a_failure():
    """A mode that is documented to stop an attack and does not is too weak."""
    program = replace(
        attack("4c"), limit=replace(attack("4c").limit, stopped_by=Mode.THRESHOLD)
    )

    (result,) = play([program], DEFAULT)

    assert (result.outcome, result.cause) == (Outcome.SUCCEEDED, Cause.POLICY)
    assert isinstance(result.attack, Attack)


def test_a_mode_is_read_from_a_policy_as_it_was_applied():
    """A bound that the policy has already stays."""
    for mode in Mode:
        for before in Mode:
            assert Mode.of(mode.applied(before.applied(DEFAULT))) is mode
    seven = replace(Mode.BOUNDED.applied(DEFAULT), contribution_rows=7)
    assert Mode.BOUNDED.applied(seven) == seven
    assert Mode.BOUNDED.toml(seven) == (
        'protection = "perturbed", contribution = { rows = 7 }'
    )
    assert Mode.PERTURBED.toml(seven) == 'protection = "perturbed"'


def test_noise_that_is_too_small_for_the_bound_is_noticed(monkeypatch):
    """Marked subjects are then an attack that succeeds."""
    monkeypatch.setattr(
        "cleanroom_join.disclosure.perturbation.draw.Noise.perturb_bounded",
        lambda _, value, step, draw: Fraction(value),
    )

    (result,) = play([attack("13b")], Mode.BOUNDED.applied(DEFAULT))

    assert result.outcome is Outcome.SUCCEEDED
