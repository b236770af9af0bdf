"""
What is true of the shared tables before they are joined: counts only.

All joined tables' tokens are counted together, per token and table, so that
malformed tokens, key ids, duplicates, sizes and overlap come out of one shuffle.
Where all is well, the hashes of tokens are counted: of large tables with many subjects
in common one in sixteen, of which nobody outside the room can say which.  Every row is
looked at all the same, and a table with one row per subject is counted whole.  Where
anything is not well, the tokens themselves are counted, and say what it is.
"""

from __future__ import annotations

from dataclasses import fields
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.review import JoinCounts, TokenCounts
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import (
    column_named,
    is_raw_like,
    is_token,
    token_key_id,
)
from cleanroom_join.spark.room.fingerprint_columns import require_int
from cleanroom_join.spark.room.preflight_hashes import count_hashes, per_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import Query

__all__ = ["count_tokens"]

_ONE_IN = 16
"""Of so many hashes one is counted, where they are many."""

_ENOUGH = 4096
"""
Sampled subjects in common from which on a sample is enough.

Sizes are then 2 % off, one time in five: the standard deviation of a binomial count.
Nothing is told of them but steps of 1, 2, 5, 10, and they are compared with k and the
least match rate, from which a table of 65,000 common subjects is far or is not.
"""


def count_tokens(
    query: Query,
    frames: Mapping[str, DataFrame],
    usable: Sequence[str],
    fewest: int,
    members: DataFrame | None = None,
) -> JoinCounts:
    """
    Count the token columns of *question*.

    Args:
        query: What is asked.
        frames: The shared tables by asset name, with checked columns.
        usable: Key ids that the contract accepts.
        fewest: Rows of the table that has fewest; below 65,536 everybody is counted.
        members: One row ``jk``, the joint key, which chooses who is counted of many;
            without it all are.

    Raises:
        SparkFailure: If Spark fails; its own text is withheld.
    """
    on = query.output.on
    joined = [
        (asset.name, column.name)
        for asset in query.assets
        if (column := asset.token_column(on)) is not None
    ]
    others = [(s.asset, s.column) for s in query.subjects[1:]]
    unique = [
        place for place, asset in enumerate(query.assets) if asset.one_row_per == on
    ]
    # Of fewer rows no sample has enough subjects: all are counted at once.
    sampled = members if fewest >= _ENOUGH * _ONE_IN else None
    tables, matched = _count(joined, frames, usable, unique, sampled)
    return JoinCounts(
        joined=tables,
        others=tuple(_count([other], frames, usable)[0][0] for other in others),
        matched=matched,
    )


def _count(
    places: Sequence[tuple[str, str]],
    frames: Mapping[str, DataFrame],
    usable: Sequence[str],
    unique: Sequence[int] = (),
    members: DataFrame | None = None,
) -> tuple[tuple[TokenCounts, ...], int]:
    """
    Count several tables' token columns against each other.

    Args:
        places: Asset and column of each.
        frames: The shared tables by asset name.
        usable: Key ids that the contract accepts.
        unique: Places whose tokens must not repeat.
        members: The joint key, if a sample may do.
    """
    stacked, number = _stacked(places, frames), len(places)
    row = None
    if members is not None:
        keyed = stacked.crossJoin(F.broadcast(members))
        row = count_hashes(keyed, number, usable, unique, _ONE_IN)
    too_few = row is not None and require_int(row["matched"]) < _ENOUGH * _ONE_IN
    if members is None or too_few:
        row = count_hashes(stacked, number, usable, unique)
    if row is None:
        row = _counts_of_tokens(stacked, number)
    tables = tuple(_table(i, place, row) for i, place in enumerate(places))
    return tables, require_int(row["matched"])


def _stacked(
    places: Sequence[tuple[str, str]], frames: Mapping[str, DataFrame]
) -> DataFrame:
    """Return (t, a): every row's token with the number of its table."""
    return reduce(
        lambda one, other: one.unionByName(other),
        (
            frames[asset].select(
                column_named(column).cast("string").alias("t"), F.lit(i).alias("a")
            )
            for i, (asset, column) in enumerate(places)
        ),
    )


def _counts_of_tokens(stacked: DataFrame, tables: int) -> dict[str, object]:
    """Return the figures of a census by name, whatever the columns hold."""
    indices = range(tables)
    rows, everywhere = per_table(indices)
    # tokens: (t, n0, n1, …): rows per token and table
    tokens = stacked.groupBy("t").agg(*rows)
    classed = tokens.select("*", is_token(F.col("t")).alias("ok"))
    counts = classed.agg(
        F.count(F.when(F.col("ok") & everywhere, 1)).alias("matched"),
        *(column for i in indices for column in _token_counts(i)),
    )
    return dict(without_spark_text("counting tokens", counts.collect)[0].asDict())


def _token_counts(index: int) -> list[Column]:
    """Return the figures of one table."""
    rows, ok, token = F.col(f"n{index}"), F.col("ok"), F.col("t")
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
    index: int, place: tuple[str, str], row: Mapping[str, object]
) -> TokenCounts:
    """Read the figures of one table from the collected row."""
    names = [f.name for f in fields(TokenCounts) if f.name not in ("asset", "column")]
    figures = {name: row[f"{name}{index}"] for name in names}
    return TokenCounts(asset=place[0], column=place[1], **figures)  # type: ignore[arg-type] # named by _counts
