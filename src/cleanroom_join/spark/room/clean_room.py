"""
The clean room: one way in, one way out.

`CleanRoom.release` answers a registered query, `CleanRoom.prepare` computes one for a
deferred release, and `CleanRoom.join` begins a query that is not registered (see
`query_builder`), which a person has to review: the room computes nothing for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import UNREGISTERED, Output, Reveal
from cleanroom_join.errors import ContractError, InternalError, ReleaseRefused
from cleanroom_join.review import Verdict, assess_terms
from cleanroom_join.spark.common.table_source import as_frames
from cleanroom_join.spark.ledger.tables import open_ledger
from cleanroom_join.spark.room.deferred_release import DeferredRelease
from cleanroom_join.spark.room.progress import progress_for
from cleanroom_join.spark.room.query_builder import Joined
from cleanroom_join.spark.room.releases import (
    computed_release,
    held_release,
    shown_release,
)
from cleanroom_join.spark.room.run import Run, computed
from cleanroom_join.sql import qualified

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from cleanroom_join.contract import Asset, Contract
    from cleanroom_join.spark.common.table_source import TableSource
    from cleanroom_join.spark.ledger.tables import Ledger
    from cleanroom_join.spark.room.release import Release

__all__ = ["CleanRoom"]


class CleanRoom:
    """
    The door through which two companies' tables become guarded statistics.

    Args:
        spark: The session, classic or Connect.
        contract: What both companies agreed.
        source: Gives an asset's shared table, as a quoted name or as a frame; by
            default the name ``<party alias>.<schema>.<table>`` that Databricks shows in
            the room.  Only under its name a table is read at one version.
            It is also asked for ``(ledger)``, ``(anchor)`` and each ``(secret)``, and
            where the contract has `[revocation]` for the consent state of each party,
            such as ``(consent of acme)``.
        progress: Whether to write each phase to standard error.  By default the
            environment variable ``CLEANROOM_JOIN_PROGRESS`` says so (``1`` or ``0``);
            without it, phases are written to a terminal and to a notebook on one's own
            machine, and not in jobs.  They are the same however a run ends.
    """

    __slots__ = ("__contract", "__ledger", "__progress", "__source", "__spark")

    def __init__(
        self,
        spark: SparkSession,
        contract: Contract,
        *,
        source: TableSource | None = None,
        progress: bool | None = None,
    ) -> None:
        self.__spark = spark
        self.__contract = contract
        self.__source = source if source is not None else self.__shared_table
        self.__ledger: Ledger | None = None
        self.__progress = progress_for(progress)

    def __repr__(self) -> str:
        """Name the contract."""
        return f"CleanRoom({self.__contract!r})"

    def release(self, output: str) -> Release:
        """
        Answer the registered query *output*: join, aggregate, guard, review.

        What it found, an error that depends on data included, is told by
        `Release.save`, after the ledger's entry is written.  If contract or ledger do
        not allow a release, nothing is computed: the verdict says why.

        Where the contract says ``reveal = "confirmed"``, nothing is computed either:
        the last deferred release that the other party confirmed is shown.

        Raises:
            ReleaseRefused: If the other party confirmed none (E504), a release of this
                room is not saved (E506), or the run cannot be entered in the ledger
                (E508).
            UnknownName: If the contract has no such output.
            ContractError: After the contract's last day.
            TableRefused, TokensRefused: If the columns of the shared tables are not
                what the contract says.
            DisclosureError: If the releases of the contract are used up (E403).
            ConsentRefused: If a consent state is stale (E610), or suspends a party or a
                table (E611).
            NoOverlap, TokensRefused, TableRefused, DisclosureError, ConsentRefused: If
                a confirmed run ended with such an error.
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
        after the other party confirmed it.  An error that depends on data is in the
        entry like an answer, and `release` raises it.

        Raises:
            ReleaseRefused: If the contract shows releases at once, another contract or
                library is agreed, or the ledger cannot be relied on (E501); if another
                release of this room is not saved (E506), or the run cannot be entered
                in the ledger (E508).
            UnknownName, ContractError, TableRefused, TokensRefused, ConsentRefused: As
                `release`.
            DisclosureError: If the releases of the contract are used up (E403).
        """
        if not _confirms(self.__contract):
            raise ReleaseRefused.because(
                Verdict.NEEDS_REVIEW.value, ["the contract shows releases at once"]
            )
        run = self._begin(self.__contract.output(output))
        terms = assess_terms(run.facts(None))
        if terms.findings:
            found = [str(finding) for finding in terms.findings]
            raise ReleaseRefused.because(terms.verdict.value, found)
        entry = computed(run, terms, hidden=True).entry
        if entry is None:
            raise InternalError.of("a deferred release was not entered in the ledger")
        return DeferredRelease.of(run, entry)

    def _release(self, output: Output) -> Release:
        """Answer any query; the only path from tables to a release."""
        run = self._begin(output)
        if _confirms(self.__contract) and run.query.registered:
            return shown_release(run)
        terms = assess_terms(run.facts(None))
        if terms.findings:
            return held_release(run, terms)
        return computed_release(run, terms)[0]

    def _begin(self, output: Output) -> Run:
        """Begin a run with the ledger as it is, read once."""
        return Run.begin(
            self.__spark,
            self.__contract,
            output,
            self.__source,
            self._ledger(),
            self.__progress,
        )

    def _ledger(self) -> Ledger:
        """Return the ledger, read once."""
        if self.__ledger is None:
            with self.__progress("the room reads and verifies the ledger"):
                self.__ledger = open_ledger(
                    self.__spark,
                    self.__contract,
                    as_frames(self.__spark, self.__source),
                )
        return self.__ledger

    @staticmethod
    def __shared_table(asset: Asset) -> str:
        """Return the name that the room gives an asset."""
        return qualified(asset.party, *asset.table.split("."))


def _confirms(contract: Contract) -> bool:
    """Return whether the other party confirms releases before they are shown."""
    terms = contract.terms.ledger
    return terms is not None and terms.reveal is not Reveal.AT_ONCE
