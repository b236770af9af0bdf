"""Frames of rows that a test writes down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql.utils import is_remote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

__all__ = ["local_frame"]


def local_frame(
    spark: SparkSession, rows: Sequence[Sequence[object]], schema: str
) -> DataFrame:
    """
    Return rows as a frame that holds them itself, as Spark Connect's does.

    The classic mode would keep Python objects and start Python processes to read them
    in every query: a third of the time of a release.  Spark 3.5 still does here.
    """
    if not rows or is_remote() or spark.version.startswith("3."):
        return spark.createDataFrame(rows, schema)
    import pyarrow as pa
    from pyspark.sql.pandas.types import to_arrow_schema

    declared = spark.createDataFrame([], schema).schema
    fields = to_arrow_schema(declared)
    arrays = [
        pa.array(values, field.type)
        for values, field in zip(zip(*rows, strict=True), fields, strict=True)
    ]
    table = pa.Table.from_arrays(arrays, schema=fields)
    return spark.createDataFrame(table, declared)
