"""
The release: the only thing that leaves the room, and the only writer.

An answer, no cell or an error: how a run ended is one bit at least.  If it were told
without a ledger entry, the run could be repeated for free, with other tables each time.
So every release looks the same, however its run ended, until `save` has written the
entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure import rows_digest
from cleanroom_join.errors import (
    Refusal,
    ReleaseRefused,
    SparkFailure,
    WriteFailed,
)
from cleanroom_join.review import Verdict, summary
from cleanroom_join.spark.ledger.entry_rows import LedgerEnd, write_entry_rows
from cleanroom_join.spark.room.saved_release import ReleaseTable, SavedRelease

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from cleanroom_join.contract import Contract, OutputColumn
    from cleanroom_join.disclosure import Value
    from cleanroom_join.review import ReleaseReport, Review
    from cleanroom_join.spark.ledger.entry_rows import EntryRows
    from cleanroom_join.spark.ledger.save_gate import SaveGate
    from cleanroom_join.spark.room.progress import Progress
    from cleanroom_join.spark.room.run import Run

__all__ = ["Release"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Release:
    """
    What one run found, not shown to anybody yet.

    Until `save` it shows what follows from contract and ledger alone: the verdict is
    PENDING if these allow the release, however the run ended.

    Attributes:
        output: Name of the query.
        columns: Columns of the answer.
        review: Verdict and findings, as far as they may be told before `save`.
    """

    output: str
    columns: tuple[OutputColumn, ...]
    review: Review
    _rows: tuple[tuple[Value, ...], ...]
    _told: ReleaseReport
    """The report before `save`."""
    _report: ReleaseReport
    """The full report."""
    _refusal: Refusal | None
    """The error to raise once the entry is written, if the run ended with one."""
    _entry: EntryRows | None
    _end: LedgerEnd
    """Where the ledger ends that the room has read."""
    _contract: Contract
    _gate: SaveGate
    _progress: Progress
    _spark: SparkSession

    @classmethod
    def of(
        cls,
        run: Run,
        review: Review,
        told: ReleaseReport,
        *,
        report: ReleaseReport | None = None,
        rows: tuple[tuple[Value, ...], ...] = (),
        entry: EntryRows | None = None,
        refusal: Refusal | None = None,
    ) -> Release:
        """
        Make a release; the room holds it for saving, and no other, if it may be saved.

        Args:
            run: What was asked, and under which contract.
            review: What may be told of the review before `save`.
            told: The report that may be told before `save`.
            report: The full report, if something was computed.
            rows: The published rows, without the suppressed cells.
            entry: The ledger entry to write; None if the ledger has it already, or if
                nothing was computed.
            refusal: How the run ended, if it has no answer.
        """
        release = cls(
            output=run.query.output.name,
            columns=run.query.schema(),
            review=review,
            _rows=rows,
            _told=told,
            _report=told if report is None else report,
            _refusal=refusal,
            _entry=entry,
            _end=LedgerEnd(run=run.ledger.end.run, head=run.ledger.end.head),
            _contract=run.contract,
            _gate=run.ledger.gate,
            _progress=run.progress,
            _spark=run.spark,
        )
        if release._may_be_saved:
            run.ledger.gate.hold(release)
        return release

    def __repr__(self) -> str:
        """Name the output and the verdict."""
        return f"Release(output={self.output!r}, verdict={self.verdict.value})"

    @property
    def verdict(self) -> Verdict:
        """What the review says before `save`; see `review`."""
        return self.review.verdict

    def report(self) -> ReleaseReport:
        """Return the part of the report that may be shown before `save`."""
        return self._told

    def summary(self, *, full: bool = False) -> str:
        """
        Return `report` as text, which may be handed to either company.

        Args:
            full: Whether to add the query, every setting and every rule to the first
                screen of 25 lines.
        """
        return summary(self.report(), full=full)

    def save(self, catalog: str, schema: str) -> SavedRelease:
        """
        Write the release as a new Delta table, and return it with its full report.

        First `save` writes ``ledger_run_<number>``, which the party that runs the room
        appends to the ledger it shares.  Only then it tells how the run ended: it
        raises the error that the run ended with, or fills the table.

        The table is created empty, constrained, filled in one commit, and read
        back.  If a step fails, `save` drops the table: nobody can ever read a part
        of the rows.

        Args:
            catalog: Catalog of the output, ``cr_output_catalog`` in a clean room.
            schema: Its schema, ``cr_output_schema``.

        Raises:
            ReleaseRefused: If contract or ledger do not allow the release (E501); if it
                was saved already, or is not what the room returned last (E505); if the
                contract has expired since (E507).
            WriteFailed: If there is a table of this name already.
            SparkFailure: If the table cannot be created.
            WriteFailed: If a step failed; says whether the table was removed.
            ReleaseRefused: After the entry is written, if no cell passed (E501).
            NoOverlap, TokensRefused, TableRefused, DisclosureError: After the entry is
                written, if the run ended with such an error.
        """
        self._refuse_unless_allowed()
        self._gate.refuse_unless_held(self, self._contract)
        table = ReleaseTable(
            spark=self._spark,
            contract=self._contract,
            name=(catalog, schema, self.output),
            columns=self.columns,
            report=self._report,
        )
        # However the run ended, an output that is in the way stops it before the entry.
        table.create()
        try:
            # First the ledger: a release that is not in it must never be read.
            ledger = self._end
            if self._entry is not None:
                with self._progress("the room writes the ledger's entry"):
                    ledger = write_entry_rows(
                        self._spark, (catalog, schema), self._entry
                    )
            if self._is_approved:
                with self._progress("the room writes the figures, and reads them back"):
                    table.fill(self._rows)
        except BaseException as error:
            removed = table.drop()
            if _is_in_the_way(error) or not isinstance(error, Exception):
                raise
            failure = WriteFailed(
                f"writing {table.quoted} failed: {_safe_text(error)}",
                hint=("" if removed else f"remove {table.quoted} yourself. ")
                + "If the ledger's entry is written, append it; then run again.",
            )
        else:
            self._gate.close()
            if not self._is_approved:
                self._raise_how_it_ended(table, ledger)
            return SavedRelease(
                table_name=table.quoted,
                columns=self.columns,
                rows=self._rows,
                digest=self._digest,
                ledger=ledger,
                _report=self._report,
            )
        raise failure

    @property
    def _digest(self) -> str:
        """SHA-256 over columns and rows; with it a guess of the rows can be checked."""
        return rows_digest(self.columns, self._rows)

    @property
    def _may_be_saved(self) -> bool:
        """Whether an entry is to be written, or an approved one is in the ledger."""
        recorded = self.verdict is Verdict.PENDING and self._entry is not None
        return recorded or self.verdict is Verdict.APPROVED

    @property
    def _is_approved(self) -> bool:
        """Whether there are rows to write; secret until the entry is written."""
        return self._refusal is None and self._report.verdict is Verdict.APPROVED

    def _refuse_unless_allowed(self) -> None:
        """Raise `ReleaseRefused` for what contract and ledger say."""
        if self.verdict not in (Verdict.PENDING, Verdict.APPROVED):
            findings = [str(finding) for finding in self.review.findings]
            raise ReleaseRefused.because(self.verdict.value, findings)

    def _raise_how_it_ended(self, table: ReleaseTable, ledger: LedgerEnd) -> None:
        """
        Raise the error that the run ended with, now that the ledger has it.

        Raises:
            WriteFailed: If the empty table stays.
            CleanRoomJoinError: The error.
        """
        if not table.drop():
            raise WriteFailed(
                f"{table.quoted} is empty and could not be removed.",
                hint="remove it yourself; the run has no answer.",
            )
        also = "The run is in the ledger like any other."
        if ledger.table is not None:
            also = (
                f"The run is in {ledger.table}: append and confirm it like any other."
            )
        if self._refusal is not None:
            raise self._refusal.error(also)
        verdict, findings = self._report.verdict.value, self._report.findings
        raise Refusal.of(ReleaseRefused.because(verdict, findings)).error(also)


def _is_in_the_way(error: BaseException) -> bool:
    """Return whether something was already where the ledger's entry should be."""
    return isinstance(error, WriteFailed) and error.code == WriteFailed.EXISTS


def _safe_text(error: Exception) -> str:
    """Return the text of our own errors, the type of any other."""
    ours = isinstance(error, (SparkFailure, WriteFailed))
    return str(getattr(error, "message", "")) if ours else type(error).__name__
