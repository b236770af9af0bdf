"""
What an output wants most: classes of cells, of which earlier ones never give way.

First what the contract prefers, in its order.  Then the totals over all dimensions and
per single dimension, which most readers look at first.  Then all leaves and all other
totals together: among them, what loses least decides.  Coarser cells come last
(`complementary`): they stand for suppressed leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Level, Query
    from cleanroom_join.disclosure.model.layout import Layout

__all__ = ["wanted_classes"]


def wanted_classes(
    layout: Layout, query: Query, allowed: AbstractSet[CellLabels]
) -> list[frozenset[CellLabels]]:
    """
    Return the leaves and totals that may be published, the most wanted first.

    Args:
        layout: Every cell that has rows.
        query: The query.
        allowed: Cells that no other rule suppressed.
    """
    names = [dimension.name for dimension in query.dimensions]
    by_level: dict[frozenset[str], set[CellLabels]] = {
        frozenset(names): set(layout.leaves) & allowed
    }
    for total in layout.totals:
        if total.labels in allowed:
            by_level.setdefault(_kept(total.level, names), set()).add(total.labels)
    preferred = map(frozenset, query.output.prefer)
    classes = [by_level.pop(kept, set()) for kept in preferred]
    leaves = by_level.pop(frozenset(names), set())
    main = [kept for kept in by_level if len(kept) <= 1]
    classes.append({cell for kept in main for cell in by_level.pop(kept)})
    classes.append(leaves.union(*by_level.values()))
    return [frozenset(cells) for cells in classes]


def _kept(level: Level, names: Sequence[str]) -> frozenset[str]:
    """Return the dimensions that a total keeps."""
    return frozenset(
        name for name, step in zip(names, level.steps, strict=True) if step is not None
    )
