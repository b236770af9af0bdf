"""Signatures of cells in JSON, as the chunks of ledger entries hold them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.fingerprint import Fingerprint
from cleanroom_join.disclosure.model.signature import CellSignature

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["decoded_signature", "encoded_signature"]


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
