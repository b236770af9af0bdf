"""
Cell signatures: which subjects are in a cell, and what each of them contributes.

Two figures about the same subjects can still differ by one subject's contribution, for
example if that subject has twice as many rows in one of them.  So a signature has one
fingerprint per *facet*: of the subjects; of their rows; and, for every measure column
that the query reads, of the values of the subjects that have some.  Every published
figure is about one facet, and the differencing rules compare facet by facet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.disclosure.model.fingerprint import Fingerprint

__all__ = ["ROWS", "SUBJECTS", "CellSignature"]

SUBJECTS = "subjects"
"""Facet that says which subjects are in a cell."""

ROWS = "rows"
"""Facet that says how many rows each of them has."""


@dataclass(frozen=True, slots=True, repr=False)
class CellSignature:
    """Fingerprints of one cell, by facet; secret like these."""

    facets: Mapping[str, Fingerprint]
    """
    `SUBJECTS`, `ROWS`, and one for each of `Query.facet_columns`.

    Queries that read other columns have other facets; the rules compare those that two
    signatures have in common.
    """
