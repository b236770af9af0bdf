"""
Fingerprints: estimates of how many subjects two cells do not have in common.

Every subject has a keyed hash.  Some of its bits choose one of `FINGERPRINT_WORDS`
words; the hash, or a hash of the subject with its figures, is XORed into that word.  So
a fingerprint depends on the set of subjects (and figures) alone, and two fingerprints
differ in at most as many words as there are subjects in only one of the two sets.  The
fingerprint of a union of disjoint sets is the XOR of theirs.

Linear counting: Whang, Vander-Zanden and Taylor, "A linear-time probabilistic
counting algorithm for database applications", ACM TODS 15(2), 1990.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property

from cleanroom_join.errors import InternalError

__all__ = [
    "FINGERPRINT_WORDS",
    "LENGTHS",
    "Fingerprint",
    "LowBits",
    "count_nonzero_words",
    "differs_by_at_least",
    "differs_by_few",
    "differs_by_fewer_than",
    "fewest_words_of_many",
    "words_of",
]

FINGERPRINT_WORDS = 1024
"""Words of a fingerprint; ten times the usual k, so that subjects seldom collide."""

LENGTHS = (8 * FINGERPRINT_WORDS, 2 * FINGERPRINT_WORDS)
"""
Bytes of a fingerprint: words of 64 bits for subjects, of 16 for what they contribute.

A change leaves a word of 16 bits as it is once in 65,536 times, which makes two sets
look closer than they are.  That something changed still shows in the sum of the hashes.
"""

_DEVIATIONS = 6
"""Standard deviations by which an estimate is lowered."""

_MANY_WORDS = FINGERPRINT_WORDS // 4
"""Differing words from which on an estimate is better than their number."""

_FEWEST_OF_ALL_WORDS = 4_000
"""
Fewer subjects make all words differ less than once in a thousand million times.

