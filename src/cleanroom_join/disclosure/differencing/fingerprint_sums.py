"""
Traces: what is left of fingerprints that are added up and subtracted.

Whether two sums of figures are near is asked of many pairs, nearly all of which are far
apart.  So a trace has three bits of every word at hand: where enough of them differ,
enough words do, and the words need not be looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.fingerprint import (
    FINGERPRINT_WORDS,
    differs_by_few,
    far_from,
    words_in,
)
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cleanroom_join.disclosure.model.fingerprint import Fingerprint

__all__ = ["FingerprintSum"]

_DIGITS = tuple(
    bytes(b"01"[byte >> bit & 1] for byte in range(256)) for bit in range(3)
)
"""Per bit: the digit that each last byte of a word has there."""


class FingerprintSum:
    """Fingerprints added up, some of them negative; secret like these."""

    __slots__ = ("bits", "keys", "of", "subjects")

    def __init__(
        self,
        bits: tuple[int, int, int],
        subjects: int,
        keys: int,
        of: tuple[FingerprintSum | Fingerprint, ...],
    ) -> None:
        """
        Keep what is told apart at once, and of what it was made.

        Args:
            bits: The last three bits of every word.
            subjects: How many there are, with their signs.
            keys: Sum of their hashes.
            of: What was added up or subtracted.
        """
        self.bits = bits
        self.subjects = subjects
        self.keys = keys
        self.of = of

    @classmethod
    def alone(cls, fingerprint: Fingerprint) -> FingerprintSum:
        """Return the trace of one fingerprint."""
        size = len(fingerprint.words) // FINGERPRINT_WORDS
        last = fingerprint.words[size - 1 :: size]
        one, two, three = (int(last.translate(digits), 2) for digits in _DIGITS)
        bits = (one, two, three)
        return cls(bits, fingerprint.subjects, fingerprint.keys, (fingerprint,))

    @classmethod
    def total(cls, totals: Iterable[FingerprintSum]) -> FingerprintSum:
        """Return the sum of traces."""
        of = tuple(totals)
        one = two = three = subjects = keys = 0
        for total in of:
            a, b, c = total.bits
            one, two, three = one ^ a, two ^ b, three ^ c
            subjects += total.subjects
            keys += total.keys
        return cls((one, two, three), subjects, keys, of)

    def __sub__(self, other: FingerprintSum) -> FingerprintSum:
        """Return the difference of two traces."""
        (a, b, c), (x, y, z) = self.bits, other.bits
        return FingerprintSum(
            (a ^ x, b ^ y, c ^ z),
            self.subjects - other.subjects,
            self.keys - other.keys,
            (self, other),
        )

    @property
    def identity(self) -> tuple[object, ...]:
        """What traces of different people, rows or values have different."""
        return self.bits, self.subjects, self.keys

    def is_close(self, other: FingerprintSum, k: int) -> bool:
        """Return whether few, but some, make the difference to another trace."""
        (a, b, c), (x, y, z) = self.bits, other.bits
        apart = (a ^ x | b ^ y | c ^ z).bit_count()
        return apart < far_from(k) and (self - other).differs_by_few(k)

    def differs_by_few(self, k: int) -> bool:
        """Return whether this is a difference of few, but of some."""
        if self.is_zero:
            return False
        one, two, three = self.bits
        apart = (one | two | three).bit_count()
        if apart >= far_from(k) or (apart and abs(self.subjects) >= k):
            return False
        return differs_by_few(k, self._words(), self.subjects, self.keys)

    @property
    def is_zero(self) -> bool:
        """
        Whether this is a difference of nobody.

        Of somebody, 3 bits and 32 of a sum would have to be alike: once in 2**35.
        """
        return self.bits == (0, 0, 0) and self.subjects == self.keys == 0

    def _words(self) -> int:
        """Return how many words are not zero."""
        found = [fingerprint.words for fingerprint in _fingerprints(self)]
        if len({len(words) for words in found}) > 1:
            raise InternalError.of("fingerprints of two lengths were added up")
        number = 0
        for words in found:
            number ^= int.from_bytes(words, "big")
        return words_in(number, len(found[0])) if found else 0


def _fingerprints(total: FingerprintSum) -> Iterator[Fingerprint]:
    """Yield what a trace was made of in the end."""
    for one in total.of:
        if isinstance(one, FingerprintSum):
            yield from _fingerprints(one)
        else:
            yield one
