"""The join on tokens: shared tables in, one narrow frame of joined rows out."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.types import IntegerType, StringType

from cleanroom_join.contract import Dimension, MeasureColumn, MeasureType
from cleanroom_join.errors import TableRefused, TokensRefused
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import (
    check_type,
    clamped,
    column_named,
    dimension_code,
    is_floating,
    is_not_finite,
    units,
)
from cleanroom_join.spark.room import frame_columns as names
from cleanroom_join.spark.room.cells.contribution_bound import rounding_seed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import DataType

    from cleanroom_join.contract import Asset, Query

__all__ = ["check_shared", "join", "partitions_for"]

_KEY = "(joint key)"
"""No name that a shared column can have."""

_ROWS_OF_A_PARTITION = 2**20
"""About 40 MB of them are moved, near what Spark's adaptive planner aims at."""


def check_shared(
    frame: DataFrame,
    asset: Asset,
    overlap: Collection[str] = (),
    buckets: Collection[str] = (),
) -> None:
    """
    Refuse a shared table that is not the one the contract declares.

    Args:
        frame: The shared table.
        asset: Its declaration.
        overlap: Columns it may carry besides, for retiring keys.
        buckets: Columns it may carry besides, for deleting subjects fast.

    Raises:
        TableRefused: If it lacks a declared column.
        TableRefused: If it has one that is not declared: it should not be shared.
        TokensRefused: If a token column is not text.
        TableRefused: If another column is not of its declared type.
    """
    schema = without_spark_text(
        f"reading the columns of {asset.name}", lambda: frame.schema
    )
    fields = {field.name: field for field in schema.fields}
    types = {name: field.dataType for name, field in fields.items()}
    if len(fields) < len(schema.fields):
        names_there = Counter(field.name for field in schema.fields)
        twice = [name for name, times in names_there.items() if times > 1]
        raise TableRefused.repeated_columns(asset.name, twice)
    if missing := set(asset.columns) - set(types):
        raise TableRefused.missing_columns(asset.name, missing, types)
    if extra := set(types) - set(asset.columns) - set(overlap) - set(buckets):
        raise TableRefused.undeclared_columns(asset.name, extra)
    for name, column in asset.columns.items():
        if isinstance(column, (Dimension, MeasureColumn)):
            check_type(column, fields[name])
        elif not isinstance(types[name], StringType):
            raise TokensRefused.not_tokens(asset.name, name)
    _check_added(asset, types, overlap, buckets)


def _check_added(
    asset: Asset,
    types: Mapping[str, DataType],
    overlap: Collection[str],
    buckets: Collection[str],
) -> None:
    """Refuse columns beside the declared ones that are of another type."""
    for name in set(overlap) & set(types):
        if not isinstance(types[name], StringType):
            raise TokensRefused.not_tokens(asset.name, name)
    for name in set(buckets) & set(types):
        if not isinstance(types[name], IntegerType):
            found = types[name].simpleString()
            raise TableRefused.column_type(name, "INT", found)


def join(
    query: Query,
    frames: Mapping[str, DataFrame],
    hash_key: DataFrame | None = None,
    *,
    seeded: bool = False,
    partitions: int | None = None,
) -> DataFrame:
    """
    Return the joined rows, with the columns of `frame_columns`.

    A subject is known by two hashes of its token, 128 bits.  Of ten thousand million,
    two are taken for one with a probability of 1e-19; and a party that makes two tokens
    which are makes one subject of two, never two of one.

    Inner join only: a row without a partner would say who is *not* a customer.

    Args:
        query: What is asked.
        frames: The shared tables by asset name, with checked columns and tokens.
        hash_key: The joint key, one row and one column.  With it nobody outside the
            room can say what a subject's hash is, so fingerprints may be made of it.
        seeded: Whether the rounding seed of the subject joined on is wanted besides.
        partitions: Into how many partitions subjects are put (see `partitions_for`);
            by default Spark chooses.
    """
    prepared = [
        _prepare(asset, query, frames[asset.name], hash_key, seeded=seeded and not i)
        for i, asset in enumerate(query.assets)
    ]
    if partitions is not None:
        by = names.subject(0)
        prepared = [frame.repartition(partitions, by) for frame in prepared]
    return reduce(_matched, prepared)


