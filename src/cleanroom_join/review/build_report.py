"""
The report of a release: everything that either company may read about it, as values.

A release that is not approved is in no ledger and could be requested again and again,
so its report says nothing that depends on the data
(docs/adr/0016-report-what-is-published.md).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cleanroom_join.contract import DifferencingAction
from cleanroom_join.review.plain_language import (
    described_rules,
    described_settings,
    protection_notes,
)
from cleanroom_join.review.published_details import build_published_details
from cleanroom_join.review.report import ReleaseReport
from cleanroom_join.review.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract import Contract, Policy, Query
    from cleanroom_join.disclosure import EarlierRelease, Value
    from cleanroom_join.disclosure.ledger.entry import TableVersions
    from cleanroom_join.review.report import (
        LedgerOutcome,
        PublishedDetails,
        SubjectCounts,
    )
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


def build_report(
    contract: Contract,
    query: Query,
    review: Review,
    rows: tuple[tuple[Value, ...], ...],
    *,
    sizes: SubjectCounts,
    versions: TableVersions = (),
    earlier: EarlierRelease | None,
    spent: Mapping[str, int],
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
        versions: The version at which each shared table was read; both parties know
            the versions of shared tables.
        earlier: The last release of the same query, if there was one.
        spent: What all releases cost of the budget against reconstruction, by line.
        audited: Whether the guard had the solver that totals need.
        ledger: What the run did with the ledger.
    """
    terms, policy = contract.terms, contract.policy
    approved = review.verdict is Verdict.APPROVED
    published = (
        build_published_details(query, policy, rows, sizes, earlier, spent)
        if approved
        else None
    )
    return ReleaseReport(
        verdict=review.verdict,
        output=query.output.name,
        contract=f"{terms.id} revision {terms.revision}",
        contract_sha256=contract.digest,
        purpose=terms.purpose,
        query=_query_lines(query, dict(versions)),
        min_cohort=policy.min_cohort,
        policy=described_settings(policy),
        rules=described_rules(policy),
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


def _query_lines(
    query: Query, versions: Mapping[str, int | None]
) -> tuple[tuple[str, str], ...]:
    """Return what the query asks, and of which tables, as name and text."""
    output = query.output
    measures = [
        f"{m.name} = {m.function.value}"
        + ("" if m.column is None else f" of {m.column}")
        for m in output.measures
    ]
    tables = [
        name if (found := versions.get(name)) is None else f"{name} at version {found}"
        for name in output.join
    ]
    kept = [", ".join(names) or "nothing" for names in output.totals]
    return (
        ("tables", ", ".join(tables)),
        ("joined on", output.on),
        ("grouped by", ", ".join(output.group_by)),
        ("measures", "; ".join(measures)),
        *((("totals by", "; ".join(kept)),) if kept else ()),
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
