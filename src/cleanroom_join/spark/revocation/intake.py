"""
The intake: each line of a batch is appended to the events once.

Spark gives a batch again if the job died before its commit: as it came, or, if files of
the checkpoint were lost, with other lines.  So a batch that the table has already is
compared line by line, and only what is new is appended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from cleanroom_join.revocation.schemas import EVENT_COLUMNS
from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["append_once", "events_of"]

_COLUMNS = tuple(column.split(" ")[0] for column in EVENT_COLUMNS.split(", "))
_CONTENT = (
    *("position", "event_id", "scope", "key", "key_id", "source_seq"),
    *("legal_basis", "jurisdiction", "evidence_digest", "schema_version", "action"),
)
"""
What a line says; and its event time, unless that is the time of its batch.

An id alone tells no two lines apart: a source may give one id to several, and a line in
quarantine may have none.  Quarantine and other times may follow from the batch's time.
So may action and event time, of a line with a time in the future alone: it is stored
once more then, and changes nothing.
"""


def events_of(spark: SparkSession, events: str, stream: str, batch: int) -> DataFrame:
    """Return the events of a batch, as the table has them."""
    found = without_spark_text("opening the events", lambda: spark.table(events))
    return found.where((F.col("batch") == batch) & (F.col("stream") == stream))


def append_once(
    spark: SparkSession, events: str, lines: DataFrame, stream: str, batch: int
) -> None:
    """
    Append the lines of a batch that the table does not have.

    Every line of the table stays, whatever the batch has now.

    Args:
        spark: The session.
        events: Quoted name of the table.
        lines: The batch, with the columns of the table but stream and batch.
        stream: Id of the stream.
        batch: Its number in the stream.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    rows = lines.withColumn("stream", F.lit(stream)).withColumn(
        "batch", F.lit(batch).cast("bigint")
    )
    there = events_of(spark, events, stream, batch)
    if not _is_empty(there):
        _append(_not_in(rows, there), events)
        return
    # Two runs of one stream at once: Delta lets only one commit this transaction.
    _append(rows, events, txnAppId=stream, txnVersion=str(batch))
    # Delta has seen a later batch of the stream, so its checkpoint is an older copy.
    there = events_of(spark, events, stream, batch)
    if _is_empty(there) and not _is_empty(rows):
        _append(rows, events)


def _append(rows: DataFrame, events: str, **options: str) -> None:
    """Append rows in the order of the table's columns."""
    writer = rows.select(*_COLUMNS).writeTo(events).options(**options)
    without_spark_text("appending events", writer.append)


def _not_in(rows: DataFrame, there: DataFrame) -> DataFrame:
    """Return the rows that are there fewer times than in the batch."""
    time = F.when(F.col("event_time") < F.col("ingested_at"), F.col("event_time"))
    content = F.to_json(F.struct(*_CONTENT, F.unix_micros(time).alias("time")))
    content = content.alias("content")
    counted = there.groupBy(content).agg(F.count(F.lit(1)).alias("times"))
    number = F.row_number().over(Window.partitionBy("content").orderBy("event_time"))
    numbered = rows.withColumn("content", content).withColumn("number", number)
    return numbered.join(counted, "content", "left").where(
        F.col("number") > F.coalesce("times", F.lit(0))
    )


def _is_empty(frame: DataFrame) -> bool:
    """Return whether a frame has no row."""
    found = without_spark_text("looking at a batch", frame.limit(1).count)
    return found == 0
