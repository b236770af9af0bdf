"""Which items of a question lie above which: leaves, coarser cells, totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.result import domain_order
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from cleanroom_join.contract import CellKey, Level, Question

__all__ = ["Aggregate", "Layout", "layout_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Aggregate:
    """A total or a coarser cell, and the leaves with rows that it is the sum of."""

    key: CellKey
    level: Level
    leaves: frozenset[CellKey]


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Every item that has rows."""

    leaves: tuple[CellKey, ...]
    """In domain order."""
    coarser: tuple[Aggregate, ...]
    """The least coarse first."""
    totals: tuple[Aggregate, ...]
    """The finest first."""

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """Everything that is a sum of leaves."""
        return (*self.coarser, *self.totals)


def layout_of(keys: Collection[CellKey], question: Question) -> Layout:
    """
    Return the layout of the items that were counted.

    Args:
        keys: Keys of all items with rows, at every level of the question.
        question: What was asked.

    Raises:
        InternalError: If an item is missing, or is above no leaf.
    """
    levels = question.levels
    counted = set(keys)
    leaves = sorted(
        (key for key in counted if _is_leaf(key, question)),
        key=lambda key: domain_order(question.dimensions, key),
    )
    by_level = {level: _beneath(leaves, level, question) for level in levels[1:]}
    above = {key for found in by_level.values() for key in found}
    if above | set(leaves) != counted:
        raise InternalError.of("a total or coarser cell was not counted, or too many")
    aggregates = [
        Aggregate(key=key, level=level, leaves=frozenset(found))
        for level, items in by_level.items()
        for key, found in sorted(
            items.items(), key=lambda item: domain_order(question.dimensions, item[0])
        )
    ]
    return Layout(
        leaves=tuple(leaves),
        coarser=tuple(a for a in aggregates if not a.level.is_total),
        totals=tuple(a for a in aggregates if a.level.is_total),
    )


def _beneath(
    leaves: Iterable[CellKey], level: Level, question: Question
) -> Mapping[CellKey, set[CellKey]]:
    """Return the leaves beneath every item of a level."""
    found: dict[CellKey, set[CellKey]] = {}
    for leaf in leaves:
        key = level.above(question.dimensions, leaf)
        if key is not None:
            found.setdefault(key, set()).add(leaf)
    return found


def _is_leaf(key: CellKey, question: Question) -> bool:
    """Return whether a key has declared values, ``(other)`` and NULL only."""
    return all(
        domain_order((dimension,), (label,))[0] < len(dimension.values) + 2
        for dimension, label in zip(question.dimensions, key, strict=True)
    )
