"""
The account of a release: everything that may be told of it, as values.

What is told follows from the contract, the verdict, the published rows, and the
published rows of the release before.  Withheld cells are not among the arguments of
`build_report`, so nothing here can tell of them.  The one secret is how many subjects
the tables have, of which `disclosable_range` says what may be said.

An answer that is not approved is in no ledger and can be asked for without end, so
nothing that depends on data is told of it (docs/adr/0016-report-what-is-published.md).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL, DifferencingAction, Protection
from cleanroom_join.disclosure import cell_id, rows_digest
from cleanroom_join.disclosure.coarse_counts import (
    Coverage,
    coverage,
    disclosable_range,
    labels_of_row,
    leaves_below,
)
from cleanroom_join.review.plain_language import (
    policy_lines,
    protection_notes,
    rule_lines,
)
from cleanroom_join.review.report import (
    Change,
    Merged,
    Published,
    ReleaseReport,
    SizeBand,
    Step,
)
from cleanroom_join.review.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.contract import Contract, Policy, Query
    from cleanroom_join.disclosure import EarlierRelease, Value
    from cleanroom_join.review.report import LedgerOutcome, Sizes
    from cleanroom_join.review.verdict import Review

__all__ = ["before_saving", "build_report"]

_BEFORE_SAVING = (
    "what is published is told once it is saved: before, it is in no ledger and could"
    " be asked for again and again"
)

_STEP = 5
"""Shares are told in steps of so many percent."""

_TIMES_K = (1, 2, 5, 20)
"""Cohort sizes are told in bands that begin at these multiples of k."""


def build_report(
    contract: Contract,
    query: Query,
    review: Review,
    rows: tuple[tuple[Value, ...], ...],
    *,
    sizes: Sizes,
    earlier: EarlierRelease | None,
    audited: bool,
    ledger: LedgerOutcome,
) -> ReleaseReport:
    """
    Return what may be told of a release.

    Args:
        contract: What both companies agreed.
        query: What was asked.
        review: Verdict and findings.
        rows: The rows that would be written.
        sizes: How many subjects the tables have.
        earlier: The last release of the same question, if there was one.
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
        query=_asked(query),
        min_cohort=policy.min_cohort,
        policy=policy_lines(policy),
        rules=rule_lines(policy),
        findings=tuple(str(finding) for finding in review.findings),
        published=published,
        notes=_notes(policy, published, audited=audited),
        ledger=str(ledger),
    )


def before_saving(report: ReleaseReport) -> ReleaseReport:
    """
    Return what may be told of a release that is in no ledger yet.

    The same as of one that is not approved, for the same reason.
    """
    if report.published is None:
        return report
    return replace(
        report,
        published=None,
        notes=(_BEFORE_SAVING, *report.notes),
        ledger="nothing is entered before the release is saved",
    )


def _published(
    query: Query,
    policy: Policy,
    rows: tuple[tuple[Value, ...], ...],
    sizes: Sizes,
    earlier: EarlierRelease | None,
) -> Published:
    """Return what is told of an approved answer."""
    shown = coverage(query, rows)
    width = len(query.dimensions)
    k = policy.min_cohort
    # Rounding moves a count by less than its base; noise, where there is any, by
    # less than k.
    rounded = policy.protection is Protection.THRESHOLD
    slack = len(rows) * (policy.count_base - 1 if rounded else k)
    tables = [
        (name, disclosable_range(size, shown, k, everybody=False, slack=slack))
        for name, size in sizes.tables
    ]
    matched = disclosable_range(sizes.matched, shown, k, everybody=True, slack=slack)
    steps = [*tables, ("in all tables", matched)]
    return Published(
        digest=rows_digest(query.schema(), rows),
        columns=query.schema(),
        keys=width,
        rows=rows,
        coverage=shown,
        totals=sum(ALL in row[:width] for row in rows),
        coarser=_coarser(query, rows),
        funnel=tuple(Step(name=name, at_least=told.least) for name, told in steps),
        sizes=_sizes(rows, width, k),
        share=_share(shown, _grand_total(rows, width), matched.least, matched.below),
        change=None if earlier is None else _change(query, rows, earlier),
    )


def _asked(query: Query) -> tuple[tuple[str, str], ...]:
    """Return the question in words."""
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


def _coarser(query: Query, rows: Sequence[Sequence[Value]]) -> tuple[Merged, ...]:
    """Return the coarser rows, with how many combinations each stands for."""
    width = len(query.dimensions)
    keys = [labels_of_row(row, width) for row in rows]
    found = []
    for key in keys:
        leaves = leaves_below(query.dimensions, key)
        if ALL in key or leaves == frozenset([key]):
            continue
        labels = tuple("NULL" if v is None else str(v) for v in key)
        found.append(Merged(labels=labels, combinations=len(leaves - frozenset(keys))))
    return tuple(found)


def _sizes(rows: Sequence[Sequence[Value]], width: int, k: int) -> tuple[SizeBand, ...]:
    """Return how many published cells are how large, against k."""
    counts = [
        size
        for row in rows
        if ALL not in row[:width] and isinstance(size := row[width], int)
    ]
    ends = (*(k * times for times in _TIMES_K[1:]), None)
    return tuple(
        SizeBand(
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
    shown: Coverage, total: int | None, least: int, below: int | None
) -> tuple[int, int] | None:
    """
    Return which percentage of all subjects is in published cells.

    By the published total, if there is one; otherwise by what was told of how many
    there are.
    """
    if not shown.exact or not shown.most:
        return None
    if total is not None:
        low = min(100, 100 * shown.most // total) // _STEP * _STEP
        return min(low, 100 - _STEP), min(low + _STEP, 100)
    if below is None and least <= shown.most:
        return None
    low = 0 if below is None else 100 * shown.most // below // _STEP * _STEP
    high = min(100, -(-100 * shown.most // max(least, 1) // _STEP) * _STEP)
    return low, high


def _change(
    query: Query, rows: Sequence[Sequence[Value]], earlier: EarlierRelease
) -> Change:
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
        states.append("same" if same else "different")
    return Change(
        run=earlier.run,
        new=states.count("new"),
        gone=len(earlier.cells.keys() - present),
        same=states.count("same"),
        different=states.count("different"),
        states=tuple(states),
    )


def _notes(
    policy: Policy, published: Published | None, *, audited: bool
) -> tuple[str, ...]:
    """Return what people should know about how the answer came about."""
    notes = []
    if published is None:
        notes.append(
            "an answer that is not approved is in no ledger and could be asked for"
            " again and again, so nothing that depends on data is told of it"
        )
    elif policy.differencing is DifferencingAction.REPEAT and published.change:
        # The same words whether nobody left a cell or some did.
        text = "a cell that hardly changed shows the figures of an earlier release"
        notes.append(text)
    if published and not audited:
        notes.append(
            "totals and coarser cells are left out: the audit they need has no solver"
            " here (extra lp)"
        )
    notes += protection_notes(policy)
    return tuple(notes)
