"""
The part of a report that depends on the data, of an approved release.

It follows from the contract, the published rows and the rows of the release before.
Suppressed cells are not among the arguments, so nothing here can disclose them.  The
one secret argument is how many subjects the tables have; `disclosable_range` says which
limits of it are safe (docs/adr/0016-report-what-is-published.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL, Protection
from cleanroom_join.disclosure import cell_id, rows_digest
from cleanroom_join.disclosure.budget.lines import budget_lines
from cleanroom_join.disclosure.coarse_counts import (
    coverage,
    disclosable_range,
    labels_of_row,
    leaves_below,
)
from cleanroom_join.disclosure.model.result import domain_order
from cleanroom_join.errors import assert_never
from cleanroom_join.review.matched_on import matched_on_texts
from cleanroom_join.review.report import (
    BudgetUse,
    CoarserCell,
    FunnelStep,
    PublishedDetails,
    ReleaseComparison,
    SizeClass,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cleanroom_join.contract import CellLabels, Dimension, Policy, Query
    from cleanroom_join.disclosure import EarlierRelease, Value
    from cleanroom_join.disclosure.coarse_counts import Coverage, DisclosedRange
    from cleanroom_join.review.report import SubjectCounts

__all__ = ["build_published_details", "largest_error"]

_STEP = 5
"""Width of the ranges in which shares are stated, in percent."""

_TIMES_K = (1, 2, 5, 20)
"""Multiples of k at which the size classes begin."""


def build_published_details(
    query: Query,
    policy: Policy,
    rows: tuple[tuple[Value, ...], ...],
    sizes: SubjectCounts,
    earlier: EarlierRelease | None,
    spent: Mapping[str, int],
) -> PublishedDetails:
    """
    Return the part of a report that depends on the data.

    Args:
        query: The query that was answered.
        policy: The effective policy.
        rows: The rows that would be written.
        sizes: How many subjects the tables have; secret.
        earlier: The last release of the same query, if there was one.
        spent: What all releases cost of the budget against reconstruction, by line.
    """
    covered = coverage(query, rows)
    width = len(query.dimensions)
    k = policy.min_cohort
    slack = len(rows) * largest_error(policy)
    tables = [
        (name, disclosable_range(size, covered, k, joined=False, slack=slack))
        for name, size in sizes.tables
    ]
    matched = disclosable_range(sizes.matched, covered, k, joined=True, slack=slack)
    shown = _fewest_by_rows(rows, width, policy)
    total = _grand_total(rows, width)
    # A limit beside a published total could contradict it, or say more than it.
    joined = shown if total is not None else max(shown, matched.least)
    steps = [(name, max(shown, limits.least)) for name, limits in tables]
    steps.append(("in all tables", joined))
    return PublishedDetails(
        digest=rows_digest(query.schema(), rows),
        columns=query.schema(),
        dimension_count=width,
        labels=tuple(
            _labels_in_order(dimension, (labels_of_row(r, width)[i] for r in rows))
            for i, dimension in enumerate(query.dimensions)
        ),
        rows=rows,
        coverage=covered,
        totals=sum(ALL in row[:width] for row in rows),
        coarser=_coarser(query, rows),
        funnel=tuple(FunnelStep(name=name, at_least=least) for name, least in steps),
        size_classes=_size_classes(rows, width, k),
        share=_share(covered, total, matched),
        comparison=None if earlier is None else _comparison(query, rows, earlier),
        budget=_budget(query, policy, spent),
        matched_on=()
        if sizes.matched_on is None
        else matched_on_texts(sizes.matched_on, k, joined),
    )


def _labels_in_order(
    dimension: Dimension, labels: Iterable[str | bool | None]
) -> CellLabels:
    """Return the labels of a dimension that rows have, once each, totals left out."""
    return tuple(
        sorted(
            frozenset(labels) - {ALL},
            key=lambda label: domain_order((dimension,), (label,)),
        )
    )


def _budget(
    query: Query, policy: Policy, spent: Mapping[str, int]
) -> tuple[BudgetUse, ...]:
    """Return what is used of each limit, in steps: an exact charge is a count."""
    return tuple(
        BudgetUse(
            line=line.label,
            percent=10 * min(10, -(-10 * spent.get(line.name, 0) // line.limit)),
        )
        for line in budget_lines(query, policy)
    )


def largest_error(policy: Policy) -> int:
    """
    Return by how much a published number of subjects may differ from the true one.

    It is an upper limit: rounding to a multiple of the base, and noise if there is any.
    """
    if policy.protection is Protection.THRESHOLD:
        return policy.count_base - 1
    if policy.protection is Protection.PERTURBED:
        # At least k: more slack than noise needs keeps the limits further away.
        return max(policy.min_cohort, policy.max_noise + policy.count_base)
    return assert_never(policy.protection)


def _coarser(query: Query, rows: Sequence[Sequence[Value]]) -> tuple[CoarserCell, ...]:
    """Return the coarser cells, with how many combinations each stands for."""
    width = len(query.dimensions)
    cells = [labels_of_row(row, width) for row in rows]
    published = frozenset(cells)
    found = []
    for labels in cells:
        leaves = leaves_below(query.dimensions, labels)
        if ALL in labels or leaves == frozenset([labels]):
            continue
        found.append(CoarserCell(labels=labels, combinations=len(leaves - published)))
    return tuple(found)


def _size_classes(
    rows: Sequence[Sequence[Value]], width: int, k: int
) -> tuple[SizeClass, ...]:
    """Return how many published cells have how many subjects, in multiples of k."""
    counts = [
        size
        for row in rows
        if ALL not in row[:width] and isinstance(size := row[width], int)
    ]
    ends = (*(k * times for times in _TIMES_K[1:]), None)
    return tuple(
        SizeClass(
            least=k * times,
            below=end,
            cells=sum(n >= k * times and (end is None or n < end) for n in counts),
        )
        for times, end in zip(_TIMES_K, ends, strict=True)
    )


def _fewest_by_rows(rows: Sequence[Sequence[Value]], width: int, policy: Policy) -> int:
    """Return how many subjects there are at least: the largest row shows it."""
    sizes = [size for row in rows if isinstance(size := row[width], int)]
    return max(policy.min_cohort, max(sizes, default=0) - largest_error(policy))


def _grand_total(rows: Sequence[Sequence[Value]], width: int) -> int | None:
    """Return the published number of all subjects, if there is one."""
    for row in rows:
        size = row[width]
        if set(row[:width]) == {ALL} and isinstance(size, int):
            return size
    return None


def _share(
    covered: Coverage, total: int | None, matched: DisclosedRange
) -> tuple[int, int] | None:
    """
    Return the range of the share of all subjects who are in published cells.

    It follows from the published grand total, if there is one; otherwise from the
    range of the number of joined subjects.
    """
    if not covered.additive or not covered.most:
        return None
    if total is not None:
        low = min(100, 100 * covered.most // total) // _STEP * _STEP
        return min(low, 100 - _STEP), min(low + _STEP, 100)
    if matched.below is None and matched.least <= covered.most:
        return None
    low = 0
    if matched.below is not None:
        low = 100 * covered.most // matched.below // _STEP * _STEP
    high = min(100, -(-100 * covered.most // max(matched.least, 1) // _STEP) * _STEP)
    return low, high


def _comparison(
    query: Query, rows: Sequence[Sequence[Value]], earlier: EarlierRelease
) -> ReleaseComparison:
    """Compare the published rows with those of an earlier release."""
    width = len(query.dimensions)
    states = []
    present = set()
    for row in rows:
        identity = cell_id(query, labels_of_row(row, width))
        present.add(identity)
        before = earlier.cells.get(identity)
        if before is None:
            states.append("new")
            continue
        figures = dict(zip(query.figure_ids, row[width:], strict=True))
        same = all(before.figures.get(name) == v for name, v in figures.items())
        states.append("unchanged" if same else "changed")
    return ReleaseComparison(
        run=earlier.run,
        new=states.count("new"),
        removed=len(earlier.cells.keys() - present),
        unchanged=states.count("unchanged"),
        changed=states.count("changed"),
        row_states=tuple(states),
    )
