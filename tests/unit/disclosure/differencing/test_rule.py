"""Differencing: no two published figures, over time, differ by fewer than k subjects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanroom_join.contract import DifferencingAction, Policy
from cleanroom_join.disclosure import History, Rule, protect
from cleanroom_join.disclosure.ledger.chain import history_of
from tests.support.plain_tables import cells_from_counts, query_over
from tests.support.signatures import subjects
from tests.support.watched_room import WatchedRoom


def two_cells(action=DifferencingAction.REPEAT, totals="[]"):
    """Return a room that has released 300 and 400 subjects."""
    query, policy = query_over("a", totals)
    room = WatchedRoom(query, replace(policy, differencing=action))
    leaves = {("a1",): subjects(0, 300), ("a2",): subjects(1000, 400)}
    room.release(leaves)
    return room, leaves


@pytest.mark.parametrize(
    ("leaving", "published"), [(0, 300), (1, 300), (99, 300), (120, 180)]
)
def test_a_cell_is_new_again_when_k_subjects_have_left(leaving, published):
    """If none or fewer than k left, the old figure is repeated; else the new one is."""
    room, leaves = two_cells()

    table = room.release({**leaves, ("a1",): subjects(leaving, 300 - leaving)})

    figures = {cell.labels[0]: cell.figures[0] for cell in table.published}
    assert figures == {"a1": published, "a2": 400}


def test_equal_counts_are_not_equal_subjects():
    """One leaves and another comes: the count is the same, the set is not."""
    room, leaves = two_cells(DifferencingAction.SUPPRESS)

    table = room.release({**leaves, ("a1",): subjects(1, 300)})

    assert {c.labels[0]: c.rule for c in table.suppressed} == {"a1": Rule.DIFFERENCING}


def test_subjects_who_move_between_cells_hide_no_change():
    """150 move from one cell to the other, and one leaves: only the union reveals it."""
    room, leaves = two_cells(DifferencingAction.SUPPRESS)
    moved = subjects(0, 150)

    table = room.release(
        {("a1",): leaves["a1",] - moved, ("a2",): (leaves["a2",] | moved) - {1000}}
    )

    assert table.published == ()


def test_a_cell_that_vanished_is_part_of_the_union():
    """All subjects move to the other cell, and one leaves."""
    room, leaves = two_cells(DifferencingAction.SUPPRESS)

    table = room.release({("a2",): (leaves["a1",] | leaves["a2",]) - {0}})

    assert table.published == ()


def test_a_repeated_cell_is_part_of_the_union():
    """The same in two steps, the first of which is large enough by itself."""
    room, leaves = two_cells()
    away = subjects(0, 150)
    room.release({**leaves, ("a1",): leaves["a1",] - away})

    room.release({("a1",): leaves["a1",] - away - {150}, ("a2",): leaves["a2",] | away})

    assert room.pairs == 3  # each compared by `WatchedRoom.release`


def test_another_output_over_the_same_subjects_is_compared():
    """A cell of all subjects, under another name, without one of them."""
    room, leaves = two_cells(DifferencingAction.SUPPRESS)
    query, _ = query_over("b", "[]")
    both = leaves["a1",] | leaves["a2",]

    table = room.release({("b1",): both - {5}}, query)

    assert [cell.rule for cell in table.suppressed] == [Rule.DIFFERENCING]


def test_a_cell_without_fingerprint_is_not_published_again():
    """A cell that cannot be compared is suppressed."""
    room, leaves = two_cells(DifferencingAction.SUPPRESS)
    cells = cells_from_counts(
        {leaf: len(own) for leaf, own in leaves.items()}, room.query
    )

    table = protect(
        cells, room.query, room.guarded.policy, history_of(room.guarded.entries)
    )

    assert table.published == ()


def test_a_stricter_policy_does_not_repeat_a_smaller_cell():
    """After k is raised from 100 to 350, the old 300 is not repeated."""
    room, leaves = two_cells()
    room.guarded.policy = Policy(min_cohort=350)

    table = room.release({**leaves, ("a2",): subjects(1001, 399)})

    assert [(c.labels[0], c.figures[0]) for c in table.published] == [("a2", 400)]


def test_without_history_nothing_is_compared():
    """An empty history decides as none."""
    query, policy = query_over("a", "[]")
    cells = cells_from_counts({("a1",): 300}, query)

    assert protect(cells, query, policy, History()) == protect(cells, query, policy)
