"""Each attack learns its secret from the plain filter, and from the guard only where a limit is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanroom_join.attacks import ATTACKS, Mode, judge
from cleanroom_join.attacks.game import Game
from cleanroom_join.attacks.judge import SEEDS, against_the_filter, succeeds
from cleanroom_join.contract import DifferencingAction, Policy

DEFAULT = Policy()
STOPPED = [a for a in ATTACKS if a.limit is None]
LIMITS = [a for a in ATTACKS if a.limit is not None]
LINEAR = "23"
"""It needs a linear program, which takes seconds where groups are larger."""

MANY_GROUPS = "24h"
"""It has 8,000 rows in 64 groups, which take a while to count and to guard."""


@pytest.fixture
def few_games(monkeypatch):
    """Play ten games, all of which an attacker must win: enough for a second look."""
    monkeypatch.setattr(judge, "SEEDS", 5)


def named(attack):
    """Return an attack's number, for the test's name."""
    return attack.id


def played(attack):
    """Return an attack as a parameter; one of many groups takes long."""
    marks = pytest.mark.slow if attack.id == MANY_GROUPS else ()
    return pytest.param(attack, id=attack.id, marks=marks)


def test_every_attack_of_the_catalogue_is_a_program():
    """All 26 numbers have one, and no program is there twice."""
    assert {a.number for a in ATTACKS} == set(range(1, 27))
    assert len({a.id for a in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("program", ATTACKS, ids=named)
def test_the_plain_filter_stops_nothing(program):
    """Every attack learns its secret, in every world."""
    assert against_the_filter(program, DEFAULT).right == 2 * SEEDS


@pytest.mark.slow
@pytest.mark.parametrize("program", ATTACKS, ids=named)
def test_the_plain_filter_is_attacked_with_its_own_k(program, few_games):
    """The contract's k does not change the filter's."""
    policy = replace(DEFAULT, min_cohort=150)

    assert against_the_filter(program, policy).succeeded


@pytest.mark.parametrize("program", STOPPED, ids=named)
def test_the_default_policy_stops(program):
    """The attacker is not right more often than chance allows."""
    assert not succeeds(program, DEFAULT)


@pytest.mark.parametrize("program", [played(a) for a in LIMITS])
def test_a_known_limit_is_one(program):
    """An attack that the default stops must not be documented as a limit."""
    assert succeeds(program, DEFAULT)


@pytest.mark.parametrize(
    "program", [played(a) for a in LIMITS if not a.limit.stopped_by]
)
@pytest.mark.parametrize("mode", [Mode.PERTURBED, Mode.BOUNDED])
def test_what_nothing_stops_succeeds_in_every_mode(program, mode):
    """Confirmed or not: if something stopped it, the limits would have to name that."""
    for confirmed in (False, True):
        assert succeeds(program, mode.applied(DEFAULT), confirmed=confirmed)


@pytest.mark.parametrize("program", LIMITS, ids=named)
def test_the_documented_mode_stops_the_attack(program):
    """And so does every mode that adds to it."""
    for mode in Mode:
        if mode.includes(program.limit.stopped_by):
            assert not succeeds(program, mode.applied(DEFAULT))


@pytest.mark.parametrize(
    "program", [a for a in LIMITS if a.limit.stopped_by is Mode.BOUNDED], ids=named
)
def test_noise_without_a_bound_does_not_stop(program):
    """If it did, the documented remedy would ask for more than is needed."""
    assert succeeds(program, Mode.PERTURBED.applied(DEFAULT))


@pytest.mark.parametrize("rows", [3, 10, 100])
@pytest.mark.parametrize(
    "program", [a for a in LIMITS if a.limit.promise == "Marked people"], ids=named
)
def test_any_bound_hides_marked_subjects(program, rows):
    """Noise grows with the bound."""
    policy = replace(Mode.BOUNDED.applied(DEFAULT), contribution_rows=rows)

    assert not succeeds(program, policy)


@pytest.mark.slow
@pytest.mark.parametrize("program", STOPPED, ids=named)
@pytest.mark.parametrize("mode", [Mode.PERTURBED, Mode.BOUNDED])
def test_a_stricter_mode_stops_all_that_the_default_stops(program, mode, few_games):
    """Noise opens no new way to the secret."""
    assert not succeeds(program, mode.applied(DEFAULT))


@pytest.mark.slow
@pytest.mark.parametrize("program", STOPPED, ids=named)
def test_suppressing_stops_all_but_one_that_repeating_stops(program, few_games):
    """18b succeeds: that a cell disappears reveals that a subject joined or left."""
    policy = replace(DEFAULT, differencing=DifferencingAction.SUPPRESS)

    assert succeeds(program, policy) == (program.id == "18b")


@pytest.mark.slow
@pytest.mark.parametrize("program", [a for a in STOPPED if a.id != LINEAR], ids=named)
def test_a_larger_k_stops_all_that_the_floor_stops(program, few_games):
    """Groups grow with k, so that no attack fails because its groups are small."""
    policy = replace(DEFAULT, min_cohort=150, min_opposite=20)

    assert not succeeds(program, policy)
    assert against_the_filter(program, policy).succeeded


@pytest.mark.parametrize("program", ATTACKS, ids=named)
def test_worlds_are_made_of_the_seed_and_the_secret(program):
    """Two worlds of a game differ; the same world is always the same."""
    game = Game(policy=DEFAULT, seed=3)

    yes, no = program.world(game, True), program.world(game, False)

    assert yes != no
    assert yes == program.world(game, True)
