"""What tokenising makes: the shareable table, and what its owner should know of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleanroom_join.spark.common.gold_deletion import bucket_column, buckets_of
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.party.data_counts import profile_table
from cleanroom_join.spark.party.gold_rows import (
    gold_token_columns,
    layout_for,
    with_buckets,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.spark.party.table_profile import TableProfile

__all__ = ["Gold"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Gold:
    """
    A table that may be shared: tokens and declared columns, consent applied.

    Attributes:
        frame: The table; write it as it is.
    """

    frame: DataFrame
    _messages: DataFrame
    _terms: AssetTerms

    def __repr__(self) -> str:
        """Name the asset; no schema, no plan."""
        return f"Gold(asset={self._terms.asset.name!r})"

    def profile(self) -> TableProfile:
        """
        Count what the owner should know before it shares the table.

        Per token column, why identifiers have no token; per measure, values outside
        the bounds and NULL; per dimension, values outside the domain, NULL and labels
        that no row has; subjects on several rows where the contract promises one.

        Reads the raw table once more, in one query, and collects counts, and values
        outside a domain that at least k subjects have.

        Raises:
            SparkFailure: If Spark fails; its own text is replaced.
        """
        return profile_table(self._messages, self._terms)

    def save(self, table: str) -> None:
        """
        Write the table, or replace the rows if it exists.

        An existing table stays: Databricks refuses to drop a shared table, and
        replacing it would drop its constraints and grants.

        Where the contract has `[revocation]`, a new table has a column of buckets
        after each column of tokens, by which subjects are deleted fast
        (`docs/howto/delete-fast.md`).  It then reads the raw table three times: to
        count subjects, to find where files end, and to write.

        Args:
            table: Its name, as Spark reads names, such as ``catalog.schema.table``.

        Raises:
            SparkFailure: If Spark fails; its own text is replaced.
        """
        session = self.frame.sparkSession
        exists = without_spark_text(
            "looking for the table", lambda: session.catalog.tableExists(table)
        )
        if exists:
            self._replace_rows(session, table)
        elif self._terms.consent_state is None:
            writer = self.frame.write.format("delta")
            without_spark_text("writing", lambda: writer.saveAsTable(table))
        else:
            self._create(table)

    def _create(self, table: str) -> None:
        """Create the table in the order of its buckets, which alone have statistics."""
        tokens = gold_token_columns(self._terms)
        layout = layout_for(self._messages, self._terms)
        writer = with_buckets(self.frame, tokens, layout).writeTo(table).using("delta")
        for name, value in layout.properties(map(bucket_column, tokens)).items():
            writer = writer.tableProperty(name, value)
        without_spark_text("writing", writer.create)

    def _replace_rows(self, session: SparkSession, table: str) -> None:
        """Replace the rows of a table; it gets buckets if it has columns for them."""
        rows, tokens = self.frame, gold_token_columns(self._terms)
        names = without_spark_text(
            "reading the table's columns", lambda: session.table(table).columns
        )
        if set(map(bucket_column, tokens)) <= set(names):
            layout = layout_for(self._messages, self._terms)
            layout = replace(layout, buckets=buckets_of(session, table))
            rows = with_buckets(rows, tokens, layout)
            if set(rows.columns) == set(names):
                rows = rows.select(*map(column_named, names))
        without_spark_text(
            "replacing its rows", lambda: rows.write.insertInto(table, overwrite=True)
        )
