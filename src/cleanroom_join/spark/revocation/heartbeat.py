"""The heartbeat of the state: up to when everything at the source is applied."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.revocation.schemas import HEARTBEAT, STATE_COLUMNS
from cleanroom_join.spark.common.statements import run_on_frame
from cleanroom_join.spark.revocation.conflicts import retried
from cleanroom_join.spark.revocation.state_merge import KEYS, ORDER
from cleanroom_join.sql.consent_tables import merge_latest

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

__all__ = ["heartbeat_row", "set_heartbeat", "timestamp"]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_TYPES = dict(column.split(" ") for column in STATE_COLUMNS.split(", "))


def timestamp(time: dt.datetime) -> Column:
    """Return a time with a zone as a literal, whatever the session's zone is."""
    return F.timestamp_micros(F.lit((time - _EPOCH) // dt.timedelta(microseconds=1)))


def heartbeat_row(spark: SparkSession, until: dt.datetime, stream: str) -> DataFrame:
    """Return the heartbeat as a row of the state, with the stream as its event."""
    values = {
        "scope": F.lit(HEARTBEAT),
        "key": F.lit(""),
        "event_time": timestamp(until),
        "source_seq": F.lit(0),
        "restrictiveness": F.lit(0),
        "event_id": F.lit(stream),
    }
    return spark.range(1).select(
        *(values.get(n, F.lit(None)).cast(t).alias(n) for n, t in _TYPES.items())
    )


def set_heartbeat(
    spark: SparkSession, state: str, until: dt.datetime, stream: str = ""
) -> None:
    """
    Say that everything that was at the source at a time is applied.

    An older time than the table's changes nothing.

    Args:
        spark: The session.
        state: Quoted name of the table.
        until: The time, with its zone.
        stream: Id of the stream that is applied; the state follows one.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    row = heartbeat_row(spark, until, stream)
    statement = merge_latest(state, KEYS, ORDER)
    retried(lambda: run_on_frame(spark, "setting the heartbeat", statement, row))
