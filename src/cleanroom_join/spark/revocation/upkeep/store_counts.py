"""What the consent tables of a party hold, as a few counts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.revocation import Action, Scope
from cleanroom_join.revocation.schemas import HEARTBEAT
from cleanroom_join.revocation.status import StoreCounts
from cleanroom_join.spark.common.look import look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

__all__ = ["excluded_since", "store_counts"]

_RESTRICTIVE = [action.value for action in Action if action.excludes]
_ORDER = ("event_time", "source_seq", "restrictiveness", "event_id")
"""What decides between two events of a subject, as `revocation.order_key` has it."""
_MOST_NAMES = 1_000
"""Suspended parties and tables that are read; a contract names far fewer."""


def store_counts(
    events: DataFrame, state: DataFrame, *, since: dt.datetime
) -> StoreCounts:
    """
    Return what the consent tables hold.

    Args:
        events: The table ``consent_events``.
        state: The table ``consent_state``.
        since: From when on lines count.

    Raises:
        SparkFailure: If a query fails.
    """
    recent = events.where(F.col("ingested_at") >= F.lit(since))
    by_reason = recent.groupBy("quarantine").agg(
        F.count(F.lit(1)).alias("lines"), F.count("action").alias("actions")
    )
    lines = look("counting consent events", by_reason)
    of_subjects = F.col("scope") == Scope.SUBJECT.value
    out = F.col("action").isin(_RESTRICTIVE)
    (totals,) = look(
        "reading the consent state",
        state.agg(
            # As a number: PySpark gives timestamps in the driver's own zone.
            F.max(
                F.when(F.col("scope") == HEARTBEAT, F.unix_seconds("event_time"))
            ).alias("heartbeat"),
            F.count(F.when(of_subjects & out, 1)).alias("excluded"),
        ),
    )
    others = state.where(~of_subjects & out).select("scope", "key")
    suspended = look("reading suspensions", others.limit(_MOST_NAMES))
    return StoreCounts(
        heartbeat=None if totals[0] is None else _time(totals[0]),
        lines=sum(row["lines"] for row in lines),
        quarantined={
            row["quarantine"]: row["lines"] for row in lines if row["quarantine"]
        },
        inferred=sum(row["actions"] for row in lines if row["quarantine"]),
        excluded=totals[1],
        suspended=tuple(sorted((row["scope"], row["key"]) for row in suspended)),
    )


def excluded_since(
    events: DataFrame, batches: DataFrame, times: Sequence[dt.datetime]
) -> dict[dt.datetime | None, int]:
    """
    Return how many subjects are excluded now and were not at each of some times.

    Both states are computed from the events, which are never rewritten.  Who opted out
    before a time, and in again, and out, is not counted.

    Args:
        events: The table ``consent_events``.
        batches: The table ``consent_batches``.
        times: Times of earlier states.

    Returns:
        A count for each time; for None, how many are excluded now.

    Raises:
        SparkFailure: If the query fails.
    """
    applied = batches.groupBy("stream", "batch").agg(
        F.unix_seconds(F.min("applied_at")).alias("applied")
    )
    subjects = events.where(
        (F.col("scope") == Scope.SUBJECT.value) & F.col("action").isNotNull()
    )
    states = [
        # An action without an order is ignored: an event that was not applied, then.
        _excludes(F.col("applied") <= F.lit(int(time.timestamp()))).alias(f"then_{i}")
        for i, time in enumerate(times)
    ]
    by_subject = (
        subjects.join(applied, ["stream", "batch"], "left")
        .groupBy("key")
        .agg(_excludes(F.lit(True)).alias("now"), *states)  # noqa: FBT003 - SQL's true
        .where("now")
    )
    counts = [
        F.count(F.when(~F.coalesce(F.col(f"then_{i}"), F.lit(False)), 1))  # noqa: FBT003
        for i in range(len(times))
    ]
    (row,) = look(
        "counting subjects who are excluded since",
        by_subject.agg(F.count(F.lit(1)), *counts),
    )
    return {None: row[0], **dict(zip(times, row[1:], strict=True))}


def _excludes(applied: Column) -> Column:
    """Return whether the last of the events for which *applied* is true excludes."""
    order = F.struct(*(F.col(name) for name in _ORDER))
    last = F.max_by("action", F.when(applied, order))
    return last.isin(_RESTRICTIVE)


def _time(seconds: int) -> dt.datetime:
    """Return a time, UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.timezone.utc)
