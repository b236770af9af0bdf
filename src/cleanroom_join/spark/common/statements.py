"""Statements of SQL that are known to have run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row, SparkSession

__all__ = ["query_frame", "run_on_frame", "run_statement"]


def run_statement(spark: SparkSession, step: str, statement: str) -> list[Row]:
    """
    Run a statement, and return the rows of its result.

    PySpark runs a command when `sql` is called.  Another client of Spark Connect may
    send nothing before the result is collected, so it always is.

    Args:
        spark: The session.
        step: What the statement does, for the error.
        statement: SQL that `cleanroom_join.sql` wrote.

    Raises:
        SparkFailure: If Spark refuses it; Spark's own text is not shown.
    """
    return without_spark_text(step, lambda: spark.sql(statement).collect())


def query_frame(spark: SparkSession, step: str, query: str) -> DataFrame:
    """
    Return the frame of a query, which is read when the frame is.

    Args:
        spark: The session.
        step: What the query is for, for the error.
        query: SQL that `cleanroom_join.sql` wrote.

    Raises:
        SparkFailure: If Spark refuses it; Spark's own text is not shown.
    """
    return without_spark_text(step, lambda: spark.sql(query))


def run_on_frame(
    spark: SparkSession, step: str, statement: str, source: DataFrame
) -> list[Row]:
    """
    Run a statement that reads a frame, and return the rows of its result.

    No temporary view is made by name.  Spark Connect 3.5 cannot do it.

    Args:
        spark: The session that the frame is of.
        step: What the statement does, for the error.
        statement: SQL that `cleanroom_join.sql` wrote, with the frame as ``{source}``.
        source: The frame.

    Raises:
        SparkFailure: If Spark refuses it; Spark's own text is not shown.
    """
    return without_spark_text(
        step, lambda: spark.sql(statement, source=source).collect()
    )
