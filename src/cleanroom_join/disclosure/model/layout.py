"""Which items of a question lie above which: leaves, coarser cells, totals."""

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
    """Every item that has rows."""

    leaves: tuple[CellLabels, ...]
    """In domain order."""
    coarser: tuple[Aggregate, ...]
    """The least coarse first."""
    totals: tuple[Aggregate, ...]
    """The finest first."""

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """Everything that is a sum of leaves."""
        return (*self.coarser, *self.totals)

    @property
    def by_level(self) -> list[list[Aggregate]]:
        """The aggregates of each level, in the order of `aggregates`."""
        found: dict[Level, list[Aggregate]] = {}
        for aggregate in self.aggregates:
            found.setdefault(aggregate.level, []).append(aggregate)
        return list(found.values())


def layout_of(keys: Collection[CellLabels], query: Query) -> Layout:
    """
    Return the layout of the items that were counted.

    Args:
        keys: Keys of all items with rows, at every level of the question.
        query: What was asked.

    Raises:
        InternalError: If an item is missing, or is above no leaf.
    """
    levels = query.levels
    counted = set(keys)
    leaves = sorted(
        (key for key in counted if _is_leaf(key, query)),
        key=lambda key: domain_order(query.dimensions, key),
    )
    by_level = {level: _beneath(leaves, level, query) for level in levels[1:]}
    above = {key for found in by_level.values() for key in found}
    if above | set(leaves) != counted:
        raise InternalError.of("a total or coarser cell was not counted, or too many")
    aggregates = [
        Aggregate(labels=key, level=level, leaves=frozenset(found))
        for level, items in by_level.items()
        for key, found in sorted(
            items.items(), key=lambda item: domain_order(query.dimensions, item[0])
        )
    ]
    return Layout(
        leaves=tuple(leaves),
        coarser=tuple(a for a in aggregates if not a.level.is_total),
        totals=tuple(a for a in aggregates if a.level.is_total),
    )


def _beneath(
    leaves: Iterable[CellLabels], level: Level, query: Query
) -> Mapping[CellLabels, set[CellLabels]]:
    """Return the leaves beneath every item of a level."""
    found: dict[CellLabels, set[CellLabels]] = {}
    for leaf in leaves:
        key = level.above(query.dimensions, leaf)
        if key is not None:
            found.setdefault(key, set()).add(leaf)
    return found


def _is_leaf(key: CellLabels, query: Query) -> bool:
    """Return whether a key has declared values, ``(other)`` and NULL only."""
    return all(
        domain_order((dimension,), (label,))[0] < len(dimension.values) + 2
        for dimension, label in zip(query.dimensions, key, strict=True)
    )
