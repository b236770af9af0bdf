"""
Property 6: releases one after another tell of nobody, whoever joins, leaves or changes.

The test keeps the true sets of people, and what each of them contributes; the guard sees
their fingerprints only.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import DifferencingAction
from cleanroom_join.disclosure import ROWS, SUBJECTS, protect
from cleanroom_join.disclosure.ledger.chain import history_of
from cleanroom_join.disclosure.ledger.entry import GENESIS, ConfirmedHead, next_entry
from tests.reference.releases import bits, shown, smallest_difference
from tests.support.examples import examples
from tests.support.plain_tables import items, query
from tests.unit.disclosure.test_complement import assert_hidden
from tests.unit.disclosure.test_differencing import (
    DAY,
    fresh_only,
    people,
    signature_of,
)

K = 100
RELEASES = 12
"""In a row; `tests/long` makes twenty through the whole room."""


class Sequence:
    """Releases of one question, with a ledger in memory and the true sets beside."""

    def __init__(self, asked, policy):
        self.asked, self.policy = asked, policy
        self.end, self.entries = GENESIS, []
        self.shown = defaultdict(dict)
        self.pairs, self._known = 0, {}
        self.rows, self.values = defaultdict(lambda: 1), defaultdict(lambda: 0)

    def release(self, leaves):
        """Release sets of people by leaf, and look at all that was told so far."""
        leaves = {leaf: who for leaf, who in leaves.items() if who}
        true = {leaf: self._contributions(who) for leaf, who in leaves.items()}
        self._look_at(true)
        signatures = {leaf: self._known[leaf][1] for leaf in true}
        counts = {leaf: len(who) for leaf, who in leaves.items()}
        valued = {leaf: min(map(len, own.values())) for leaf, own in true.items()}
        cells = items(counts, self.asked, prints=signatures, valued=valued)
        table = protect(cells, self.asked, self.policy, history_of(self.entries))
        prints = {cell.labels: cell.signature for cell in cells}
        entry = next_entry(
            self.end, self.asked, table, prints, contract_sha256="0" * 64, as_of=DAY
        )
        self.entries.append(entry)
        self.end = ConfirmedHead(run=entry.run, head="0" * 64)
        for facet in (SUBJECTS, ROWS, *self.asked.facet_columns):
            sets = {leaf: self._known[leaf][2][facet] for leaf in true}
            now = shown(self.asked, table, sets, self.shown[facet])
            for before in self.shown[facet].values():
                least = smallest_difference(before, now)
                assert least is None or least >= K, facet
            self.shown[facet][entry.run] = now
        self.pairs += len(self.entries) - 1
        assert_hidden(counts, fresh_only(table), self.asked)
        return table

    def _look_at(self, true):
        """Take marks and true sets of the leaves that are not as they were last time."""
        for leaf, own in true.items():
            if leaf not in self._known or self._known[leaf][0] != own:
                signature = signature_of(
                    own[ROWS], {t: own[t] for t in self.asked.facet_columns}
                )
                sets = {facet: bits(who) for facet, who in own.items()}
                self._known[leaf] = own, signature, sets

    def _contributions(self, people):
        """Return what people contribute now, by aspect."""
        values = {p: v for p in people if (v := self.values[p]) is not None}
        return {
            SUBJECTS: dict.fromkeys(people, 0),
            ROWS: {person: self.rows[person] for person in people},
            **dict.fromkeys(self.asked.facet_columns, values),
        }

    def change(self, people, **now):
        """Let people have so many ``rows`` from now on, or another ``value`` or None."""
        self.rows |= dict.fromkeys(people, now["rows"]) if "rows" in now else {}
        self.values |= dict.fromkeys(people, now["value"]) if "value" in now else {}


def changed(rng, leaves, spare):
    """Return the next day's sets: joins, opt-outs of 1 to 300, and moves."""
    after = {leaf: set(who) for leaf, who in leaves.items()}
    for _ in range(rng.randint(1, 4)):
        leaf = rng.choice(sorted(after))
        leaving = min(rng.choice([1, 3, rng.randint(1, 300)]), len(after[leaf]))
        stays = rng.random() < 0.4  # but moves
        target = rng.choice(sorted(after))
        for who in rng.sample(sorted(after[leaf]), leaving):
            after[leaf].discard(who)
            if stays:
                after[target].add(who)
        if rng.random() < 0.5:
            joining = rng.choice([1, 2, rng.randint(1, 300)])
            after[rng.choice(sorted(after))].update(itertools.islice(spare, joining))
    return after


@pytest.mark.parametrize("action", DifferencingAction)
@pytest.mark.parametrize("parents", [True, False], ids=["parents", "flat"])
@pytest.mark.parametrize("totals", ['"all"', '[["a"]]', "[]"], ids=["all", "a", "none"])
def test_twelve_releases_tell_of_nobody(action, parents, totals):
    """792 pairs of releases: totals and hierarchies or none, both actions."""
    rng = random.Random(f"{action} {parents} {totals}")
    asked, policy = query("ab", totals, parents=parents)
    sequence = Sequence(asked, replace(policy, differencing=action))
    keys = list(itertools.product(("a1", "a2", "a4"), ("b1", "b2")))
    leaves = {
        key: set(people(1000 * i, rng.randint(20, 600))) for i, key in enumerate(keys)
    }
    spare = itertools.count(10_000)
    fresh = 0

    for _ in range(RELEASES):
        fresh += len(fresh_only(sequence.release(leaves)).published)
        leaves = changed(rng, leaves, spare)

    assert fresh > len(leaves)  # something is new again


SUMS = 'n = { function = "count" }\ntotal = { function = "sum", column = "amount" }'


