"""Generalisation: which coarser cells replace suppressed leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels
    from cleanroom_join.disclosure.model.layout import Layout

__all__ = ["coarser_for"]


def coarser_for(
    layout: Layout, published: AbstractSet[CellLabels], allowed: AbstractSet[CellLabels]
) -> frozenset[CellLabels]:
    """
    Return the coarser cells to publish for leaves that are suppressed.

    Each suppressed leaf gets the least coarse cell above it that is allowed, unless a
    cell that was chosen for another leaf covers it already.

    Args:
        layout: Every cell that has rows.
        published: Leaves that are published.
        allowed: Cells that passed every rule so far.
    """
    suppressed = set(layout.leaves) - published
    chosen: set[CellLabels] = set()
    for aggregate in layout.coarser:
        if aggregate.labels in allowed and aggregate.leaves & suppressed:
            chosen.add(aggregate.labels)
            suppressed -= aggregate.leaves
    return frozenset(chosen)
