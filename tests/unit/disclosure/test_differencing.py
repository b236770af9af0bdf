"""
Releases over time: no two published figures differ by a few people.

The reference here keeps the real sets of people and compares every figure, and every
sum along a line, of every two releases; it knows nothing of fingerprints.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import struct
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import DifferencingAction, Policy
from cleanroom_join.disclosure import (
    FINGERPRINT_WORDS,
    ROWS,
    SUBJECTS,
    CellSignature,
    Fingerprint,
    History,
    Rule,
    protect,
)
from cleanroom_join.disclosure.differencing.fingerprint_sums import FingerprintSum
from cleanroom_join.disclosure.ledger.chain import history_of
from cleanroom_join.disclosure.ledger.entry import GENESIS, ConfirmedHead, next_entry
from cleanroom_join.disclosure.model.fingerprint import LENGTHS, differs_by_fewer_than
from cleanroom_join.errors import InternalError
from tests.reference.statistics import items_of
from tests.support.examples import examples
from tests.support.fingerprint_unions import together
from tests.support.plain_tables import items, query

K = 100
DAY = dt.date(2030, 1, 1)


def signature_of(people, column=None):
    """
    Return the mark of a set, as the aggregation takes it.

    Args:
        people: Who is in it; a mapping says how many rows each has.
        column: A measure column by its name, and the value of everybody who has one.
    """
    rows = people if isinstance(people, dict) else dict.fromkeys(people, 1)
    own = {ROWS: rows} | (column or {})
    return CellSignature(
        {SUBJECTS: fingerprint_of({who: hash_of(who) for who in rows}, 8)}
        | {
            name: fingerprint_of({w: hash_of((w, what)) for w, what in each.items()}, 2)
            for name, each in own.items()
        }
    )


def fingerprint_of(numbers, size):
    """Return a fingerprint of a number per person, in words of so many bytes."""
    words, last = [0] * FINGERPRINT_WORDS, 256**size - 1
    for who, number in numbers.items():
        words[hash_of(who) % FINGERPRINT_WORDS] ^= number & last
    data = struct.pack(f">{FINGERPRINT_WORDS}{'Q' if size == 8 else 'H'}", *words)
    keys = sum(number >> 32 for number in numbers.values())
    return Fingerprint(data, len(numbers), keys)


@cache
def hash_of(person):
    """Return 64 bits that look random."""
    digest = hashlib.blake2b(str(person).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def people(start, count):
    """Return so many people."""
    return frozenset(range(start, start + count))


class Room:
    """Releases one after another, with a ledger in memory and the true sets beside."""

    def __init__(self, asked, policy):
        self.asked, self.policy = asked, policy
        self.end, self.entries, self.shown = GENESIS, [], []
        self._sets = {}

    def release(self, leaves, asked=None):
        """Release a table of sets of people by leaf; return the guarded table."""
        asked = asked or self.asked
        signatures = {leaf: signature_of(who) for leaf, who in leaves.items()}
        cells = items(
            {leaf: len(who) for leaf, who in leaves.items()}, asked, prints=signatures
        )
        table = protect(cells, asked, self.policy, history_of(self.entries))
        prints = {cell.labels: cell.signature for cell in cells}
        entry = next_entry(
            self.end, asked, table, prints, contract_sha256="0" * 64, as_of=DAY
        )
        self.entries.append(entry)
        self.end = ConfirmedHead(run=entry.run, head="0" * 64)
        self._remember(entry.run, leaves, asked, table)
        return table

    def _remember(self, run, leaves, asked, table):
        """Keep the true set behind every figure that is shown."""
        names = [d.name for d in asked.dimensions]
        shown, fresh = {}, set()
        for cell in table.published:
            if cell.repeated_from is None:
                who = frozenset().union(
                    *(
                        w
                        for leaf, w in leaves.items()
                        if w and cell.labels in items_of(leaf, asked)
                    )
                )
                self._sets[run, tuple(names), cell.labels] = who
                version = run
                fresh.add(cell.labels)
            else:
                version = cell.repeated_from.run
            shown[cell.labels] = self._sets[version, tuple(names), cell.labels]
        self.shown.append((asked, shown, fresh))


def facts(asked, shown, fresh):
    """Yield what a release says, and whether it is new: figures, sums along lines."""
    names = [d.name for d in asked.dimensions]
    lines = {}
    for key, who in shown.items():
        pairs = list(zip(names, key, strict=True))
        if set(key) & {"low", "high"} or "(all)" in key:
            line = frozenset(p for p in pairs if p[1] != "(all)")
            yield line, frozenset((person, 1) for person in who), key in fresh
            continue
        for size in range(len(names) + 1):
            for kept in itertools.combinations(pairs, size):
                lines.setdefault(frozenset(kept), []).append(key)
    for line, keys in lines.items():
        # Who is in a repeated cell and, moved, in a new one is in their sum twice.
        times = Counter(person for key in keys for person in shown[key])
        whole = frozenset(times.items())
        yield line, whole, bool(fresh & set(keys))


def disjoint(one, other):
    """Return whether two facts are about different labels of some dimension."""
    there = dict(other)
    above = {"a1": "low", "a2": "low", "a4": "high"}
    return any(
        there.get(name, label) not in (label, above.get(label))
        and above.get(there[name]) != label
        for name, label in one
    )


def assert_apart(room):
    """Whatever is new differs from all that was told before by nobody or by k."""
    told = [list(facts(*release)) for release in room.shown]
    for earlier, later in itertools.combinations(told, 2):
        for (one, before, _), (other, now, new) in itertools.product(earlier, later):
            if new and not disjoint(one, other):
                differ = len({person for person, _ in before ^ now})
                assert differ == 0 or differ >= K, (dict(one), dict(other))


def fresh_only(table):
    """Return a table of the figures that are new: what is repeated is unknown now."""
    cells = tuple(c for c in table.published if c.repeated_from is None)
    return replace(table, published=cells)


def two_cells(action=DifferencingAction.REPEAT, totals="[]"):
    """Return a room that has released 300 and 400 people."""
    asked, policy = query("a", totals)
    room = Room(asked, replace(policy, differencing=action))
    leaves = {("a1",): people(0, 300), ("a2",): people(1000, 400)}
    room.release(leaves)
    return room, leaves


@pytest.mark.parametrize(("gone", "shown"), [(0, 300), (1, 300), (99, 300), (120, 180)])
def test_a_cell_is_new_again_when_a_crowd_has_left(gone, shown):
    """Nobody and fewer than k: the old figure; more: the new one."""
    room, leaves = two_cells()

    table = room.release({**leaves, ("a1",): people(gone, 300 - gone)})

    figures = {cell.labels[0]: cell.figures[0] for cell in table.published}
    assert figures == {"a1": shown, "a2": 400}


def test_equal_counts_are_not_equal_people():
    """One leaves, another comes: the count tells nothing, the people do."""
    room, leaves = two_cells(DifferencingAction.SUPPRESS)

    table = room.release({**leaves, ("a1",): people(1, 300)})

    assert {c.labels[0]: c.rule for c in table.suppressed} == {"a1": Rule.DIFFERENCING}


def test_people_who_change_places_hide_nobody():
    """150 move from one cell to the other, and one leaves: only the union tells."""
    room, leaves = two_cells(DifferencingAction.SUPPRESS)
    moved = people(0, 150)

    table = room.release(
        {("a1",): leaves["a1",] - moved, ("a2",): (leaves["a2",] | moved) - {1000}}
    )

    assert table.published == ()


def test_a_cell_that_vanished_is_part_of_the_union():
    """Everybody moves to the other cell, and one leaves."""
    room, leaves = two_cells(DifferencingAction.SUPPRESS)

    table = room.release({("a2",): (leaves["a1",] | leaves["a2",]) - {0}})

    assert table.published == ()


def test_a_repeated_cell_is_part_of_the_union():
    """The same in two steps, the first of which is large enough by itself."""
    room, leaves = two_cells()
    away = people(0, 150)
    room.release({**leaves, ("a1",): leaves["a1",] - away})

    room.release({("a1",): leaves["a1",] - away - {150}, ("a2",): leaves["a2",] | away})

    assert_apart(room)


def test_another_output_over_the_same_people_is_compared():
    """A total under another name, a few people later."""
    room, leaves = two_cells(DifferencingAction.SUPPRESS)
    asked, _ = query("b", "[]")
    everybody = leaves["a1",] | leaves["a2",]

    table = room.release({("b1",): everybody - {5}}, asked)

    assert [cell.rule for cell in table.suppressed] == [Rule.DIFFERENCING]


def test_a_cell_without_fingerprint_is_not_published_again():
    """What cannot be compared is not shown."""
    room, leaves = two_cells(DifferencingAction.SUPPRESS)
    cells = items({leaf: len(w) for leaf, w in leaves.items()}, room.asked)

    table = protect(cells, room.asked, room.policy, history_of(room.entries))

    assert table.published == ()


def test_a_stricter_policy_does_not_repeat_what_it_would_not_publish():
    """K was 100 and is 350: the old 300 is not shown again."""
    room, leaves = two_cells()
    room.policy = Policy(min_cohort=350)

    table = room.release({**leaves, ("a2",): people(1001, 399)})

    assert [(c.labels[0], c.figures[0]) for c in table.published] == [("a2", 400)]


def test_without_history_nothing_is_compared():
    """The first release is no second one."""
    asked, policy = query("a", "[]")
    cells = items({("a1",): 300}, asked)

    assert protect(cells, asked, policy, History()) == protect(cells, asked, policy)


def test_no_entry_without_fingerprints():
    """A ledger that could not be compared with is not written."""
    asked, policy = query("a", "[]")
    cells = items({("a1",): 300}, asked)
    table = protect(cells, asked, policy)

    with pytest.raises(InternalError):
        next_entry(
            GENESIS, asked, table, {("a1",): None}, contract_sha256="0" * 64, as_of=DAY
        )


@settings(max_examples=examples(200), deadline=None)
@given(
    st.integers(100, 3000),
    st.integers(0, 2000),
    st.integers(0, 2000),
    st.sampled_from([100, 150, 1000]),
)
def test_a_small_difference_is_never_taken_for_a_large_one(common, left, came, k):
    """Whatever the sizes; and a large one by far is seen as such."""
    before = signature_of(range(common + left)).facets[SUBJECTS]
    now = signature_of([*range(common), *range(10**6, 10**6 + came)]).facets[SUBJECTS]
    differ = left + came

    close = differs_by_fewer_than(k, before, now)

    if 0 < differ < k:
        assert close
    if differ == 0 or abs(left - came) >= k or (k < 500 and differ > 2 * k):
        assert not close


@given(st.sets(st.integers(0, 500)), st.sets(st.integers(1000, 1500)))
def test_a_union_of_disjoint_sets_is_their_fingerprint(one, other):
    """XOR of words, sum of subjects."""
    assert together([signature_of(one), signature_of(other)]) == signature_of(
        one | other
    )


def test_fingerprints_of_another_length_are_refused():
    """Nothing is compared with half of something."""
    with pytest.raises(InternalError):
        Fingerprint(bytes(8), 1, 1)


@pytest.mark.parametrize("more", [0, 1, 500])
def test_fingerprints_of_two_lengths_are_not_compared(more):
    """However far apart the numbers of their subjects are."""
    long, short = (Fingerprint(bytes(n), 100 + more, 1) for n in LENGTHS)

    with pytest.raises(InternalError):
        differs_by_fewer_than(100, replace(long, subjects=100), short)


@settings(max_examples=examples(200), deadline=None)
@given(
    st.integers(0, 1500),
    st.integers(0, 1500),
    st.integers(0, 1500),
    st.sampled_from([100, 150, 300, 1000, 2000]),
)
def test_a_trace_is_near_where_fingerprints_are(common, left, came, k):
    """Three bits of every word are a short cut: they never decide otherwise."""
    before = signature_of(range(common + left)).facets[SUBJECTS]
    now = signature_of([*range(common), *range(10**6, 10**6 + came)]).facets[SUBJECTS]

    near = FingerprintSum.alone(now).is_close(FingerprintSum.alone(before), k)

    assert near == differs_by_fewer_than(k, now, before)
    assert near == (
        FingerprintSum.alone(now) - FingerprintSum.alone(before)
    ).differs_by_few(k)
