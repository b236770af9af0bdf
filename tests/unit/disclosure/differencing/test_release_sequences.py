"""
Property 6: no pair of releases differs by some subjects, but fewer than k.

The test keeps the true sets of subjects, and what each of them contributes; the guard
sees their fingerprints only.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import DifferencingAction
from tests.support.examples import examples
from tests.support.plain_tables import COUNT_AND_SUM, query_over
from tests.support.signatures import subjects
from tests.support.watched_room import WatchedRoom, next_day, only_new

RELEASES = 12
"""In a row; `tests/long` makes twenty through the real room."""


@pytest.mark.slow
@pytest.mark.parametrize("action", DifferencingAction)
@pytest.mark.parametrize("parents", [True, False], ids=["parents", "flat"])
@pytest.mark.parametrize("totals", ['"all"', '[["a"]]', "[]"], ids=["all", "a", "none"])
def test_twelve_releases_reveal_no_subject(action, parents, totals):
    """792 pairs of releases: totals and hierarchies or none, both actions."""
    rng = random.Random(f"{action} {parents} {totals}")
    query, policy = query_over("ab", totals, parents=parents)
    room = WatchedRoom(query, replace(policy, differencing=action))
    keys = list(itertools.product(("a1", "a2", "a4"), ("b1", "b2")))
    leaves = {
        key: set(subjects(1000 * i, rng.randint(20, 600))) for i, key in enumerate(keys)
    }
    spare = itertools.count(10_000)
    fresh = 0

    for _ in range(RELEASES):
        fresh += len(only_new(room.release(leaves)).published)
        leaves = next_day(rng, leaves, spare)

    assert fresh > len(leaves)  # figures are new again


@pytest.mark.slow
@pytest.mark.parametrize("action", DifferencingAction)
@pytest.mark.parametrize("totals", ['"all"', "[]"], ids=["all", "none"])
def test_twelve_releases_reveal_no_change_of_a_subject(action, totals):
    """264 pairs, in each of three facets: rows and values change, and subjects move."""
    rng = random.Random(f"{action} {totals}")
    query, policy = query_over("ab", totals, parents=True, measures=COUNT_AND_SUM)
    room = WatchedRoom(query, replace(policy, differencing=action))
    keys = list(itertools.product(("a1", "a2", "a4"), ("b1", "b2")))
    leaves = {
        key: set(subjects(1000 * i, rng.randint(120, 600)))
        for i, key in enumerate(keys)
    }
    spare = itertools.count(10_000)
    fresh = 0

    for _ in range(RELEASES):
        fresh += len(only_new(room.release(leaves)).published)
        for _ in range(rng.randint(0, 3)):
            leaf = sorted(leaves[rng.choice(keys)])
            some = rng.sample(leaf, min(len(leaf), rng.choice([1, 3, 90, 120, 400])))
            now = rng.choice(
                [{"rows": rng.randint(1, 3)}, {"value": rng.choice([None, 0, 1, 2])}]
            )
            room.change(some, **now)
        if rng.random() < 0.3:
            leaves = next_day(rng, leaves, spare)

    assert fresh > len(leaves)  # figures are new again


TOTALS = st.sampled_from(
    ["[]", '[["a"]]', "[[]]", '"all"', '[["b"]]', '[["a"], []]', "[]", "[[]]"]
)
"""Few with sums that overlap: these need a linear program, which takes its time."""

CELLS = st.sampled_from(
    [
        list(itertools.product(*labels))
        for labels in (
            [("a1", "a2"), ("b1", "b2")],
            [("a1", "a2", "a4"), ("b1",)],
            [("a1",), ("b1", "b2", "b3")],
            [("a1", "a2"), ("b1",)],
            [("a1", "a2", "a4"), ("b1", "b2")],
        )
    ]
)
"""From two cells to six; some of them are beneath one coarser label."""


@settings(max_examples=examples(1000))
@given(st.data())
def test_small_changes_of_contributions_reveal_no_subject(data):
    """3,000 pairs of releases between which few subjects change, or many do."""
    query, policy = query_over("ab", data.draw(TOTALS), measures=COUNT_AND_SUM)
    action = data.draw(st.sampled_from(DifferencingAction))
    room = WatchedRoom(query, replace(policy, differencing=action))
    keys = data.draw(CELLS)
    sizes = st.sampled_from([99, 150, 250, 320])
    leaves = {
        key: set(subjects(400 * i, data.draw(sizes))) for i, key in enumerate(keys)
    }
    changes = st.one_of(
        st.fixed_dictionaries({"rows": st.integers(1, 3)}),
        st.fixed_dictionaries({"value": st.sampled_from([None, 0, 1, 2])}),
    )

    for _ in range(2):
        room.release(leaves)
        for _ in range(data.draw(st.integers(0, 3))):
            leaf = sorted(leaves[data.draw(st.sampled_from(keys))])
            first = data.draw(st.sampled_from([0, 1, 50]))
            some = data.draw(st.sampled_from([1, 30, 99, 100, 150]))
            room.change(leaf[first : first + some], **data.draw(changes))
    room.release(leaves)

    assert room.pairs == 3  # each compared by `WatchedRoom.release`


@settings(max_examples=examples(1000))
@given(st.data())
def test_small_changes_of_sets_reveal_no_subject(data):
    """3,000 pairs of releases between which few subjects join, leave or move."""
    query, policy = query_over(
        "ab", data.draw(TOTALS), parents=data.draw(st.booleans())
    )
    action = data.draw(st.sampled_from(DifferencingAction))
    room = WatchedRoom(query, replace(policy, differencing=action))
    keys = data.draw(CELLS)
    sizes = st.sampled_from([0, 40, 99, 100, 150, 250, 320])
    leaves = {
        key: set(subjects(400 * i, data.draw(sizes))) for i, key in enumerate(keys)
    }
    spare = itertools.count(5000)

    for _ in range(2):
        room.release(leaves)
        for _ in range(data.draw(st.integers(0, 3))):
            source, target = (data.draw(st.sampled_from(keys)) for _ in range(2))
            some = data.draw(st.sampled_from([1, 30, 99, 100, 150]))
            moved = sorted(leaves[source])[:some]
            leaves[source] -= set(moved)
            if data.draw(st.booleans()):
                leaves[target] |= set(moved)
            if data.draw(st.booleans()):
                leaves[target] |= set(itertools.islice(spare, 1))
    room.release(leaves)

    assert room.pairs == 3  # each compared by `WatchedRoom.release`


@settings(max_examples=examples(400))
@given(st.data())
def test_many_who_move_hide_no_subject(data):
    """Many move from one cell to another, few join or leave, and a third cell goes."""
    query, policy = query_over("ab", data.draw(st.sampled_from(["[]", "[[]]"])))
    action = data.draw(st.sampled_from(DifferencingAction))
    room = WatchedRoom(query, replace(policy, differencing=action))
    keys = [("a1", "b1"), ("a1", "b2"), ("a1", "b3")]
    source, target, third = data.draw(st.permutations(keys))
    leaves = {source: set(subjects(0, 400)), target: set(subjects(400, 400))}
    there = set(subjects(800, 300))
    before, after = data.draw(st.permutations([there, set(subjects(800, 99))]))

    room.release(leaves | {third: data.draw(st.sampled_from([before, there]))})
    moved = set(subjects(0, data.draw(st.sampled_from([100, 130]))))
    few = data.draw(st.sampled_from([0, 1, 99]))
    leaves[source] -= moved
    leaves[target] |= moved
    leaves[data.draw(st.sampled_from([source, target]))] -= set(subjects(250, few))
    leaves[target] -= set(subjects(450, data.draw(st.sampled_from([0, 0, 1]))))
    room.release(leaves | {third: data.draw(st.sampled_from([after, there]))})

    assert room.pairs == 1  # compared by `WatchedRoom.release`


@pytest.mark.parametrize("action", DifferencingAction)
@pytest.mark.parametrize("small", [99, 100])
def test_a_coarser_cell_does_not_show_what_was_decided_of_its_total(action, small):
    """A total may not show its figures; a coarser cell is about the same subjects."""
    query, policy = query_over("ab", "[[]]", parents=True)
    room = WatchedRoom(query, replace(policy, differencing=action))
    leaves = {
        ("a1", "b1"): set(subjects(0, 100)),
        ("a2", "b1"): set(subjects(400, 250)),
    }
    room.release(leaves)
    leaves[("a1", "b1")] -= set(subjects(0, 100 - small))
    leaves[("a2", "b1")] -= set(subjects(400, 99))

    table = room.release(leaves)  # `WatchedRoom` asserts that all suppressed is hidden

    assert ("low", "b1") not in {cell.labels for cell in table.published}