The number of words that stay alike is about Poisson, with mean W exp(-n / W); none
stays so with probability exp(-W exp(-n / W)), 1.1e-9 for n = 4,000 and W = 1,024.
"""

LowBits = tuple[int, int, int]
"""The last three bits of every word: three numbers of `FINGERPRINT_WORDS` bits."""

_BINARY_DIGITS = tuple(
    bytes(b"01"[byte >> bit & 1] for byte in range(256)) for bit in range(3)
)
"""For each of three bits: the binary digit that each last byte of a word has there."""


@dataclass(frozen=True, repr=False)
class Fingerprint:
    """The subjects of one cell; secret, since a word may be that of one subject."""

    words: bytes
    subjects: int
    """Distinct subjects in the cell."""
    hash_sum: int
    """
    Sum of the upper 32 bits of the subjects' hashes.

    A sum of cells may count a subject twice: the XOR of the words does not show that
    subject, this sum does.
    """
    clamped: bool = True
    """
    Of a fingerprint of values: whether some value may have been clamped.

    If none was, it is the same as with other bounds.
    """

    def __post_init__(self) -> None:
        """Refuse any other length."""
        if len(self.words) not in LENGTHS:
            raise InternalError.of("a fingerprint has another length")

    @cached_property
    def low_bits(self) -> LowBits:
        """
        Three bits of every word, for quick comparisons.

        Two sets that differ in a word differ in these bits of it seven times in eight.
        Numbers of 1,024 bits are XORed far faster than 8 kB.
        """
        size = len(self.words) // FINGERPRINT_WORDS
        last_bytes = self.words[size - 1 :: size]
        one, two, three = (
            int(last_bytes.translate(digits), 2) for digits in _BINARY_DIGITS
        )
        return one, two, three

    def same_words(self, other: Fingerprint) -> bool:
        """Return whether no word differs."""
        if len(self.words) != len(other.words):
            raise InternalError.of("fingerprints of two lengths were compared")
        return self.words == other.words

    def differing(self, other: Fingerprint) -> int:
        """Return in how many words two fingerprints differ."""
        if self.same_words(other):
            return 0
        xor = int.from_bytes(self.words, "big") ^ int.from_bytes(other.words, "big")
        return count_nonzero_words(xor, len(self.words))


def count_nonzero_words(number: int, size: int) -> int:
    """Return how many words of a number of *size* bytes are not zero."""
    if not number:
        return 0
    return FINGERPRINT_WORDS - words_of(number.to_bytes(size, "big")).tolist().count(0)


def words_of(data: bytes) -> memoryview:
    """Return the words of a fingerprint in the byte order of this machine."""
    return memoryview(data).cast("Q" if len(data) == 8 * FINGERPRINT_WORDS else "H")


def differs_by_fewer_than(k: int, one: Fingerprint, other: Fingerprint) -> bool:
    """
    Return whether one to *k* - 1 subjects may be in only one of two sets.

    The number of differing words is a lower bound of the number of such subjects.  If
    many words differ the bound is weak, and an estimate six standard deviations below
    the likely number replaces it.  Sums of sets that overlap may differ although no
    word does, since the XOR cancels a subject that is in two of them: then the numbers
    of subjects or the sums of hashes differ.
    """
    subjects = one.subjects - other.subjects
    if not one.same_words(other) and abs(subjects) >= k:
        return False  # `differs_by_few` says the same, but needs the words counted
    (a, b, c), (x, y, z) = one.low_bits, other.low_bits
    if (a ^ x | b ^ y | c ^ z).bit_count() >= fewest_words_of_many(k):
        return False  # at least so many words differ
    hash_sum = one.hash_sum - other.hash_sum
    return differs_by_few(k, one.differing(other), subjects, hash_sum)


def differs_by_few(k: int, differing: int, subjects: int, hash_sum: int) -> bool:
    """
    Return whether a difference may be one of at least one and fewer than *k* subjects.

    Args:
        k: The fewest subjects that two figures may differ by.
        differing: Words that differ, 0 to `FINGERPRINT_WORDS`.
        subjects: Difference of the numbers of subjects.
        hash_sum: Difference of the sums of hashes.
    """
    if differing == 0:
        return (subjects, hash_sum) != (0, 0)
    if abs(subjects) >= k:
        return False
    return max(differing, _lowered_estimate(differing)) < k


def differs_by_at_least(one: Fingerprint, other: Fingerprint) -> int:
    """
    Return a lower bound of how many subjects are in only one of two sets.

    It is zero if, and only if, nothing tells the sets apart.
    """
    subjects = abs(one.subjects - other.subjects)
    if one.same_words(other):
        return subjects or int(one.hash_sum != other.hash_sum)
    (a, b, c), (x, y, z) = one.low_bits, other.low_bits
    differing = (a ^ x | b ^ y | c ^ z).bit_count()
    if differing >= _MANY_WORDS:  # where the estimate is better than the bound
        differing = one.differing(other)
    if differing == FINGERPRINT_WORDS:
        differing = _FEWEST_OF_ALL_WORDS
    return max(subjects, differing, int(_lowered_estimate(differing)), 1)


@cache
def fewest_words_of_many(k: int) -> int:
    """Return the fewest differing words that always mean *k* subjects or more."""
    fewest = FINGERPRINT_WORDS + 1
    while fewest and max(fewest - 1, _lowered_estimate(fewest - 1)) >= k:
        fewest -= 1
    return fewest


def _lowered_estimate(differing: int) -> float:
    """
    Return how many subjects make so many words differ, less six standard deviations.

    It is 0 if less than a quarter of the words differ: there the lower bound is good,
    and the error of the estimate large.
    """
    if not _MANY_WORDS <= differing < FINGERPRINT_WORDS:
        return 0.0
    load = -math.log(1 - differing / FINGERPRINT_WORDS)
    deviation = math.sqrt(FINGERPRINT_WORDS * (math.exp(load) - load - 1))
    return FINGERPRINT_WORDS * load - _DEVIATIONS * deviation
