"""
The revocation job: consent events of a stream become state, and Gold follows it.

It may be killed at any instruction and run again: every line is in the events once, and
the state is that of a run without interruption.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.utils import is_remote

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.revocation.checkpoint import Checkpoint
from cleanroom_join.revocation.stream_progress import applied_until
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.revocation.batch_rows import report_since, stream_totals
from cleanroom_join.spark.revocation.batch_writer import BatchWriter, GoldTable
from cleanroom_join.spark.revocation.checkpoint_fit import refuse_misfit
from cleanroom_join.spark.revocation.event_lines import event_columns
from cleanroom_join.spark.revocation.heartbeat import set_heartbeat
from cleanroom_join.spark.revocation.lines import as_lines
from cleanroom_join.spark.revocation.replay import merge_again, rebuild_state
from cleanroom_join.spark.revocation.state_merge import excluded_subjects
from cleanroom_join.spark.revocation.stream_watch import (
    StreamWatch,
    last_progress,
    stopped_stream,
)
from cleanroom_join.sql.ledger_table import parsed_table_name

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

    from pyspark.sql import DataFrame
    from pyspark.sql.streaming.query import StreamingQuery

    from cleanroom_join.contract import Contract
    from cleanroom_join.revocation.job_report import JobReport
    from cleanroom_join.spark.revocation.consent_store import ConsentStore
    from cleanroom_join.spark.revocation.raw_identifiers import RawIdentifiers

__all__ = ["RevocationJob"]

_NEEDS = 4
"""Major version of Spark from which Spark Connect can MERGE a frame."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Started:
    """A running query, its stream and run, and the stream's totals before it."""

    stream: str
    run: str
    query: StreamingQuery
    before: dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class RevocationJob:
    """
    The job of one party.

    Args:
        store: Its consent tables, which `ConsentStore.create` made.
        contract: What both companies agreed.
        party: Its alias in the contract.
        gold: The name of the Gold table of each of its assets, by asset.
        checkpoint: Folder of the checkpoint, on a file system that Python reaches: a
            path of a volume, or a local one.  For this store alone, which has one
            source: unite the frames of several.
        raw: What tokenises raw identifiers of the source; None: such lines are in
            quarantine.
        patience: Seconds after which Spark counts as dead if it does not answer.

    Raises:
        RevocationRefused: If the contract has no such party or asset, or if a name is
            no name of a table (E609).
    """

    store: ConsentStore
    contract: Contract
    party: str
    gold: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    checkpoint: str
    raw: RawIdentifiers | None = None
    patience: float = 120

    def __post_init__(self) -> None:
        """Refuse what does not fit the contract."""
        if self.party not in self.contract.terms.parties:
            raise RevocationRefused.unknown_party(
                self.party, list(self.contract.terms.parties)
            )
        self._gold()

    def __repr__(self) -> str:
        """Name the party and the state's table; no key, no plan."""
        return f"RevocationJob(party={self.party!r}, state={self.store.state!r})"

    def run_available(self, lines: DataFrame) -> JobReport:
        """
        Apply everything that is at the source now, and end.

        The heartbeat of the state becomes the time at which the run began, also if
        nothing is new.

        Args:
            lines: A streaming frame with a column ``value`` of type STRING or BINARY,
                one line per row; or with the fields of an event as columns.

        Returns:
            Counts of lines; look at its `alert`.

        Raises:
            RevocationRefused: If Spark Connect is too old (E600), the tables are not
                those of the store (E601), the checkpoint or the source cannot be relied
                on (E602 to E604), Spark stops or is silent (E605, E606), or the frame
                has no lines (E607).
            SparkFailure: If Spark fails before or after the stream.
        """
        began = dt.datetime.now(tz=dt.timezone.utc)
        started = self._started(lines)
        query = started.query
        try:
            for _ in StreamWatch(query=query, patience=self.patience).until_it_ends():
                pass
        except KeyboardInterrupt:
            query.stop()
            raise
        # A query that somebody stops ends without an error, as one that is done.
        Checkpoint.at(self.checkpoint).refuse_unfinished(started.run)
        set_heartbeat(self.store.spark, self.store.state, began, started.stream)
        return self._report(started)

    def run_continuously(
        self,
        lines: DataFrame,
        *,
        every: str = "30 seconds",
        stop: threading.Event | None = None,
    ) -> JobReport:
        """
        Apply what comes, again and again, until it is stopped.

        The heartbeat follows whenever a trigger left nothing at the source.

        Args:
            lines: As for `run_available`.
            every: Time between two looks at the source, as Spark writes intervals.
            stop: Ends the run when it is set; so does an interrupt from the keyboard.

        Returns:
            Counts of lines of this run.

        Raises:
            RevocationRefused: As `run_available`; E608 on Spark Connect and serverless
                compute.
            SparkFailure: If Spark fails before or after the stream.
        """
        if is_remote():
            raise RevocationRefused.only_available()
        began = dt.datetime.now(tz=dt.timezone.utc)
        started = self._started(lines, every)
        query = started.query
        beat = began
        try:
            for _ in StreamWatch(query=query, patience=self.patience).until_it_ends():
                if stop is not None and stop.is_set():
                    break
                until = applied_until(last_progress(query))
                if until is not None and until > beat:
                    set_heartbeat(
                        self.store.spark, self.store.state, until, started.stream
                    )
                    beat = until
        except KeyboardInterrupt:
            pass
        finally:
            without_spark_text("stopping the stream", query.stop)
        return self._report(started)

    def replay(self) -> bool:
        """
        Make the state anew from all events, and apply it to Gold once more.

        Returns:
            Whether the state was another than what follows from the events.

        Raises:
            RevocationRefused: If Spark Connect is too old (E600), or the tables are not
                those of the store (E601).
            SparkFailure: If Spark fails; its own text is replaced.
        """
        self._refuse_old_connect()
        self.store.check()
        differed = rebuild_state(self.store)
        excluded = excluded_subjects(self.store.frame(self.store.state))
        for table in self._gold():
            table.without(self.store.spark, excluded)
        return differed

    def _started(self, lines: DataFrame, every: str | None = None) -> _Started:
        """
        Return the running query, once nothing speaks against it.

        Args:
            lines: The streaming frame.
            every: Time between two looks at the source; None: what is there, and end.
        """
        self._refuse_old_connect()
        rows = self._event_rows(lines)
        self.store.check()
        checkpoint = Checkpoint.at(self.checkpoint)
        stream = checkpoint.stream()
        checkpoint.refuse_damage()
        refuse_misfit(checkpoint, self.store, stream)
        merge_again(self.store, self._gold())
        before = stream_totals(self.store.frame(self.store.batches), stream)
        run = checkpoint.claim()
        writer = BatchWriter(
            stream=stream,
            events=self.store.events,
            state=self.store.state,
            batches=self.store.batches,
            gold=self._gold(),
        )
        writing = rows.writeStream.foreachBatch(writer).option(
            "checkpointLocation", self.checkpoint
        )
        writing = (
            writing.trigger(availableNow=True)
            if every is None
            else writing.trigger(processingTime=every)
        )
        try:
            query = writing.start()
        except Exception as error:  # noqa: BLE001 - its text may quote rows
            failure = stopped_stream(error)
        else:
            if checkpoint.has_metadata():
                return _Started(stream=stream, run=run, query=query, before=before)
            # Spark wrote it elsewhere: another machine's folder, or DBFS.
            without_spark_text("stopping the stream", query.stop)
            failure = RevocationRefused.unreachable_checkpoint(self.checkpoint)
        raise failure

    def _event_rows(self, lines: DataFrame) -> DataFrame:
        """Return one row per line, as the events have them."""
        return event_columns(
            as_lines(lines),
            # In a stream it is the time of the batch, and the same in a replay.
            ingested_at=F.current_timestamp(),
            parties=list(self.contract.terms.parties),
            datasets=list(self.contract.terms.assets),
            tokenised=None if self.raw is None else self.raw.tokenised,
        )

    def _report(self, started: _Started) -> JobReport:
        """Return the counts of the batches that a run applied."""
        batches = self.store.frame(self.store.batches)
        now = stream_totals(batches, started.stream)
        return report_since(started.before, now, self.contract.policy.min_cohort)

    def _gold(self) -> tuple[GoldTable, ...]:
        """Return each Gold table, with the token columns of every key."""
        assets = self.contract.terms.assets
        own = [name for name, asset in assets.items() if asset.party == self.party]
        keys = [key.id for key in self.contract.terms.tokens.keys]
        found = []
        for name, table in self.gold.items():
            quoted = parsed_table_name(table)
            if name not in own:
                raise RevocationRefused.wrong_gold(name, "is none of the party's", own)
            if quoted is None:
                raise RevocationRefused.wrong_gold(name, "has no name of a table", own)
            columns = assets[name].subject_columns()
            found.append(
                GoldTable(
                    name=quoted,
                    tokens=tuple(column.name for column in columns),
                    perhaps=tuple(c.under(key) for c in columns for key in keys),
                )
            )
        return tuple(found)

    def _refuse_old_connect(self) -> None:
        """Refuse Spark Connect before 4.0, which cannot MERGE a frame."""
        version = without_spark_text(
            "asking for its version", lambda: self.store.spark.version
        )
        major = int(version.split(".", maxsplit=1)[0])
        if major < _NEEDS and is_remote():
            raise RevocationRefused.unsupported_engine()
