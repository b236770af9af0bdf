"""
Which published cells make a feasibility interval too short, by duality.

The duals of a linear program say which published sums limit a quantity.  If the others
were unknown, the limit would be the same.  If a published leaf were suppressed, the
limit would move by no more than its value times its weight in these sums, or without
limit if the weight has the other sign; that is its share of what the interval lacks
(the capacity constraints of Fischetti and Salazar 2001, section 4.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.suppression.disclosing_set import (
    DisclosingSet,
    cells_of_sums,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from cleanroom_join.contract import CellLabels
    from cleanroom_join.disclosure.suppression.feasibility import Narrow
    from cleanroom_join.disclosure.suppression.known_sums import KnownSums

    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

__all__ = ["narrow_set", "nearest_sum_set"]

_TOLERANCE = 1e-7


def narrow_set(
    narrow: Narrow,
    known: KnownSums,
    blocks: Sequence[Vector],
    position: Mapping[CellLabels, int],
    labels: CellLabels,
    allowed: frozenset[CellLabels],
) -> DisclosingSet:
    """
    Return the published cells that make an interval too short.

    Args:
        narrow: The interval.
        known: What a reader knows of the suppressed leaves; its sums are the first
            equations of the program, once for each block.
        blocks: The quantities of the program, by leaf.
        position: Index of every leaf.
        labels: The cell that the interval is about.
        allowed: Cells that may be published.
    """
    aggregates = list(known.aggregates.values())
    gains: dict[CellLabels, float] = {}
    for extreme in narrow.ends:
        for number, block in enumerate(blocks):
            start = number * len(aggregates)
            duals = extreme.duals[start : start + len(aggregates)].tolist()
            weights = (
                (aggregate, dual)
                for aggregate, dual in zip(aggregates, duals, strict=True)
                if abs(dual) > _TOLERANCE
            )
            for cell, weight in cells_of_sums(weights, known.published).items():
                # A leaf has the sign changed: a reader subtracts it.
                is_limited = cell in position and weight > 0
                gain = weight * block[position[cell]] if is_limited else narrow.gap
                gains[cell] = gains.get(cell, 0.0) + gain
    shares = {
        cell: min(1.0, gain / narrow.gap)
        for cell, gain in gains.items()
        if gain > _TOLERANCE
    }
    if not shares:  # rounding errors hide the reason: any published cell may be it
        every = cells_of_sums(((a, 1.0) for a in aggregates), known.published)
        shares = dict.fromkeys(every, 1.0)
    return DisclosingSet(shares, allowed & {labels})


def nearest_sum_set(
    known: KnownSums,
    labels: CellLabels,
    leaves: frozenset[CellLabels],
    allowed: frozenset[CellLabels],
) -> DisclosingSet:
    """
    Return the published cells of the sum that restricts a cell most.

    That is the published sum of fewest suppressed leaves above the cell.  It is a guess
    where the exact answer takes too long: to suppress one of them makes the cell less
    certain.

    Args:
        known: What a reader knows of the suppressed leaves.
        labels: The cell.
        leaves: The suppressed leaves below it.
        allowed: Cells that may be published.
    """
    above = (residual for residual in known.residuals if residual & leaves)
    nearest = min(
        above, key=lambda residual: (len(residual), sorted(map(repr, residual)))
    )
    cells = cells_of_sums([(known.aggregates[nearest], 1.0)], known.published)
    return DisclosingSet(dict.fromkeys(cells, 1.0), allowed & {labels})
