"""One pass over the shared tables: row counts, and NaN or infinite measures."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.review import TableValues
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import (
    column_named,
    is_floating,
    is_not_finite,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import DataFrame
    from pyspark.sql.types import DataType

    from cleanroom_join.contract import Asset, Query
    from cleanroom_join.spark.common.look import Look

__all__ = ["scan_values"]


def scan_values(
    query: Query, frames: Mapping[str, DataFrame], look: Look = look
) -> tuple[TableValues, ...]:
    """
    Count rows, and find measures with NaN or infinite values.

    Args:
        query: What is asked.
        frames: The shared tables by asset name, with checked columns.
        look: Collects the result.

    Returns:
        One result per asset of the query, in its order.

    Raises:
        SparkFailure: If Spark fails; its own text is not shown.
    """
    tables = [
        (frames[asset.name], _floating(asset, query, frames[asset.name]))
        for asset in query.assets
    ]
    found = look("looking at rows", _counts(tables))
    rows = sorted(found, key=lambda row: row["table"])
    return tuple(
        TableValues(
            asset=asset.name,
            rows=require_int(row["rows"]),
            not_finite=tuple(
                name
                for name, count in zip(floating, row["not_finite"], strict=True)
                if require_int(count) != 0
            ),
        )
        for asset, (_, floating), row in zip(query.assets, tables, rows, strict=True)
    )


def _floating(asset: Asset, query: Query, frame: DataFrame) -> dict[str, DataType]:
    """Return the columns that are read and can hold NaN, with their types."""
    schema = without_spark_text(
        f"reading the columns of {asset.name}", lambda: frame.schema
    )
    types = {field.name: field.dataType for field in schema.fields}
    names = [name for name in query.columns if name in asset.columns]
    return {name: types[name] for name in names if is_floating(types[name])}


def _counts(tables: Sequence[tuple[DataFrame, Mapping[str, DataType]]]) -> DataFrame:
    """Return for each table its rows, and in how many each column is no number."""
    counts = [
        frame.agg(
            F.lit(index).alias("table"),
            F.count(F.lit(1)).alias("rows"),
            F.array(
                *(
                    F.count(F.when(is_not_finite(column_named(name), kind), 1))
                    for name, kind in floating.items()
                )
            )
            .cast("array<bigint>")  # an empty array has no type in Spark
            .alias("not_finite"),
        )
        for index, (frame, floating) in enumerate(tables)
    ]
    return reduce(lambda one, other: one.unionByName(other), counts)
