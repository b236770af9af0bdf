"""
Marks in Spark: which word of a fingerprint a subject is in, and what it adds to it.

Per bucket, `marks`; per item, `packed_words`; then `fingerprint` and `contents` read
what was collected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.disclosure import WORDS, Contents, Fingerprint
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import Column

    from cleanroom_join.contract import Question

__all__ = ["contents", "fingerprint", "keyed_hash", "marks", "packed_words", "whole"]


def keyed_hash(subject: str, *more: Column) -> Column:
    """
    Return a subject's hash under the joint key ``jk``, together with its figures.

    Keyed: nobody outside the room can say in which words a subject is.
    """
    return F.xxhash64(F.col("jk"), F.col(subject), *more)


def marks(question: Question, subject: str) -> list[Column]:
    """
    Return a bucket's words ``x`` of people and ``y`` of contents, and sums beside.

    Args:
        question: What is asked.
        subject: Name of the subject's column; NULL is nobody.
    """
    known = F.col(subject).isNotNull()
    people = F.when(known, keyed_hash(subject))
    figures = F.when(known, keyed_hash(subject, *_contributed(question)))
    return [*_word("x", "record_keys", people), *_word("y", "content_keys", figures)]


def packed_words() -> list[Column]:
    """Return the words of all buckets of an item, those of people and of contents."""
    return [_packed(word).alias(word) for word in ("x", "y")]


def _contributed(question: Question) -> list[Column]:
    """
    Return what a subject contributes to an item: its rows, then weights and sums.

    Not how many values were clamped or unusable: no figure has them.
    """
    places = {name: i for i, name in enumerate(question.columns)}
    read = [f"{figure}{places[name]}" for name in question.contents for figure in "wt"]
    return [F.col(name).cast("bigint") for name in ("n", *read)]


def _word(word: str, keys: str, mark: Column) -> list[Column]:
    """
    Return a bucket's word of a fingerprint, and the sum of its hashes' upper halves.

    A wrapping sum would overflow in ANSI mode; XOR cannot, and 32-bit keys of two
    thousand million subjects do not.
    """
    key = F.shiftrightunsigned(mark, 32)
    return [
        F.coalesce(F.bit_xor(mark), F.lit(0)).alias(word),
        F.coalesce(F.sum(key), F.lit(0)).alias(keys),
    ]


def _packed(word: str) -> Column:
    """Return the words that are not zero: two bytes of place, eight of word, each."""
    words = F.collect_list(F.struct("b", F.col(word).alias("x")))
    texts = F.transform(
        words,
        lambda w: F.concat(
            F.lpad(F.hex(w["b"]), 4, "0"), F.lpad(F.hex(w["x"]), 16, "0")
        ),
    )
    return F.unhex(F.array_join(texts, ""))


# --- decoding -------------------------------------------------------------------


def fingerprint(row: Mapping[str, object], word: str = "x") -> Fingerprint | None:
    """Return the fingerprint that `_packed` packed."""
    packed = row.get(word)
    if not isinstance(packed, (bytes, bytearray)):
        return None
    words = bytearray(8 * WORDS)
    for start in range(0, len(packed), 10):
        place = int.from_bytes(packed[start : start + 2], "big")
        words[8 * place : 8 * place + 8] = packed[start + 2 : start + 10]
    return Fingerprint(bytes(words), whole(row["subjects"]))


def contents(question: Question, row: Mapping[str, object]) -> Contents | None:
    """Return what the subjects of a cell contribute, if it was taken."""
    words = fingerprint(row, "y")
    if words is None:
        return None
    return Contents(
        fingerprint=words,
        keys=whole(row["content_keys"]),
        reads=question.reads,
    )


def whole(value: object) -> int:
    """Return a figure that must be there."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InternalError.of("a cell lacks a figure")
    return value
