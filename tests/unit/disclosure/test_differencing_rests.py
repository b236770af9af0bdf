"""What is left of wholes without cells that two releases show, in both directions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanroom_join.contract import DifferencingAction
from tests.unit.disclosure.test_differencing import Room, people
from tests.unit.disclosure.test_differencing_sums import over, shown, withholding

FOUR = ["a1", "a2", "a3", "a4"]


@pytest.mark.parametrize("totals", ['"all"', "[]"], ids=["totals", "no totals"])
def test_what_was_left_of_an_earlier_total_is_compared_with_present_cells(totals):
    """Two small cells were withheld; now one cell has nearly all their people."""
    asked, policy = over(FOUR, totals='"all"')
    room = withholding(asked, policy)
    first, third = people(0, 300), people(2000, 400)
    suppressed, small = people(1000, 150), people(3000, 60)
    before = room.release(
        {("a1",): first, ("a2",): suppressed, ("a3",): third, ("a4",): small}
    )

    table = room.release(
        {
            ("a1",): first | people(10_000, 150),
            ("a2",): (suppressed | small) - {1005},
            ("a3",): third,
        },
        over(FOUR, totals=totals)[0],
    )

    assert shown(before) == {"a1": 300, "a3": 400, "(all)": 910}
    assert "a2" not in shown(table)


def test_a_total_less_one_cell_is_compared():
    """150 came into one cell, 150 moved to the next, where one person left."""
    asked, policy = over(FOUR, totals='"all"')
    room = withholding(asked, policy)
    first, second, third = people(0, 300), people(1000, 400), people(2000, 300)
    room.release({("a1",): first, ("a2",): second, ("a3",): third})
    moved = people(1000, 150)

    table = room.release(
        {
            ("a1",): first | people(9000, 150),
            ("a2",): second - moved,
            ("a3",): (third | moved) - {2005},
        }
    )

    assert "(all)" not in shown(table)


def test_a_sum_less_one_cell_is_compared():
    """The same without a total: the sum of the other two says it."""
    room = withholding(*over(FOUR))
    first, second, third = people(0, 300), people(1000, 400), people(2000, 300)
    room.release({("a1",): first, ("a2",): second, ("a3",): third})
    moved = people(1000, 150)

    table = room.release(
        {
            ("a1",): first | people(9000, 150),
            ("a2",): second - moved,
            ("a3",): (third | moved) - {2005},
        }
    )

    assert shown(table) == {"a1": 450}


@pytest.mark.parametrize("action", DifferencingAction)
def test_a_crowd_more_in_every_cell_is_published(action):
    """Nobody is in two crowds: all rests differ by crowds as well."""
    asked, policy = over(FOUR, totals='"all"')
    room = Room(asked, replace(policy, differencing=action))
    leaves = {(label,): people(1000 * i, 300) for i, label in enumerate(FOUR)}
    room.release(leaves)
    more = {
        leaf: who | people(10_000 * (1 + i), 150)
        for i, (leaf, who) in enumerate(leaves.items())
    }

    table = room.release(more)

    assert shown(table) == {"a1": 450, "a2": 450, "a3": 450, "a4": 450, "(all)": 1800}
