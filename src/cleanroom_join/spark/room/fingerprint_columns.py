"""
Fingerprints in Spark: which word a subject is in, and what it adds to that word.

Per bucket, `fingerprint_columns`; per item, `packed`; `fingerprints` then decodes what
was collected.
Fingerprint 0 is of people, 1 of rows, 2… of the measure columns.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.disclosure import FINGERPRINT_WORDS, Fingerprint
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import Column

    from cleanroom_join.contract import Query

__all__ = ["bucket_of", "fingerprint_columns", "fingerprints", "packed", "require_int"]

_PEOPLE_BYTES, _CONTENTS_BYTES = 8, 2
"""Bytes of a word; see `Fingerprint`."""


def bucket_of(mark: Column) -> Column:
    """
    Return the place of a subject's word, by its hash; nobody is somewhere.

    A hash of the hash, by which Spark distributes rows, too: see `join.parts_for`.
    """
    return F.pmod(F.hash(mark), F.lit(FINGERPRINT_WORDS))


def fingerprint_columns(query: Query, mark: Column, known: Column) -> list[Column]:
    """
    Return a bucket's word and sum of keys, of each of its fingerprints.

    What a subject contributes to a figure are its rows, or the number and the sum of
    its values.  How many of them were clamped or unusable no figure has.

    Args:
        query: What is asked.
        mark: The subject's hash, which only the room knows.
        known: Whether the subject is one; NULL is nobody.
    """
    found = _fingerprint(0, F.when(known, mark))
    found += _fingerprint(1, F.when(known, F.xxhash64(mark, F.col("n"))))
    for i in range(len(query.columns)):
        weight, total = F.col(f"w{i}"), F.col(f"t{i}")
        valued = F.when(known & (weight > 0), F.xxhash64(mark, weight, total))
        found += _fingerprint(2 + i, valued)
    return found


def _fingerprint(place: int, number: Column) -> list[Column]:
    """
    Return a bucket's part of one fingerprint.

    A wrapping sum would overflow in ANSI mode; XOR cannot, and 32-bit keys of two
    thousand million subjects do not.
    """
    key = F.shiftrightunsigned(number, 32)
    return [
        F.coalesce(F.bit_xor(number), F.lit(0)).alias(f"x{place}"),
        F.coalesce(F.sum(key), F.lit(0)).alias(f"keys{place}"),
    ]


def packed(query: Query) -> Column:
    """Return all buckets of an item: two bytes of place, then a word of each kind."""
    places = range(2 + len(query.columns))
    words = F.collect_list(F.struct("b", *(f"x{place}" for place in places)))
    texts = F.transform(
        words,
        lambda w: F.concat(
            F.lpad(F.hex(w["b"]), 4, "0"),
            # The last digits of 16, of which `lpad` would take the first.
            *(
                F.substring(
                    F.lpad(F.hex(w[f"x{place}"]), 16, "0"), 17 - 2 * _bytes(place), 16
                )
                for place in places
            ),
        ),
    )
    return F.unhex(F.array_join(texts, ""))


def _bytes(place: int) -> int:
    """Return how long the words of a fingerprint are."""
    return _CONTENTS_BYTES if place else _PEOPLE_BYTES


# --- decoding ----------------------------------------------------------------------


def fingerprints(query: Query, row: Mapping[str, object]) -> list[Fingerprint] | None:
    """
    Return the fingerprints that `packed` packed, if they were taken.

    Args:
        query: What was asked.
        row: An item as it was collected.

    Returns:
        Fingerprint 0, 1, 2…; None if there are none.

    Raises:
        InternalError: If they are not as `packed` packs them.
    """
    buckets = row.get("x")
    if not isinstance(buckets, (bytes, bytearray)):
        return None
    widths = [_bytes(place) for place in range(2 + len(query.columns))]
    words = [[bytes(width)] * FINGERPRINT_WORDS for width in widths]
    record = struct.Struct(">H" + "".join(f"{width}s" for width in widths))
    if len(buckets) % record.size:
        raise InternalError.of("fingerprints have another length than was packed")
    for bucket, *found in record.iter_unpack(buckets):
        if bucket >= FINGERPRINT_WORDS:
            raise InternalError.of("a fingerprint has a word too many")
        for place, word in enumerate(found):
            words[place][bucket] = word
    # Whoever is there has rows; only values may be missing.
    valued = [f"valued{i}" for i in range(len(query.columns))]
    return [
        Fingerprint(
            b"".join(words[place]),
            require_int(row[name]),
            require_int(row[f"keys{place}"]),
        )
        for place, name in enumerate(["subjects", "subjects", *valued])
    ]


def require_int(value: object) -> int:
    """Return a figure that must be there."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InternalError.of("a cell lacks a figure")
    return value
