"""Who is who by several kinds of subject, in plain Python: a second implementation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

Tokens = tuple["str | None", ...]
"""A row's tokens, in order of trust."""

Identity = tuple[int, str]
"""Index of a kind of subject, and a token of this kind."""


@dataclass(frozen=True)
class Pairing:
    """Which identity of one table goes with which of the other."""

    pairs: dict[Identity, Identity]
    kinds: dict[Identity, int]
    """By identity of the first table, the index of the kind that it was matched on."""
    touched: set[Identity]
    """Identities of the first table that share a token with the other table."""


def identities(rows: list[Tokens]) -> list[Identity | None]:
    """Return what each row is about."""
    found: list[Identity | None] = [None] * len(rows)
    for kind in range(len(rows[0]) if rows else 0):
        linked = defaultdict(set)
        for row, identity in zip(rows, found, strict=True):
            if identity is not None:
                linked[row[kind]].add(identity)
        for index, row in enumerate(rows):
            if found[index] is not None or row[kind] is None:
                continue
            known = linked[row[kind]]
            if not known:
                found[index] = (kind, row[kind])
            elif len(known) == 1:
                found[index] = next(iter(known))
    return found


def pairing(one: list[Tokens], other: list[Tokens], *, unique=(False, False)):
    """Pair the identities of two tables; *unique*: which have one row per subject."""
    mine, theirs = _Table(one, unique[0]), _Table(other, unique[1])
    touched: set[Identity] = set()
    edges: dict[tuple[int, Identity], set[tuple[int, Identity, Identity]]] = {}
    for (kind, token), identity in mine.claims.items():
        partner = theirs.claims.get((kind, token))
        if partner is None:
            continue
        touched.add(identity)
        if not mine.kinds[identity] & theirs.kinds[partner] & set(range(kind)):
            for end in ((0, identity), (1, partner)):
                edges.setdefault(end, set()).add((kind, identity, partner))
    pairs, kinds = {}, {}
    for kind, identity, partner in set().union(*edges.values()):
        if all(
            (kind, identity, partner) == min(found)
            and sum(edge[0] == kind for edge in found) == 1
            for found in (edges[0, identity], edges[1, partner])
        ):
            pairs[identity], kinds[identity] = partner, kind
    return Pairing(pairs=pairs, kinds=kinds, touched=touched)


class _Table:
    """The identities of one table that can be matched."""

    def __init__(self, rows: list[Tokens], unique: bool) -> None:
        of_rows = identities(rows)
        self.kinds: dict[Identity, set[int]] = defaultdict(set)
        numbers: dict[Identity, int] = defaultdict(int)
        claimed = defaultdict(set)
        for row, identity in zip(rows, of_rows, strict=True):
            if identity is None:
                continue
            numbers[identity] += 1
            for kind, token in enumerate(row):
                if token is not None:
                    self.kinds[identity].add(kind)
                    claimed[kind, token].add(identity)
        self.claims = {
            claim: next(iter(found))
            for claim, found in claimed.items()
            if len(found) == 1 and not (unique and numbers[next(iter(found))] > 1)
        }
