"""Fingerprints and signatures of several cells together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure import CellSignature, Fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable


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
