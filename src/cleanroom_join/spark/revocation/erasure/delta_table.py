"""A Delta table as an erasure needs it: version, retention, folder, purge, vacuum."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pyspark.sql import functions as F

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.revocation.erasure import (
    DEFAULT_RETENTION,
    RETENTION_PROPERTY,
    parse_interval,
)
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.statements import query_frame, run_statement
from cleanroom_join.sql import newest_versions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import SparkSession

__all__ = [
    "TableDetail",
    "last_change",
    "live_files",
    "local_folder",
    "local_path",
    "newest_version",
    "purge",
    "read_detail",
    "retention_of",
    "vacuum",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class TableDetail:
    """What Delta says of a table."""

    location: str
    retention: dt.timedelta


def newest_version(spark: SparkSession, table: str) -> int:
    """Return the number of the newest version of a table."""
    rows = run_statement(spark, "reading a table's history", newest_versions(table, 1))
    return require_int(rows[0]["version"] if rows else None)


def last_change(spark: SparkSession, table: str) -> dt.datetime:
    """
    Return when a table was last changed, VACUUM aside; UTC.

    What is out of use now is out of use since then at the latest.
    """
    step = "reading a table's history"
    history = query_frame(spark, step, f"DESCRIBE HISTORY {table}")
    changes = history.where(~F.col("operation").startswith("VACUUM"))
    last = changes.agg(F.max(F.unix_millis("timestamp")).alias("millis"))
    (row,) = without_spark_text(step, last.collect)
    millis = require_int(row["millis"])
    return dt.datetime.fromtimestamp(millis // 1000, tz=dt.timezone.utc)


def read_detail(spark: SparkSession, table: str, named: str) -> TableDetail:
    """
    Return where a table is, and how long it keeps files that no version uses.

    Args:
        spark: The session.
        table: Its quoted name.
        named: How a message calls it.

    Raises:
        RevocationRefused: If its retention is not understood (E622).
    """
    (row,) = run_statement(spark, "describing a table", f"DESCRIBE DETAIL {table}")
    retention = retention_of(dict(row["properties"] or {}), named)
    return TableDetail(location=row["location"] or "", retention=retention)


def retention_of(properties: Mapping[str, str], named: str) -> dt.timedelta:
    """
    Return how long a table with these properties keeps files that no version uses.

    Raises:
        RevocationRefused: If the property is not understood (E622).
    """
    written = properties.get(RETENTION_PROPERTY)
    retention = DEFAULT_RETENTION if written is None else parse_interval(written)
    if retention is None:
        raise RevocationRefused.unknown_retention(named, RETENTION_PROPERTY)
    return retention


def purge(spark: SparkSession, table: str) -> None:
    """Rewrite the data files that hold rows which deletion vectors mark as deleted."""
    run_statement(spark, "purging a table", f"REORG TABLE {table} APPLY (PURGE)")


def vacuum(spark: SparkSession, table: str) -> None:
    """
    Delete the files that are out of use for longer than the table's own retention.

    Without ``RETAIN``: the table's property decides on every runtime, and needs no
    session setting, which serverless compute refuses.
    """
    run_statement(spark, "vacuuming a table", f"VACUUM {table}")


def live_files(spark: SparkSession, table: str) -> frozenset[str]:
    """Return the names of the data files that the newest version uses."""
    paths = without_spark_text(
        "listing a table's files", lambda: spark.table(table).inputFiles()
    )
    return frozenset(unquote(path).rpartition("/")[2] for path in paths)


def local_path(location: str) -> Path | None:
    """
    Return a location as a path of this machine; None if it is in a store of objects.

    Args:
        location: A path, or a URI such as ``file:/tables/gold`` or ``s3://b/gold``.
    """
    scheme, colon, rest = location.partition(":")
    if not colon or "/" in scheme:
        return Path(location)
    if scheme not in ("file", "dbfs") or not re.match("/(?!/[^/])", rest):
        return None
    path = "/" + unquote(rest).lstrip("/")
    # Databricks mounts dbfs:/ under /dbfs, but Volumes under their own name.
    mounted = scheme == "dbfs" and not path.startswith("/Volumes/")
    return Path("/dbfs" + path if mounted else path)


def local_folder(location: str, version: int) -> Path | None:
    """
    Return a table's folder if this process reaches it as files.

    It does if the folder has the log's entry of the newest version: with Spark on
    another machine a path may lead elsewhere here.

    Args:
        location: As Delta says it, such as ``file:/tables/gold``.
        version: The newest version.
    """
    folder = local_path(location)
    if folder is None or not folder.is_absolute():
        return None
    try:
        there = (folder / "_delta_log" / f"{version:020d}.json").is_file()
    except OSError:
        there = False
    return folder if there else None
