"""What the attacks learn: from the plain filter all of it, from the guard what is said."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from cleanroom_join.attacks import ATTACKS, Cause, Mode, Outcome, judge, play
from cleanroom_join.attacks.attack import Attack
from cleanroom_join.attacks.game import Game
from cleanroom_join.attacks.judge import (
    SEEDS,
    against_policy,
    against_the_filter,
    learned,
)
from cleanroom_join.contract import DifferencingAction, Policy

ROOT = Path(__file__).parents[3]
DEFAULT = Policy()
STOPPED = [a for a in ATTACKS if a.limit is None]
LIMITS = [a for a in ATTACKS if a.limit is not None]
LINEAR = "23"  # what it needs takes seconds


@pytest.fixture
def few_games(monkeypatch):
    """Ten games, all of which an attacker must win: enough for a second look."""
    monkeypatch.setattr(judge, "SEEDS", 5)


def named(attack):
    """Return an attack's number, for the test's name."""
    return attack.id


def attack(number):
    """Return an attack by its number."""
    return next(a for a in ATTACKS if a.id == number)


def test_every_attack_of_the_catalogue_is_a_program():
    """All 24 numbers, and no program twice."""
    assert {a.number for a in ATTACKS} == set(range(1, 25))
    assert len({a.id for a in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("program", ATTACKS, ids=named)
def test_the_plain_filter_stops_nothing(program):
    """Every attack learns what it wants, in every world."""
    assert against_the_filter(program, DEFAULT).right == 2 * SEEDS


@pytest.mark.parametrize("program", ATTACKS, ids=named)
def test_the_plain_filter_is_attacked_with_its_own_k(program, few_games):
    """Whatever the contract's is."""
    policy = replace(DEFAULT, min_cohort=150)

    assert against_the_filter(program, policy).succeeded


@pytest.mark.parametrize("program", STOPPED, ids=named)
def test_the_default_policy_stops(program):
    """The attacker does not even do better than a coin."""
    assert not against_policy(program, DEFAULT).succeeded


@pytest.mark.parametrize("program", LIMITS, ids=named)
def test_a_known_limit_is_one(program):
    """What is stopped by now must not be documented as a limit."""
    assert against_policy(program, DEFAULT).succeeded


@pytest.mark.parametrize("program", LIMITS, ids=named)
def test_the_mode_that_is_said_to_stop_an_attack_does(program):
    """As the table says; and so does every mode that adds to it."""
    for mode in Mode:
        if mode.stops_what(program.limit.stopped_by):
            assert not against_policy(program, mode.applied(DEFAULT)).succeeded


@pytest.mark.parametrize(
    "program", [a for a in LIMITS if a.limit.stopped_by is Mode.BOUNDED], ids=named
)
def test_noise_alone_does_not_stop_what_a_bound_is_for(program):
    """Or else the table would ask for more than is needed."""
    assert against_policy(program, Mode.PERTURBED.applied(DEFAULT)).succeeded


@pytest.mark.parametrize("rows", [3, 10, 100])
@pytest.mark.parametrize(
    "program", [a for a in LIMITS if a.limit.promise == "Marked people"], ids=named
)
def test_any_bound_hides_marked_people(program, rows):
    """Noise grows with the bound."""
    policy = replace(Mode.BOUNDED.applied(DEFAULT), contribution_rows=rows)

    assert not against_policy(program, policy).succeeded


@pytest.mark.parametrize("program", STOPPED, ids=named)
@pytest.mark.parametrize("mode", [Mode.PERTURBED, Mode.BOUNDED])
def test_noise_opens_nothing(program, mode, few_games):
    """The stricter modes stop all that the default stops."""
    assert not against_policy(program, mode.applied(DEFAULT)).succeeded


@pytest.mark.parametrize("program", STOPPED, ids=named)
def test_withholding_stops_what_repeating_stops(program, few_games):
    """All but one attack: that a cell is gone tells that somebody came or left."""
    policy = replace(DEFAULT, differencing=DifferencingAction.SUPPRESS)

    assert against_policy(program, policy).succeeded == (program.id == "18b")


@pytest.mark.parametrize("program", [a for a in STOPPED if a.id != LINEAR], ids=named)
def test_a_larger_k_stops_what_the_floor_stops(program, few_games):
    """Groups grow with k, so that no attack is stopped by being small."""
    policy = replace(DEFAULT, min_cohort=150, min_opposite=20)

    assert not against_policy(program, policy).succeeded
    assert against_the_filter(program, policy).succeeded


def test_games_come_out_the_same_again():
    """Made-up people, chance and keys follow from the seed."""
    program = attack("16b")

    assert against_policy(program, DEFAULT) == against_policy(program, DEFAULT)


def coin(game, _room):
    """Guess."""
    return game.coin()


@pytest.mark.parametrize("guess", [coin, lambda *_: True, lambda *_: False])
def test_who_guesses_learns_nothing(guess):
    """A coin, and who always says the same, are right in half of the games."""
    guesser = replace(attack("3"), guess=guess, limit=None)

    for score in (
        against_the_filter(guesser, DEFAULT),
        against_policy(guesser, DEFAULT),
    ):
        assert score.right == SEEDS
        assert not score.succeeded


