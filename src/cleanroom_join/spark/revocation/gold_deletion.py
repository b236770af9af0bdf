"""Deletion of subjects from a Gold table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.spark.common.statements import run_on_frame
from cleanroom_join.sql.quoting import identifier

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import Asset

__all__ = ["delete_subjects"]


def delete_subjects(
    spark: SparkSession, table: str, asset: Asset, excluded: DataFrame
) -> None:
    """
    Delete the rows with a token of an excluded subject in any token column.

    Args:
        spark: The session.
        table: Quoted name of the Gold table.
        asset: Its terms.
        excluded: One column ``key``, the SHA-256 of tokens, each once.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    for column in asset.subject_columns():
        target = table.replace("{", "{{").replace("}", "}}")
        name = identifier(column.name)
        statement = (
            f"MERGE INTO {target} AS t USING {{source}} AS s"
            f" ON sha2(t.{name}, 256) = s.key WHEN MATCHED THEN DELETE"
        )
        run_on_frame(spark, "deleting from Gold", statement, excluded)
