"""
Releases whose labels, dimensions or hierarchies are not the earlier ones.

Who owns a dimension writes its labels, and every output and revision has its own: what
is compared are people.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Contract, DifferencingAction, resolve
from cleanroom_join.testing import contract_toml
from tests.support.plain_tables import query
from tests.unit.disclosure.test_differencing import Room, people
from tests.unit.disclosure.test_differencing_sums import over, shown, withholding
from tests.unit.disclosure.test_release_sequences import Sequence

COUNT = 'n = { function = "count" }'
LOW = {"a1": "low", "a2": "low", "a3": "low", "a4": "high"}


def asked_of(group_by, parents, *, single=True, totals="[]"):
    """Return a question and policy, over two dimensions of the contract."""
    above = ", ".join(f'{label} = "{coarser}"' for label, coarser in parents.items())
    columns = (
        f'a = {{ dimension = ["a1", "a2", "a3", "a4"], parents = {{ {above} }} }}\n'
        'b = { dimension = ["b1", "b2"] }'
    )
    text = contract_toml(
        **{"accounts" if single else "payments": columns},
        group_by=group_by,
        measures=COUNT,
        totals=totals,
    )
    contract = Contract.from_toml(text)
    return resolve(contract, contract.output("segments")), contract.policy


@pytest.mark.parametrize("action", DifferencingAction)
def test_labels_that_change_places_hide_nobody(action):
    """Each of two cells has the people of the other, but for one person."""
    asked, policy = over(["a1", "a2"])
    room = Room(asked, replace(policy, differencing=action))
    first, second, one = people(0, 300), people(1000, 400), 7
    room.release({("a1",): first, ("a2",): second})

    table = room.release({("a1",): second | {one}, ("a2",): first - {one}})

    assert [c for c in table.published if c.repeated_from is None] == []


def test_the_same_people_under_another_label_are_published():
    """They differ from what was told by nobody."""
    room = withholding(*over(["a1", "a2"]))
    room.release({("a1",): people(0, 300), ("a2",): people(1000, 400)})

    table = room.release({("a1",): people(1000, 400), ("a2",): people(0, 300)})

    assert shown(table) == {"a1": 400, "a2": 300}


def test_what_was_published_once_is_published_again():
    """A cell nobody left is not refused because another is near to what it was."""
    room = withholding(*over(["a1", "a2", "a3"]))
    same = {("a1",): people(0, 300), ("a2",): people(1000, 400)}
    room.release(same)

    table = room.release({**same, ("a3",): people(1, 299)})

    assert shown(table) == {"a1": 300, "a2": 400}


def test_merged_cells_of_another_output_are_added_up():
    """Some cells were merged by a dimension that is not asked for now."""
    before, policy = asked_of(("a",), LOW)
    room = withholding(before, policy)
    low = {("a1",): people(0, 60), ("a2",): people(100, 60), ("a3",): people(200, 95)}
    first = room.release({**low, ("a4",): people(1000, 500)})
    half = low["a1",] | low["a2",] | people(1000, 250)
    rest = low["a3",] | people(1250, 249)

    table = room.release({("b1",): half, ("b2",): rest}, asked_of(("b",), LOW)[0])

    assert shown(first) == {"a4": 500, "low": 215}
    assert shown(table) == {}


def test_lines_of_another_output_are_compared():
    """Two cells make a coarser one, which is nearly what is a cell now."""
    before, policy = asked_of(("a",), LOW)
    room = withholding(before, policy)
    first, second, third = people(0, 150), people(1000, 150), people(2000, 300)
    room.release({("a1",): first, ("a2",): second, ("a4",): third})

    table = room.release(
        {("b1",): (first | second) - {3}, ("b2",): third | people(5000, 200)},
        asked_of(("b",), LOW)[0],
    )

    assert shown(table) == {"b2": 500}


def test_a_question_knows_every_dimension():
    """Its own first, then those of its tables, then those of all others."""
    asked, _ = asked_of(("b",), LOW)

    assert set(asked.every_dimension) == {"a", "age_band", "b", "region"}
    assert asked.single_label_dimensions == {"a", "age_band", "b"}


@pytest.mark.parametrize(
    "parents",
    ["", ', parents = { a1 = "lo", a2 = "lo", a3 = "lo", a4 = "hi" }'],
    ids=["dropped", "renamed"],
)
def test_merged_cells_of_an_earlier_revision_are_added_up(parents):
    """What they were called is not in the contract any more; one person left."""
    values = ["a1", "a2", "a3", "a4"]
    room = withholding(
        *over(values, ', parents = { a1 = "low", a2 = "low", a3 = "low", a4 = "high" }')
    )
    low = {("a1",): people(0, 60), ("a2",): people(100, 60), ("a3",): people(200, 95)}
    first = room.release({**low, ("a4",): people(1000, 500)})

    table = room.release(
        {
            ("a1",): low["a1",] | people(1000, 150),
            ("a2",): low["a2",] | people(1150, 120),
            ("a3",): low["a3",] | people(1270, 110),
            ("a4",): people(1381, 119),
        },
        over(values, parents)[0],
    )

    assert shown(first) == {"a4": 500, "low": 215}
    assert shown(table) == {}


def test_a_coarser_label_that_becomes_a_value_is_compared():
    """120 were *low*; all but one of them are another value now."""
    room = withholding(*over(["a1", "a2"], ', parents = { a1 = "low", a2 = "low" }'))
    room.release({("a1",): people(0, 60), ("a2",): people(100, 60)})

    table = room.release(
        {("a1",): (people(0, 60) | people(100, 60)) - {5}, ("low",): people(5000, 300)},
        over(["a1", "low"])[0],
    )

    assert shown(table) == {"low": 300}


def test_null_is_not_what_is_called_none():
    """Only the value has a coarser label; the line beneath that lost one person."""
    room = withholding(
        *over(["None", "x", "y"], ', parents = { None = "low", x = "low", y = "high" }')
    )
    value, other, null = people(0, 300), people(1000, 300), people(2000, 300)
    room.release({("None",): value, ("x",): other, (None,): null})
    moved = people(0, 150)

    table = room.release(
        {
            ("None",): value - moved,
            ("x",): (other | moved) - {1005},
            (None,): null | people(9000, 150),
        }
    )

    assert shown(table) == {"None": 450}  # NULL, of 450


def test_sums_that_leave_no_trace_are_compared_by_label():
    """Everybody is in both cells of a line: lines of other people are not near."""
    asked, policy = asked_of(("a", "b"), {}, single=False)
    room = withholding(asked, policy)
    first, second = people(0, 300), people(10_000, 410)
    room.release({("a1", "b1"): first, ("a1", "b2"): first, ("a2", "b1"): second})
    others = people(1000, 320)

    table = room.release(
        {
            ("a3", "b1"): others,
            ("a3", "b2"): others,
            ("a2", "b1"): people(20_000, 410),
        }
    )

    assert set(shown(table)) == {"a2/b1", "a3/b1", "a3/b2"}


@settings(max_examples=50)
@given(st.data())
def test_exchanged_labels_and_other_outputs_tell_of_nobody(data):
    """300 pairs of releases: labels change places, dimensions and few people too."""
    parents = data.draw(st.booleans())
    totals = data.draw(st.sampled_from(['"all"', "[]"]))
    both, policy = query("ab", totals, parents=parents)
    outputs = {"ab": both}
    for dims in ("a", "b"):
        outputs[dims] = query(dims, totals, parents=parents)[0]
    action = data.draw(st.sampled_from(DifferencingAction))
    sequence = Sequence(both, replace(policy, differencing=action))
    keys = [(a, b) for a in ("a1", "a2", "a4") for b in ("b1", "b2")]
    sizes = st.sampled_from([0, 60, 99, 101, 150, 250])
    leaves = {
        key: set(people(1000 * i, data.draw(sizes))) for i, key in enumerate(keys)
    }

    for _ in range(4):
        dims = data.draw(st.sampled_from(sorted(outputs)))
        sequence.asked = outputs[dims]
        cells = {}
        for key, who in leaves.items():
            kept = tuple(label for label in key if label[0] in dims)
            cells[kept] = cells.get(kept, set()) | who
        sequence.release(cells)
        for _ in range(data.draw(st.integers(0, 3))):
            one, other = (data.draw(st.sampled_from(keys)) for _ in range(2))
            if data.draw(st.booleans()):
                leaves[one], leaves[other] = leaves[other], leaves[one]
            some = data.draw(st.sampled_from([0, 1, 50, 150]))
            moved = set(sorted(leaves[one])[:some])
            leaves[one] = leaves[one] - moved
            if data.draw(st.booleans()):
                leaves[other] = leaves[other] | moved

    assert sequence.pairs == 6  # each compared by `Sequence.release`
