"""A look at the shared tables: one query over them, whose rows come to the driver."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row

__all__ = ["Look", "look"]

Look = Callable[[str, "DataFrame"], "list[Row]"]
"""Collects a frame; the text says in an error what it is for."""


def look(step: str, frame: DataFrame) -> list[Row]:
    """
    Collect a frame.

    Args:
        step: What the query is for, for an error.
        frame: A query of few rows.

    Raises:
        SparkFailure: If Spark fails; its own text is not shown.
    """
    return without_spark_text(step, frame.collect)
