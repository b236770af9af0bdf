"""
Marks of an item: who is in it, and what each of them contributes.

Two figures about the same people tell of one person all the same if that one has
twice as many rows in one of them.  So a mark has several fingerprints, one per
*aspect*: of the people; of their rows; and, for every measure column that is read, of
the values of those who have some.  Every figure is of one aspect: in each of them two
marks must be alike, or apart by a crowd.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.fingerprint import union

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cleanroom_join.disclosure.model.fingerprint import Fingerprint

__all__ = ["ROWS", "SUBJECTS", "CellSignature"]

SUBJECTS = "people"
"""Aspect that says who is in an item."""

ROWS = "rows"
"""Aspect that says how many rows each of them has."""


@dataclass(frozen=True, slots=True, repr=False)
class CellSignature:
    """Fingerprints of an item, or of several together, by aspect."""

    facets: Mapping[str, Fingerprint]
    """
    `SUBJECTS`, `ROWS`, and `Query.facet_columns`.

    Questions that read other columns have other aspects; what both have is compared.
    """

    @classmethod
    def together(cls, signatures: Iterable[CellSignature]) -> CellSignature:
        """Return the mark of several items as one, in the aspects that all have."""
        signatures = list(signatures)
        common = set.intersection(*(set(signature.facets) for signature in signatures))
        return cls(
            {
                name: union(signature.facets[name] for signature in signatures)
                for name in common
            }
        )
