"""Signatures of cells in JSON, as the chunks of ledger entries hold them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.fingerprint import LENGTHS, Fingerprint
from cleanroom_join.disclosure.model.signature import (
    SUBJECTS,
    CellSignature,
    contents_of,
    split,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract import Query

__all__ = ["decoded_signature", "encoded_signature", "longest_signature"]


def encoded_signature(signature: CellSignature) -> Mapping[str, object]:
    """Return the JSON object of a signature."""
    return {
        facet: _encoded_fingerprint(fingerprint)
        for facet, fingerprint in signature.facets.items()
    }


def _encoded_fingerprint(fingerprint: Fingerprint) -> Mapping[str, object]:
    """Return the JSON object of one facet of a signature."""
    return {
        "subjects": fingerprint.subjects,
        "words": base64.b64encode(fingerprint.words).decode("ascii"),
        # As text: it may be too large for a number in JSON to be exact.
        "hash_sum": str(fingerprint.hash_sum),
        "clamped": fingerprint.clamped,
    }


def longest_signature(query: Query, longest: int) -> CellSignature:
    """Return a signature with all facets of a query, and a number in each place."""
    subjects, contents = (
        Fingerprint(bytes(length), longest, longest, clamped=False)
        for length in LENGTHS
    )
    return CellSignature(
        {
            name: subjects if split(name)[1] == SUBJECTS else contents
            for name in (SUBJECTS, *contents_of(query))
        }
    )


def decoded_signature(facets: object) -> CellSignature:
    """Return the signature of a cell."""
    if not isinstance(facets, dict):
        raise TypeError
    return CellSignature(
        {
            facet: Fingerprint(
                base64.b64decode(str(fingerprint["words"])),
                int(fingerprint["subjects"]),
                int(fingerprint["hash_sum"]),
                fingerprint["clamped"] is not False,
            )
            for facet, fingerprint in facets.items()
        }
    )
