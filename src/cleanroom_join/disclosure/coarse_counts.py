"""
Counts that a report may state: so coarse that they disclose fewer than k subjects.

Nearly everything in a report follows from what is published.  The exceptions are the
sizes of the tables and of their overlap.  Reports state them as ranges so coarse that
the number of unpublished subjects stays uncertain by k
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
    "lower_limit",
]


def coarsen_count(count: int, k: int) -> str:
    """
    Return the largest of 1, 2, 5, 10, … that *count* reaches, or ``fewer than k``.

    Zero is *fewer than k* too: whether something occurs at all may disclose one
    subject.

    Examples:
        >>> [coarsen_count(n, 100) for n in (0, 99, 1234)]
        ['fewer than 100', 'fewer than 100', '1,000 or more']
    """
    limit = lower_limit(count, k)
    return f"{limit:,} or more" if limit else f"fewer than {k:,}"


def lower_limit(count: int, k: int) -> int:
    """
    Return the number that `coarsen_count` says that *count* reaches; 0 below *k*.

    Examples:
        >>> [lower_limit(n, 100) for n in (0, 99, 100, 1234)]
        [0, 0, 100, 1000]
    """
    if count < k:
        return 0
    return max((e for e in _edges(k, count)), default=k)


def _edges(low: int, high: int) -> Iterator[int]:
    """Yield the numbers 1, 2, 5, 10, 20, … from *low* to *high*."""
    for power in counting():
        for step in (1, 2, 5):
            edge = step * 10**power
            if edge > high:
                return
            if edge >= low:
                yield edge


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Coverage:
    """
    How many subjects and combinations the published rows cover, totals left out.

    All of it follows from the rows and the contract.
    """

    least: int
    """Fewest joined subjects that the rows can have together."""
    most: int
    """Most of them; the same as *least* if the rows' counts are additive."""
    combinations: int
    """Combinations of dimension values that the contract allows."""
    detailed: int
    """Of these, published as cells of their own."""
    coarser: int
    """Of these, published only as part of a coarser cell."""

    @property
    def additive(self) -> bool:
        """Whether no subject is in two rows, so that the rows' counts may be added."""
        return self.least == self.most

    @property
    def unpublished(self) -> int:
        """Combinations that no row covers: suppressed, or without subjects."""
        return self.combinations - self.detailed - self.coarser


def coverage(query: Query, rows: Sequence[Sequence[object]]) -> Coverage:
    """
    Return what published rows cover, totals left out.

    Args:
        query: The query that the rows answer.
        rows: Labels, cohort size and further figures of each row.
    """
    width = len(query.dimensions)
    found: list[tuple[frozenset[CellLabels], int]] = []
    detailed: set[CellLabels] = set()
    for row in rows:
        labels, size = labels_of_row(row, width), row[width]
        if ALL not in labels and isinstance(size, int):
            leaves = leaves_below(query.dimensions, labels)
            found.append((leaves, size))
            detailed |= leaves & {labels}
    covered: set[CellLabels] = set()
    most, disjoint = 0, True
    for leaves, size in sorted(found, key=lambda item: -len(item[0])):
        if leaves <= covered:
            continue  # part of a coarser row, which counts the same subjects
        disjoint = disjoint and not leaves & covered
        covered |= leaves
        most += size
    additive = disjoint and query.one_cell_per_subject
    combinations = 1
    for dimension in query.dimensions:
        combinations *= dimension.size
    return Coverage(
        least=most if additive else max((size for _, size in found), default=0),
        most=most,
        combinations=combinations,
        detailed=len(detailed),
        coarser=len(covered - detailed),
    )


def labels_of_row(row: Sequence[object], width: int) -> CellLabels:
    """Return the labels at the left of a row."""
    labels = row[:width]
    return tuple(v if v is None or isinstance(v, bool) else str(v) for v in labels)


def leaves_below(
    dimensions: Sequence[Dimension], labels: CellLabels
) -> frozenset[CellLabels]:
    """Return the combinations of values that a cell covers; of a leaf, itself."""
    choices: list[Sequence[str | bool | None]] = [
        [v for v in dimension.values if label in dimension.ancestors(v)] or [label]
        for dimension, label in zip(dimensions, labels, strict=True)
    ]
    return frozenset(product(*choices))


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class DisclosedRange:
    """The range within which a report says that a secret count of subjects lies."""

    least: int
    below: int | None
    """None if there is no upper limit."""


def disclosable_range(
    count: int, published: Coverage, k: int, *, joined: bool, slack: int = 0
) -> DisclosedRange:
    """
    Return between which of 1, 2, 5, 10, … a count of subjects lies, if that is safe.

    A limit is safe only if, together with what is published, it says nothing about
    the unpublished subjects:

    - No limit is less than k above the published subjects.  Otherwise it would
      disclose that fewer than k subjects are unpublished.
    - If the count is of the joined subjects, no limit is so high that some
      unpublished combination must have k subjects.  Otherwise a reader would know
      that this combination was not suppressed for its size.

    Which limits are safe depends on what is published and not on the count.

    Args:
        count: The secret count.
        published: What the published rows cover.
        k: Fewest subjects that a figure may be about.
        joined: Whether it counts the joined subjects, of whom the rows are made,
            rather than those of one table.
        slack: By how much rounding and noise may have moved the published sizes,
            taken together.
    """
    floor = max(k, published.least - slack)
    lowest = published.most + slack + k
    highest = 10 * max(count, lowest)  # the next limit is at most 2.5 times as far
    if joined:
        room = (k - 1) * published.unpublished
        highest = min(highest, published.most - slack + room)
    edges = list(_edges(lowest, highest))
    return DisclosedRange(
        least=max((e for e in edges if e <= count), default=floor),
        below=min((e for e in edges if e > count), default=None),
    )
