"""Lines of a streaming frame: the text of each, and where it is at its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.types import BinaryType, StringType

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

__all__ = ["as_lines", "folder_lines"]

_KAFKA = ("topic", "partition", "offset")
_OBLIGATORY = ("event_id", "action")
"""Columns of a source that has the fields of events as columns."""
_TIMES = "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX"


def folder_lines(spark: SparkSession, folder: str) -> DataFrame:
    """
    Return the lines of a folder's files as a stream, however old a file is.

    By default Spark never reads a file whose time is a week older than the newest's,
    such as one that was copied with its time, and says nothing.

    Args:
        spark: The session.
        folder: As Spark reads paths.
    """
    return spark.readStream.option("maxFileAge", "36500d").text(folder)


def as_lines(frame: DataFrame) -> DataFrame:
    """
    Return the columns ``value`` and ``position`` of a streaming frame, both STRING.

    A BINARY value is taken as the bytes of a text, unchanged: whether they are UTF-8 is
    found out with the other faults of a line.  A source without `value` has the fields
    of an event as columns, which become a line of JSON; NULL is an absent field.

    Args:
        frame: Of Kafka, a directory or a Delta table.

    Raises:
        RevocationRefused: If it is no streaming frame, or has no lines (E607).
        SparkFailure: If Spark cannot tell its columns.
    """
    types = dict(_columns(frame))
    if not frame.isStreaming:
        raise RevocationRefused.no_lines("is no streaming frame")
    if "value" in types:
        if types["value"] not in ("string", "binary"):
            raise RevocationRefused.no_lines(
                "has a `value` that is no STRING or BINARY"
            )
        value = F.col("value").cast("string")
    elif set(_OBLIGATORY) <= types.keys():
        fields = [F.col(f"`{n}`") for n in types if n not in _KAFKA]
        value = F.to_json(F.struct(*fields), {"timestampFormat": _TIMES})
    else:
        raise RevocationRefused.no_lines("has no column `value`, and none of an event")
    return frame.select(value.alias("value"), _position(frame))


def _columns(frame: DataFrame) -> list[tuple[str, str]]:
    """Return the names and types of a frame's columns."""
    found = without_spark_text("reading the columns of lines", lambda: frame.schema)
    return [
        (field.name, "string")
        if isinstance(field.dataType, StringType)
        else (field.name, "binary")
        if isinstance(field.dataType, BinaryType)
        else (field.name, field.dataType.simpleString())
        for field in found
    ]


def _position(frame: DataFrame) -> Column:
    """Return where a line is: topic, partition and offset; or its file; or NULL."""
    there = set(frame.columns)
    if set(_KAFKA) <= there:
        parts = [F.col(name).cast("string") for name in _KAFKA]
        return F.concat_ws(":", *parts).alias("position")
    if _has_file_path(frame):
        return F.col("_metadata.file_path").alias("position")
    return F.lit(None).cast("string").alias("position")


def _has_file_path(frame: DataFrame) -> bool:
    """Return whether Spark knows which file a row is of."""
    try:
        found = frame.select("_metadata.file_path").schema
    except Exception:  # noqa: BLE001 - no such column: classic and Connect differ
        return False
    return len(found) == 1
