"""
The shared tables of a run, each with one content from the first look to the last.

A Delta table is read at the version that it has when the run begins.  A view, or a
table whose history the room may not see, has no version: then every query over the
shared tables counts and hashes its rows besides, and the run is refused unless all
queries found the same (`SharedTables.look`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import Row
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from cleanroom_join.errors import SparkFailure, TableRefused
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.common.statements import query_frame, run_statement
from cleanroom_join.sql import newest_versions, rows_at_version

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pyspark.sql import Column, DataFrame, SparkSession

    from cleanroom_join.contract import Asset
    from cleanroom_join.spark.common.table_source import TableSource

__all__ = ["SharedTables", "open_shared_tables"]

_TABLE, _DIGEST = "(table)", "(digest)"
"""Columns of a digest; no shared column has such a name."""

_HALF = 2**32


@dataclass(frozen=True, kw_only=True, slots=True)
class _Commit:
    """One version of a Delta table."""

    version: int
    at: object
    """When it was committed: a table made anew has the same numbers, at other times."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SharedTables:
    """
    The shared tables of one run.

    Attributes:
        frames: By asset name; their columns are not checked.
        versions: By asset, in join order: the Delta version that is read, or None if
            the table has none.
    """

    frames: Mapping[str, DataFrame]
    versions: tuple[tuple[str, int | None], ...]
    _spark: SparkSession
    _pinned: tuple[tuple[str, _Commit], ...]
    """Names of tables, each with the version that is read."""
    _without_version: tuple[tuple[str, DataFrame], ...]
    """The tables that have none, by asset name."""
    _salt: bytes = field(default_factory=lambda: os.urandom(32))
    """New in every run, so that nobody can make two contents with one digest."""
    _first: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """What the first look at a table found, by index of the digest."""

    def look(
        self, step: str, frame: DataFrame, of: Collection[str] | None = None
    ) -> list[Row]:
        """
        Collect a query over the shared tables.

        The digests are computed in the same query, for which Spark resolves a table
        once: a content that is there only between two looks is not joined unseen.

        Args:
            step: What the query is for, for an error.
            frame: A query of few rows.
            of: Names of the assets that it reads; by default it may read all.

        Raises:
            TableRefused: If a table without a version has changed since the first look
                (E306).
            SparkFailure: If Spark fails; its own text is not shown.
        """
        tables = {
            index: table
            for index, (name, table) in enumerate(self._without_version)
            if of is None or name in of
        }
        if not tables:
            return look(step, frame)
        digested = without_spark_text(step, lambda: self._with_digests(frame, tables))
        rows = look(step, digested)
        digests = [row for row in rows if row[_TABLE] is not None]
        self._refuse_if_changed(digests, tables)
        return [_without_digest(row) for row in rows if row[_TABLE] is None]

    def refuse_if_replaced(self) -> None:
        """
        Refuse if a table was dropped and made anew, or its versions were taken back.

        A client that resolves names late would have read the new table's version of the
        same number.  Versions that were added since do not matter.

        Raises:
            TableRefused: E306.
            SparkFailure: If the versions cannot be listed any more.
        """
        for table, pinned in self._pinned:
            newest = _commits(self._spark, table, 1)
            behind = max(0, newest[0].version - pinned.version) if newest else 0
            found = _commits(self._spark, table, behind + 1) if behind else newest
            if pinned not in found:
                raise TableRefused.changed()

    def _with_digests(
        self, frame: DataFrame, tables: Mapping[int, DataFrame]
    ) -> DataFrame:
        """Return a query with a further row for each of some tables."""
        salt = F.lit(self._salt)
        digests = (_digest(index, table, salt) for index, table in tables.items())
        return reduce(
            lambda one, other: one.unionByName(other, allowMissingColumns=True),
            (frame, *digests),
        )

    def _refuse_if_changed(self, rows: list[Row], tables: Collection[int]) -> None:
        """Compare the digests of one look with the first ones of these tables."""
        found = {row[_TABLE]: tuple(row[_DIGEST]) for row in rows}
        if set(found) != set(tables) or any(
            self._first.setdefault(index, digest) != digest
            for index, digest in found.items()
        ):
            raise TableRefused.changed()


