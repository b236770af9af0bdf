"""Sets of made-up subjects, their signatures, and the statistics of tables of them."""

from __future__ import annotations

from cleanroom_join.attacks.plain_fingerprints import (
    CONTENT_BYTES,
    SUBJECT_BYTES,
    fingerprint,
    keyed_hash,
)
from cleanroom_join.disclosure import ROWS, SUBJECTS, CellSignature
from tests.support.plain_tables import cells_from_counts


def subjects(start, count):
    """Return *count* subjects, which are numbers."""
    return frozenset(range(start, start + count))


def signature_of(rows, columns=None):
    """
    Return the signature of a set of subjects, as the aggregation takes it.

    Args:
        rows: The subjects; a mapping says how many rows each has.
        columns: By measure column, the value of every subject that has one.
    """
    rows = rows if isinstance(rows, dict) else dict.fromkeys(rows, 1)
    hashes = {s: hash_of(s) for s in rows}
    facets = {SUBJECTS: fingerprint(((h, h) for h in hashes.values()), SUBJECT_BYTES)}
    for facet, own in ({ROWS: rows} | (columns or {})).items():
        facets[facet] = fingerprint(
            ((hashes[s], hash_of(s, value)) for s, value in own.items()),
            CONTENT_BYTES,
        )
    return CellSignature(facets)


def hash_of(*parts):
    """Return 64 bits that look random."""
    return keyed_hash(b"", *parts)


def cells_from_sets(leaves, query, *, valued=None, columns=None):
    """
    Return the statistics of every cell, with signatures and cell keys.

    Args:
        leaves: The set of subjects of each leaf.
        query: What is asked.
        valued: How many subjects have a value, by leaf; all if it is not given.
        columns: By leaf, what `signature_of` takes; else every subject has a value of 10.
    """
    signatures = {
        leaf: signature_of(
            own,
            columns[leaf]
            if columns
            else {facet: dict.fromkeys(own, 10) for facet in query.facet_columns},
        )
        for leaf, own in leaves.items()
    }
    return cells_from_counts(
        {leaf: len(own) for leaf, own in leaves.items()},
        query,
        signatures=signatures,
        valued=valued,
    )
