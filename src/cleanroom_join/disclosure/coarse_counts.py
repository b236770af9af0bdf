"""
Figures for people that tell nothing about fewer than k of them.

Nearly everything that is told of a release follows from what is published.  What
does not are sizes of tables and of their overlap, and these are told so coarsely
that what is missing from the release stays uncertain by k
(docs/adr/0016-report-what-is-published.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count as counting
from itertools import product
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanroom_join.contract import CellLabels, Dimension, Query

__all__ = [
    "Coverage",
    "DisclosedRange",
    "coarsen_count",
    "coverage",
    "disclosable_range",
    "labels_of_row",
    "leaves_below",
]


def coarsen_count(count: int, k: int) -> str:
    """
    Return *count* as the largest of 1, 2, 5, 10, … it reaches, or ``fewer than k``.

    Zero is *fewer than k* too: whether a thing is there at all may be about one
    person.

    >>> [coarsen_count(n, 100) for n in (0, 99, 1234)]
    ['fewer than 100', 'fewer than 100', '1,000 or more']
    """
    if count < k:
        return f"fewer than {k:,}"
    return f"{max((e for e in _edges(k, count)), default=k):,} or more"


def _edges(low: int, high: int) -> Iterator[int]:
    """Yield the numbers 1, 2, 5, 10, 20, … from *low* to *high*."""
    for power in counting():
        for step in (1, 2, 5):
            edge = step * 10**power
            if edge > high:
                return
            if edge >= low:
                yield edge


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """What published rows are about; it follows from them and the contract."""

    least: int
    """Distinct joined subjects, at least."""
    most: int
    """At most; equal to *least* where the rows' counts add up."""
    combinations: int
    """Combinations of dimension values that the contract allows."""
    alone: int
    """Of these, published as rows of their own."""
    merged: int
    """Of these, only within a coarser row."""

    @property
    def exact(self) -> bool:
        """Whether the rows' counts add up."""
        return self.least == self.most

    @property
    def missing(self) -> int:
        """Combinations that no row is about: withheld, or without anybody."""
        return self.combinations - self.alone - self.merged


def coverage(query: Query, rows: Sequence[Sequence[object]]) -> Coverage:
    """
    Return what published rows are about, totals left out.

    Args:
        query: What was asked.
        rows: Labels, cohort size and further figures of each row.
    """
    width = len(query.dimensions)
    found: list[tuple[frozenset[CellLabels], int]] = []
    alone: set[CellLabels] = set()
    for row in rows:
        key, size = labels_of_row(row, width), row[width]
        if ALL not in key and isinstance(size, int):
            leaves = leaves_below(query.dimensions, key)
            found.append((leaves, size))
            alone |= leaves & {key}
    covered: set[CellLabels] = set()
    most, disjoint = 0, True
    for leaves, size in sorted(found, key=lambda item: -len(item[0])):
        if leaves <= covered:
            continue  # beneath a coarser row, in which its subjects are counted
        disjoint = disjoint and not leaves & covered
        covered |= leaves
        most += size
    exact = disjoint and query.one_cell_per_subject
    combinations = 1
    for dimension in query.dimensions:
        combinations *= dimension.size
    return Coverage(
        least=most if exact else max((size for _, size in found), default=0),
        most=most,
        combinations=combinations,
        alone=len(alone),
        merged=len(covered - alone),
    )


def labels_of_row(row: Sequence[object], width: int) -> CellLabels:
    """Return the labels at the left of a row."""
    labels = row[:width]
    return tuple(v if v is None or isinstance(v, bool) else str(v) for v in labels)


def leaves_below(
    dimensions: Sequence[Dimension], key: CellLabels
) -> frozenset[CellLabels]:
    """Return the combinations of values beneath a key; of a leaf, itself."""
    choices: list[Sequence[str | bool | None]] = [
        [v for v in dimension.values if label in dimension.ancestors(v)] or [label]
        for dimension, label in zip(dimensions, key, strict=True)
    ]
    return frozenset(product(*choices))


@dataclass(frozen=True, kw_only=True, slots=True)
class DisclosedRange:
    """Within what limits a secret count of subjects is told to lie."""

    least: int
    below: int | None
    """None if there is no upper limit."""


def disclosable_range(
    count: int, shown: Coverage, k: int, *, everybody: bool, slack: int = 0
) -> DisclosedRange:
    """
    Return between which of 1, 2, 5, 10, … a count of subjects lies, if that may be.

    Limits are told only if, together with what is published, they say nothing
    about those who are missing:

    - none is less than k above what is published, or it would tell that fewer
      than k are missing;
    - if the count is of everybody who could be published, none is so high that
      some missing combination must have k subjects: it would be known not to be
      missing for being too small.

    Which limits are allowed depends on what is published and not on the count.

    Args:
        count: The secret.
        shown: What the published rows are about.
        k: Fewest subjects that anything is told about.
        everybody: Whether it counts the subjects that the rows are made of, rather
            than those of a table of which they may be part.
        slack: By how much the published sizes together may be off.
    """
    floor = max(k, shown.least - slack)
    lowest = shown.most + slack + k
    highest = 10 * max(count, lowest)  # the next limit is at most 2.5 times as far
    if everybody:
        highest = min(highest, shown.most - slack + (k - 1) * shown.missing)
    edges = list(_edges(lowest, highest))
    return DisclosedRange(
        least=max((e for e in edges if e <= count), default=floor),
        below=min((e for e in edges if e > count), default=None),
    )
