"""The join on tokens: shared tables in, one narrow frame with neutral names out."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from cleanroom_join.contract import Dimension, MeasureColumn, MeasureType
from cleanroom_join.errors import TableRefused, TokensRefused
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import (
    check_type,
    clamped,
    column_named,
    dimension_code,
    is_floating,
    units,
    unusable,
)
from cleanroom_join.spark.room.contribution_bound import rounding_seed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import Asset, Query

__all__ = ["check_shared", "join", "parts_for"]

_KEY = "(joint key)"
"""No name that a shared column can have."""

_ROWS_OF_A_PART = 2**20
"""About 40 MB of them are moved, near what Spark's adaptive planner aims at."""


def check_shared(frame: DataFrame, asset: Asset, overlap: Collection[str] = ()) -> None:
    """
    Refuse a shared table that is not the one the contract declares.

    Args:
        frame: The shared table.
        asset: Its declaration.
        overlap: Columns it may carry besides, for retiring keys.

    Raises:
        TableRefused: If it lacks a declared column.
        TableRefused: If it has one that is not declared: it should not be shared.
        TokensRefused: If a token column is not text.
        TableRefused: If another column is not of its declared type.
    """
    schema = without_spark_text(
        f"reading the columns of {asset.name}", lambda: frame.schema
    )
    types = {field.name: field.dataType for field in schema.fields}
    if missing := set(asset.columns) - set(types):
        raise TableRefused.missing_columns(asset.name, missing, types)
    if extra := set(types) - set(asset.columns) - set(overlap):
        raise TableRefused.undeclared_columns(asset.name, extra)
    for name, column in asset.columns.items():
        if isinstance(column, (Dimension, MeasureColumn)):
            check_type(name, column, types[name])
        elif not isinstance(types[name], StringType):
            raise TokensRefused.not_tokens(asset.name, name)
    for name in set(overlap) & set(types):
        if not isinstance(types[name], StringType):
            raise TokensRefused.not_tokens(asset.name, name)


def join(
    query: Query,
    frames: Mapping[str, DataFrame],
    members: DataFrame | None = None,
    *,
    placed: bool = False,
    parts: int | None = None,
) -> DataFrame:
    """
    Return the joined rows with neutral column names.

    ``m0`` and ``s0`` are two hashes of the token joined on, ``m1…`` and ``s1…`` of
    other subjects' tokens, NULL where there is none; ``d0…`` are dimension codes; per
    measure column ``v0…`` are units, ``c0…`` whether the value was clamped and ``u0…``
    whether it was unusable, where values of its type can be.  The names are ours, so no
    name of a partner's column can collide with, or be read as, an expression.

    A subject is known by 128 bits.  Of ten thousand million, two are taken for one with
    a probability of 1e-19; and who makes two tokens that are, makes one subject of two,
    never two of one.

    Inner join only: a row without a partner says who is *not* a customer.

    Args:
        query: What is asked.
        frames: The shared tables by asset name, with checked columns and census.
        members: One row ``jk``, the joint key: with it nobody outside the room can
            say what the hash of a subject is, so that fingerprints may be made of it.
        placed: Whether ``p0`` is wanted besides, the place of the subject joined on
            (`disclosure.contribution.rounding_seed`).
        parts: Into how many parts the subjects are put (see `parts_for`); by default
            Spark chooses.
    """
    prepared = [
        _prepare(asset, query, frames[asset.name], members, placed=placed and not i)
        for i, asset in enumerate(query.assets)
    ]
    if parts is not None:
        prepared = [frame.repartition(parts, "m0") for frame in prepared]
    return reduce(_matched, prepared)


def parts_for(rows: int) -> int:
    """
    Return into how many parts the subjects of so many rows are put.

    Spark puts a row into a part by Murmur3 of its subject's hash, and by the same
    number subjects are put into one of 1,024 buckets (`aggregate`).  Where parts are a
    power of two, each part has only buckets of its own, so that the figures of buckets,
    which are moved next, do not grow with the number of parts.
    """
    return 1 << max(1, (rows // _ROWS_OF_A_PART).bit_length())


def _matched(left: DataFrame, right: DataFrame) -> DataFrame:
    """
    Join two prepared tables on their subjects.

    They are equal if neither is less than the other; said as an equation of both
    hashes, Spark would sort by both.
    """
    other = right.withColumnRenamed("m0", "m").withColumnRenamed("s0", "s")
    same = (F.col("m0") == F.col("m")) & F.col("s0").between(F.col("s"), F.col("s"))
    return left.join(other, same).drop("m", "s")


def _prepare(
    asset: Asset,
    query: Query,
    frame: DataFrame,
    members: DataFrame | None,
    *,
    placed: bool,
) -> DataFrame:
    """Return what the question needs of one table, of rows with a token."""
    joined = asset.token_column(query.output.on)
    columns = [
        *_dimensions(asset, query),
        *_measures(asset, query, frame),
    ]
    tokens = {
        index: subject.column
        for index, subject in enumerate(query.subjects[1:], start=1)
        if subject.asset == asset.name
    }
    if joined is not None:
        tokens[0] = joined.name
        frame = frame.where(column_named(joined.name).isNotNull())
    key = []
    if members is not None:
        frame = frame.crossJoin(F.broadcast(members.toDF(_KEY)))
        key = [column_named(_KEY)]
    for index, name in sorted(tokens.items()):
        columns += _subject(index, column_named(name).cast("string"), key)
    if placed and joined is not None:
        columns.append(rounding_seed(column_named(joined.name)).alias("p0"))
    return frame.select(*columns)


def _subject(index: int, token: Column, key: list[Column]) -> list[Column]:
    """
    Return both hashes of a token.

    Whatever text it is: the census refuses what is no token.  Who puts others there
    after it could as well have put tokens.
    """
    known = token.isNotNull()
    return [
        F.when(known, F.xxhash64(*key, token)).alias(f"m{index}"),
        F.when(known, F.xxhash64(F.lit(1), *key, token)).alias(f"s{index}"),
    ]


def _dimensions(asset: Asset, query: Query) -> list[Column]:
    """Return the codes of a table's dimensions."""
    return [
        dimension_code(column_named(dimension.name), dimension).alias(f"d{index}")
        for index, dimension in enumerate(query.dimensions)
        if dimension.name in asset.columns
    ]


def _measures(asset: Asset, query: Query, frame: DataFrame) -> list[Column]:
    """Return the values of a table's measures, and what was wrong with them."""
    kinds = {field.name: field.dataType for field in frame.schema.fields}
    columns = []
    for index, (name, measure) in enumerate(query.columns.items()):
        if name not in asset.columns:
            continue
        value, kind = column_named(name), kinds[name]
        columns.append(units(value, measure, kind).alias(f"v{index}"))
        if measure.type is not MeasureType.BOOLEAN:
            columns.append(clamped(value, measure).alias(f"c{index}"))
        if is_floating(kind):
            columns.append(unusable(value, kind).alias(f"u{index}"))
    return columns
