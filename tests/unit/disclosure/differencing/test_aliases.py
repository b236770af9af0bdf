"""Subjects whose tokens change are known by the others: releases never differ by few."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.attacks.guarded_room import GuardedRoom
from cleanroom_join.disclosure import SUBJECTS, CellSignature
from cleanroom_join.disclosure.ledger.encoding import (
    chunk_bytes,
    read_entry,
    write_entry,
)
from cleanroom_join.disclosure.model.history import cell_id
from cleanroom_join.disclosure.model.signature import alias_facet, contents_of
from tests.support.plain_tables import SUM, cells_from_counts, query_over
from tests.support.signatures import signature_of

PLAIN, POLICY = query_over("a", '"all"')
QUERY = replace(PLAIN, output=replace(PLAIN.output, then_on=("person",)))
"""Joined on card, else person."""

K = POLICY.min_cohort
SIDES = {"payments": (0, 1), "accounts": (2, 3)}
"""Indices of the tokens that each table trusts most and least."""


def by_one(subjects, tokens, index, facets=(), valued=frozenset()):
    """Return the signature of some subjects by one of their tokens."""
    names = {s: (index, s, tokens[s][index]) for s in subjects}
    values = dict.fromkeys((names[s] for s in subjects if s in valued), 10)
    return signature_of(list(names.values()), dict.fromkeys(facets, values))


def signature(subjects, tokens, facets=(), valued=frozenset()):
    """
    Return the signature of some subjects.

    Args:
        subjects: Numbers.
        tokens: Of each subject, which version of its four tokens it has.
        facets: The query's columns.
        valued: The subjects that have a value in these.
    """
    by_token = [by_one(subjects, tokens, i, facets, valued) for i in range(4)]
    own = by_token[0].facets
    facets = dict(own)
    for alias, other in zip(QUERY.aliases, by_token[1:], strict=True):
        for facet, found in own.items():
            words = other.facets[facet].words
            facets[alias_facet(alias, facet)] = replace(found, words=words)
    return CellSignature(facets)


def cells_of(leaves, tokens, query=QUERY):
    """Return the cells of some leaves."""
    signatures = {
        leaf: signature(own, tokens) if query.aliases else by_one(own, tokens, 0)
        for leaf, own in leaves.items()
    }
    counts = {leaf: len(own) for leaf, own in leaves.items()}
    return cells_from_counts(counts, query, signatures=signatures)


def day(random, leaves, tokens, moved):
    """Return a later day: a few or many others, and other tokens at some indices."""
    leaves = {leaf: set(own) for leaf, own in leaves.items()}
    for own in leaves.values():
        gone = random.choice([0, 0, 1, 3, 150])
        own -= set(random.sample(sorted(own), min(gone, len(own))))
        come = random.choice([0, 0, 1, 150])
        own |= {random.randrange(10**9) for _ in range(come)}
    share = random.choice([0.0, 0.3, 1.0])
    found = {}
    for subject in set().union(*leaves.values()):
        own = list(tokens.get(subject, (0, 0, 0, 0)))
        for index in moved:
            own[index] += random.random() < share
        found[subject] = tuple(own)
    return leaves, found


def statements(leaves):
    """Return the subjects behind each figure, by cell."""
    found = {cell_id(QUERY, leaf): frozenset(own) for leaf, own in leaves.items()}
    return {**found, (): frozenset().union(*found.values())}


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), attacker=st.sampled_from(sorted(SIDES)))
def test_no_two_figures_differ_by_few_subjects(seed, attacker):
    """Whatever tokens one party exchanges, and one kind that the other one gets."""
    random = Random(seed)
    subjects = iter(range(10**9, 2 * 10**9))
    leaves = {
        (f"a{i}",): {next(subjects) for _ in range(random.randint(120, 400))}
        for i in range(1, 4)
    }
    tokens = {s: (0, 0, 0, 0) for own in leaves.values() for s in own}
    # The attacker exchanges what it likes; the victim gets other tokens of one kind.
    victim = next(side for side in SIDES if side != attacker)
    moved = [*SIDES[attacker], random.choice(SIDES[victim])]
    room = GuardedRoom(POLICY)
    shown = []
    for _ in range(4):
        table = room.release(QUERY, cells_of(leaves, tokens))
        about = statements(leaves)
        new = [cell_id(QUERY, c.labels) for c in table.published if not c.repeated_from]
        for cell in new:
            for before in shown:
                few = len(about[cell] ^ before)
                assert few == 0 or few >= K
        shown += [about[cell] for cell in new]
        leaves, tokens = day(random, leaves, tokens, moved)
    assert shown


@pytest.mark.parametrize("index", range(4))
def test_each_token_alone_keeps_a_subject_known(index):
    """Three of four tokens are others: the one who left does not show."""
    leaves = {("a1",): set(range(300)), ("a2",): set(range(300, 600))}
    before = dict.fromkeys(range(600), (0, 0, 0, 0))
    after = dict.fromkeys(range(600), tuple(int(i != index) for i in range(4)))
    room = GuardedRoom(POLICY)

    first = room.release(QUERY, cells_of(leaves, before))
    left = {**leaves, ("a1",): set(range(1, 300))}
    second = room.release(QUERY, cells_of(left, after))

    assert second.rows == first.rows
    assert second.published[0].repeated_from


@pytest.mark.parametrize("others", [(60, 60), (99, 99), (99, 0)])
def test_subjects_with_other_tokens_count_twice(others):
    """One with another token is one who left and one who came, in every fingerprint."""
    leaves = {("a1",): set(range(300)), ("a2",): set(range(300, 600))}
    before = dict.fromkeys(range(600), (0, 0, 0, 0))
    first, last = others
    # The attacker exchanges both of its own tokens of everybody.
    after = {
        s: (1, 1, int(s < first), int(first <= s < first + last)) for s in range(600)
    }
    room = GuardedRoom(POLICY)

    shown = room.release(QUERY, cells_of(leaves, before))
    left = {**leaves, ("a1",): set(range(1, 300))}
    second = room.release(QUERY, cells_of(left, after))

    assert second.rows == shown.rows


def test_without_aliases_other_tokens_are_other_subjects():
    """What the aliases stop: a join on one kind that gets new tokens."""
    leaves = {("a1",): set(range(300)), ("a2",): set(range(300, 600))}
    room = GuardedRoom(POLICY)

    room.release(PLAIN, cells_of(leaves, dict.fromkeys(range(600), (0,)), PLAIN))
    left = {**leaves, ("a1",): set(range(1, 300))}
    second = room.release(PLAIN, cells_of(left, dict.fromkeys(range(600), (1,)), PLAIN))

    assert [row[0] for row in second.rows] == ["a1", "a2", "(all)"]
    assert not any(cell.repeated_from for cell in second.published)


def test_values_are_compared_by_aliases_too():
    """Many others came, none of whom has a value, and one who has left."""
    plain, _ = query_over("a", "[]", measures=SUM)
    query = replace(plain, output=replace(plain.output, then_on=("person",)))
    room = GuardedRoom(POLICY)
    valued = frozenset(range(200))
    shown = []
    for own, tokens in (
        (range(500), (0, 0, 0, 0)),
        ([*range(1, 300), *range(600, 800)], (1, 1, 0, 0)),
    ):
        found = signature(own, dict.fromkeys(own, tokens), query.facet_columns, valued)
        counts, having = {("a1",): len(own)}, {("a1",): len(valued & set(own))}
        cells = cells_from_counts(
            counts, query, signatures={("a1",): found}, valued=having
        )
        shown.append(room.release(query, cells))

    assert shown[0].rows
    assert shown[1].rows == shown[0].rows


def test_an_entry_holds_all_aliases_in_chunks_of_one_length():
    """The ledger gives back what it compares; a longer chunk would tell of a cell."""
    leaves = {("a1",): set(range(300)), ("a2",): set(range(300, 600))}
    cells = cells_of(leaves, dict.fromkeys(range(600), (0, 0, 0, 0)))
    room = GuardedRoom(POLICY)
    room.release(QUERY, cells)

    chunks = write_entry(room.entries[0], chunk_bytes(QUERY))

    assert {len(chunk) for chunk in chunks} == {chunk_bytes(QUERY)}
    read = read_entry(chunks).cells[cell_id(QUERY, ("a1",))].signature
    assert set(read.facets) == {SUBJECTS, *contents_of(QUERY)}
