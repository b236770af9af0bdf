"""
Membership fingerprints: how many subjects two cells do not have in common.

Every subject has a keyed 64-bit hash.  Some bits choose one of `WORDS` words, and
the hash is XORed into it; so a fingerprint depends on the set of subjects alone,
and fingerprints of two sets differ at most in as many words as there are subjects
in one set only.  The fingerprint of a union of disjoint sets is the XOR of theirs.

Linear counting: Whang, Vander-Zanden and Taylor, "A linear-time probabilistic
counting algorithm for database applications", ACM TODS 15(2), 1990.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["WORDS", "Fingerprint", "fewer_apart_than", "less", "perhaps_fewer", "union"]

WORDS = 1024
"""Words of 64 bits; ten times the usual k, so that differences seldom collide."""

_BYTES = 8 * WORDS

_DEVIATIONS = 6
"""Standard deviations that an estimate is lowered by."""


@dataclass(frozen=True, slots=True, repr=False)
class Fingerprint:
    """The subjects of one cell, as `WORDS` words; secret, since words may be one's."""

    words: bytes
    subjects: int
    """Distinct subjects in the cell."""

    def __post_init__(self) -> None:
        """Refuse anything of another length."""
        if len(self.words) != _BYTES:
            raise InternalError.of("a fingerprint has another length")

    def differing(self, other: Fingerprint) -> int:
        """Return in how many words two fingerprints differ."""
        both = int.from_bytes(self.words, "big") ^ int.from_bytes(other.words, "big")
        if not both:
            return 0
        words = memoryview(both.to_bytes(_BYTES, "big")).cast("Q")
        return WORDS - words.tolist().count(0)


def union(marks: Iterable[Fingerprint]) -> Fingerprint:
    """
    Return the fingerprint of disjoint sets together.

    Of sets that are not disjoint: of the subjects that are in an odd number of them.
    """
    words = subjects = 0
    for mark in marks:
        words ^= int.from_bytes(mark.words, "big")
        subjects += mark.subjects
    return Fingerprint(words.to_bytes(_BYTES, "big"), subjects)


def less(whole: Fingerprint, parts: Iterable[Fingerprint]) -> Fingerprint:
    """Return the fingerprint of what is left of a set without disjoint parts of it."""
    taken = union(parts)
    return Fingerprint(union((whole, taken)).words, whole.subjects - taken.subjects)


def fewer_apart_than(k: int, one: Fingerprint, other: Fingerprint) -> bool:
    """
    Return whether more than none, but perhaps fewer than *k*, are in one set only.

    Sums of sets with somebody in common may differ although no word does, since who is
    in two of them leaves no trace: then their sizes tell.
    """
    differing = one.differing(other)
    if differing == 0:
        return one.subjects != other.subjects
    if abs(one.subjects - other.subjects) >= k:
        return False
    return perhaps_fewer(k, differing)


def perhaps_fewer(k: int, differing: int) -> bool:
    """
    Return whether so many words may differ because of fewer than *k* subjects.

    The words that differ are a lower bound of the subjects that do.  Where many
    differ it is a weak one, and an estimate six standard deviations below the likely
    number is used instead.
    """
    return max(differing, _estimate(differing)) < k


def _estimate(differing: int) -> float:
    """
    Return how many subjects make so many words differ, with a wide margin.

    Used only where many words differ: there the lower bound wastes most, and the
    estimate's error is small.
    """
    if not WORDS // 4 <= differing < WORDS:
        return 0.0
    load = -math.log(1 - differing / WORDS)
    deviation = math.sqrt(WORDS * (math.exp(load) - load - 1))
    return WORDS * load - _DEVIATIONS * deviation
