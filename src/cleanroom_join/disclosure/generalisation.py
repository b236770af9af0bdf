"""Coarser cells instead of none: which of them small cells are merged into."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels
    from cleanroom_join.disclosure.model.layout import Layout

__all__ = ["coarser_for"]


def coarser_for(
    layout: Layout, shown: AbstractSet[CellLabels], allowed: AbstractSet[CellLabels]
) -> frozenset[CellLabels]:
    """
    Return the coarser cells to publish for leaves that are not published.

    The least coarse that is allowed is taken, for each leaf in turn; a leaf that is
    beneath a chosen one needs no other.

    Args:
        layout: Every item with rows.
        shown: Leaves that are published.
        allowed: Coarser cells that passed every rule.
    """
    missing = set(layout.leaves) - shown
    chosen: set[CellLabels] = set()
    for aggregate in layout.coarser:
        if aggregate.labels in allowed and aggregate.leaves & missing:
            chosen.add(aggregate.labels)
            missing -= aggregate.leaves
    return frozenset(chosen)
