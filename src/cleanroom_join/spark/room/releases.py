"""How a run becomes a release: computed, held back, or shown out of the ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cleanroom_join.review import (
    Confirmed,
    NotEntered,
    assess,
    build_report,
    build_report_until_saved,
)
from cleanroom_join.spark.room.consent import read_consent
from cleanroom_join.spark.room.deferred_release import confirmed_entry, entry_as_table
from cleanroom_join.spark.room.neutral_errors import or_neutral
from cleanroom_join.spark.room.pipeline import opened
from cleanroom_join.spark.room.release import Release
from cleanroom_join.spark.room.run import computed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.disclosure import EarlierRelease, GuardedTable
    from cleanroom_join.disclosure.ledger.entry import TableVersions
    from cleanroom_join.review import (
        LedgerOutcome,
        ReleaseReport,
        Review,
        SubjectCounts,
    )
    from cleanroom_join.spark.room.run import Computed, Run

__all__ = ["computed_release", "held_release", "shown_release"]


def computed_release(
    run: Run, terms: Review
) -> tuple[Release, ReleaseReport, Computed]:
    """
    Answer a query, and return the release, its full report, and how the run ended.

    The last holds the suppressed cells too.  Only a rehearsal, which owns both tables,
    may read these two.
    """
    found = computed(run, terms, hidden=False)
    earlier = run.ledger.history(found.tokens).last(
        run.query.identity, before=None if found.entry is None else found.entry.end.run
    )
    report = or_neutral(
        lambda: _report(
            run,
            found.review,
            found.table,
            found.sizes,
            found.versions,
            earlier,
            run.ledger.spent(),
            found.outcome,
        )
    )
    told = build_report_until_saved(run.contract, run.query, terms, found.outcome)
    release = Release.of(
        run,
        terms,
        told,
        report=report,
        rows=found.table.rows,
        entry=found.entry,
        refusal=found.refusal,
    )
    return release, report, found


def held_release(run: Run, terms: Review) -> Release:
    """
    Return a release that contract or ledger do not allow.

    Nothing is computed: none of it would be shown, and whatever it told is not entered.
    """
    opened(run.spark, run.contract, run.query, run.source)
    outcome = NotEntered(problem=run.ledger.problem)
    told = build_report_until_saved(run.contract, run.query, terms, outcome)
    return Release.of(run, terms, told)


def shown_release(run: Run) -> Release:
    """
    Return the last confirmed release of a query, out of the ledger.

    Nothing is computed, but nothing of a suspended party or table is shown either.

    Raises:
        ConsentRefused: If a consent state is stale, or suspends a party or a table.
    """
    if run.contract.terms.revocation is not None:
        shared = opened(run.spark, run.contract, run.query, run.source)
        read_consent(shared, run.contract, run.query)
    entry = confirmed_entry(run.contract, run.query, run.ledger)
    table, sizes = entry_as_table(run.query, entry)
    review = assess(run.facts(table, entry.tokens, before=entry.run))
    history = run.ledger.history(entry.tokens)
    earlier = history.last(run.query.identity, before=entry.run)
    ended = Confirmed(run=run.ledger.end.run)
    spent = run.ledger.spent(until=entry.run)
    dated = replace(run, today=entry.as_of)
    report = _report(dated, review, table, sizes, entry.versions, earlier, spent, ended)
    told = build_report_until_saved(run.contract, run.query, review, ended)
    return Release.of(run, review, told, report=report, rows=table.rows)


def _report(
    run: Run,
    review: Review,
    table: GuardedTable,
    sizes: SubjectCounts,
    versions: TableVersions,
    earlier: EarlierRelease | None,
    spent: Mapping[str, int],
    outcome: LedgerOutcome,
) -> ReleaseReport:
    """Return the report of a release."""
    return build_report(
        run.contract,
        run.query,
        review,
        table.rows,
        sizes=sizes,
        versions=versions,
        as_of=run.today,
        earlier=earlier,
        spent=spent,
        audited=table.audited,
        ledger=outcome,
    )
