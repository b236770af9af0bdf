"""
Marginal sums of several releases: one case per way to add up.

Each was a way to learn about a few subjects from figures that differ by many.
"""

from __future__ import annotations

import pytest

from cleanroom_join.disclosure import Rule
from tests.support.plain_tables import query_over
from tests.support.signatures import subjects
from tests.support.watched_room import (
    WatchedRoom,
    one_dimension,
    sizes,
    suppressing_room,
)


def test_a_value_that_was_other_is_compared_with_other():
    """All of ``(other)`` had one value, which the next revision declares."""
    room = suppressing_room(*one_dimension(["x", "y"]))
    room.release({("x",): subjects(0, 300), ("(other)",): subjects(1000, 300)})
    later, _ = one_dimension(["x", "y", "z"])

    table = room.release({("x",): subjects(0, 450), ("z",): subjects(1001, 299)}, later)

    assert sizes(table) == {"x": 450}


def test_a_value_is_compared_with_its_earlier_coarser_label():
    """153 were *low*; 150 of them are a value that is *high* in the next revision."""
    room = suppressing_room(
        *one_dimension(
            ["x", "y", "z"], ', parents = { x = "low", y = "low", z = "low" }'
        )
    )
    three = {
        ("x",): subjects(0, 60),
        ("y",): subjects(100, 60),
        ("z",): subjects(200, 30),
    }
    first = room.release(three)
    later, _ = one_dimension(
        ["x", "y", "z"], ', parents = { x = "high", y = "low", z = "low" }'
    )
    moved = subjects(0, 60) | subjects(100, 60) | subjects(200, 29)

    table = room.release({("x",): moved, ("y",): subjects(5000, 300)}, later)

    assert sizes(first) == {"low": 150}
    assert sizes(table) == {"y": 300}


def test_totals_are_added_up_too():
    """150 move from one total to the next and one leaves; no cell is large enough."""
    query, policy = query_over("ab", '[["a"]]')
    room = suppressing_room(query, policy)
    rows = {
        (a, f"b{i + 1}"): subjects(10_000 * j + 100 * i, 99)
        for j, a in enumerate(("a1", "a2"))
        for i in range(4)
    }
    first = room.release(rows)
    after = {leaf: set(own) for leaf, own in rows.items()}
    for b in ("b1", "b2"):  # they change places
        after["a1", b], after["a2", b] = after["a1", b] | after["a2", b], set()
    after["a1", "b3"] -= {200}

    table = room.release(after)

    assert len(first.published) == 2
    assert [c.labels for c in table.published if c.labels[1] == "(all)"] == []


LOW = {
    ("a1",): subjects(0, 60),
    ("a2",): subjects(100, 60),
    ("a3",): subjects(200, 95),
}
"""Merged at first."""

GROWN = {
    ("a1",): subjects(0, 60) | subjects(1000, 150),
    ("a2",): subjects(100, 60) | subjects(1150, 120),
    ("a3",): subjects(200, 95) | subjects(1270, 110),
    ("a4",): subjects(1381, 119),
}
"""Subjects of a4 moved here, and one of them left."""


def test_merged_cells_are_added_up_with_their_neighbours():
    """Every cell has another figure now; both groups together lost one subject."""
    room = suppressing_room(*query_over("a", "[]", parents=True))
    others = {("a5",): subjects(2000, 60), ("a6",): subjects(3000, 70)}
    first = room.release({**LOW, ("a4",): subjects(1000, 500), **others})

    table = room.release({**GROWN, **others})

    assert sizes(first) == {"a4": 500, "low": 215, "high": 630}
    assert sizes(table) == {}


def test_a_merged_cell_is_published_if_its_neighbour_is_not():
    """
    The group beside it is one leaf, which is refused: no sum of both is derivable.

    By itself it differs from what it was by 380 subjects.
    """
    room = suppressing_room(*query_over("a", "[]", parents=True))
    first = room.release({**LOW, ("a4",): subjects(1000, 500)})

    table = room.release(GROWN)

    assert sizes(first) == {"a4": 500, "low": 215}
    assert sizes(table) == {"low": 595}


@pytest.mark.parametrize("totals", ['"all"', "[]"], ids=["total", "cells"])
def test_a_total_less_its_cells_is_compared(totals):
    """150 joined one cell and one left another: total less cell reveals it."""
    before, policy = query_over("a", totals)
    room = suppressing_room(before, policy)
    leaves = {
        ("a1",): subjects(0, 150),
        ("a2",): subjects(1000, 300),
        ("a3",): subjects(2000, 200),
    }
    room.release(leaves)
    query, _ = query_over("a", '"all"')

    table = room.release(
        {**leaves, ("a1",): subjects(1, 149), ("a2",): subjects(1000, 450)}, query
    )

    assert "a1" not in sizes(table)
    assert "(all)" not in sizes(table)


def test_old_figures_beside_a_new_total_reveal_nobody():
    """Three subjects in a new cell: total less its neighbours, some of them repeated."""
    query, policy = query_over("a", '"all"')
    room = WatchedRoom(query, policy)
    leaves = {
        ("a1",): subjects(0, 150),
        ("a2",): subjects(1000, 300),
        ("a3",): subjects(2000, 200),
    }
    room.release(leaves)

    table = room.release(
        {**leaves, ("a2",): subjects(1000, 450), ("a4",): subjects(5000, 3)}
    )

    assert sizes(table)["(all)"] == 650
    assert [c.rule for c in table.suppressed] == [Rule.THRESHOLD]
