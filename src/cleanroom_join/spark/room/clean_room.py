"""
The clean room: one way in, one way out.

`CleanRoom.release` answers a registered question.  `CleanRoom.seal` does so for later.
`CleanRoom.join` begins a new question (see `builder`), whose answer is guarded the same
way but needs a person's review.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cleanroom_join.contract import Output, Reveal, resolve
from cleanroom_join.disclosure import GuardedTable, History
from cleanroom_join.disclosure.ledger.chain import refuse_if_used_up
from cleanroom_join.errors import ContractError, ReleaseRefused
from cleanroom_join.review import ReleaseFacts, Verdict, assess, build_report
from cleanroom_join.spark.ledger.tables import LedgerRows, open_ledger
from cleanroom_join.spark.room.deferred_release import (
    DeferredRelease,
    confirmed_entry,
    opened,
    refuse_unless_sealable,
)
from cleanroom_join.spark.room.pipeline import answer
from cleanroom_join.spark.room.query_builder import Joined
from cleanroom_join.spark.room.release import Release
from cleanroom_join.sql import qualified

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import Asset, Contract, Query
    from cleanroom_join.review import Review
    from cleanroom_join.spark.common.table_source import TableSource
    from cleanroom_join.spark.ledger.tables import Ledger
    from cleanroom_join.spark.room.pipeline import Answer

__all__ = ["CleanRoom", "release_and_answer"]

UNREGISTERED = "unregistered"
"""Name of a question that has none yet."""


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
        Answer the registered question *output*: join, aggregate, guard, review.

        Where the contract says ``reveal = "confirmed"``, nothing is computed: what was
        sealed and confirmed last is shown.

        Raises:
            ReleaseRefused: If it was not.
            UnknownName: If the contract has no such output.
            ContractError: After the contract's last day.
            TableRefused: If the shared tables are not what the contract says.
            DisclosureError: If the guard refuses the question as a whole.
        """
        return self._release(self.__contract.output(output))

    def join(self, *assets: str, on: str | None = None) -> Joined:
        """
        Begin a question that is not registered.

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

    def seal(self, output: str) -> DeferredRelease:
        """
        Answer a question for later: only a sealed entry leaves, and nothing is told.

        For contracts with ``reveal = "confirmed"``, whose `release` shows what was
        sealed and then confirmed by the other party.

        Raises:
            ReleaseRefused: If the contract shows releases at once, or the ledger cannot
                be relied on.
            UnknownName, ContractError, TableRefused, DisclosureError: As `release`.
        """
        contract, ledger = self.__contract, self._ledger()
        if not _confirms(contract):
            raise ReleaseRefused.because(
                Verdict.NEEDS_REVIEW.value, ["the contract shows releases at once"]
            )
        today = _today()
        contract.refuse_if_expired(today)
        query = resolve(contract, contract.output(output))
        nothing = GuardedTable(columns=query.schema(), published=(), suppressed=())
        refuse_unless_sealable(_review(contract, query, nothing, today, ledger))
        refuse_if_used_up(ledger.entries, contract.policy, today)
        found = answer(contract, query, self.__source, ledger)
        rows = _entered(
            self.__spark, contract, query, found, today, ledger, hidden=True
        )
        return DeferredRelease(output=output, _ledger=rows, _spark=self.__spark)

    def _release(self, output: Output) -> Release:
        """Answer any question; the only path from tables to a release."""
        spark, contract, ledger = self.__spark, self.__contract, self._ledger()
        if _confirms(contract) and contract.terms.outputs.get(output.name) == output:
            return _show(spark, contract, output, ledger)
        release, _ = release_and_answer(spark, contract, output, self.__source, ledger)
        return release

    def _ledger(self) -> Ledger:
        """Return the ledger, read once."""
        if self.__ledger is None:
            self.__ledger = open_ledger(self.__spark, self.__contract, self.__source)
        return self.__ledger

    def __shared_table(self, asset: Asset) -> DataFrame:
        """Open an asset under the name that the room gives it."""
        schema, table = asset.table.split(".")
        return self.__spark.table(qualified(asset.party, schema, table))


def release_and_answer(
    spark: SparkSession,
    contract: Contract,
    output: Output,
    source: TableSource,
    ledger: Ledger,
) -> tuple[Release, Answer]:
    """
    Answer a question: join, aggregate, guard, review, always, in this order.

    An approved answer is entered in the ledger before anybody can see it.

    The answer beside the release has what was withheld; only a rehearsal, which
    owns both tables, may look at it.
    """
    today = _today()
    contract.refuse_if_expired(today)
    refuse_if_used_up(ledger.entries, contract.policy, today)
    query = resolve(contract, output)
    found = answer(contract, query, source, ledger)
    review = _review(contract, query, found.table, today, ledger)
    earlier = ledger.history.last(query.identity)
    rows = LedgerRows(end=ledger.end, rows=(), problem=ledger.problem)
    if review.verdict is Verdict.APPROVED:
        rows = _entered(spark, contract, query, found, today, ledger)
    report = build_report(
        contract,
        query,
        review,
        found.table.rows,
        sizes=found.sizes,
        earlier=earlier,
        audited=found.table.audited,
        ledger=str(rows),
    )
    release = Release.of(
        spark, contract, output.name, found.table, review, report, rows
    )
    return release, found


def _show(
    spark: SparkSession, contract: Contract, output: Output, ledger: Ledger
) -> Release:
    """Return the last confirmed release of a question, out of the ledger."""
    today = _today()
    contract.refuse_if_expired(today)
    query = resolve(contract, output)
    entry = confirmed_entry(contract, query, ledger)
    table, sizes = opened(query, entry)
    review = _review(contract, query, table, today, ledger)
    before = History(
        releases=tuple(r for r in ledger.history.releases if r.run < entry.run)
    )
    rows = LedgerRows(end=ledger.end, rows=(), confirmed=True)
    report = build_report(
        contract,
        query,
        review,
        table.rows,
        sizes=sizes,
        earlier=before.last(query.identity),
        audited=table.audited,
        ledger=str(rows),
    )
    return Release.of(spark, contract, output.name, table, review, report, rows)


def _confirms(contract: Contract) -> bool:
    """Return whether releases are confirmed by the other party before they show."""
    terms = contract.terms.ledger
    return terms is not None and terms.reveal is not Reveal.AT_ONCE


def _today() -> dt.date:
    """Return the day of the run, UTC."""
    return dt.datetime.now(dt.timezone.utc).date()


def _entered(
    spark: SparkSession,
    contract: Contract,
    query: Query,
    found: Answer,
    today: dt.date,
    ledger: Ledger,
    *,
    hidden: bool = False,
) -> LedgerRows:
    """Enter an answer in the ledger, before anybody can see it."""
    rows = ledger.continued(
        spark,
        contract,
        query,
        found.table,
        found.cells,
        today,
        sizes=found.sizes,
        hidden=hidden,
    )
    return LedgerRows(end=ledger.end, rows=tuple(rows))


def _review(
    contract: Contract,
    query: Query,
    table: GuardedTable,
    today: dt.date,
    ledger: Ledger,
) -> Review:
    """Assess the guarded answer against what was agreed."""
    policy = contract.policy
    return assess(
        ReleaseFacts(
            registered=query.registered,
            contract_pinned=contract.pinned,
            expires=contract.terms.expires,
            as_of=today,
            min_cohort=policy.min_cohort,
            count_base=policy.count_base,
            expected=query.schema(),
            keys=len(query.dimensions),
            columns=table.columns,
            rows=table.rows,
            ledger=ledger.state,
        )
    )
