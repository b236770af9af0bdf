"""How long restrictive events took: few rows, counted in one query."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.revocation import Action
from cleanroom_join.revocation.deadlines import ReceivedEvents
from cleanroom_join.spark.common.look import look

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["received_events"]

_HOUR = 3600
_RESTRICTIVE = [action.value for action in Action if action.excludes]


def received_events(
    events: DataFrame, batches: DataFrame, *, since: dt.datetime
) -> tuple[ReceivedEvents, ...]:
    """
    Return when restrictive events were received, and how long they took.

    An event that was delivered several times counts once: from when it was first
    received to when it was first applied.  One row comes back per hour and latency,
    and none per event.  Inferred opt-outs count, permissions do not.

    Args:
        events: The table ``consent_events``.
        batches: The table ``consent_batches``.
        since: Events count that were applied since; pending ones always do.

    Raises:
        SparkFailure: If the query fails.
    """
    applied = batches.groupBy("stream", "batch").agg(
        F.min("applied_at").alias("applied_at")
    )
    once = (
        events.where(F.col("action").isin(_RESTRICTIVE))
        .join(applied, ["stream", "batch"], "left")
        # A line without an id of its own is known by its position.
        .groupBy(
            "scope",
            "key",
            F.when(F.col("event_id") != "", F.col("event_id"))
            .otherwise(F.concat_ws(" ", "stream", "position"))
            .alias("id"),
        )
        .agg(
            F.min("received_at").alias("received_at"),
            F.min("applied_at").alias("applied_at"),
        )
        # By when they were applied: of the latest, receipt is the longest ago.
        .where(F.col("applied_at").isNull() | (F.col("applied_at") >= F.lit(since)))
    )
    seconds = F.unix_seconds("applied_at") - F.unix_seconds("received_at")
    hour = F.floor(F.unix_seconds("received_at") / F.lit(_HOUR))
    # By two clocks, an event may seem to be received after it was applied.
    latency = F.when(seconds < 0, 1).otherwise(F.ceil((seconds + 1) / F.lit(_HOUR)))
    counted = (
        once.select(hour.alias("hour"), latency.alias("hours"))
        .groupBy("hour", "hours")
        .count()
    )
    return tuple(
        ReceivedEvents(
            received=dt.datetime.fromtimestamp(row["hour"] * _HOUR, dt.timezone.utc),
            latency=None if row["hours"] is None else dt.timedelta(hours=row["hours"]),
            events=row["count"],
        )
        for row in look("counting how long consent events took", counted)
    )
