"""
What is true of the shared tables before they are joined: counts only.

All joined tables' tokens are counted together, per token and table, so that
malformed tokens, key ids, duplicates, sizes and overlap come out of one shuffle.
Usually counting hashes of tokens is enough: of large tables with many subjects in
common one hash in sixteen, and nobody outside the room can say which.  Every row is
looked at all the same, and a table with one row per subject is counted whole.  If the
hashes find a problem, the tokens themselves are counted, and say what it is.
"""

from __future__ import annotations

from dataclasses import fields
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.review import JoinCounts, TokenCounts
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.shared_columns import (
    column_named,
    is_raw_like,
    is_token,
    token_key_id,
)
from cleanroom_join.spark.room.preflight_hashes import (
    KEY,
    TABLE,
    TOKEN,
    count_hashes,
    rows_by_table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import Query
    from cleanroom_join.spark.common.look import Look

__all__ = ["count_tokens"]

_ONE_IN = 16
"""Of so many hashes one is counted, if there are many."""

_ENOUGH = 4096
"""
Sampled subjects in common from which on a sample is enough.

Sizes are then 2 % off, one time in five: the standard deviation of a binomial count.
They are published in steps of 1, 2, 5, 10 only, and compared with k and the least match
rate, from which a table of 65,000 common subjects is far or is not.  Counting all
hashes takes 12 % longer for a whole release (`make bench-guard`, 4 M x 1 M rows).
"""


def count_tokens(
    query: Query,
    frames: Mapping[str, DataFrame],
    usable: Sequence[str],
    fewest: int,
    hash_key: DataFrame | None = None,
    look: Look = look,
) -> JoinCounts:
    """
    Count the token columns of *query*.

    Args:
        query: What is asked.
        frames: The shared tables by asset name, with checked columns.
        usable: Key ids that the contract accepts.
        fewest: Rows of the smallest table; below 65,536 every subject is counted.
        hash_key: The joint key, one row and one column, which hashes are keyed with,
            and which chooses the subjects of a sample; without it all are counted.
        look: Collects the counts.

    Raises:
        SparkFailure: If Spark fails; its own text is not shown.
    """
    on = query.output.on
    joined = [
        (asset.name, column.name)
        for asset in query.assets
        if (column := asset.token_column(on)) is not None
    ]
    later = [
        (asset.name, column.name)
        for asset in query.assets
        for kind in query.output.then_on
        if (column := asset.token_column(kind)) is not None
    ]
    others = later + [(s.asset, s.column) for s in query.subjects[1:]]
    unique = [i for i, asset in enumerate(query.assets) if asset.one_row_per == on]
    # Of fewer rows no sample has enough subjects: all are counted at once.
    large = fewest >= _ENOUGH * _ONE_IN
    row = _count(joined, frames, usable, look, unique, hash_key, sampled=large)
    return JoinCounts(
        joined=_tables(joined, row),
        others=tuple(
            _tables([other], _count([other], frames, usable, look))[0]
            for other in others
        ),
        matched=require_int(row["matched"]),
        # Where tokens were counted, there is none: they are refused, but for hashes
        # that two tokens have in common.
        record_key=require_int(row.get("record_key", 0)),
    )


def _count(
    columns: Sequence[tuple[str, str]],
    frames: Mapping[str, DataFrame],
    usable: Sequence[str],
    look: Look,
    unique: Sequence[int] = (),
    hash_key: DataFrame | None = None,
    *,
    sampled: bool = False,
) -> dict[str, object]:
    """
    Return the figures of several tables' token columns, counted against each other.

    Args:
        columns: Asset and column of each.
        frames: The shared tables by asset name.
        usable: Key ids that the contract accepts.
        look: Collects the counts.
        unique: Indices of tables whose tokens must not repeat.
        hash_key: The joint key; without it hashes have none, and all are counted.
        sampled: Whether a sample may do.
    """
    stacked, tables = _stacked(columns, frames), len(columns)
    hashed, row = stacked, None
    if hash_key is not None:
        hashed = stacked.crossJoin(F.broadcast(hash_key.toDF(KEY)))
        if sampled:
            row = count_hashes(hashed, tables, usable, unique, _ONE_IN, look)
    too_few = row is not None and require_int(row["matched"]) < _ENOUGH * _ONE_IN
    if hash_key is None or not sampled or too_few:
        row = count_hashes(hashed, tables, usable, unique, look=look)
    return _counts_of_tokens(stacked, tables, look) if row is None else row


def _tables(
    columns: Sequence[tuple[str, str]], row: Mapping[str, object]
) -> tuple[TokenCounts, ...]:
    """Return the figures of each table."""
    return tuple(_table(i, column, row) for i, column in enumerate(columns))


def _stacked(
    columns: Sequence[tuple[str, str]], frames: Mapping[str, DataFrame]
) -> DataFrame:
    """Return every row's token with the index of its table."""
    return reduce(
        lambda one, other: one.unionByName(other),
        (
            frames[asset].select(
                column_named(column).cast("string").alias(TOKEN),
                F.lit(i).alias(TABLE),
            )
            for i, (asset, column) in enumerate(columns)
        ),
    )


def _counts_of_tokens(
    stacked: DataFrame, tables: int, look: Look = look
) -> dict[str, object]:
    """Return the preflight's figures by name, whatever the columns hold."""
    indices = range(tables)
    rows, everywhere = rows_by_table(indices)
    tokens = stacked.groupBy(TOKEN).agg(*rows)
    classed = tokens.select("*", is_token(F.col(TOKEN)).alias("is_token"))
    counts = classed.agg(
        F.count(F.when(F.col("is_token") & everywhere, 1)).alias("matched"),
        *(column for i in indices for column in _table_figures(i)),
    )
    return dict(look("counting tokens", counts)[0].asDict())


def _table_figures(index: int) -> list[Column]:
    """Return the figures of one table."""
    rows, ok, token = F.col(f"rows{index}"), F.col("is_token"), F.col(TOKEN)
    here = rows > 0
    key_id = F.when(here & ok, token_key_id(token))
    figures = {
        "malformed": F.count(F.when(here & ~ok, 1)),
        "raw_like": F.count(F.when(here & ~ok & is_raw_like(token), 1)),
        "tokens": F.count(F.when(here & ok, 1)),
        "repeated": F.count(F.when(ok & (rows > 1), 1)),
        "first_key_id": F.min(key_id),
        "last_key_id": F.max(key_id),
    }
    return [figure.alias(f"{name}{index}") for name, figure in figures.items()]


def _table(
    index: int, column: tuple[str, str], row: Mapping[str, object]
) -> TokenCounts:
    """Read the figures of one table from the collected row."""
    asset, name = column
    figures = {
        field.name: row[f"{field.name}{index}"]
        for field in fields(TokenCounts)
        if field.name not in ("asset", "column")
    }
    return TokenCounts(asset=asset, column=name, **figures)  # type: ignore[arg-type] # named by _table_figures
