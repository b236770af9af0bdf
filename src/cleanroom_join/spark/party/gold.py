"""What tokenising makes: the shareable table, and what its owner should know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.party.data_counts import profile_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

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

        Args:
            table: Its name, as Spark reads names, such as ``catalog.schema.table``.

        Raises:
            SparkFailure: If Spark fails; its own text is replaced.
        """
        catalog = self.frame.sparkSession.catalog
        writer = self.frame.write
        if without_spark_text(
            "looking for the table", lambda: catalog.tableExists(table)
        ):
            without_spark_text(
                "replacing its rows", lambda: writer.insertInto(table, overwrite=True)
            )
        else:
            without_spark_text(
                "writing", lambda: writer.format("delta").saveAsTable(table)
            )
