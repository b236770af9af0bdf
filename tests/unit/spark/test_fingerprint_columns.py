"""A cell's packed fingerprints are read as Spark packed them, or refused."""

from __future__ import annotations

import pytest

from cleanroom_join.disclosure import FINGERPRINT_WORDS, Fingerprint
from cleanroom_join.errors import InternalError
from cleanroom_join.spark.room.cells.fingerprint_columns import fingerprints
from tests.support.plain_tables import query_over

QUERY, _ = query_over("a", "[]")


COUNTS = {"subjects": 3, "key_sum0": 11, "key_sum1": 12}


def bucket(index, subjects, rows):
    """Return one bucket of a query without measure columns."""
    return index.to_bytes(2, "big") + subjects + rows


def test_every_word_is_at_its_index():
    """The first and the last; a word of subjects has eight bytes, one of rows two."""
    packed = bucket(1023, b"subjects", b"RR") + bucket(0, b"12345678", b"ab")

    subjects, rows = fingerprints(QUERY, {"fingerprints": bytearray(packed), **COUNTS})

    empty = FINGERPRINT_WORDS - 2
    assert subjects == Fingerprint(b"12345678" + bytes(8 * empty) + b"subjects", 3, 11)
    assert rows == Fingerprint(b"ab" + bytes(2 * empty) + b"RR", 3, 12)


@pytest.mark.parametrize("row", [{}, {"fingerprints": None}, {"fingerprints": "text"}])
def test_a_fingerprint_that_was_not_taken_is_none(row):
    """Other kinds of subject have no fingerprints."""
    assert fingerprints(QUERY, {**row, **COUNTS}) is None


@pytest.mark.parametrize(
    "packed",
    [
        bucket(0, b"12345678", b"ab")[:-1],
        bucket(0, b"12345678", b"ab") + b"\0",
        bucket(FINGERPRINT_WORDS, b"12345678", b"ab"),
        bucket(65535, b"12345678", b"ab"),
    ],
    ids=["cut off", "too long", "a word too many", "the largest index"],
)
def test_anything_else_is_refused(packed):
    """Half a word is refused, and an index that no word has."""
    with pytest.raises(InternalError) as found:
        fingerprints(QUERY, {"fingerprints": packed, **COUNTS})

    assert "12345678" not in str(found.value)


@pytest.mark.parametrize("missing", COUNTS)
def test_a_count_that_is_not_there_is_refused(missing):
    """A fingerprint without its count is none."""
    row = {"fingerprints": bucket(0, b"12345678", b"ab"), **COUNTS, missing: None}

    with pytest.raises(InternalError):
        fingerprints(QUERY, row)