def partitions_for(rows: int) -> int:
    """
    Return into how many partitions the subjects of so many rows are put.

    Spark chooses a row's partition by Murmur3 of its subject's hash, and by the same
    number subjects are put into one of 1,024 buckets (`aggregation`).  If the number of
    partitions is a power of two, each partition has only buckets of its own, so that
    the figures of buckets, which are moved next, do not grow with it.
    """
    return 1 << max(1, (rows // _ROWS_OF_A_PARTITION).bit_length())


def _matched(left: DataFrame, right: DataFrame) -> DataFrame:
    """
    Join two prepared tables on their subjects.

    The second hashes are equal if neither is less than the other; if that were said as
    an equation, Spark would sort by both hashes.
    """
    subject, check = names.subject(0), names.subject_check(0)
    other = right.withColumnRenamed(subject, "other").withColumnRenamed(
        check, "other_check"
    )
    same = (F.col(subject) == F.col("other")) & F.col(check).between(
        F.col("other_check"), F.col("other_check")
    )
    return left.join(other, same).drop("other", "other_check")


def _prepare(
    asset: Asset,
    query: Query,
    frame: DataFrame,
    hash_key: DataFrame | None,
    *,
    seeded: bool,
) -> DataFrame:
    """Return what the query needs of one table, of rows with a token."""
    joined = asset.token_column(query.output.on)
    columns = [*_dimensions(asset, query), *_measures(asset, query, frame)]
    tokens = {
        kind: subject.column
        for kind, subject in enumerate(query.subjects[1:], start=1)
        if subject.asset == asset.name
    }
    if joined is not None:
        tokens[0] = joined.name
        frame = frame.where(column_named(joined.name).isNotNull())
    key = []
    if hash_key is not None:
        frame = frame.crossJoin(F.broadcast(hash_key.toDF(_KEY)))
        key = [column_named(_KEY)]
    for kind, name in sorted(tokens.items()):
        columns += _subject(kind, column_named(name).cast("string"), key)
    if seeded and joined is not None:
        seed = rounding_seed(column_named(joined.name))
        columns.append(seed.alias(names.ROUNDING_SEED))
    if query.aliases and asset.name == query.tables_in_order[0].name:
        columns += [
            F.xxhash64(*key, column_named(alias)).alias(alias)
            for alias in map(names.alias, range(len(query.aliases)))
        ]
    return frame.select(*columns)


def _subject(kind: int, token: Column, key: list[Column]) -> list[Column]:
    """
    Return both hashes of a token.

    They are of whatever text is there: the preflight refuses what is no token, and a
    party that puts other texts there afterwards could as well have put tokens.
    """
    known = token.isNotNull()
    return [
        F.when(known, F.xxhash64(*key, token)).alias(names.subject(kind)),
        F.when(known, F.xxhash64(F.lit(1), *key, token)).alias(
            names.subject_check(kind)
        ),
    ]


def _dimensions(asset: Asset, query: Query) -> list[Column]:
    """Return the codes of a table's dimensions."""
    return [
        dimension_code(column_named(dimension.name), dimension).alias(
            names.dimension(i)
        )
        for i, dimension in enumerate(query.dimensions)
        if dimension.name in asset.columns
    ]


def _measures(asset: Asset, query: Query, frame: DataFrame) -> list[Column]:
    """Return the values of a table's measures, and what was wrong with them."""
    types = {field.name: field.dataType for field in frame.schema.fields}
    columns = []
    for i, (name, measure) in enumerate(query.columns.items()):
        if name not in asset.columns:
            continue
        value, kind = column_named(name), types[name]
        columns.append(units(value, measure, kind).alias(names.value(i)))
        if measure.type is not MeasureType.BOOLEAN:
            columns.append(clamped(value, measure).alias(names.is_clamped(i)))
        if is_floating(kind):
            columns.append(is_not_finite(value, kind).alias(names.is_not_finite(i)))
    return columns
