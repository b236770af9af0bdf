"""
The report of a release: everything that either company may read about it, as values.

A release that is not saved is in no ledger and could be requested again and again, so
its report says nothing that depends on the data, not even whether there is an answer
(docs/adr/0016-report-what-is-published.md, 0030-record-refusals.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import DifferencingAction, state_name
from cleanroom_join.review.next_steps import next_steps
from cleanroom_join.review.plain_language import (
    described_rules,
    described_settings,
    protection_notes,
)
from cleanroom_join.review.published_details import build_published_details
from cleanroom_join.review.report import ReleaseReport
from cleanroom_join.review.verdict import Verdict
from cleanroom_join.version import __version__

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from cleanroom_join.contract import Contract, ContractTerms, Policy, Query
    from cleanroom_join.disclosure import EarlierRelease, Value
    from cleanroom_join.disclosure.ledger.entry import TableVersions
    from cleanroom_join.review.report import (
        LedgerOutcome,
        PublishedDetails,
        SubjectCounts,
    )
    from cleanroom_join.review.verdict import Review

__all__ = ["build_report", "build_report_until_saved"]

_NOT_SAVED = (
    "what the run found is told once the release is saved: until then it is in no"
    " ledger and could be requested again and again"
)
_CONFIRMED = "the figures are shown once the release is saved"
_NOT_APPROVED = (
    "a release that is not approved shows no figure, so this report says nothing that"
    " depends on the data"
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
    as_of: dt.date | None = None,
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
        as_of: Day of the run, UTC, which is in the ledger; None if it is not to be
            told.
        earlier: The last release of the same query, if there was one.
        spent: What all releases cost of the budget against reconstruction, by line.
        audited: Whether the guard had the solver that totals need.
        ledger: What the run did with the ledger.
    """
    policy = contract.policy
    approved = review.verdict is Verdict.APPROVED
    published = (
        build_published_details(query, policy, rows, sizes, earlier, spent)
        if approved
        else None
    )
    notes = _notes(policy, published, audited=audited)
    steps = next_steps(review, ledger, saved=True)
    return _report(
        contract, query, review, published, notes, steps, str(ledger), versions, as_of
    )


def build_report_until_saved(
    contract: Contract, query: Query, review: Review, ledger: LedgerOutcome
) -> ReleaseReport:
    """
    Return the report of a release that is not saved: nothing in it depends on data.

    Args:
        contract: What both companies agreed.
        query: The query that was asked.
        review: What may be told of the review.
        ledger: What the run did with the ledger; of a pending release it is not told.
    """
    pending = review.verdict is Verdict.PENDING
    approved = review.verdict is Verdict.APPROVED
    note = _NOT_SAVED if pending else _CONFIRMED if approved else _NOT_APPROVED
    return _report(
        contract,
        query,
        review,
        None,
        (note, *protection_notes(contract.policy)),
        next_steps(review, ledger, saved=False),
        "nothing is entered before the release is saved" if pending else str(ledger),
    )


def _report(
    contract: Contract,
    query: Query,
    review: Review,
    published: PublishedDetails | None,
    notes: tuple[str, ...],
    steps: Sequence[str],
    ledger: str,
    versions: TableVersions = (),
    as_of: dt.date | None = None,
) -> ReleaseReport:
    """Return a report of its parts."""
    terms, policy = contract.terms, contract.policy
    states = _state_versions(terms, dict(versions))
    return ReleaseReport(
        verdict=review.verdict,
        output=query.output.name,
        contract=f"{terms.id} revision {terms.revision}",
        contract_sha256=contract.digest,
        parties=tuple(terms.parties),
        as_of=as_of,
        library=__version__,
        purpose=terms.purpose,
        query=(
            *_query_lines(query, _tellable(terms, versions)),
            *_consent_lines(terms, states),
        ),
        min_cohort=policy.min_cohort,
        policy=described_settings(policy),
        rules=described_rules(policy),
        findings=tuple(str(finding) for finding in review.findings),
        next_steps=tuple(steps),
        published=published,
        notes=notes,
        ledger=ledger,
        state_versions=states,
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
    tables = [_at_version(name, versions.get(name)) for name in output.join]
    kept = [", ".join(names) or "nothing" for names in output.totals]
    return (
        ("tables", ", ".join(tables)),
        ("joined on", output.joined_on_text),
        ("grouped by", ", ".join(output.group_by)),
        ("measures", "; ".join(measures)),
        *((("totals by", "; ".join(kept)),) if kept else ()),
    )


def _tellable(
    terms: ContractTerms, versions: TableVersions
) -> Mapping[str, int | None]:
    """
    Return the versions of tables that a report may name.

    Where opt-outs are deleted from Gold, none: a deletion without effect makes no
    version, so the next version would tell whether a subject who opted out was there.
    The ledger's entry has them.
    """
    return dict(versions) if terms.revocation is None else {}


def _state_versions(
    terms: ContractTerms, versions: Mapping[str, int | None]
) -> TableVersions:
    """Return which consent states a run read, by party; none if it asked none."""
    if terms.revocation is None or not versions:
        return ()
    return tuple((p, versions.get(state_name(p))) for p in terms.parties)


def _consent_lines(
    terms: ContractTerms, found: TableVersions
) -> Iterator[tuple[str, str]]:
    """Yield which consent states a run asked, if there was one."""
    if terms.revocation is None or not found:
        return
    states = ", ".join(_at_version(f"state of {p}", v) for p, v in found)
    hours = terms.revocation.max_age_hours
    yield "consent", f"{states}; none older than {hours:,} hours"


def _at_version(name: str, version: int | None) -> str:
    """Return a table with the version at which it was read, if it has one."""
    return name if version is None else f"{name} at version {version}"


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
