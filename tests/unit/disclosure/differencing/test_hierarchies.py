"""Revisions that exchange coarser labels: a reader knows the earlier ones as well."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.signatures import subjects
from tests.support.watched_room import one_dimension, sizes, suppressing_room

VALUES = ["a1", "a2", "a3", "a4", "a5", "a6"]


def question(parents):
    """Return a query over six values with coarser labels, and its policy."""
    inline = ", ".join(f"{label} = {json.dumps(p)}" for label, p in parents.items())
    return one_dimension(VALUES, f", parents = {{ {inline} }}")


def split(low, high):
    """Return coarser labels: one for the first three values, one for the others."""
    return {value: low if value < "a4" else high for value in VALUES}


LOW_AND_HIGH = {
    ("a1",): 60,
    ("a2",): 60,
    ("a3",): 95,
    ("a4",): 500,
    ("a5",): 60,
    ("a6",): 70,
}


def of(counts):
    """Return sets of subjects by leaf, none of them in two."""
    return {
        leaf: set(subjects(1000 * i, n)) for i, (leaf, n) in enumerate(counts.items())
    }


@pytest.mark.parametrize("renamed", [("low", "high"), ("lo", "hi"), ("high", "low")])
def test_coarser_labels_may_have_other_names(renamed):
    """380 move from one value to three others, one leaves: all together it shows."""
    room = suppressing_room(*question(split("low", "high")))
    leaves = of(LOW_AND_HIGH)
    first = room.release(leaves)
    moved = sorted(leaves["a4",])
    for value, some in {
        "a1": moved[:150],
        "a2": moved[150:270],
        "a3": moved[270:380],
    }.items():
        leaves[value,] |= set(some)
    leaves["a4",] -= set(moved[:381])

    # `release` asserts that no two figures or sums differ by few
    table = room.release(leaves, question(split(*renamed))[0])

    assert sizes(first) == {"a4": 500, "low": 215, "high": 630}
    assert sum(sizes(table).values()) < 844  # a1, a2, a3 and the label above a4


def test_an_earlier_coarser_label_is_summed_although_there_is_none_now():
    """Of *low* one subject left, and each of its values is large enough today."""
    room = suppressing_room(*question(split("low", "high")))
    leaves = of(dict(LOW_AND_HIGH) | {("a3",): 350})
    first = room.release(leaves)
    moved = sorted(leaves["a3",])
    leaves["a1",] |= set(moved[:110])
    leaves["a2",] |= set(moved[110:230])
    leaves["a3",] -= set(moved[:231])

    table = room.release(leaves, one_dimension(VALUES)[0])

    assert sizes(first)["low"] == 470
    assert not {"a1", "a2", "a3"} <= sizes(table).keys()


PARENTS = st.sampled_from(
    [
        {},
        split("low", "high"),
        split("lo", "hi"),
        split("high", "low"),
        {"a1": "x", "a2": "x", "a4": "y", "a5": "y", "x": "z", "y": "z"},
        {value: "low" if value in {"a1", "a4"} else "rest" for value in VALUES},
    ]
)


@pytest.mark.slow
@settings(max_examples=examples(600))
@given(st.data())
def test_no_revision_of_labels_reveals_a_subject(data):
    """Many subjects move, few leave, and the coarser labels change in between."""
    values = data.draw(st.sampled_from([VALUES[:3], VALUES[:4], VALUES]))
    counts = {(v,): data.draw(st.sampled_from([60, 99, 150, 500])) for v in values}
    leaves = of(counts)
    room = suppressing_room(*question(data.draw(PARENTS)))
    room.release(leaves)
    for _ in range(2):
        for _ in range(data.draw(st.integers(1, 3))):
            source, target = (data.draw(st.sampled_from(sorted(leaves))) for _ in "st")
            some = sorted(leaves[source])[: data.draw(st.sampled_from([1, 110, 150]))]
            leaves[source] -= set(some)
            if data.draw(st.booleans()):
                leaves[target] |= set(some[data.draw(st.integers(0, 1)) :])
        room.release(leaves, question(data.draw(PARENTS))[0])

    assert room.pairs == 3  # each compared by `WatchedRoom.release`
