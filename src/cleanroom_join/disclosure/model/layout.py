"""
The layout of a table: which cells are leaves, and which are sums of which leaves.

A *leaf* is a cell of declared values.  An *aggregate* is a cell above leaves: a total,
or a coarser cell that small leaves may be merged into.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.result import domain_order
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from cleanroom_join.contract import CellLabels, Level, Query

__all__ = ["Aggregate", "Layout", "layout_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Aggregate:
    """A total or a coarser cell, and the leaves with rows that it is the sum of."""

    labels: CellLabels
    level: Level
    leaves: frozenset[CellLabels]


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Every cell that has rows."""

    leaves: tuple[CellLabels, ...]
    """In domain order."""
    coarser: tuple[Aggregate, ...]
    """The least coarse first."""
    totals: tuple[Aggregate, ...]
    """The finest first."""

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """Every cell that is a sum of leaves."""
        return (*self.coarser, *self.totals)

    @property
    def leaves_below(self) -> Mapping[CellLabels, frozenset[CellLabels]]:
        """The leaves below every cell; below a leaf is itself."""
        below = {leaf: frozenset([leaf]) for leaf in self.leaves}
        return below | {a.labels: a.leaves for a in self.aggregates}

    @property
    def by_level(self) -> list[list[Aggregate]]:
        """The aggregates of each level, in the order of `aggregates`."""
        levels: dict[Level, list[Aggregate]] = {}
        for aggregate in self.aggregates:
            levels.setdefault(aggregate.level, []).append(aggregate)
        return list(levels.values())


def layout_of(cells: Collection[CellLabels], query: Query) -> Layout:
    """
    Return the layout of the cells that have rows.

    Args:
        cells: Labels of all cells with rows, at every level of the query.
        query: The query.

    Raises:
        InternalError: If a leaf lacks an aggregate above it, or an aggregate has no
            leaf below it.
    """
    levels = query.levels
    counted = set(cells)
    leaves = sorted(
        (labels for labels in counted if _is_leaf(labels, query)),
        key=lambda labels: domain_order(query.dimensions, labels),
    )
    by_level = {level: _leaves_below(leaves, level, query) for level in levels[1:]}
    above = {labels for below in by_level.values() for labels in below}
    if above | set(leaves) != counted:
        raise InternalError.of("a total or coarser cell is missing, or has no leaf")
    aggregates = [
        Aggregate(labels=labels, level=level, leaves=frozenset(below))
        for level, leaves_below in by_level.items()
        for labels, below in sorted(
            leaves_below.items(),
            key=lambda item: domain_order(query.dimensions, item[0]),
        )
    ]
    return Layout(
        leaves=tuple(leaves),
        coarser=tuple(a for a in aggregates if not a.level.is_total),
        totals=tuple(a for a in aggregates if a.level.is_total),
    )


def _leaves_below(
    leaves: Iterable[CellLabels], level: Level, query: Query
) -> Mapping[CellLabels, set[CellLabels]]:
    """Return the leaves below every cell of a level."""
    below: dict[CellLabels, set[CellLabels]] = {}
    for leaf in leaves:
        labels = level.above(query.dimensions, leaf)
        if labels is not None:
            below.setdefault(labels, set()).add(leaf)
    return below


def _is_leaf(labels: CellLabels, query: Query) -> bool:
    """Return whether all labels are declared values, ``(other)`` or NULL."""
    return all(
        domain_order((dimension,), (label,))[0] < len(dimension.values) + 2
        for dimension, label in zip(query.dimensions, labels, strict=True)
    )