def open_shared_tables(
    spark: SparkSession, assets: Sequence[Asset], source: TableSource
) -> SharedTables:
    """
    Open the tables of a run; no row is read.

    Args:
        spark: The session.
        assets: What is joined, in join order.
        source: Where the tables are.

    Raises:
        SparkFailure: If a table cannot be opened; Spark's own text is not shown.
    """
    frames: dict[str, DataFrame] = {}
    pinned: list[tuple[str, _Commit]] = []
    versions: list[tuple[str, int | None]] = []
    without_version: list[tuple[str, DataFrame]] = []
    for asset in assets:
        table, frame, commit = _opened(spark, asset, source)
        if table is None or commit is None:
            without_version.append((asset.name, frame))
        else:
            pinned.append((table, commit))
        frames[asset.name] = frame
        versions.append((asset.name, None if commit is None else commit.version))
    return SharedTables(
        frames=frames,
        versions=tuple(versions),
        _spark=spark,
        _pinned=tuple(pinned),
        _without_version=tuple(without_version),
    )


def _opened(
    spark: SparkSession, asset: Asset, source: TableSource
) -> tuple[str | None, DataFrame, _Commit | None]:
    """Return the name of a shared table, its frame, and its version, if it has any."""
    step = f"opening {asset.name}"
    found = without_spark_text(step, lambda: source(asset))
    if not isinstance(found, str):
        return None, found, None
    try:
        frame, commit = _at_newest(spark, step, found)
    except (LookupError, SparkFailure):
        # No Delta table, a view, or a table whose history the room may not see.
        return found, without_spark_text(step, lambda: spark.table(found)), None
    return found, frame, commit


def _at_newest(spark: SparkSession, step: str, table: str) -> tuple[DataFrame, _Commit]:
    """
    Return a table as it is at its newest version, and that version.

    Raises:
        LookupError: If it has no version.
        SparkFailure: If it cannot be read so.
    """
    commit = _commits(spark, table, 1)[0]
    frame = query_frame(spark, step, rows_at_version(table, commit.version))
    without_spark_text(step, lambda: frame.schema)
    return frame, commit


def _commits(spark: SparkSession, table: str, count: int) -> list[_Commit]:
    """Return the newest versions of a table, the newest first."""
    statement = newest_versions(table, count)
    return [
        _Commit(version=require_int(row["version"]), at=row["timestamp"])
        for row in run_statement(spark, "listing the versions of a table", statement)
    ]


def _digest(index: int, frame: DataFrame, salt: Column) -> DataFrame:
    """
    Return one row: how many rows a table has, and the sum of their hashes.

    The order of rows does not matter, repeated rows do.  Each hash is added up in two
    halves around zero, which no number of rows that a table has can overflow.
    """
    parts = [salt]
    for column in sorted(frame.schema.fields, key=lambda column: column.name):
        value = column_named(column.name)
        # As bytes: texts that a collation takes for equal are other texts.
        is_text = isinstance(column.dataType, StringType)
        # A hash passes over NULL, and would not tell which of two columns it is in.
        parts += [value.isNull(), value.cast("binary") if is_text else value]
    hashed = F.xxhash64(*parts)
    low = hashed.bitwiseAND(F.lit(_HALF - 1)) - _HALF // 2
    return frame.agg(
        F.lit(index).alias(_TABLE),
        F.array(
            F.count(F.lit(1)),
            F.coalesce(F.sum(F.shiftright(hashed, 32)), F.lit(0)),
            F.coalesce(F.sum(low), F.lit(0)),
        ).alias(_DIGEST),
    )


def _without_digest(row: Row) -> Row:
    """Return a row of a query as it would be without digests."""
    names = row.__fields__[:-2]
    return Row(*names)(*row[: len(names)])
