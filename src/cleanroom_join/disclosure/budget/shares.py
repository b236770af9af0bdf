"""
The shares that the new figures of a release cost its subjects.

Where every dimension has one label per subject, the leaf of a subject determines all
cells that the subject is in, and the largest share follows from the cells.  Otherwise
that sum is an upper bound, as if one subject were in all cells; the exact shares need
the rows, so Spark counts them (`ShareQuery`).

What counts is the mean of the *k* largest shares.  Every figure is about *k* subjects
at least, so a set that contains a figure has as many, and the mean of their shares is
no larger.  One subject in every cell discloses nothing by being there: whatever is
subtracted, *k* subjects remain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.budget.lines import PARTS
from cleanroom_join.disclosure.budget.residual_sizes import residuals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cleanroom_join.contract import CellLabels, Level, Query
    from cleanroom_join.disclosure.budget.lines import BudgetLine
    from cleanroom_join.disclosure.budget.residual_sizes import Release

__all__ = [
    "BIN",
    "Cost",
    "ShareCell",
    "ShareCounts",
    "ShareQuery",
    "costs_of",
    "largest_share",
    "mean_of_largest",
    "share_query",
]

BIN = PARTS // 1000
"""Width of a class of shares: Spark counts subjects by class, not share by share."""


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
    What Spark is asked: how many subjects have which share.

    The share of a subject on a line is the sum of the parts of the cells that it is in;
    of cells on one level with different `own`, which are about different rows, the
    largest sum counts.
    """

    cells: tuple[ShareCell, ...]
    lines: int
    steps: int


ShareCounts = Callable[[ShareQuery], Mapping[tuple[int, int], Mapping[int, int]]]
"""
Answers a `ShareQuery`: by line and step, the subjects of each class.

Class *n* holds shares above (*n* - 1) and up to *n* times `BIN`; a subject without a
share may be left out.
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


def largest_share(
    costs: Iterable[Cost],
    line: BudgetLine,
    query: Query,
    leaves: Sequence[CellLabels],
) -> int:
    """
    Return an upper bound of the largest share of a subject, in `PARTS`.

    It is exact if every dimension has one label per subject and no cell is compared
    with an earlier one.

    Args:
        costs: What cells cost on the line.
        line: The line.
        query: The query.
        leaves: Every leaf that has rows.
    """
    fixed = sorted(line.own | set(query.single_label_indices))
    of_level = _levels_by_cell(query, leaves)
    whole: dict[tuple[object, ...], int] = {}
    partial: dict[CellLabels, int] = {}
    for cost in costs:
        if cost.leaves is None:
            key = (of_level[cost.labels], *_at(cost.labels, fixed))
            whole[key] = whole.get(key, 0) + cost.parts
        else:
            for leaf in cost.leaves:
                partial[leaf] = partial.get(leaf, 0) + cost.parts
    chains = {_at(leaf, fixed): leaf for leaf in leaves} if whole else {}
    along = (
        sum(whole.get(key, 0) for key in _chain(query, leaf, fixed))
        for leaf in chains.values()
    )
    return max(along, default=0) + max(partial.values(), default=0)


def _chain(
    query: Query, leaf: CellLabels, fixed: Sequence[int]
) -> set[tuple[object, ...]]:
    """Return the fixed labels of the cells above a leaf, level by level."""
    found = set()
    for index, level in enumerate(query.levels):
        labels = _above_where_fixed(level, query, leaf, fixed)
        if labels is not None:
            found.add((index, *labels))
    return found


def _above_where_fixed(
    level: Level, query: Query, leaf: CellLabels, fixed: Sequence[int]
) -> tuple[object, ...] | None:
    """Return the labels at a level of a leaf's fixed dimensions, if it has them."""
    found: list[object] = []
    for index in fixed:
        one = type(level)(steps=(level.steps[index],))
        above = one.above((query.dimensions[index],), (leaf[index],))
        if above is None:
            return None
        found.append(above[0])
    return tuple(found)


def _at(labels: CellLabels, indices: Sequence[int]) -> tuple[object, ...]:
    """Return the labels at some indices."""
    return tuple(labels[index] for index in indices)


def _levels_by_cell(
    query: Query, leaves: Sequence[CellLabels]
) -> Mapping[CellLabels, int]:
    """Return the index of the level of every cell; of equal cells the first."""
    found: dict[CellLabels, int] = {}
    for index, level in enumerate(query.levels):
        for leaf in leaves:
            labels = level.above(query.dimensions, leaf)
            if labels is not None:
                found.setdefault(labels, index)
    return found


def share_query(
    costs: Sequence[tuple[Cost, ...]],
    lines: Sequence[BudgetLine],
    query: Query,
    leaves: Sequence[CellLabels],
    steps: Sequence[frozenset[CellLabels]],
) -> ShareQuery:
    """
    Return the query for exact shares.

    Args:
        costs: What cells cost, by line.
        lines: The lines.
        query: The query.
        leaves: Every leaf that has rows.
        steps: The cells of each step; each is contained in the one before.
    """
    of_level = _levels_by_cell(query, leaves)
    found = []
    for index, (line, charged) in enumerate(zip(lines, costs, strict=True)):
        own = sorted(line.own)
        numbers: dict[tuple[object, ...], int] = {}
        for cost in charged:
            labels = _at(cost.labels, own)
            found.append(
                ShareCell(
                    labels=cost.labels,
                    line=index,
                    level=of_level[cost.labels],
                    own=numbers.setdefault(labels, len(numbers)),
                    parts=cost.parts,
                    steps=sum(cost.labels in kept for kept in steps),
                )
            )
    return ShareQuery(cells=tuple(found), lines=len(lines), steps=len(steps))


def mean_of_largest(counts: Mapping[int, int], k: int) -> int:
    """
    Return the mean of the *k* largest shares, in `PARTS`, rounded up.

    Args:
        counts: Subjects by class of shares; see `ShareCounts`.
        k: How many shares count; subjects that are not there have none.

    Examples:
        >>> mean_of_largest({30: 1, 10: 2, 1: 500}, 4)
        12750
    """
    left, total = k, 0
    for share in sorted(counts, reverse=True):
        taken = min(left, counts[share])
        total += taken * share * BIN
        left -= taken
    return -(-total // k)
