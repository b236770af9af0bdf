"""Fingerprints and signatures of several cells together, and the variance of noise."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.disclosure import CellSignature, Fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cleanroom_join.disclosure.perturbation.ptable import PTable


def union(fingerprints: Iterable[Fingerprint]) -> Fingerprint:
    """
    Return the fingerprint of the union of disjoint sets, at least one.

    If the sets overlap: of the subjects that are in an odd number of them.
    """
    words = subjects = hash_sum = size = 0
    for fingerprint in fingerprints:
        words ^= int.from_bytes(fingerprint.words, "big")
        subjects += fingerprint.subjects
        hash_sum += fingerprint.hash_sum
        size = len(fingerprint.words)
    return Fingerprint(words.to_bytes(size, "big"), subjects, hash_sum)


def together(signatures: Iterable[CellSignature]) -> CellSignature:
    """Return the signature of several cells as one, in the facets that all have."""
    signatures = list(signatures)
    common = set.intersection(*(set(signature.facets) for signature in signatures))
    return CellSignature(
        {facet: union(each.facets[facet] for each in signatures) for facet in common}
    )


def realised_variance(table: PTable, count: int) -> Fraction:
    """Return the exact variance of the noise that *count* gets."""
    return Fraction(sum(v * v * w for v, w in table.weights(count)), 2**32)