@pytest.mark.parametrize("action", DifferencingAction)
@pytest.mark.parametrize("totals", ['"all"', "[]"], ids=["all", "none"])
def test_twelve_releases_tell_of_nobody_who_changes(action, totals):
    """264 pairs, in each of three aspects: rows and values change, and people move."""
    rng = random.Random(f"{action} {totals}")
    asked, policy = query("ab", totals, parents=True, measures=SUMS)
    sequence = Sequence(asked, replace(policy, differencing=action))
    keys = list(itertools.product(("a1", "a2", "a4"), ("b1", "b2")))
    leaves = {
        key: set(people(1000 * i, rng.randint(120, 600))) for i, key in enumerate(keys)
    }
    spare = itertools.count(10_000)
    fresh = 0

    for _ in range(RELEASES):
        fresh += len(fresh_only(sequence.release(leaves)).published)
        for _ in range(rng.randint(0, 3)):
            leaf = sorted(leaves[rng.choice(keys)])
            some = rng.sample(leaf, min(len(leaf), rng.choice([1, 3, 90, 120, 400])))
            now = rng.choice(
                [{"rows": rng.randint(1, 3)}, {"value": rng.choice([None, 0, 1, 2])}]
            )
            sequence.change(some, **now)
        if rng.random() < 0.3:
            leaves = changed(rng, leaves, spare)

    assert fresh > len(leaves)  # something is new again


TOTALS = st.sampled_from(
    ["[]", '[["a"]]', "[[]]", '"all"', '[["b"]]', '[["a"], []]', "[]", "[[]]"]
)
"""Sums that overlap, for which there is a linear program, in few: it takes its time."""

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
"""From two cells to six; two are beneath one coarser label where there are such."""


@settings(max_examples=examples(1000))
@given(st.data())
def test_small_changes_of_what_people_contribute_tell_of_nobody(data):
    """3,000 pairs of releases between which few people change, behind a crowd or not."""
    asked, policy = query("ab", data.draw(TOTALS), measures=SUMS)
    action = data.draw(st.sampled_from(DifferencingAction))
    sequence = Sequence(asked, replace(policy, differencing=action))
    keys = data.draw(CELLS)
    sizes = st.sampled_from([99, 150, 250, 320])
    leaves = {key: set(people(400 * i, data.draw(sizes))) for i, key in enumerate(keys)}
    changes = st.one_of(
        st.fixed_dictionaries({"rows": st.integers(1, 3)}),
        st.fixed_dictionaries({"value": st.sampled_from([None, 0, 1, 2])}),
    )

    for _ in range(2):
        sequence.release(leaves)
        for _ in range(data.draw(st.integers(0, 3))):
            leaf = sorted(leaves[data.draw(st.sampled_from(keys))])
            first = data.draw(st.sampled_from([0, 1, 50]))
            some = data.draw(st.sampled_from([1, 30, 99, 100, 150]))
            sequence.change(leaf[first : first + some], **data.draw(changes))
    sequence.release(leaves)

    assert sequence.pairs == 3  # each compared by `Sequence.release`


@settings(max_examples=examples(1000))
@given(st.data())
def test_small_changes_tell_of_nobody(data):
    """3,000 pairs of releases between which few people come, go or move."""
    asked, policy = query("ab", data.draw(TOTALS), parents=data.draw(st.booleans()))
    action = data.draw(st.sampled_from(DifferencingAction))
    sequence = Sequence(asked, replace(policy, differencing=action))
    keys = data.draw(CELLS)
    sizes = st.sampled_from([0, 40, 99, 100, 150, 250, 320])
    leaves = {key: set(people(400 * i, data.draw(sizes))) for i, key in enumerate(keys)}
    spare = itertools.count(5000)

    for _ in range(2):
        sequence.release(leaves)
        for _ in range(data.draw(st.integers(0, 3))):
            source, target = (data.draw(st.sampled_from(keys)) for _ in range(2))
            some = data.draw(st.sampled_from([1, 30, 99, 100, 150]))
            moved = sorted(leaves[source])[:some]
            leaves[source] -= set(moved)
            if data.draw(st.booleans()):
                leaves[target] |= set(moved)
            if data.draw(st.booleans()):
                leaves[target] |= set(itertools.islice(spare, 1))
    sequence.release(leaves)

    assert sequence.pairs == 3  # each compared by `Sequence.release`


@settings(max_examples=examples(400))
@given(st.data())
def test_nobody_is_seen_behind_a_crowd_that_moves(data):
    """A crowd moves from one cell to another, few come or leave, and a third cell goes."""
    asked, policy = query("ab", data.draw(st.sampled_from(["[]", "[[]]"])))
    action = data.draw(st.sampled_from(DifferencingAction))
    sequence = Sequence(asked, replace(policy, differencing=action))
    keys = [("a1", "b1"), ("a1", "b2"), ("a1", "b3")]
    source, target, third = data.draw(st.permutations(keys))
    leaves = {source: set(people(0, 400)), target: set(people(400, 400))}
    there = set(people(800, 300))
    before, after = data.draw(st.permutations([there, set(people(800, 99))]))

    sequence.release(leaves | {third: data.draw(st.sampled_from([before, there]))})
    moved = set(people(0, data.draw(st.sampled_from([100, 130]))))
    few = data.draw(st.sampled_from([0, 1, 99]))
    leaves[source] -= moved
    leaves[target] |= moved
    leaves[data.draw(st.sampled_from([source, target]))] -= set(people(250, few))
    leaves[target] -= set(people(450, data.draw(st.sampled_from([0, 0, 1]))))
    sequence.release(leaves | {third: data.draw(st.sampled_from([after, there]))})

    assert sequence.pairs == 1  # compared by `Sequence.release`
