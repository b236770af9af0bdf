"""The state made anew from all events: what a batch-wise run must have come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.revocation.schemas import HEARTBEAT
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.statements import run_on_frame
from cleanroom_join.spark.revocation.conflicts import retried
from cleanroom_join.spark.revocation.state_merge import (
    excluded_subjects,
    last_events,
    merge_state,
)
from cleanroom_join.sql.consent_tables import overwrite_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyspark.sql import DataFrame

    from cleanroom_join.spark.revocation.batch_writer import GoldTable
    from cleanroom_join.spark.revocation.consent_store import ConsentStore

__all__ = ["merge_again", "rebuild_state"]

_MARGIN = "1 day"
"""By so much at most the clocks differ that batches and heartbeats are timed by."""


def rebuild_state(store: ConsentStore) -> bool:
    """
    Replace the state by what follows from the events, if it is another.

    The heartbeat stays.  A job may run meanwhile: what it merged while this looked at
    the events is merged once more.

    Returns:
        Whether the state was another.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    spark, events = store.spark, store.frame(store.events)
    right = last_events(events)
    is_beat = F.col("scope") == HEARTBEAT
    there = store.frame(store.state)
    differs = _differ(right, there.where(~is_beat))
    if differs:
        rows = right.unionByName(there.where(is_beat))
        statement = overwrite_rows(store.state)
        retried(lambda: run_on_frame(spark, "replacing the state", statement, rows))
    retried(lambda: merge_state(spark, store.state, store.frame(store.events)))
    return differs


def merge_again(store: ConsentStore, gold: Iterable[GoldTable]) -> None:
    """
    Merge what was applied since the state's heartbeat once more, and apply it to Gold.

    It changes a state alone that somebody restored to an earlier version: the next
    heartbeat would say that it has opt-outs that it lost.  What was applied before its
    heartbeat is in the state whatever happened: the heartbeat went back with it.

    Args:
        store: The consent tables.
        gold: The Gold tables.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    events = _events_since_heartbeat(store)
    if retried(lambda: merge_state(store.spark, store.state, events)):
        excluded = excluded_subjects(store.frame(store.state), events)
        for table in gold:
            table.without(store.spark, excluded)


def _events_since_heartbeat(store: ConsentStore) -> DataFrame:
    """Return the events that were applied since the state's heartbeat, or all."""
    beats = store.frame(store.state).where(F.col("scope") == HEARTBEAT)
    beat = beats.agg(F.max("event_time").alias("beat"))
    late = F.col("beat") - F.expr(f"INTERVAL {_MARGIN}") <= F.col("applied_at")
    batches = store.frame(store.batches).crossJoin(F.broadcast(beat))
    since = batches.where(F.col("beat").isNull() | late).select("stream", "batch")
    events = store.frame(store.events)
    return events.join(F.broadcast(since), ["stream", "batch"], "left_semi")


def _differ(one: DataFrame, other: DataFrame) -> bool:
    """Return whether two frames have different rows."""
    pairs = ((one, other), (other, one))
    return any(
        look("comparing the state", a.exceptAll(b.select(*a.columns)).limit(1))
        for a, b in pairs
    )
