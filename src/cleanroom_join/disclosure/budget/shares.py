"""
The shares that the new figures of a release cost its subjects.

Where every dimension has one label per subject, the leaf of a subject determines all
cells that the subject is in, and the largest share follows from the cells.  Otherwise
that sum is an upper bound, as if one subject were in all cells; the exact shares need
the rows, so Spark counts them (`ShareQuery`).

What counts is the largest share.  The mean of the *k* largest would let an attacker
put one subject into hundreds of groups, each of other strangers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.budget.lines import PARTS
from cleanroom_join.disclosure.budget.residual_sizes import residuals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cleanroom_join.contract import CellLabels, Query
    from cleanroom_join.disclosure.budget.lines import BudgetLine
    from cleanroom_join.disclosure.budget.residual_sizes import Release

__all__ = [
    "Cost",
    "Positions",
    "ShareCell",
    "ShareCounts",
    "ShareQuery",
    "costs_of",
    "largest_share",
    "share_query",
]

_Position = tuple["int | str | None", ...]
"""A level by its index, and labels of some dimensions."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Cost:
    """What one cell costs each subject behind it, on one line."""

    labels: CellLabels
    parts: int
    """In `PARTS`; above zero."""
    leaves: frozenset[CellLabels] | None = None
    """The leaves whose subjects it costs something; None for all of the cell."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ShareCell:
    """One cell in a query for exact shares."""

    labels: CellLabels
    line: int
    """Index of the line."""
    level: int
    """Index of the cell's level: on each, a row is in one cell of its own labels."""
    own: int
    """Number of the labels of the line's own dimensions."""
    parts: int
    steps: int
    """It counts in the first steps, so many of them; each step has fewer cells."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ShareQuery:
    """
    What Spark is asked: the largest share of a subject.

    The share of a subject on a line is the sum of the parts of the cells that it is in;
    of cells on one level with different `own`, which are about different rows, the
    largest sum counts.
    """

    cells: tuple[ShareCell, ...]
    lines: int
    steps: int


ShareCounts = Callable[[ShareQuery], Mapping[tuple[int, int], int]]
"""
Answers a `ShareQuery`: by line and step, the largest share of a subject.

A line and step that no cell counts in may be left out.
"""


def costs_of(release: Release, line: BudgetLine) -> tuple[Cost, ...]:
    """Return what the new cells of a release cost on a line; free ones are left out."""
    found: dict[tuple[CellLabels, frozenset[CellLabels] | None], int] = {}
    for figure in line.figure_ids:
        for residual in residuals(release, line, figure):
            key = residual.labels, residual.leaves
            found[key] = found.get(key, 0) + -(-PARTS // residual.subjects)
    return tuple(
        Cost(labels=labels, parts=parts, leaves=leaves)
        for (labels, leaves), parts in found.items()
    )


class Positions:
    """
    Where the cells of a release stand: their levels, and the chains above the leaves.

    Args:
        query: The query.
        leaves: Every leaf that has rows.
    """

    def __init__(self, query: Query, leaves: Sequence[CellLabels]) -> None:
        self._query, self._leaves = query, leaves
        self._chains: dict[tuple[int, ...], list[set[_Position]]] = {}

    @cached_property
    def levels(self) -> Mapping[CellLabels, int]:
        """The index of the level of every cell; the first if there are several."""
        found: dict[CellLabels, int] = {}
        for index, level in enumerate(self._query.levels):
            for leaf in self._leaves:
                labels = level.above(self._query.dimensions, leaf)
                if labels is not None:
                    found.setdefault(labels, index)
        return found

    def of(self, labels: CellLabels, fixed: Sequence[int]) -> _Position:
        """Return the level of a cell, and its labels of some dimensions."""
        return (self.levels[labels], *(labels[index] for index in fixed))

    def chains(self, fixed: tuple[int, ...]) -> list[set[_Position]]:
        """Return the positions above each leaf; leaves alike in them have one chain."""
        if fixed not in self._chains:
            alike = {tuple(leaf[i] for i in fixed): leaf for leaf in self._leaves}
            self._chains[fixed] = [self._chain(leaf, fixed) for leaf in alike.values()]
        return self._chains[fixed]

    def _chain(self, leaf: CellLabels, fixed: Sequence[int]) -> set[_Position]:
        """Return the positions above a leaf."""
        dimensions = [self._query.dimensions[index] for index in fixed]
        labels = tuple(leaf[index] for index in fixed)
        found = set()
        for number, level in enumerate(self._query.levels):
            steps = replace(level, steps=tuple(level.steps[index] for index in fixed))
            above = steps.above(dimensions, labels)
            if above is not None:
                found.add((number, *above))
        return found


def largest_share(
    costs: Iterable[Cost], line: BudgetLine, query: Query, positions: Positions
) -> int:
    """
    Return an upper bound of the largest share of a subject, in `PARTS`.

    It is exact if every dimension has one label per subject and no cell is compared
    with an earlier one.

    Args:
        costs: What cells cost on the line.
        line: The line.
        query: The query.
        positions: Of the cells of the release.
    """
    fixed = tuple(sorted(line.own | set(query.single_label_indices)))
    whole: dict[_Position, int] = {}
    partial: dict[CellLabels, int] = {}
    for cost in costs:
        if cost.leaves is None:
            position = positions.of(cost.labels, fixed)
            whole[position] = whole.get(position, 0) + cost.parts
        else:
            for leaf in cost.leaves:
                partial[leaf] = partial.get(leaf, 0) + cost.parts
    chains = positions.chains(fixed) if whole else []
    along = (sum(whole.get(position, 0) for position in chain) for chain in chains)
    return max(along, default=0) + max(partial.values(), default=0)


def share_query(
    costs: Sequence[tuple[Cost, ...]],
    lines: Sequence[BudgetLine],
    positions: Positions,
    steps: Sequence[frozenset[CellLabels]],
) -> ShareQuery:
    """
    Return the query for exact shares.

    Args:
        costs: What cells cost, by line.
        lines: The lines.
        positions: Of the cells of the release.
        steps: The cells of each step; each is contained in the one before.
    """
    found = []
    for index, (line, charged) in enumerate(zip(lines, costs, strict=True)):
        own = sorted(line.own)
        numbers: dict[tuple[object, ...], int] = {}
        for cost in charged:
            labels = tuple(cost.labels[dimension] for dimension in own)
            found.append(
                ShareCell(
                    labels=cost.labels,
                    line=index,
                    level=positions.levels[cost.labels],
                    own=numbers.setdefault(labels, len(numbers)),
                    parts=cost.parts,
                    steps=sum(cost.labels in kept for kept in steps),
                )
            )
    return ShareQuery(cells=tuple(found), lines=len(lines), steps=len(steps))
