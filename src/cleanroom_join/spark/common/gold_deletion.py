"""
Rows of excluded subjects deleted from a Gold table, by a join.

No predicate names a token or a digest: Delta keeps the predicate of a DELETE in its
log, where it outlives an erasure.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.common.consent_state import KEY, subject_key
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

__all__ = ["delete_subjects"]

_STEP = "deleting excluded subjects"


def delete_subjects(
    spark: SparkSession, table: str, token_columns: Sequence[str], excluded: DataFrame
) -> None:
    """
    Delete the rows of excluded subjects from a Gold table.

    Without such a row the table keeps its version: Delta commits no MERGE that changes
    nothing.

    Args:
        spark: The session.
        table: The Gold table, as Spark reads names.
        token_columns: Every column of tokens, those of retiring keys included.
        excluded: One column, ``key``: the SHA-256 of the subjects' tokens.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    for name in token_columns:
        without_spark_text(_STEP, partial(_delete, spark, table, name, excluded))


def _delete(spark: SparkSession, table: str, name: str, excluded: DataFrame) -> None:
    """Delete the rows whose token in one column is that of an excluded subject."""
    # Each key once: equal source rows are refused by some clauses of MERGE.
    source = excluded.select(KEY).distinct().alias("excluded")
    same = subject_key(column_named(name)) == F.col(f"excluded.{KEY}")
    if hasattr(source, "mergeInto"):  # Spark 4
        source.mergeInto(table, same).whenMatched().delete().merge()
        return
    # Spark 3.5 has no MERGE of a frame in Connect, so the rows that stay are written.
    rows = spark.table(table)
    kept = rows.join(source, same, "left_anti").select(*map(column_named, rows.columns))
    kept.write.insertInto(table, overwrite=True)
