"""
What follows from sums and rests of several releases: one case per way to subtract.

Each was a way to learn about a few people from figures that differ by many.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cleanroom_join.contract import Contract, DifferencingAction, resolve
from cleanroom_join.disclosure import SUBJECTS, Rule
from cleanroom_join.disclosure.model.fingerprint import differs_by_fewer_than
from cleanroom_join.testing import contract_toml
from tests.support.fingerprint_unions import together
from tests.support.plain_tables import query
from tests.unit.disclosure.test_differencing import Room, people, signature_of


def over(values, parents="", totals="[]"):
    """Return a question over one dimension whose domain is in force now."""
    text = contract_toml(
        accounts=f"a = {{ dimension = {json.dumps(values)}{parents} }}",
        group_by=("a",),
        measures='n = { function = "count" }',
        totals=totals,
    )
    contract = Contract.from_toml(text)
    return resolve(contract, contract.output("segments")), contract.policy


def withholding(asked, policy):
    """Return a room that withholds what is too near."""
    return Room(asked, replace(policy, differencing=DifferencingAction.SUPPRESS))


def shown(table):
    """Return the keys and cohort sizes that are published."""
    return {"/".join(map(str, c.labels)): c.figures[0] for c in table.published}


def test_a_value_that_was_other_is_compared_with_other():
    """All of ``(other)`` were of one value, which has a name in the next revision."""
    room = withholding(*over(["x", "y"]))
    room.release({("x",): people(0, 300), ("(other)",): people(1000, 300)})
    later, _ = over(["x", "y", "z"])

    table = room.release({("x",): people(0, 450), ("z",): people(1001, 299)}, later)

    assert shown(table) == {"x": 450}


def test_a_value_that_had_another_label_above_it_is_compared_with_that():
    """153 were *low*; 150 of them are a value that is *high* in the next revision."""
    room = withholding(
        *over(["x", "y", "z"], ', parents = { x = "low", y = "low", z = "low" }')
    )
    three = {("x",): people(0, 60), ("y",): people(100, 60), ("z",): people(200, 30)}
    first = room.release(three)
    later, _ = over(["x", "y", "z"], ', parents = { x = "high", y = "low", z = "low" }')
    moved = people(0, 60) | people(100, 60) | people(200, 29)

    table = room.release({("x",): moved, ("y",): people(5000, 300)}, later)

    assert shown(first) == {"low": 150}
    assert shown(table) == {"y": 300}


def test_totals_are_added_up_too():
    """150 move from one total to the next and one leaves; no cell is large enough."""
    asked, policy = query("ab", '[["a"]]')
    room = withholding(asked, policy)
    rows = {
        (a, f"b{i + 1}"): people(10_000 * j + 100 * i, 99)
        for j, a in enumerate(("a1", "a2"))
        for i in range(4)
    }
    first = room.release(rows)
    after = {leaf: set(who) for leaf, who in rows.items()}
    for b in ("b1", "b2"):  # they change places
        after["a1", b], after["a2", b] = after["a1", b] | after["a2", b], set()
    after["a1", "b3"] -= {200}

    table = room.release(after)

    assert len(first.published) == 2
    assert [c.labels for c in table.published if c.labels[1] == "(all)"] == []


def test_merged_cells_are_added_up_with_their_neighbours():
    """A cell was merged and has its own figure now; the whole line lost one person."""
    asked, policy = query("a", "[]", parents=True)
    room = withholding(asked, policy)
    low = {("a1",): people(0, 60), ("a2",): people(100, 60), ("a3",): people(200, 95)}
    first = room.release({**low, ("a4",): people(1000, 500)})
    after = {
        ("a1",): people(0, 60) | people(1000, 150),
        ("a2",): people(100, 60) | people(1150, 120),
        ("a3",): people(200, 95) | people(1270, 110),
        ("a4",): people(1381, 119),
    }

    table = room.release(after)

    assert shown(first) == {"a4": 500, "low": 215}
    assert shown(table) == {}


@pytest.mark.parametrize("totals", ['"all"', "[]"], ids=["total", "cells"])
def test_a_total_less_its_cells_is_compared(totals):
    """150 came into one cell and one left another: total less cell says so."""
    before, policy = query("a", totals)
    room = withholding(before, policy)
    leaves = {
        ("a1",): people(0, 150),
        ("a2",): people(1000, 300),
        ("a3",): people(2000, 200),
    }
    room.release(leaves)
    asked, _ = query("a", '"all"')

    table = room.release(
        {**leaves, ("a1",): people(1, 149), ("a2",): people(1000, 450)}, asked
    )

    assert "a1" not in shown(table)
    assert "(all)" not in shown(table)


def test_old_figures_do_not_give_a_new_total_away():
    """Three people in a new cell: total less its neighbours, some of them repeated."""
    asked, policy = query("a", '"all"')
    room = Room(asked, policy)
    leaves = {
        ("a1",): people(0, 150),
        ("a2",): people(1000, 300),
        ("a3",): people(2000, 200),
    }
    room.release(leaves)

    table = room.release(
        {**leaves, ("a2",): people(1000, 450), ("a4",): people(5000, 3)}
    )

    assert shown(table)["(all)"] == 650
    assert [c.rule for c in table.suppressed] == [Rule.THRESHOLD]


def test_sums_that_only_their_sizes_tell_apart_are_near():
    """Somebody in both of two cells leaves both: no word of the sum differs."""
    both = together([signature_of(people(0, 200)), signature_of(people(199, 200))])
    neither = together([signature_of(people(0, 199)), signature_of(people(200, 199))])
    both, neither = (signature.facets[SUBJECTS] for signature in (both, neither))

    assert both.differing(neither) == 0
    assert differs_by_fewer_than(100, both, neither)
    assert not differs_by_fewer_than(100, both, both)
