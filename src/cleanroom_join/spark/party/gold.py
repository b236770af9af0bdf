"""What tokenising makes: the shareable table, and what its owner should know of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyspark.sql.utils import is_remote

from cleanroom_join.spark.common.gold_deletion import (
    bucket_column,
    buckets_of,
    delete_subjects,
)
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
    from cleanroom_join.spark.common.own_state import OwnState
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
    _state: OwnState | None = None
    """Who is excluded; None if nobody asks."""

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

        An opt-out may come while the table is written.  So the consent state is applied
        again afterwards, and its subjects are deleted from the table.

        Args:
            table: Its name, as Spark reads names, such as ``catalog.schema.table``.

        Raises:
            SparkFailure: If Spark fails; its own text is replaced.
        """
        self._write(table)
        if self._state is not None:
            self._delete_excluded(table, self._state)

    def _delete_excluded(self, table: str, state: OwnState) -> None:
        """
        Delete whoever is excluded by now from the table that was just written.

        Without such a subject the table is not changed.
        """
        session, keys = self.frame.sparkSession, state.keys()
        if hasattr(keys, "mergeInto") or not is_remote():
            delete_subjects(session, table, state.token_columns, keys)
            return
        # Spark Connect 3.5 has no MERGE of a frame: the rows that stay are written.
        step = "leaving out excluded subjects"
        written = without_spark_text(step, lambda: session.table(table))
        writer = state.applied(written).write
        without_spark_text(step, lambda: writer.insertInto(table, overwrite=True))

    def _write(self, table: str) -> None:
        """Write the table, or replace its rows."""
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
            # Spark inserts by position: two columns of text would change places.
            rows = rows.select(*map(column_named, names))
        without_spark_text(
            "replacing its rows", lambda: rows.write.insertInto(table, overwrite=True)
        )
