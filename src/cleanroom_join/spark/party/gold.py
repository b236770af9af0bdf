"""What tokenising makes: the shareable table, and why identifiers were refused."""

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
"""What stands for the reason of a token, so that no count has a NULL key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenProfile:
    """How many identifiers of one column have a token, and why the others have none."""

    table: str
    column: str
    min_cohort: int
    counts: Mapping[Reason | None, int]
    """Rows by reason; None counts the rows that have a token."""

    def __repr__(self) -> str:
        """Name the column; `describe` shows figures, coarsened."""
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
        """Return one line per reason, with coarsened counts, none below k."""
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
        Count, per token column, why identifiers have no token.

        Reads the raw table once more and collects counts only.

        Raises:
            SparkFailure: If Spark fails; its own text is replaced.
        """
        asset = self._terms.asset
        columns = [column.name for column in asset.subject_columns()]
        outcomes = [READY, *(reason.value for reason in Reason)]
        counts = self._reasons.agg(
            *(
                F.count(F.when(F.col(name) == outcome, 1)).alias(f"{name}|{outcome}")
                for name in columns
                for outcome in outcomes
            )
        )
        (row,) = without_spark_text("counting refused identifiers", counts.collect)
        return tuple(
            TokenProfile(
                table=asset.name,
                column=name,
                min_cohort=self._terms.min_cohort,
                counts=MappingProxyType(
                    {
                        None if o == READY else Reason(o): int(row[f"{name}|{o}"])
                        for o in outcomes
                    }
                ),
            )
            for name in columns
        )

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
