"""
The report of a release: everything that it may say, as values.

A report follows from the contract, the verdict, the published rows, and the rows of
the release before.  Suppressed cells are not among the arguments of `build_report`, so
nothing here can disclose them.  The one secret argument is how many subjects the
tables have; `disclosable_range` says which limits of it are safe.

A release that is not approved is in no ledger and could be requested again and again,
so its report says nothing that depends on the data
(docs/adr/0016-told-what-is-published.md).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL, DifferencingAction, Protection
from cleanroom_join.disclosure import cell_id, rows_digest
from cleanroom_join.disclosure.coarse_counts import (
    coverage,
    disclosable_range,
    labels_of_row,
    leaves_below,
)
from cleanroom_join.errors import assert_never
from cleanroom_join.review.plain_language import (
    policy_lines,
    protection_notes,
    rule_lines,
)
from cleanroom_join.review.report import (
    CoarserCell,
    FunnelStep,
    PublishedDetails,
    ReleaseComparison,
    ReleaseReport,
    SizeClass,
)
from cleanroom_join.review.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.contract import Contract, Policy, Query
    from cleanroom_join.disclosure import EarlierRelease, Value
    from cleanroom_join.disclosure.coarse_counts import Coverage, DisclosedRange
    from cleanroom_join.review.report import LedgerOutcome, SubjectCounts
    from cleanroom_join.review.verdict import Review

__all__ = ["build_report", "redact_until_saved"]

_NOT_SAVED = (
    "the figures are shown once the release is saved: until then it is in no ledger and"
    " could be requested again and again"
)
_NOT_APPROVED = (
    "a release that is not approved is in no ledger and could be requested again and"
    " again, so this report says nothing that depends on the data"
)
_REPEATED = (
    "a cell whose subjects or values changed too little repeats the figures of an"
    " earlier release"
)
_NO_SOLVER = (
    "totals and coarser cells are suppressed: the audit that protects them needs a"
    " solver, which is not installed here (extra lp)"
)

_STEP = 5
"""Width of the ranges in which shares are stated, in percent."""

_TIMES_K = (1, 2, 5, 20)
"""Multiples of k at which the size classes begin."""


def build_report(
    contract: Contract,
    query: Query,
    review: Review,
    rows: tuple[tuple[Value, ...], ...],
    *,
    sizes: SubjectCounts,
    earlier: EarlierRelease | None,
    audited: bool,
    ledger: LedgerOutcome,
) -> ReleaseReport:
    """
    Return the report of a release.

    Args:
        contract: What both companies agreed.
        query: The query that was answered.
        review: Verdict and findings.
        rows: The rows that would be written.
        sizes: How many subjects the tables have; secret.
        earlier: The last release of the same query, if there was one.
        audited: Whether the guard had the solver that totals need.
        ledger: What the run did with the ledger.
    """
    terms, policy = contract.terms, contract.policy
    approved = review.verdict is Verdict.APPROVED
    published = _published(query, policy, rows, sizes, earlier) if approved else None
    return ReleaseReport(
        verdict=review.verdict,
        output=query.output.name,
        contract=f"{terms.id} revision {terms.revision}",
        contract_sha256=contract.digest,
        purpose=terms.purpose,
        query=_query_lines(query),
        min_cohort=policy.min_cohort,
        policy=policy_lines(policy),
        rules=rule_lines(policy),
        findings=tuple(str(finding) for finding in review.findings),
        published=published,
        notes=_notes(policy, published, audited=audited),
        ledger=str(ledger),
    )


def redact_until_saved(report: ReleaseReport) -> ReleaseReport:
    """
    Return a report without anything that depends on the data.

    Until a release is saved it is in no ledger, so its report says as much as that of
    a release that is not approved.
    """
    if report.published is None:
        return report
    return replace(
        report,
        published=None,
        notes=(_NOT_SAVED, *report.notes),
        ledger="nothing is entered before the release is saved",
    )


def _published(
    query: Query,
    policy: Policy,
    rows: tuple[tuple[Value, ...], ...],
    sizes: SubjectCounts,
    earlier: EarlierRelease | None,
) -> PublishedDetails:
    """Return what a report says about an approved release."""
    covered = coverage(query, rows)
    width = len(query.dimensions)
    k = policy.min_cohort
    slack = len(rows) * _largest_error(policy)
    tables = [
        (name, disclosable_range(size, covered, k, joined=False, slack=slack))
        for name, size in sizes.tables
    ]
    matched = disclosable_range(sizes.matched, covered, k, joined=True, slack=slack)
    steps = [*tables, ("in all tables", matched)]
    return PublishedDetails(
        digest=rows_digest(query.schema(), rows),
        columns=query.schema(),
        dimension_count=width,
        rows=rows,
        coverage=covered,
        totals=sum(ALL in row[:width] for row in rows),
        coarser=_coarser(query, rows),
        funnel=tuple(FunnelStep(name=n, at_least=limits.least) for n, limits in steps),
        size_classes=_size_classes(rows, width, k),
        share=_share(covered, _grand_total(rows, width), matched),
        comparison=None if earlier is None else _comparison(query, rows, earlier),
    )


def _largest_error(policy: Policy) -> int:
    """Return by how much a published count may differ from the true one, at most."""
    if policy.protection is Protection.THRESHOLD:
        return policy.count_base - 1  # rounded to a multiple of the base
    if policy.protection is Protection.PERTURBED:
        return policy.min_cohort  # far above the largest noise, and rounding
    return assert_never(policy.protection)


def _query_lines(query: Query) -> tuple[tuple[str, str], ...]:
    """Return what the query asks, as name and text."""
    output = query.output
    measures = [
        f"{m.name} = {m.function.value}"
        + ("" if m.column is None else f" of {m.column}")
        for m in output.measures
    ]
    kept = [", ".join(names) or "nothing" for names in output.totals]
    return (
        ("tables", ", ".join(output.join)),
        ("joined on", output.on),
        ("grouped by", ", ".join(output.group_by)),
        ("measures", "; ".join(measures)),
        *((("totals by", "; ".join(kept)),) if kept else ()),
    )


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
        texts = tuple("NULL" if v is None else str(v) for v in labels)
        found.append(CoarserCell(labels=texts, combinations=len(leaves - published)))
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


def _notes(
    policy: Policy, published: PublishedDetails | None, *, audited: bool
) -> tuple[str, ...]:
    """Return what a reader must know of how the figures came about."""
    notes = []
    if published is None:
        notes.append(_NOT_APPROVED)
    elif policy.differencing is DifferencingAction.REPEAT and published.comparison:
        # The same note whether or not any cell is repeated: that would disclose it.
        notes.append(_REPEATED)
    if published and not audited:
        notes.append(_NO_SOLVER)
    notes += protection_notes(policy)
    return tuple(notes)
