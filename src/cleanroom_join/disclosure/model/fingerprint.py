"""
Fingerprints: how many subjects two cells do not have in common.

Every subject has a keyed hash.  Some of its bits choose one of `FINGERPRINT_WORDS`
words; the hash, or a hash of the subject with its figures, is XORed into that word.  So
a fingerprint depends on the set of subjects (and figures) alone, and two fingerprints
differ in at most as many words as there are subjects that are not the same in both. The
fingerprint of a union of disjoint sets is the XOR of theirs.

Linear counting: Whang, Vander-Zanden and Taylor, "A linear-time probabilistic
counting algorithm for database applications", ACM TODS 15(2), 1990.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "FINGERPRINT_WORDS",
    "LENGTHS",
    "Fingerprint",
    "differs_by_few",
    "differs_by_fewer_than",
    "far_from",
    "union",
    "words_in",
    "words_of",
]

FINGERPRINT_WORDS = 1024
"""Words of a fingerprint; ten times the usual k, so that differences seldom collide."""

LENGTHS = (8 * FINGERPRINT_WORDS, 2 * FINGERPRINT_WORDS)
"""
Bytes of a fingerprint: words of 64 bits or of 16.

A word of 16 bits stays as it was by chance once in 65,536 changes, which makes two sets
look nearer than they are; that there was a change at all the sum of the hashes tells.
"""

_DEVIATIONS = 6
"""Standard deviations that an estimate is lowered by."""


@dataclass(frozen=True, slots=True, repr=False)
class Fingerprint:
    """The subjects of one cell; secret, since a word may be that of one subject."""

    words: bytes
    subjects: int
    """Distinct subjects in the cell."""
    keys: int
    """
    Sum of the upper halves of the subjects' hashes.

    Sums of cells may hold somebody twice, who leaves no trace in the words, but here.
    """

    def __post_init__(self) -> None:
        """Refuse anything of another length."""
        if len(self.words) not in LENGTHS:
            raise InternalError.of("a fingerprint has another length")

    def same_words(self, other: Fingerprint) -> bool:
        """Return whether no word differs."""
        if len(self.words) != len(other.words):
            raise InternalError.of("fingerprints of two lengths were compared")
        return self.words == other.words

    def differing(self, other: Fingerprint) -> int:
        """Return in how many words two fingerprints differ."""
        if self.same_words(other):
            return 0
        both = int.from_bytes(self.words, "big") ^ int.from_bytes(other.words, "big")
        return words_in(both, len(self.words))


def words_in(number: int, size: int) -> int:
    """Return how many words of a fingerprint of so many bytes are not zero."""
    if not number:
        return 0
    return FINGERPRINT_WORDS - words_of(number.to_bytes(size, "big")).tolist().count(0)


def words_of(data: bytes) -> memoryview:
    """Return the words of a fingerprint as this machine reads them."""
    return memoryview(data).cast("Q" if len(data) == 8 * FINGERPRINT_WORDS else "H")


def union(signatures: Iterable[Fingerprint]) -> Fingerprint:
    """
    Return the fingerprint of disjoint sets together, at least one.

    Of sets that are not disjoint: of the subjects that are in an odd number of them.
    """
    words = subjects = keys = size = 0
    for signature in signatures:
        words ^= int.from_bytes(signature.words, "big")
        subjects += signature.subjects
        keys += signature.keys
        size = len(signature.words)
    return Fingerprint(words.to_bytes(size, "big"), subjects, keys)


def differs_by_fewer_than(k: int, one: Fingerprint, other: Fingerprint) -> bool:
    """
    Return whether more than none, but perhaps fewer than *k*, are in one set only.

    The words that differ are a lower bound of the subjects that do.  Where many
    differ it is a weak one, and an estimate six standard deviations below the likely
    number is used instead.  Sums of sets with somebody in common may differ although
    no word does, since who is in two of them leaves no trace: then other sums tell.
    """
    subjects = one.subjects - other.subjects
    if not one.same_words(other) and abs(subjects) >= k:
        return False  # as `differs_by_few` would say, but words need not be counted
    return differs_by_few(k, one.differing(other), subjects, one.keys - other.keys)


def differs_by_few(k: int, differing: int, subjects: int, keys: int) -> bool:
    """
    Return whether a difference is more than none, but perhaps fewer than *k* subjects.

    Args:
        k: The number.
        differing: Words that differ.
        subjects: Difference of the numbers of subjects.
        keys: Difference of the sums of their hashes.
    """
    if differing == 0:
        return (subjects, keys) != (0, 0)
    if abs(subjects) >= k:
        return False
    return max(differing, _estimate(differing)) < k


@cache
def far_from(k: int) -> int:
    """Return from how many differing words on a difference is never one of few."""
    least = FINGERPRINT_WORDS + 1
    while least and max(least - 1, _estimate(least - 1)) >= k:
        least -= 1
    return least


def _estimate(differing: int) -> float:
    """
    Return how many subjects make so many words differ, with a wide margin.

    Used only where many words differ: there the lower bound wastes most, and the
    estimate's error is small.
    """
    if not FINGERPRINT_WORDS // 4 <= differing < FINGERPRINT_WORDS:
        return 0.0
    load = -math.log(1 - differing / FINGERPRINT_WORDS)
    deviation = math.sqrt(FINGERPRINT_WORDS * (math.exp(load) - load - 1))
    return FINGERPRINT_WORDS * load - _DEVIATIONS * deviation
