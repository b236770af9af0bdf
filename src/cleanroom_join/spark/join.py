"""The join on tokens: shared tables in, one narrow frame with neutral names out."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from cleanroom_join.contract import Dimension, MeasureColumn
from cleanroom_join.errors import ExtraColumns, MissingColumns, NotAToken
from cleanroom_join.spark.columns import (
    check_type,
    clamped,
    column_named,
    dimension_code,
    is_token,
    units,
    unusable,
)
from cleanroom_join.spark.failure import guarded

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import Asset, Question

__all__ = ["check_shared", "join"]


def check_shared(frame: DataFrame, asset: Asset, overlap: Collection[str] = ()) -> None:
    """
    Refuse a shared table that is not the one the contract declares.

    Args:
        frame: The shared table.
        asset: Its declaration.
        overlap: Columns it may carry besides, for retiring keys.

    Raises:
        MissingColumns: If it lacks a declared column.
        ExtraColumns: If it has one that is not declared: it should not be shared.
        NotAToken: If a token column is not text.
        ColumnTypeRefused: If another column is not of its declared type.
    """
    schema = guarded(f"reading the columns of {asset.name}", lambda: frame.schema)
    types = {field.name: field.dataType for field in schema.fields}
    if missing := set(asset.columns) - set(types):
        raise MissingColumns.of(asset.name, missing, types)
    if extra := set(types) - set(asset.columns) - set(overlap):
        raise ExtraColumns.of(asset.name, extra)
    for name, column in asset.columns.items():
        if isinstance(column, (Dimension, MeasureColumn)):
            check_type(name, column, types[name])
        elif not isinstance(types[name], StringType):
            raise NotAToken.of(asset.name, name)
    for name in set(overlap) & set(types):
        if not isinstance(types[name], StringType):
            raise NotAToken.of(asset.name, name)


def join(question: Question, frames: Mapping[str, DataFrame]) -> DataFrame:
    """
    Return the joined rows with neutral column names.

    ``s0`` is the token joined on and ``s1…`` other subjects' tokens; ``d0…`` are
    dimension codes; per measure column ``v0…`` are units, ``c0…`` whether the value
    was clamped and ``u0…`` whether it was unusable.  The names are ours, so no
    name of a partner's column can collide with, or be read as, an expression.

    Inner join only: a row without a partner says who is *not* a customer.
    """
    prepared = (
        _prepare(asset, question, frames[asset.name]) for asset in question.assets
    )
    return reduce(lambda left, right: left.join(right, "s0"), prepared)


def _prepare(asset: Asset, question: Question, frame: DataFrame) -> DataFrame:
    """Return what the question needs of one table, tokens only."""
    schema = {field.name: field.dataType for field in frame.schema.fields}
    joined = asset.token_column(question.output.on)
    columns = [column_named(joined.name).cast("string").alias("s0")] if joined else []
    for index, subject in enumerate(question.subjects[1:], start=1):
        if subject.asset == asset.name:
            columns.append(_other_token(subject.column).alias(f"s{index}"))
    for index, dimension in enumerate(question.dimensions):
        if dimension.name in asset.columns:
            code = dimension_code(column_named(dimension.name), dimension)
            columns.append(code.alias(f"d{index}"))
    for index, (name, measure) in enumerate(question.columns.items()):
        if name in asset.columns:
            value, kind = column_named(name), schema[name]
            columns += [
                units(value, measure, kind).alias(f"v{index}"),
                clamped(value, measure).alias(f"c{index}"),
                unusable(value, kind).alias(f"u{index}"),
            ]
    return frame.select(*columns).where(is_token(F.col("s0")))


def _other_token(name: str) -> Column:
    """Return a token that is counted but not joined on; anything else is nobody."""
    text = column_named(name).cast("string")
    return F.when(is_token(text), text)
