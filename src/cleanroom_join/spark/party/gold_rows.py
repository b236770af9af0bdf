"""The rows of a Gold table as they are written: with buckets, and in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.revocation.gold_layout import NO_TOKEN, GoldLayout
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.gold_deletion import bucket_column
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.party.frame_columns import token_columns
from cleanroom_join.sql import bucket_of, subject_key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import AssetTerms

__all__ = ["gold_token_columns", "layout_for", "with_buckets"]


def gold_token_columns(terms: AssetTerms) -> list[str]:
    """Return every column of tokens of a table, those of retiring keys included."""
    return [
        name
        for column in terms.asset.subject_columns()
        for name in (column.name, *map(column.under, terms.retiring))
    ]


def layout_for(messages: DataFrame, terms: AssetTerms) -> GoldLayout:
    """
    Return the layout that fits a raw table; reads it once, and hashes no identifier.

    Subjects are estimated to a few percent (HyperLogLog++), of the column with the
    fewest.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    subjects = (
        F.approx_count_distinct(
            F.when(F.col(column.reason).isNull(), F.col(column.message))
        )
        for column in token_columns(terms)
    )
    (row,) = look("counting subjects", messages.agg(F.count(F.lit(1)), *subjects))
    rows, *counts = map(require_int, row)
    return GoldLayout.fitting(rows=rows, subjects=min(counts), k=terms.min_cohort)


def with_buckets(
    frame: DataFrame, columns: Sequence[str], layout: GoldLayout
) -> DataFrame:
    """
    Return the rows with a column of buckets after each column of tokens, in order.

    The rows of a bucket of the first column of tokens are in one file or two, and files
    hold neighbouring buckets.

    Args:
        frame: The shareable table.
        columns: Its columns of tokens.
        layout: Number of buckets, and of files.
    """
    first = bucket_column(columns[0])
    rows = frame.select(
        *(
            column
            for name in frame.columns
            for column in (
                column_named(name),
                *([_bucket(name, layout.buckets)] if name in columns else []),
            )
        )
    )
    if layout.files == 1:
        return rows.coalesce(1)
    order = column_named(first), column_named(columns[0])
    return rows.repartitionByRange(layout.files, order[0]).sortWithinPartitions(*order)


def _bucket(name: str, buckets: int) -> Column:
    """Return the column of buckets of a column of tokens."""
    bucket = F.expr(bucket_of(subject_key_of(name), buckets))
    return F.coalesce(bucket, F.lit(NO_TOKEN)).alias(bucket_column(name))
