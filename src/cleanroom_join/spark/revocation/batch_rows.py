"""Rows about applied batches: one when a batch is applied, with its counts of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.revocation.job_report import JobReport
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.statements import run_on_frame
from cleanroom_join.spark.revocation.heartbeat import timestamp
from cleanroom_join.sql.consent_tables import insert_rows

if TYPE_CHECKING:
    import datetime as dt

    from pyspark.sql import Column, DataFrame, SparkSession

__all__ = ["enter_batch", "report_since", "stream_totals"]

_COUNTS = ("lines", "quarantined", "inferred")


def enter_batch(
    spark: SparkSession,
    batches: str,
    events: DataFrame,
    stream: str,
    batch: int,
    began: dt.datetime,
) -> None:
    """
    Say that a batch is applied, unless the table says so already.

    A batch that came again with more lines gets another row, with these alone: so the
    sum over the rows is the number of lines, and each row has the time at which its
    lines were applied.

    Args:
        spark: The session.
        batches: Quoted name of the table.
        events: The events of the batch.
        stream: Id of the stream.
        batch: Its number in the stream.
        began: When its application began, with its zone.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    found = events.agg(*_line_counts())
    table = without_spark_text("opening the batches", lambda: spark.table(batches))
    there = table.where((F.col("batch") == batch) & (F.col("stream") == stream))
    entered = there.agg(
        *(
            F.coalesce(F.sum(name), F.lit(0)).alias(f"entered_{name}")
            for name in _COUNTS
        ),
        F.count(F.lit(1)).alias("rows"),
    )
    left = {name: F.col(name) - F.col(f"entered_{name}") for name in _COUNTS}
    row = (
        found.crossJoin(entered)
        .where((F.col("rows") == 0) | (left["lines"] > 0))
        .select(
            F.lit(stream).alias("stream"),
            F.lit(batch).cast("bigint").alias("batch"),
            *(count.cast("bigint").alias(name) for name, count in left.items()),
            timestamp(began).alias("started_at"),
            F.current_timestamp().alias("applied_at"),
        )
    )
    run_on_frame(spark, "entering a batch", insert_rows(batches), row)


def stream_totals(batches: DataFrame, stream: str) -> dict[str, int]:
    """
    Return how many batches of a stream are applied, and their counts of lines.

    Args:
        batches: The table.
        stream: Id of the stream.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    sums = [F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in _COUNTS]
    (row,) = look(
        "counting the lines of a stream",
        batches.where(F.col("stream") == stream).agg(
            F.countDistinct("batch").alias("batches"), *sums
        ),
    )
    return {name: require_int(row[name]) for name in ("batches", *_COUNTS)}


def report_since(before: dict[str, int], now: dict[str, int], k: int) -> JobReport:
    """
    Return what a run applied, which the totals before and after it tell.

    Not by times: the clocks of client and server differ.

    Args:
        before: Totals of the stream when the run began.
        now: Totals when it ended.
        k: Fewest lines that the report states.
    """
    return JobReport(**{name: now[name] - before[name] for name in now}, k=k)


def _line_counts() -> list[Column]:
    """Return the counts of lines of a frame of events."""
    quarantined = F.col("quarantine").isNotNull()
    inferred = quarantined & F.col("action").isNotNull()
    return [
        F.count(F.lit(1)).alias("lines"),
        F.count(F.when(quarantined, 1)).alias("quarantined"),
        F.count(F.when(inferred, 1)).alias("inferred"),
    ]
