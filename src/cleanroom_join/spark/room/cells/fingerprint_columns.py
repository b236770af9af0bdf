"""
Fingerprints in Spark: which word a subject is in, and what it adds to that word.

Per bucket, `fingerprint_columns`; per cell, `packed`; `fingerprints` then decodes what
was collected.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.disclosure import FINGERPRINT_WORDS, ROWS, Fingerprint
from cleanroom_join.errors import InternalError
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.room import frame_columns as names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column

    from cleanroom_join.contract import Query
    from cleanroom_join.disclosure import ColumnTotals

__all__ = [
    "bucket_of",
    "contents",
    "fingerprint_columns",
    "fingerprints",
    "packed",
    "unpacked",
]

_SUBJECT_BYTES, _CONTENT_BYTES = 8, 2
"""Bytes of a word; see `Fingerprint`."""


def bucket_of(subject: Column) -> Column:
    """
    Return the bucket of a subject's hash.

    NULL subjects fall into some bucket too and are ignored later.  Spark distributes
    rows by the same hash of the hash: see `token_join.partitions_for`.
    """
    return F.pmod(F.hash(subject), F.lit(FINGERPRINT_WORDS))


def fingerprint_columns(query: Query, subject: Column, known: Column) -> list[Column]:
    """
    Return a bucket's word and key sum, of each of its fingerprints.

    What a subject contributes to a figure are its rows, or the number and the sum of
    its values.  No figure shows how many of them were clamped or not finite.

    Args:
        query: What is asked.
        subject: The subject's hash, which only the room knows.
        known: Whether the subject is not NULL.
    """
    rows = F.xxhash64(subject, F.col(names.ROWS))
    found = _fingerprint(0, F.when(known, subject))
    found += _fingerprint(1, F.when(known, rows))
    for i in range(len(query.columns)):
        values, total = F.col(names.values(i)), F.col(names.total(i))
        content = F.when(known & (values > 0), F.xxhash64(subject, values, total))
        found += _fingerprint(2 + i, content)
    return found


def _fingerprint(facet: int, number: Column) -> list[Column]:
    """
    Return a bucket's part of one fingerprint.

    A wrapping sum would overflow in ANSI mode; XOR cannot, and 32-bit keys of two
    thousand million subjects do not.
    """
    key = F.shiftrightunsigned(number, 32)
    return [
        F.coalesce(F.bit_xor(number), F.lit(0)).alias(names.word(facet)),
        F.coalesce(F.sum(key), F.lit(0)).alias(names.key_sum(facet)),
    ]


def packed(query: Query) -> Column:
    """Return all buckets of a cell: two bytes of bucket, then a word of each facet."""
    facets = range(2 + len(query.columns))
    words = F.collect_list(F.struct(names.BUCKET, *(names.word(f) for f in facets)))
    texts = F.transform(
        words,
        lambda w: F.concat(
            F.lpad(F.hex(w[names.BUCKET]), 4, "0"),
            # The last digits of 16, of which `lpad` would take the first.
            *(
                F.substring(
                    F.lpad(F.hex(w[names.word(f)]), 16, "0"), 17 - 2 * _bytes(f), 16
                )
                for f in facets
            ),
        ),
    )
    return F.unhex(F.array_join(texts, ""))


def _bytes(facet: int) -> int:
    """Return how long the words of a fingerprint are."""
    return _CONTENT_BYTES if facet else _SUBJECT_BYTES


# --- decoding ----------------------------------------------------------------------


def fingerprints(query: Query, row: Mapping[str, object]) -> list[Fingerprint] | None:
    """
    Return the fingerprints that `packed` packed, if they were taken.

    Args:
        query: What was asked.
        row: A cell row as it was collected.

    Returns:
        One per facet, in order; None if there are none.

    Raises:
        InternalError: If they are not as `packed` packs them.
    """
    buckets = row.get(names.FINGERPRINTS)
    if not isinstance(buckets, (bytes, bytearray)):
        return None
    # Every subject in a cell has rows there; only values may be missing.
    sizes = [names.SUBJECTS, names.SUBJECTS]
    sizes += [names.with_value(i) for i in range(len(query.columns))]
    return [
        Fingerprint(words, require_int(row[size]), require_int(row[names.key_sum(i)]))
        for i, (words, size) in enumerate(
            zip(unpacked(query, buckets), sizes, strict=True)
        )
    ]


def unpacked(query: Query, buckets: bytes | bytearray) -> list[bytes]:
    """
    Return the words of each facet, in order, that `packed` packed.

    Raises:
        InternalError: If they are not as `packed` packs them.
    """
    widths = [_bytes(facet) for facet in range(2 + len(query.columns))]
    words = [[bytes(width)] * FINGERPRINT_WORDS for width in widths]
    record = struct.Struct(">H" + "".join(f"{width}s" for width in widths))
    if len(buckets) % record.size:
        raise InternalError.of("fingerprints have another length than was packed")
    for bucket, *found in record.iter_unpack(buckets):
        if bucket >= FINGERPRINT_WORDS:
            raise InternalError.of("a fingerprint has a word too many")
        for facet, word in enumerate(found):
            words[facet][bucket] = word
    return [b"".join(found) for found in words]


def contents(
    query: Query, taken: Sequence[Fingerprint], columns: Mapping[str, ColumnTotals]
) -> Mapping[str, Fingerprint]:
    """Return the facets of rows and of values, which say whether one was clamped."""
    rows, *values = taken
    facets = zip(query.facet_columns.items(), values, strict=True)
    return {ROWS: rows} | {
        facet: replace(fingerprint, clamped=columns[name].clamped > 0)
        for (facet, name), fingerprint in facets
    }
