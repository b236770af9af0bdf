"""
Releases whose labels, dimensions or hierarchies differ from the earlier ones.

The owner of a dimension writes its labels, and every output and revision has its own:
we compare subjects, not labels.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Contract, DifferencingAction, resolve
from cleanroom_join.testing import contract_toml
from tests.support.plain_tables import COUNT, query_over
from tests.support.signatures import subjects
from tests.support.watched_room import (
    WatchedRoom,
    one_dimension,
    sizes,
    suppressing_room,
)

LOW = {"a1": "low", "a2": "low", "a3": "low", "a4": "high"}


def query_of(group_by, parents, *, single=True, totals="[]"):
    """Return a query and its policy, over two dimensions of the contract."""
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
    """Each of two cells has the subjects of the other, but for one of them."""
    query, policy = one_dimension(["a1", "a2"])
    room = WatchedRoom(query, replace(policy, differencing=action))
    first, second, one = subjects(0, 300), subjects(1000, 400), 7
    room.release({("a1",): first, ("a2",): second})

    table = room.release({("a1",): second | {one}, ("a2",): first - {one}})

    assert [c for c in table.published if c.repeated_from is None] == []


def test_the_same_subjects_under_another_label_are_published():
    """They do not differ from any earlier statement."""
    room = suppressing_room(*one_dimension(["a1", "a2"]))
    room.release({("a1",): subjects(0, 300), ("a2",): subjects(1000, 400)})

    table = room.release({("a1",): subjects(1000, 400), ("a2",): subjects(0, 300)})

    assert sizes(table) == {"a1": 400, "a2": 300}


def test_an_unchanged_cell_is_published_again():
    """Even if another cell is close to it now."""
    room = suppressing_room(*one_dimension(["a1", "a2", "a3"]))
    same = {("a1",): subjects(0, 300), ("a2",): subjects(1000, 400)}
    room.release(same)

    table = room.release({**same, ("a3",): subjects(1, 299)})

    assert sizes(table) == {"a1": 300, "a2": 400}


def test_merged_cells_of_another_output_are_added_up():
    """Some cells were merged by a dimension that the query does not have now."""
    before, policy = query_of(("a",), LOW)
    room = suppressing_room(before, policy)
    low = {
        ("a1",): subjects(0, 60),
        ("a2",): subjects(100, 60),
        ("a3",): subjects(200, 95),
    }
    first = room.release({**low, ("a4",): subjects(1000, 500)})
    half = low["a1",] | low["a2",] | subjects(1000, 250)
    rest = low["a3",] | subjects(1250, 249)

    table = room.release({("b1",): half, ("b2",): rest}, query_of(("b",), LOW)[0])

    assert sizes(first) == {"a4": 500, "low": 215}
    assert sizes(table) == {}


def test_marginals_of_another_output_are_compared():
    """Two cells make a coarser one, which is nearly one of today's cells."""
    before, policy = query_of(("a",), LOW)
    room = suppressing_room(before, policy)
    first, second, third = subjects(0, 150), subjects(1000, 150), subjects(2000, 300)
    room.release({("a1",): first, ("a2",): second, ("a4",): third})

    table = room.release(
        {("b1",): (first | second) - {3}, ("b2",): third | subjects(5000, 200)},
        query_of(("b",), LOW)[0],
    )

    assert sizes(table) == {"b2": 500}


def test_a_query_has_every_dimension():
    """Its own first, then those of its tables, then those of all others."""
    query, _ = query_of(("b",), LOW)

    assert set(query.every_dimension) == {"a", "age_band", "b", "region"}
    assert query.single_label_dimensions == {"a", "age_band", "b"}


GROUPS = "a1 = {0}, a2 = {0}, a3 = {0}, a4 = {1}, a5 = {1}"


def grouped(labels):
    """Return a query by one dimension whose values have two coarser labels, or none."""
    above = GROUPS.format(*(f'"{label}"' for label in labels)) if labels else ""
    return one_dimension(
        ["a1", "a2", "a3", "a4", "a5"], above and f", parents = {{ {above} }}"
    )


@pytest.mark.parametrize("labels", [(), ("lo", "hi")], ids=["dropped", "renamed"])
def test_merged_cells_of_an_earlier_revision_are_added_up(labels):
    """Their label is not in the contract now; one subject left."""
    room = suppressing_room(*grouped(("low", "high")))
    low = {
        ("a1",): subjects(0, 60),
        ("a2",): subjects(100, 60),
        ("a3",): subjects(200, 95),
    }
    high = {("a4",): subjects(1000, 300), ("a5",): subjects(2000, 300)}
    first = room.release(low | high)

    table = room.release(
        {
            ("a1",): low["a1",] | subjects(1000, 150),
            ("a2",): low["a2",] | subjects(2000, 90),
            ("a3",): low["a3",] | subjects(2090, 90),
            ("a4",): subjects(1151, 149),
            ("a5",): subjects(2180, 120),
        },
        grouped(labels)[0],
    )

    assert sizes(first) == {"a4": 300, "a5": 300, "low": 215}
    assert sizes(table) == {}


