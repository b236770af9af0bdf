"""
Signed sums of fingerprints: two totals subtracted, or a total less some of its cells.

The differencing rule compares many pairs of sums, nearly all of which differ by many
subjects.  So a sum keeps three bits of every word at hand: if these bits differ in
enough words, the words themselves need not be XORed.

Values that were clamped to other bounds cannot be compared.  A sum whose `Clamping`
says so is compared by its subjects: any of them may contribute something else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.differencing.clamping import Clamping
from cleanroom_join.disclosure.model.fingerprint import (
    count_nonzero_words,
    differs_by_few,
    fewest_words_of_many,
)
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cleanroom_join.contract import ValueFacet
    from cleanroom_join.disclosure.model.fingerprint import Fingerprint, LowBits

__all__ = ["FingerprintSum"]


class FingerprintSum:
    """
    Fingerprints added up, some of them with a negative sign; secret like these.

    Args:
        low_bits: XOR of the terms' `Fingerprint.low_bits`.
        subjects: Signed sum of the terms' numbers of subjects.
        hash_sum: Signed sum of the terms' sums of hashes.
        terms: What was added up or subtracted; the XOR of words has no sign.
        clamping: How the values of these subjects were clamped, if the sum stands for
            values that must be compared by subjects.
    """

    __slots__ = ("clamping", "hash_sum", "low_bits", "subjects", "terms")

    def __init__(
        self,
        low_bits: LowBits,
        subjects: int,
        hash_sum: int,
        terms: tuple[FingerprintSum | Fingerprint, ...],
        clamping: Clamping | None = None,
    ) -> None:
        self.low_bits = low_bits
        self.subjects = subjects
        self.hash_sum = hash_sum
        self.terms = terms
        self.clamping = clamping

    @classmethod
    def alone(cls, fingerprint: Fingerprint) -> FingerprintSum:
        """Return the sum of one fingerprint."""
        return cls(
            fingerprint.low_bits,
            fingerprint.subjects,
            fingerprint.hash_sum,
            (fingerprint,),
        )

    @classmethod
    def of_clamped(
        cls, facet: ValueFacet, subjects: Fingerprint, values: Fingerprint
    ) -> FingerprintSum:
        """
        Return the subjects of a cell, as a sum that stands for their values.

        Args:
            facet: The column, and how it is clamped.
            subjects: The cell's subjects.
            values: What those with a value contribute.
        """
        alone = cls.alone(subjects)
        alone.clamping = Clamping.of_cell(facet, subjects, values)
        return alone

    @classmethod
    def total(cls, sums: Iterable[FingerprintSum]) -> FingerprintSum:
        """Return the sum of sums; of none, the empty sum."""
        terms = tuple(sums)
        one = two = three = subjects = hash_sum = 0
        for term in terms:
            a, b, c = term.low_bits
            one, two, three = one ^ a, two ^ b, three ^ c
            subjects += term.subjects
            hash_sum += term.hash_sum
        clamping = Clamping.total(term.clamping for term in terms)
        return cls((one, two, three), subjects, hash_sum, terms, clamping)

    def __sub__(self, other: FingerprintSum) -> FingerprintSum:
        """Return the difference of two sums."""
        (a, b, c), (x, y, z) = self.low_bits, other.low_bits
        return FingerprintSum(
            (a ^ x, b ^ y, c ^ z),
            self.subjects - other.subjects,
            self.hash_sum - other.hash_sum,
            (self, other),
            Clamping.difference(self.clamping, other.clamping),
        )

    @property
    def identity(self) -> tuple[object, ...]:
        """A key that differs whenever the subjects, rows or values differ."""
        return self.low_bits, self.subjects, self.hash_sum, self.clamping

    @property
    def reach(self) -> int:
        """How many subjects have no value: by so many more a close sum may differ."""
        return 0 if self.clamping is None else self.clamping.without_value

    @property
    def is_incomparable(self) -> bool:
        """Whether this is a difference of values that nothing tells apart."""
        return self.clamping is not None and self.clamping.is_incomparable

    def is_close(self, other: FingerprintSum, k: int) -> bool:
        """
        Return whether one to *k* - 1 subjects may tell two sums apart.

        If their values cannot be compared, any of their subjects may.
        """
        if self.clamping is None:
            (a, b, c), (x, y, z) = self.low_bits, other.low_bits
            differing = (a ^ x | b ^ y | c ^ z).bit_count()
            if differing >= fewest_words_of_many(k):
                return False
        return (self - other).differs_by_few(k)

    def differs_by_few(self, k: int) -> bool:
        """Return whether this difference may be one of one to *k* - 1 subjects."""
        if self.clamping is not None and self.clamping.is_incomparable:
            if abs(self.clamping.with_value) >= k:
                return False
            # Of the subjects that differ, some have no value in the one or the other.
            return self.is_zero or self._is_of_few(k + self.clamping.without_value)
        return not self.is_zero and self._is_of_few(k)

    def _is_of_few(self, k: int) -> bool:
        """Return whether fewer than *k* subjects may be in only one of the sums."""
        one, two, three = self.low_bits
        differing = (one | two | three).bit_count()
        if differing >= fewest_words_of_many(k):
            return False
        if differing and abs(self.subjects) >= k:
            return False
        return differs_by_few(k, self._nonzero_words(), self.subjects, self.hash_sum)

    @property
    def is_zero(self) -> bool:
        """
        Whether this is a difference of no subject.

        One subject goes unnoticed if 3 bits of its word and 32 of its hash are zero:
        once in 2**35.
        """
        return self.low_bits == (0, 0, 0) and self.subjects == self.hash_sum == 0

    def _nonzero_words(self) -> int:
        """Return how many words of the XOR of all terms are not zero."""
        terms = [fingerprint.words for fingerprint in _fingerprints(self)]
        if len({len(words) for words in terms}) > 1:
            raise InternalError.of("fingerprints of two lengths were added up")
        xor = 0
        for words in terms:
            xor ^= int.from_bytes(words, "big")
        return count_nonzero_words(xor, len(terms[0])) if terms else 0


def _fingerprints(total: FingerprintSum) -> Iterator[Fingerprint]:
    """Yield the fingerprints that a sum consists of, at any depth."""
    for term in total.terms:
        if isinstance(term, FingerprintSum):
            yield from _fingerprints(term)
        else:
            yield term
