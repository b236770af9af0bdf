"""What tokenising gives: the shareable table, and why identifiers were rejected."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.disclosure.coarse_counts import coarsen_count
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.tokens.steps import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame

    from cleanroom_join.contract import AssetTerms

__all__ = ["READY", "Gold", "TokenProfile"]

READY = "ready"
"""Reason column's text where there is a token, so that counts have no NULL key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenProfile:
    """How many identifiers of one column got a token, and why the others did not."""

    table: str
    column: str
    min_cohort: int
    counts: Mapping[Reason | None, int]
    """Rows by reason; None is the reason of those that have a token."""

    def __repr__(self) -> str:
        """Name the column; figures are for `describe`, which bands them."""
        return f"TokenProfile(table={self.table!r}, column={self.column!r})"

    @property
    def tokens(self) -> int:
        """Rows with a token."""
        return self.counts.get(None, 0)

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(self.counts.values())

    def describe(self) -> tuple[str, ...]:
        """Return one line per reason, with figures in bands from k on."""
        with_token = coarsen_count(self.tokens, self.min_cohort)
        lines = [f"{self.column}: {with_token} rows with a token"]
        for found, count in sorted(self.counts.items(), key=lambda item: -item[1]):
            if found is not None and count:
                lines.append(
                    f"  {found.value}: {coarsen_count(count, self.min_cohort)} rows"
                )
        return tuple(lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class Gold:
    """
    A table that may be shared: tokens and declared columns, consent applied.

    Attributes:
        frame: The table; write it as it is.
    """

    frame: DataFrame
    _reasons: DataFrame
    _terms: AssetTerms

    def __repr__(self) -> str:
        """Name the asset; no schema, no plan."""
        return f"Gold(asset={self._terms.asset.name!r})"

    def profile(self) -> tuple[TokenProfile, ...]:
        """
        Count, per token column, why identifiers got no token.

        Reads the raw table once more; nothing is collected but the counts.

        Raises:
            SparkFailure: If Spark fails; its own text is withheld.
        """
        asset = self._terms.asset
        columns = [column.name for column in asset.subject_columns()]
        answers = [READY, *(r.value for r in Reason)]
        counts = self._reasons.agg(
            *(
                F.count(F.when(F.col(name) == answer, 1)).alias(f"{name}|{answer}")
                for name in columns
                for answer in answers
            )
        )
        row = without_spark_text("counting rejected identifiers", counts.collect)[
            0
        ].asDict()
        return tuple(
            TokenProfile(
                table=asset.name,
                column=name,
                min_cohort=self._terms.min_cohort,
                counts=MappingProxyType(
                    {
                        None if a == READY else Reason(a): int(row[f"{name}|{a}"])
                        for a in answers
                    }
                ),
            )
            for name in columns
        )

    def save(self, table: str) -> None:
        """
        Write the table, or replace the rows of the one that is there.

        The table itself stays: Databricks refuses to drop one that is shared, and
        replacing it would drop its constraints and grants.

        Args:
            table: Its name, as Spark reads names, such as ``catalog.schema.table``.

        Raises:
            SparkFailure: If Spark fails; its own text is withheld.
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