def test_a_merged_cell_is_published_if_no_sum_with_its_neighbour_is_derivable():
    """The group beside it is one leaf, which is refused."""
    room = suppressing_room(*grouped(("low", "high")))
    low = {
        ("a1",): subjects(0, 60),
        ("a2",): subjects(100, 60),
        ("a3",): subjects(200, 95),
    }
    first = room.release({**low, ("a4",): subjects(1000, 500)})

    table = room.release(
        {
            ("a1",): low["a1",] | subjects(1000, 150),
            ("a2",): low["a2",] | subjects(1150, 120),
            ("a3",): low["a3",] | subjects(1270, 110),
            ("a4",): subjects(1381, 119),
        },
        grouped(("lo", "hi"))[0],
    )

    assert sizes(first) == {"a4": 500, "low": 215}
    assert sizes(table) == {"lo": 595}


def test_a_coarser_label_that_becomes_a_value_is_compared():
    """120 were *low*; all but one of them have another value now."""
    room = suppressing_room(
        *one_dimension(["a1", "a2"], ', parents = { a1 = "low", a2 = "low" }')
    )
    room.release({("a1",): subjects(0, 60), ("a2",): subjects(100, 60)})

    table = room.release(
        {
            ("a1",): (subjects(0, 60) | subjects(100, 60)) - {5},
            ("low",): subjects(5000, 300),
        },
        one_dimension(["a1", "low"])[0],
    )

    assert sizes(table) == {"low": 300}


def test_null_is_not_the_label_none():
    """Only the value has a coarser label; the cells beneath that lost one subject."""
    room = suppressing_room(
        *one_dimension(
            ["None", "x", "y"], ', parents = { None = "low", x = "low", y = "high" }'
        )
    )
    value, other, null = subjects(0, 300), subjects(1000, 300), subjects(2000, 300)
    room.release({("None",): value, ("x",): other, (None,): null})
    moved = subjects(0, 150)

    table = room.release(
        {
            ("None",): value - moved,
            ("x",): (other | moved) - {1005},
            (None,): null | subjects(9000, 150),
        }
    )

    assert sizes(table) == {"None": 450}  # NULL, of 450


def test_sums_whose_words_cancel_are_compared_by_label():
    """All subjects are in both cells of a marginal: those of others are not close."""
    query, policy = query_of(("a", "b"), {}, single=False)
    room = suppressing_room(query, policy)
    first, second = subjects(0, 300), subjects(10_000, 410)
    room.release({("a1", "b1"): first, ("a1", "b2"): first, ("a2", "b1"): second})
    others = subjects(1000, 320)

    table = room.release(
        {
            ("a3", "b1"): others,
            ("a3", "b2"): others,
            ("a2", "b1"): subjects(20_000, 410),
        }
    )

    assert set(sizes(table)) == {"a2/b1", "a3/b1", "a3/b2"}


@settings(max_examples=50)
@given(st.data())
def test_exchanged_labels_and_other_outputs_reveal_no_subject(data):
    """300 pairs of releases: labels are exchanged, dimensions and few subjects change."""
    parents = data.draw(st.booleans())
    totals = data.draw(st.sampled_from(['"all"', "[]"]))
    both, policy = query_over("ab", totals, parents=parents)
    outputs = {"ab": both}
    for dims in ("a", "b"):
        outputs[dims] = query_over(dims, totals, parents=parents)[0]
    action = data.draw(st.sampled_from(DifferencingAction))
    room = WatchedRoom(both, replace(policy, differencing=action))
    keys = [(a, b) for a in ("a1", "a2", "a4") for b in ("b1", "b2")]
    sizes = st.sampled_from([0, 60, 99, 101, 150, 250])
    leaves = {
        key: set(subjects(1000 * i, data.draw(sizes))) for i, key in enumerate(keys)
    }

    for _ in range(4):
        dims = data.draw(st.sampled_from(sorted(outputs)))
        cells = {}
        for key, own in leaves.items():
            kept = tuple(label for label in key if label[0] in dims)
            cells[kept] = cells.get(kept, set()) | own
        room.release(cells, outputs[dims])
        for _ in range(data.draw(st.integers(0, 3))):
            one, other = (data.draw(st.sampled_from(keys)) for _ in range(2))
            if data.draw(st.booleans()):
                leaves[one], leaves[other] = leaves[other], leaves[one]
            some = data.draw(st.sampled_from([0, 1, 50, 150]))
            moved = set(sorted(leaves[one])[:some])
            leaves[one] = leaves[one] - moved
            if data.draw(st.booleans()):
                leaves[other] = leaves[other] | moved

    assert room.pairs == 6  # each compared by `WatchedRoom.release`