def test_how_much_is_no_chance():
    """One in a thousand who guess are taken for attackers, at most."""
    assert not learned(17, 20)
    assert learned(18, 20)
    assert not learned(9, 9)
    assert learned(10, 10)


@pytest.mark.parametrize("program", ATTACKS, ids=named)
def test_worlds_are_made_of_the_seed_and_the_secret(program):
    """Two worlds of a game differ; the same world is always the same."""
    game = Game(policy=DEFAULT, seed=3)

    yes, no = program.world(game, True), program.world(game, False)

    assert yes != no
    assert yes == program.world(game, True)


# --- the documentation ---------------------------------------------------------------

NOT_ATTACKED = {
    "That somebody came or left": "is 18b under `suppress`; else it names nobody",
    "Changed values": "is 7b with k others, whom the attacker knows, changed as well",
    "Other kinds of subject over time": "is 7a for a subject that nothing is joined on",
    "Earlier neighbours": "leaves a rest of k people, about whom figures may be told",
    "Knowing the rules": "gives no certainty, so no attacker is right in both worlds",
    "Steps": "is about the summary, which attack 18 reads in one release only",
    "Timing": "is of a cluster, and games are played without one",
    "Whole numbers": "needs an integer program that nobody has written yet",
    "Sums of money": "says how wide an interval is not",
    "Padding": "is stopped (12a, 12b) but for what is said under Collusion",
    "Anonymous tokens": "is outside the room",
    "Databricks itself": "is outside the library",
}
"""Promises that are not made and that no program shows, with the reason."""


def not_promised():
    """Return the headings of what the README does not promise."""
    text = (ROOT / "README.md").read_text()
    section = text.split("## What it does not promise")[1].split("\n## ")[0]
    return set(re.findall(r"^- \*\*(.+?)\.\*\*(?:\s|$)", section, re.MULTILINE))


def test_the_readme_names_every_known_limit():
    """And every limit that it names is shown by an attack, or has a reason why not."""
    shown = {a.limit.promise for a in LIMITS}

    assert shown | NOT_ATTACKED.keys() == not_promised()
    assert not shown & NOT_ATTACKED.keys()


def test_the_howto_lists_every_attack():
    """With the same title, and the same limit."""
    text = (ROOT / "docs/howto/attack-your-policy.md").read_text()

    for program in ATTACKS:
        promise = program.limit.promise if program.limit else "–"
        assert f"| {program.id} | {program.title} | {promise} |" in text


def test_a_result_says_what_the_remedy_is():
    """A limit that another mode stops is played in that mode, too."""
    (collusion,) = play([attack("3")], DEFAULT)
    (under_noise,) = play([attack("3")], Mode.PERTURBED.applied(DEFAULT))

    assert collusion.outcome is Outcome.KNOWN_LIMIT
    assert not collusion.remedy.succeeded
    assert under_noise.outcome is Outcome.STOPPED
    assert under_noise.remedy is None


def test_a_limit_whose_remedy_fails_is_a_failure():
    """What is set beside it must help, or the policy is too weak."""
    least = replace(DEFAULT, perturbation_variance=Decimal(1))

    (result,) = play([attack("4d")], least)

    assert result.policy.succeeded
    assert result.remedy.succeeded
    assert (result.outcome, result.cause) == (Outcome.SUCCEEDED, Cause.REMEDY)


def test_a_limit_of_its_own_mode_is_a_failure():
    """A mode that is said to stop an attack and does not is no known limit."""
    program = replace(
        attack("4c"), limit=replace(attack("4c").limit, stopped_by=Mode.THRESHOLD)
    )

    (result,) = play([program], DEFAULT)

    assert (result.outcome, result.cause) == (Outcome.SUCCEEDED, Cause.POLICY)
    assert isinstance(result.attack, Attack)


def test_a_mode_is_what_a_policy_says_and_asks_for():
    """Applied to any policy, and read from it; a bound that is there stays."""
    for mode in Mode:
        for before in Mode:
            assert Mode.of(mode.applied(before.applied(DEFAULT))) is mode
    seven = replace(Mode.BOUNDED.applied(DEFAULT), contribution_rows=7)
    assert Mode.BOUNDED.applied(seven) == seven
    assert Mode.BOUNDED.toml(seven) == (
        'protection = "perturbed", contribution = { rows = 7 }'
    )
    assert Mode.PERTURBED.toml(seven) == 'protection = "perturbed"'


def test_marked_people_are_a_failure_of_the_mode_that_hides_them(monkeypatch):
    """If noise did not cover the bound, the suite would say so."""
    monkeypatch.setattr(
        "cleanroom_join.disclosure.perturbation.draw.Noise.perturb_bounded",
        lambda _, value, step, draw: Fraction(value),
    )

    (result,) = play([attack("13b")], Mode.BOUNDED.applied(DEFAULT))

    assert result.outcome is Outcome.SUCCEEDED
