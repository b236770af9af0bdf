"""
Deferred releases: the other party confirms a release before anybody sees it.

The party that runs the room can run its notebook as often as it likes, with other
tables each time, and a run knows only of earlier runs that are in the ledger.  So where
a contract says ``reveal = "confirmed"``, a run that computes shows nothing but an
encrypted entry.  The other party confirms one entry by its anchor.  A second run, which
computes nothing, shows the confirmed entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure import GuardedTable, PublishedCell
from cleanroom_join.disclosure.model.history import labels_of_id
from cleanroom_join.disclosure.model.result import domain_order
from cleanroom_join.errors import ReleaseRefused
from cleanroom_join.review import Entered, SubjectCounts
from cleanroom_join.spark.ledger.entry_rows import write_entry_rows

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from cleanroom_join.contract import Contract, Query
    from cleanroom_join.disclosure.ledger.entry import Entry
    from cleanroom_join.spark.ledger.entry_rows import EntryRows, LedgerEnd
    from cleanroom_join.spark.ledger.save_gate import SaveGate
    from cleanroom_join.spark.ledger.tables import Ledger
    from cleanroom_join.spark.room.run import Run

__all__ = [
    "DeferredRelease",
    "confirmed_entry",
    "entry_as_table",
]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class DeferredRelease:
    """
    A run that nobody has seen the end of: save it, have it confirmed, then release.

    It is the same whether the run has an answer or refused with an error that depends
    on data; the release tells which.

    Attributes:
        output: Name of the query.
    """

    output: str
    _entry: EntryRows
    _contract: Contract
    _gate: SaveGate
    _spark: SparkSession

    @classmethod
    def of(cls, run: Run, entry: EntryRows) -> DeferredRelease:
        """Make the deferred release of a run, which may be saved once."""
        deferred = cls(
            output=run.query.output.name,
            _entry=entry,
            _contract=run.contract,
            _gate=run.ledger.gate,
            _spark=run.spark,
        )
        run.ledger.gate.hold(deferred)
        return deferred

    def __repr__(self) -> str:
        """Name the output."""
        return f"DeferredRelease({self.output!r})"

    def summary(self) -> str:
        """Return what the other party needs; none of it depends on data."""
        end = self._entry.end
        return (
            f"PREPARED  {self.output}\n"
            f"ledger    {Entered(run=end.run, head=end.head)}\n"
            "next      append the entry to the ledger; the other party sets its anchor"
            f" to run {end.run} and this head; then release {self.output}"
        )

    def save(self, catalog: str, schema: str) -> LedgerEnd:
        """
        Write the encrypted entry as a new table ``ledger_run_<number>``.

        Args:
            catalog: Catalog of the output, ``cr_output_catalog`` in a clean room.
            schema: Its schema, ``cr_output_schema``.

        Returns:
            Run and head, which the other party confirms, and the table of the entry,
            which the runner appends.

        Raises:
            ReleaseRefused: If it was saved already, or is not what the room returned
                last (E505), or the contract has expired (E507).
            WriteFailed: If there is one already (E502).
            SparkFailure: If it cannot be written.
        """
        self._gate.refuse_unless_held(self, self._contract)
        end = write_entry_rows(self._spark, (catalog, schema), self._entry)
        self._gate.close()
        return end


def confirmed_entry(contract: Contract, query: Query, ledger: Ledger) -> Entry:
    """
    Return the last entry of a query in the ledger, made under this contract.

    Another contract of the same companies may have the same query; its entries are its
    own.

    Raises:
        ReleaseRefused: If there is none (E504).
        NoOverlap, TokensRefused, TableRefused, DisclosureError: If the run that made it
            ended with such an error.
    """
    for entry in reversed(ledger.entries):
        if (entry.query, entry.contract_id) == (query.identity, contract.terms.id):
            if entry.contract_sha256 != contract.digest:
                break
            if entry.refusal is not None:
                raise entry.refusal.error()
            return entry
    raise ReleaseRefused.not_confirmed(query.output.name)


def entry_as_table(query: Query, entry: Entry) -> tuple[GuardedTable, SubjectCounts]:
    """Return an entry as the guard's table, and the sizes of the run's tables."""
    published = [
        PublishedCell(
            labels=labels_of_id(query, cell),
            figures=tuple(version.figures[name] for name in query.figure_ids),
            repeated_from=version,
        )
        for cell, version in entry.cells.items()
    ]
    published.sort(key=lambda cell: domain_order(query.dimensions, cell.labels))
    table = GuardedTable(
        columns=query.schema(),
        published=tuple(published),
        suppressed=(),
        audited=entry.audited,
    )
    return table, SubjectCounts.read(entry.sizes)
