"""
Disclosing sets: published cells from which something sensitive follows together.

Complementary suppression has to suppress at least one cell of each such set.  So it is
a covering problem, whose conditions the audits find one after another: Fischetti and
Salazar, "Solving the Cell Suppression Problem on Tabular Data with Linear Constraints",
Management Science 47(7), 2001, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels
    from cleanroom_join.disclosure.model.layout import Aggregate

__all__ = ["DisclosingSet", "cells_of_sums"]

_TOLERANCE = 1e-7
"""Weights of a derivation are off by 1e-9 or so."""


@dataclass(frozen=True, slots=True)
class DisclosingSet:
    """Published cells, and how much suppressing each of them would help."""

    shares: Mapping[CellLabels, float]
    """
    By cell, the largest part of the missing uncertainty that it can add, up to 1.

    Unless cells are suppressed whose shares add up to 1, something sensitive follows
    from those that stay published, whatever else is suppressed.
    """
    unless: frozenset[CellLabels] = frozenset()
    """
    Suppressed leaves that may be published: if one is, nothing sensitive follows.

    What follows is about all of them together, and publishing one tells it apart.
    """

    @classmethod
    def of(
        cls,
        cells: Iterable[CellLabels],
        derived: frozenset[CellLabels] = frozenset(),
        allowed: AbstractSet[CellLabels] = frozenset(),
    ) -> DisclosingSet:
        """
        Return a set of which any single cell is enough.

        Args:
            cells: The published cells.
            derived: The leaves whose sum follows from them.
            allowed: Cells that may be published.
        """
        return cls(dict.fromkeys(cells, 1.0), derived & allowed)

    def is_met(self, suppressed: AbstractSet[CellLabels]) -> bool:
        """Return whether the suppressed cells may be enough."""
        return self.missing(suppressed) <= _TOLERANCE

    def missing(self, suppressed: AbstractSet[CellLabels]) -> float:
        """Return what the shares of the suppressed cells lack to 1, if it matters."""
        if not self.unless <= suppressed:
            return 0.0
        return 1.0 - sum(s for cell, s in self.shares.items() if cell in suppressed)

    def shares_of(self, cells: AbstractSet[CellLabels]) -> dict[CellLabels, float]:
        """Return the shares of some cells."""
        return {cell: share for cell, share in self.shares.items() if cell in cells}


def cells_of_sums(
    weights: Iterable[tuple[Aggregate, float]], published: AbstractSet[CellLabels]
) -> dict[CellLabels, float]:
    """
    Return the published cells of a weighted sum of aggregates, with their weights.

    A reader who subtracts published leaves from an aggregate needs these leaves too,
    unless the weights of all aggregates above a leaf cancel.

    Args:
        weights: Published aggregates with their weights.
        published: All published cells.
    """
    found: dict[CellLabels, float] = {}
    below: dict[CellLabels, float] = {}
    for aggregate, weight in weights:
        found[aggregate.labels] = found.get(aggregate.labels, 0.0) + weight
        for leaf in aggregate.leaves & published:
            below[leaf] = below.get(leaf, 0.0) + weight
    found |= {leaf: -weight for leaf, weight in below.items()}
    return {cell: weight for cell, weight in found.items() if abs(weight) > _TOLERANCE}
