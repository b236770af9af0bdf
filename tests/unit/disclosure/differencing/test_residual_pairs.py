"""Residuals: totals less cells that two releases show, in both directions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanroom_join.contract import DifferencingAction
from tests.support.signatures import subjects
from tests.support.watched_room import (
    WatchedRoom,
    one_dimension,
    sizes,
    suppressing_room,
)

FOUR = ["a1", "a2", "a3", "a4"]


@pytest.mark.parametrize("totals", ['"all"', "[]"], ids=["totals", "no totals"])
def test_the_residual_of_an_earlier_total_is_compared_with_present_cells(totals):
    """Two small cells were suppressed; now one cell has nearly all their subjects."""
    query, policy = one_dimension(FOUR, totals='"all"')
    room = suppressing_room(query, policy)
    first, third = subjects(0, 300), subjects(2000, 400)
    suppressed, small = subjects(1000, 150), subjects(3000, 60)
    before = room.release(
        {("a1",): first, ("a2",): suppressed, ("a3",): third, ("a4",): small}
    )

    table = room.release(
        {
            ("a1",): first | subjects(10_000, 150),
            ("a2",): (suppressed | small) - {1005},
            ("a3",): third,
        },
        one_dimension(FOUR, totals=totals)[0],
    )

    assert sizes(before) == {"a1": 300, "a3": 400, "(all)": 910}
    assert "a2" not in sizes(table)


def test_a_total_less_one_cell_is_compared():
    """150 joined one cell, 150 moved to the next, where one subject left."""
    query, policy = one_dimension(FOUR, totals='"all"')
    room = suppressing_room(query, policy)
    first, second, third = subjects(0, 300), subjects(1000, 400), subjects(2000, 300)
    room.release({("a1",): first, ("a2",): second, ("a3",): third})
    moved = subjects(1000, 150)

    table = room.release(
        {
            ("a1",): first | subjects(9000, 150),
            ("a2",): second - moved,
            ("a3",): (third | moved) - {2005},
        }
    )

    assert "(all)" not in sizes(table)


def test_a_sum_less_one_cell_is_compared():
    """The same without a total: the sum of the other two reveals it."""
    room = suppressing_room(*one_dimension(FOUR))
    first, second, third = subjects(0, 300), subjects(1000, 400), subjects(2000, 300)
    room.release({("a1",): first, ("a2",): second, ("a3",): third})
    moved = subjects(1000, 150)

    table = room.release(
        {
            ("a1",): first | subjects(9000, 150),
            ("a2",): second - moved,
            ("a3",): (third | moved) - {2005},
        }
    )

    assert sizes(table) == {"a1": 450}


@pytest.mark.parametrize("action", DifferencingAction)
def test_k_subjects_more_in_every_cell_are_published(action):
    """All residuals differ by at least k as well."""
    query, policy = one_dimension(FOUR, totals='"all"')
    room = WatchedRoom(query, replace(policy, differencing=action))
    leaves = {(label,): subjects(1000 * i, 300) for i, label in enumerate(FOUR)}
    room.release(leaves)
    more = {
        leaf: own | subjects(10_000 * (1 + i), 150)
        for i, (leaf, own) in enumerate(leaves.items())
    }

    table = room.release(more)

    assert sizes(table) == {"a1": 450, "a2": 450, "a3": 450, "a4": 450, "(all)": 1800}
