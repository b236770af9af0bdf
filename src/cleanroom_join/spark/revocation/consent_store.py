"""The three consent tables of a party: their names, and how they must look."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.errors import RevocationRefused, is_visible
from cleanroom_join.revocation.schemas import (
    BATCH_COLUMNS,
    BATCHES,
    EVENT_COLUMNS,
    EVENTS,
    STATE,
    STATE_COLUMNS,
)
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.statements import query_frame, run_statement
from cleanroom_join.sql.consent_tables import create_consent_table, table_detail
from cleanroom_join.sql.ledger_table import parsed_table_name
from cleanroom_join.sql.quoting import qualified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame, SparkSession

__all__ = ["ConsentStore"]

_STATISTICS = "delta.dataSkippingStatsColumns"
"""Columns that Delta's log keeps the smallest and largest value of."""

_APPENDED = MappingProxyType({"delta.appendOnly": "true", _STATISTICS: "batch"})
_MERGED = MappingProxyType({"delta.dataSkippingNumIndexedCols": "0"})
"""No column has statistics; an empty list of columns would be refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentStore:
    """
    Where a party keeps its consent events, and the state that follows from them.

    Made by `in_schema` or `in_folder`.  No table holds a token: a subject's key is the
    SHA-256 of its token.

    Attributes:
        spark: The session.
        events: Quoted name of the append-only table of every line that ever came.
        state: Quoted name of the table with one row for each subject.
        batches: Quoted name of the append-only table of applied batches.
    """

    spark: SparkSession
    events: str
    state: str
    batches: str

    def __repr__(self) -> str:
        """Name the state's table."""
        return f"ConsentStore(state={self.state!r})"

    @classmethod
    def in_schema(cls, spark: SparkSession, schema: str) -> ConsentStore:
        """
        Return the tables of a schema, such as ``catalog.schema``.

        Raises:
            RevocationRefused: If *schema* is no name of one (E601).
        """
        names = [parsed_table_name(f"{schema}.{t}") for t in (EVENTS, STATE, BATCHES)]
        events, state, batches = names
        if events is None or state is None or batches is None:
            raise RevocationRefused.no_store(schema, "is no name of a schema")
        return cls(spark=spark, events=events, state=state, batches=batches)

    @classmethod
    def in_folder(cls, spark: SparkSession, path: str) -> ConsentStore:
        """
        Return the tables in a folder, which Spark reaches under *path*.

        Raises:
            RevocationRefused: If *path* is empty or has unprintable characters (E601).
        """
        folder = path.rstrip("/")
        if not folder or not all(is_visible(char) for char in folder):
            raise RevocationRefused.no_store(path, "is no path of a folder")
        events, state, batches = (
            qualified("delta", f"{folder}/{table}")
            for table in (EVENTS, STATE, BATCHES)
        )
        return cls(spark=spark, events=events, state=state, batches=batches)

    def create(self) -> None:
        """
        Create the tables that are missing, and check those that are there.

        Raises:
            RevocationRefused: If a table has other columns or properties (E601).
            SparkFailure: If Spark cannot create them.
        """
        for table, columns, properties in self._tables():
            run_statement(
                self.spark,
                "creating a consent table",
                create_consent_table(table, columns, properties),
            )
        self.check()

    def check(self) -> None:
        """
        Refuse tables that are not those that `create` makes.

        Raises:
            RevocationRefused: If one has other columns or properties, or is none
                (E601).
        """
        for table, columns, properties in self._tables():
            fault = self._fault(table, columns, properties)
            if fault is not None:
                raise RevocationRefused.no_store(table, fault)

    def frame(self, table: str) -> DataFrame:
        """Return one of the tables, as it is when the frame is read."""
        return without_spark_text(
            "opening a consent table", lambda: self.spark.table(table)
        )

    def _tables(self) -> tuple[tuple[str, str, Mapping[str, str]], ...]:
        """Return the name, the columns and the properties of each table."""
        return (
            (self.events, EVENT_COLUMNS, _APPENDED),
            (self.state, STATE_COLUMNS, _MERGED),
            (self.batches, BATCH_COLUMNS, _APPENDED),
        )

    def _fault(
        self, table: str, columns: str, properties: Mapping[str, str]
    ) -> str | None:
        """Return in which way a table is another one; None if it is not."""
        found = dict(self.frame(table).dtypes)
        wanted = dict(column.split(" ") for column in columns.split(", "))
        if found != wanted:
            return f"has other columns than {columns}"
        query = query_frame(self.spark, "describing a table", table_detail(table))
        (row,) = without_spark_text(
            "describing a table", query.select("format", "properties").collect
        )
        if row["format"] != "delta":
            return "is no Delta table"
        there = dict(row["properties"])
        wrong = [f"{n} = {v}" for n, v in properties.items() if there.get(n) != v]
        if _STATISTICS in there and _STATISTICS not in properties:
            wrong.append(f"{_STATISTICS} unset")
        return f"lacks the property {' and '.join(wrong)}" if wrong else None
