"""Domains, coarser labels and bounds: what the contents of columns allow."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract.terms.columns import MeasureType
from cleanroom_join.first_contract.bounds import QUANTILES
from cleanroom_join.first_contract.column_roles import Role
from cleanroom_join.first_contract.contents import (
    with_bounds,
    with_domain,
    with_parents,
)
from cleanroom_join.first_contract.draft import DraftColumn
from cleanroom_join.first_contract.labels import MOST_LABELS
from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.spark.first_contract.token_tables import TokenTable

__all__ = ["described_columns"]

_ACCURACY = 10_000
"""Quantiles are of a rank that is wrong by at most one row in so many."""


def described_columns(table: TokenTable, token: str, k: int) -> list[DraftColumn]:
    """
    Return the dimensions and measures of a table with domains and bounds.

    Args:
        table: The table as it would be shared.
        token: The token column of the chosen identifier.
        k: Fewest subjects of a value that becomes a label.
    """
    columns = [
        _dimension(table, index, token, k)
        if role.role is Role.DIMENSION
        else DraftColumn(role=role)
        for index, role in enumerate(table.columns)
    ]
    return _with_bounds(table, _with_parents(table, columns))


def _dimension(table: TokenTable, index: int, token: str, k: int) -> DraftColumn:
    """Return a dimension with the values of at least k subjects as its labels."""
    role, value = table.columns[index], F.col(f"v{index}")
    sizes = table.frame.where(value.isNotNull()).groupBy(value.alias("label"))
    large = (
        sizes.agg(F.count_distinct(F.col(token)).alias("size"))
        .where(F.col("size") >= k)
        .orderBy(F.col("size").desc(), F.col("label"))
        .limit(MOST_LABELS)
    )
    rows = without_spark_text("counting the values of a dimension", large.collect)
    column = with_domain(role, [str(row["label"]) for row in rows], k)
    if not column.labels:
        return column
    others = table.frame.where(~value.cast("string").isin(*column.labels)).limit(1)
    unlisted = without_spark_text("counting other values", others.count) > 0
    return replace(column, unlisted=unlisted)


def _with_parents(
    table: TokenTable, columns: Sequence[DraftColumn]
) -> list[DraftColumn]:
    """Return columns with the coarser labels that can be seen."""
    return [
        with_parents(column, _determined(table, columns, index))
        if column.labels
        else column
        for index, column in enumerate(columns)
    ]


def _determined(
    table: TokenTable, columns: Sequence[DraftColumn], index: int
) -> dict[str, dict[str, str]]:
    """Return the dimensions, finest first, of which each label has one value."""
    labels = columns[index].labels
    coarser = [
        other
        for other, column in enumerate(columns)
        if other != index and 0 < len(column.labels) < len(labels)
    ]
    if not coarser:
        return {}
    value = F.col(f"v{index}").cast("string")
    groups = (
        table.frame.where(value.isin(*labels))
        .groupBy(value.alias("label"))
        .agg(
            *(F.count_distinct(F.col(f"v{o}")).alias(f"n{o}") for o in coarser),
            *(F.min(F.col(f"v{o}").cast("string")).alias(f"v{o}") for o in coarser),
        )
    )
    rows = without_spark_text("looking for coarser labels", groups.collect)
    return {
        columns[other].name: {row["label"]: row[f"v{other}"] for row in rows}
        for other in sorted(coarser, key=lambda o: -len(columns[o].labels))
        if all(
            row[f"n{other}"] == 1 and row[f"v{other}"] in columns[other].labels
            for row in rows
        )
    }


def _with_bounds(
    table: TokenTable, columns: Sequence[DraftColumn]
) -> list[DraftColumn]:
    """Return columns with round bounds for the numbers among them."""
    numbers = [
        index
        for index, column in enumerate(columns)
        if column.role.role is Role.MEASURE
        and column.role.measure is not MeasureType.BOOLEAN
    ]
    if not numbers:
        return list(columns)
    quantiles = table.frame.agg(
        *(
            F.percentile_approx(
                F.col(f"v{index}").cast("decimal(38, 9)"), list(QUANTILES), _ACCURACY
            ).alias(f"v{index}")
            for index in numbers
        )
    )
    (row,) = without_spark_text("counting quantiles", quantiles.collect)
    done = list(columns)
    for index in numbers:
        low, high = (Decimal(value) for value in row[f"v{index}"] or (0, 0))
        done[index] = with_bounds(columns[index], low, high)
    return done
