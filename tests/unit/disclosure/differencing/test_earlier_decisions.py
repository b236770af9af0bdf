"""What was decided once about some subjects stays, whatever the primary rules say now."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cleanroom_join.attacks.guarded_room import GuardedRoom
from cleanroom_join.contract import DifferencingAction, Protection
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.disclosure.ledger.chain import history_of
from cleanroom_join.disclosure.model.primary_limits import PrimaryLimits
from tests.support.plain_tables import COUNT_AND_SUM, query_over
from tests.support.signatures import cells_from_sets, subjects

QUERY, POLICY = query_over("a", "[]", measures=COUNT_AND_SUM)
BOTH = {("a1",): subjects(0, 300), ("a2",): subjects(1000, 400)}
FAILING, PASSING = 99, 200
"""Subjects with a value: under k, and over it."""


def opened(**settings):
    """Return a room that has released two cells."""
    room = GuardedRoom(POLICY, **settings)
    room.release(QUERY, cells_from_sets(BOTH, QUERY))
    return room


def counted(leaves, having):
    """Return the statistics of sets, of which a1 has so many subjects with a value."""
    valued = {leaf: len(own) for leaf, own in leaves.items()} | {("a1",): having}
    return cells_from_sets(leaves, QUERY, valued=valued)


def figures(table):
    """Return the cohort size of each published cell, and the run it is repeated from."""
    return {
        c.labels[0]: (c.figures[0], c.repeated_from and c.repeated_from.run)
        for c in table.published
    }


def rules(table):
    """Return the rule that suppressed each suppressed cell."""
    return {cell.labels[0]: cell.rule for cell in table.suppressed}


@pytest.mark.parametrize("leaving", [0, 1, 99])
def test_near_a_published_cell_presence_says_nothing(leaving):
    """The earlier figures are shown, although the cell breaks a rule now."""
    now = BOTH | {("a1",): subjects(leaving, 300 - leaving)}

    table = opened().release(QUERY, counted(now, FAILING))

    assert figures(table) == {"a1": (300, 1), "a2": (400, None)}


def test_far_from_a_published_cell_the_rules_decide():
    """After k have left, a cell that breaks a rule is suppressed."""
    now = BOTH | {("a1",): subjects(100, 200)}

    table = opened().release(QUERY, counted(now, FAILING))

    assert figures(table) == {"a2": (400, None)}
    assert rules(table) == {"a1": Rule.THRESHOLD}


@pytest.mark.parametrize("having", [FAILING, PASSING])
def test_a_sum_that_lost_few_subjects_decides_for_its_cells(having):
    """150 moved and one left: both cells are repeated, whichever of them fails."""
    moved = subjects(0, 150)
    a1, a2 = BOTH["a1",] - moved - {150}, BOTH["a2",] | moved

    table = opened().release(QUERY, counted({("a1",): a1, ("a2",): a2}, having - 60))

    assert figures(table) == {"a1": (300, 1), "a2": (400, 1)}


@pytest.mark.parametrize("having", [FAILING, PASSING])
@pytest.mark.parametrize("label", ["a1", "a3"])
def test_near_a_cell_with_another_label_presence_says_nothing(having, label):
    """The subjects of a2 as a1, or as a3: neither shows whether they pass the rules."""
    now = {(label,): BOTH["a2",] - {1000}}
    valued = {(label,): having}

    table = opened().release(QUERY, cells_from_sets(now, QUERY, valued=valued))

    assert figures(table) == ({"a1": (300, 1)} if label == "a1" else {})


STRICTER = {
    "min_cohort": 110,
    "min_opposite": 11,
    "l_diversity": 3,
    "max_clamped_share": Decimal("0.005"),
    "dominance_share": Decimal("0.85"),
    "dominance_p": 11,
}


@pytest.mark.parametrize("name", STRICTER)
@pytest.mark.parametrize("leaving", [0, 1])
def test_after_a_limit_became_stricter_the_rules_decide(name, leaving):
    """What the stricter policy forbids is not repeated."""
    room = opened()
    room.policy = replace(POLICY, **{name: STRICTER[name]})
    now = BOTH | {("a1",): subjects(leaving, 300 - leaving)}

    table = room.release(QUERY, counted(now, FAILING))

    assert "a1" not in figures(table)


def test_a_limit_that_became_less_strict_changes_no_decision():
    """Nor does noise: an earlier figure is not computed again."""
    room = opened()
    room.policy = replace(POLICY, min_opposite=9, perturbation_variance=Decimal(9))

    table = room.release(QUERY, counted(BOTH, FAILING))

    assert figures(table) == {"a1": (300, 1), "a2": (400, None)}


def test_under_unknown_limits_the_rules_decide():
    """A release that does not say what it was decided under is no reason to show."""
    room = opened()
    room.entries[0] = replace(room.entries[0], limits=None)

    table = room.release(QUERY, counted(BOTH, FAILING))

    assert rules(table) == {"a1": Rule.THRESHOLD}


def test_without_the_joint_key_nothing_is_repeated():
    """The rule ``missing_noise`` depends on no data, so there is nothing to hide."""
    room = opened()
    perturbed = replace(POLICY, protection=Protection.PERTURBED)

    table = protect(
        counted(BOTH, PASSING), QUERY, perturbed, history_of(room.entries), None
    )

    assert set(rules(table).values()) == {Rule.MISSING_NOISE}


@pytest.mark.parametrize("having", [FAILING, PASSING])
def test_if_near_cells_are_suppressed_presence_says_nothing_either(having):
    """Under the other action there is no cell, whether or not it passes the rules."""
    room = opened()
    room.policy = replace(POLICY, differencing=DifferencingAction.SUPPRESS)
    now = BOTH | {("a1",): subjects(1, 299)}

    table = room.release(QUERY, counted(now, having))

    assert figures(table) == {"a2": (400, None)}


# --- suppressed cells --------------------------------------------------------------


def kept(policy=POLICY):
    """Return a room whose ledger holds that a1 was suppressed."""
    room = GuardedRoom(policy, keeps_suppressed=True)
    room.release(QUERY, counted(BOTH, FAILING))
    assert [set(entry.suppressed) for entry in room.entries] == [{(("a", "a1"),)}]
    return room


@pytest.mark.parametrize("leaving", [0, 1, 99])
@pytest.mark.parametrize("having", [FAILING, PASSING])
def test_near_a_suppressed_cell_a_cell_stays_suppressed(leaving, having):
    """Whether or not it passes the rules now, and under any label."""
    for label in ("a1", "a3"):
        now = {("a2",): BOTH["a2",], (label,): subjects(leaving, 300 - leaving)}
        valued = {("a2",): 400, (label,): having}

        table = kept().release(QUERY, cells_from_sets(now, QUERY, valued=valued))

        assert figures(table) == {"a2": (400, None)}


def test_far_from_a_suppressed_cell_the_rules_decide():
    """After k subjects have left it."""
    now = BOTH | {("a1",): subjects(100, 200)}

    table = kept().release(QUERY, counted(now, PASSING))

    assert figures(table) == {"a1": (200, None), "a2": (400, None)}


def test_small_steps_lead_away_from_a_suppressed_cell():
    """Only the first decision is kept: else a cell that grows slowly would never show."""
    room = kept()
    for leaving in (60, 120):
        now = BOTH | {("a1",): subjects(leaving, 300 - leaving)}
        table = room.release(QUERY, counted(now, FAILING if leaving < 100 else 180))

    assert [len(entry.suppressed) for entry in room.entries] == [1, 0, 0]
    assert figures(table) == {"a1": (180, None), "a2": (400, None)}


def test_a_less_strict_policy_decides_anew():
    """Both companies agreed that such cells may be shown."""
    room = kept(replace(POLICY, min_opposite=12))
    room.policy = POLICY

    table = room.release(QUERY, counted(BOTH, PASSING))

    assert figures(table) == {"a1": (300, None), "a2": (400, None)}


def test_only_what_a_primary_rule_suppressed_is_kept():
    """What differencing suppressed was decided by an earlier release."""
    room = kept()
    room.policy = replace(POLICY, differencing=DifferencingAction.SUPPRESS)
    room.release(QUERY, counted(BOTH | {("a2",): subjects(1001, 399)}, PASSING))

    assert room.entries[-1].suppressed == {}


def test_a_ledger_that_shows_its_length_keeps_no_suppressed_cell():
    """Their number is nobody's business."""
    room = GuardedRoom(POLICY)
    room.release(QUERY, counted(BOTH, FAILING))

    assert room.entries[0].suppressed == {}
    assert room.entries[0].limits == PrimaryLimits.of(POLICY)
