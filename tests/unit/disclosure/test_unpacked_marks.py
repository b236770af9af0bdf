"""What Spark packed of an item's fingerprints is read as it was packed, or refused."""

from __future__ import annotations

import pytest

from cleanroom_join.disclosure import FINGERPRINT_WORDS, Fingerprint
from cleanroom_join.errors import InternalError
from cleanroom_join.spark.room.fingerprint_columns import fingerprints
from tests.support.plain_tables import query

QUESTION, _ = query("a", "[]")
COUNTS = {"subjects": 3, "key_sum0": 11, "key_sum1": 12}


def bucket(place, people, rows):
    """Return one bucket of a question without measure columns."""
    return place.to_bytes(2, "big") + people + rows


def test_every_word_is_in_its_place():
    """The first, the last, and none between; of people eight bytes, of rows two."""
    packed = bucket(1023, b"peoplePP", b"RR") + bucket(0, b"12345678", b"ab")

    people, rows = fingerprints(QUESTION, {"fingerprints": bytearray(packed), **COUNTS})

    empty = FINGERPRINT_WORDS - 2
    assert people == Fingerprint(b"12345678" + bytes(8 * empty) + b"peoplePP", 3, 11)
    assert rows == Fingerprint(b"ab" + bytes(2 * empty) + b"RR", 3, 12)


@pytest.mark.parametrize("row", [{}, {"fingerprints": None}, {"fingerprints": "text"}])
def test_what_was_not_taken_is_none(row):
    """Other kinds of subject have no fingerprints."""
    assert fingerprints(QUESTION, {**row, **COUNTS}) is None


@pytest.mark.parametrize(
    "packed",
    [
        bucket(0, b"12345678", b"ab")[:-1],
        bucket(0, b"12345678", b"ab") + b"\0",
        bucket(FINGERPRINT_WORDS, b"12345678", b"ab"),
        bucket(65535, b"12345678", b"ab"),
    ],
    ids=["cut off", "too long", "a word too many", "the last place there is"],
)
def test_anything_else_is_refused(packed):
    """Nothing is made of half a word, or of a place that is none."""
    with pytest.raises(InternalError) as found:
        fingerprints(QUESTION, {"fingerprints": packed, **COUNTS})

    assert "12345678" not in str(found.value)


@pytest.mark.parametrize("missing", COUNTS)
def test_a_count_that_is_not_there_is_refused(missing):
    """Nobody has a fingerprint."""
    row = {"fingerprints": bucket(0, b"12345678", b"ab"), **COUNTS, missing: None}

    with pytest.raises(InternalError):
        fingerprints(QUESTION, row)
