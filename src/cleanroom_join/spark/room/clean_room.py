"""
The clean room: one way in, one way out.

`CleanRoom.release` answers a registered query, `CleanRoom.prepare` computes one for a
deferred release, and `CleanRoom.join` begins a query that is not registered (see
`query_builder`): the guard treats it alike, and a person has to review it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import UNREGISTERED, Output, Reveal
from cleanroom_join.errors import ContractError, InternalError, ReleaseRefused
from cleanroom_join.review import Confirmed, Verdict, assess, build_report
from cleanroom_join.spark.ledger.tables import open_ledger
from cleanroom_join.spark.room.deferred_release import (
    DeferredRelease,
    confirmed_entry,
    entry_as_table,
)
from cleanroom_join.spark.room.query_builder import Joined
from cleanroom_join.spark.room.release import Release
from cleanroom_join.spark.room.run import Run, computed
from cleanroom_join.sql import qualified

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import Asset, Contract
    from cleanroom_join.disclosure import EarlierRelease, GuardedTable
    from cleanroom_join.review import (
        LedgerOutcome,
        ReleaseReport,
        Review,
        SubjectCounts,
    )
    from cleanroom_join.spark.common.table_source import TableSource
    from cleanroom_join.spark.ledger.tables import Ledger
    from cleanroom_join.spark.room.pipeline import Answer

__all__ = ["CleanRoom", "release_and_answer"]


class CleanRoom:
    """
    The door through which two companies' tables become guarded statistics.

    Args:
        spark: The session, classic or Connect.
        contract: What both companies agreed.
        source: Where an asset's shared table is; by default the table
            ``<party alias>.<schema>.<table>`` that Databricks shows in the room.
            It is also asked for ``(ledger)``, ``(anchor)`` and each ``(secret)``.
    """

    __slots__ = ("__contract", "__ledger", "__source", "__spark")

    def __init__(
        self,
        spark: SparkSession,
        contract: Contract,
        *,
        source: TableSource | None = None,
    ) -> None:
        self.__spark = spark
        self.__contract = contract
        self.__source = source if source is not None else self.__shared_table
        self.__ledger: Ledger | None = None

    def __repr__(self) -> str:
        """Name the contract."""
        return f"CleanRoom({self.__contract!r})"

    def release(self, output: str) -> Release:
        """
        Answer the registered query *output*: join, aggregate, guard, review.

        Where the contract says ``reveal = "confirmed"``, nothing is computed: the last
        deferred release that the other party confirmed is shown.

        Raises:
            ReleaseRefused: If the other party confirmed none (E504), or an approved
                release of this room is not saved (E506).
            UnknownName: If the contract has no such output.
            ContractError: After the contract's last day.
            TableRefused: If the shared tables are not what the contract says.
            DisclosureError: If the guard refuses the query as a whole.
        """
        return self._release(self.__contract.output(output))

    def join(self, *assets: str, on: str | None = None) -> Joined:
        """
        Begin a query that is not registered.

        Args:
            assets: Names of the assets to join, at least two.
            on: The subject to join on; may be left out if they share just one.

        Raises:
            ContractError: If *on* is left out and not evident.
        """
        declared = self.__contract.terms.assets
        if on is None:
            carried = [
                {c.subject for c in declared[name].subject_columns()}
                for name in assets
                if name in declared
            ]
            shared = set.intersection(*carried) if carried else set()
            if len(shared) != 1:
                raise ContractError.not_joinable(len(shared))
            (on,) = shared
        return Joined(
            _answer=self._release,
            _output=Output(
                name=UNREGISTERED, join=assets, on=on, group_by=(), measures=()
            ),
        )

    def prepare(self, output: str) -> DeferredRelease:
        """
        Compute a deferred release: an encrypted ledger entry leaves, and nothing else.

        For contracts with ``reveal = "confirmed"``, whose `release` shows an entry
        after the other party confirmed it.

        Raises:
            ReleaseRefused: If the contract shows releases at once, another contract or
                library is agreed, or the ledger cannot be relied on (E501); if another
                release of this room is not saved (E506).
            UnknownName, ContractError, TableRefused, DisclosureError: As `release`.
        """
        if not _confirms(self.__contract):
            raise ReleaseRefused.because(
                Verdict.NEEDS_REVIEW.value, ["the contract shows releases at once"]
            )
        run = self._begin(self.__contract.output(output))
        found = computed(run, hidden=True)
        if found.entry is None:
            raise InternalError.of("a deferred release was not entered in the ledger")
        return DeferredRelease.of(run, found.entry)

    def _release(self, output: Output) -> Release:
        """Answer any query; the only path from tables to a release."""
        run = self._begin(output)
        if _confirms(self.__contract) and run.query.registered:
            return _shown(run)
        release, _ = release_and_answer(run)
        return release

    def _begin(self, output: Output) -> Run:
        """Begin a run with the ledger as it is, read once."""
        return Run.begin(
            self.__spark, self.__contract, output, self.__source, self._ledger()
        )

    def _ledger(self) -> Ledger:
        """Return the ledger, read once."""
        if self.__ledger is None:
            self.__ledger = open_ledger(self.__spark, self.__contract, self.__source)
        return self.__ledger

    def __shared_table(self, asset: Asset) -> DataFrame:
        """Open an asset under the name that the room gives it."""
        schema, table = asset.table.split(".")
        return self.__spark.table(qualified(asset.party, schema, table))


def release_and_answer(run: Run) -> tuple[Release, Answer]:
    """
    Answer a query, and return the release and the answer it was made of.

    The answer holds the suppressed cells too.  Only a rehearsal, which owns both
    tables, may read it.
    """
    found = computed(run, hidden=False)
    earlier = run.ledger.history(found.answer.tokens).last(
        run.query.identity, before=None if found.entry is None else found.entry.end.run
    )
    report = _report(
        run,
        found.review,
        found.answer.table,
        found.answer.sizes,
        earlier,
        found.outcome,
    )
    release = Release.of(run, found.answer.table, found.review, report, found.entry)
    return release, found.answer


def _shown(run: Run) -> Release:
    """Return the last confirmed release of a query, out of the ledger."""
    entry = confirmed_entry(run.contract, run.query, run.ledger)
    table, sizes = entry_as_table(run.query, entry)
    review = assess(run.facts(table, entry.tokens, before=entry.run))
    history = run.ledger.history(entry.tokens)
    earlier = history.last(run.query.identity, before=entry.run)
    outcome = Confirmed(run=run.ledger.end.run)
    report = _report(run, review, table, sizes, earlier, outcome)
    return Release.of(run, table, review, report, None)


def _report(
    run: Run,
    review: Review,
    table: GuardedTable,
    sizes: SubjectCounts,
    earlier: EarlierRelease | None,
    outcome: LedgerOutcome,
) -> ReleaseReport:
    """Return the report of a release."""
    return build_report(
        run.contract,
        run.query,
        review,
        table.rows,
        sizes=sizes,
        earlier=earlier,
        audited=table.audited,
        ledger=outcome,
    )


def _confirms(contract: Contract) -> bool:
    """Return whether the other party confirms releases before they are shown."""
    terms = contract.terms.ledger
    return terms is not None and terms.reveal is not Reveal.AT_ONCE
