"""
What is true of the shared tables before they are joined: counts only.

All joined tables' tokens are counted together, per token and table, so that
malformed tokens, key ids, duplicates, sizes and overlap come out of one shuffle.
Tables with measures in floating point are looked at once more, for what is no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.errors import (
    DuplicateTokens,
    EmptyTable,
    KeyIdsMixed,
    NoOverlap,
    NotAToken,
    RawIdentifiers,
    UnknownKeyId,
    UnusableValues,
)
from cleanroom_join.spark.columns import (
    column_named,
    is_floating,
    is_raw_like,
    is_token,
    token_key_id,
    unusable,
)
from cleanroom_join.spark.failure import guarded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import Policy, Question

__all__ = ["Census", "TableCensus", "check_census", "check_values", "take_census"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TableCensus:
    """One token column of one table; all figures are secret."""

    asset: str
    column: str
    rows: int
    rows_without_token: int
    malformed: int
    """Distinct values that are no tokens."""
    raw_like: int
    """Those of them that look like raw identifiers."""
    tokens: int
    """Distinct tokens."""
    repeated: int
    """Tokens on more than one row."""
    first_key_id: str | None
    """Smallest key id, None without tokens; the partner's text, never shown."""
    last_key_id: str | None
    """Largest key id."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Census:
    """The token columns of one question."""

    joined: tuple[TableCensus, ...]
    """The column each table is joined on, in join order."""
    others: tuple[TableCensus, ...]
    """Token columns that are counted but not joined on."""
    matched: int
    """Distinct tokens that are in every joined table."""


def take_census(question: Question, frames: Mapping[str, DataFrame]) -> Census:
    """
    Count the token columns of *question*.

    Args:
        question: What is asked.
        frames: The shared tables by asset name, with checked columns.

    Raises:
        SparkFailure: If Spark fails; its own text is withheld.
    """
    on = question.output.on
    joined = [
        (asset.name, column.name)
        for asset in question.assets
        if (column := asset.token_column(on)) is not None
    ]
    others = [(s.asset, s.column) for s in question.subjects[1:]]
    tables, matched = _count(joined, frames)
    return Census(
        joined=tables,
        others=tuple(_count([other], frames)[0][0] for other in others),
        matched=matched,
    )


def check_census(
    census: Census, question: Question, policy: Policy, usable: Sequence[str]
) -> None:
    """
    Refuse token columns that cannot be joined, or not without harm.

    Args:
        census: Counts of the token columns.
        question: What is asked.
        policy: The effective policy.
        usable: Key ids that the contract accepts.

    Raises:
        RawIdentifiers, NotAToken: If a value is no token.
        KeyIdsMixed, UnknownKeyId: If the key ids are not one accepted id.
        EmptyTable: If a table has fewer than k subjects, perhaps none.
        DuplicateTokens: If a table breaks its ``one_row_per``.
        NoOverlap: If fewer than k subjects match, perhaps none.
    """
    for table in (*census.joined, *census.others):
        _check_form(table)
    _check_key_ids(census, usable)
    for asset, table in zip(question.assets, census.joined, strict=True):
        if table.tokens < policy.min_cohort:
            raise EmptyTable.of(table.asset, policy.min_cohort)
        if asset.one_row_per == question.output.on and table.repeated > 0:
            raise DuplicateTokens.of(table.asset, question.output.on)
    first, last = census.joined[0], census.joined[-1]
    if census.matched < policy.min_cohort:
        raise NoOverlap.of(first.asset, last.asset, policy.min_cohort)
    smallest = min(table.tokens for table in census.joined)
    if census.matched < policy.min_match_rate * smallest:
        percent = format((policy.min_match_rate * 100).normalize(), "f")
        raise NoOverlap.rate(first.asset, last.asset, percent)


def check_values(question: Question, frames: Mapping[str, DataFrame]) -> None:
    """
    Refuse tables with values that are NaN or infinite, in columns that are read.

    All rows of a table count, whether or not anybody else has their subject: what the
    join would say of them must not show.

    Args:
        question: What is asked.
        frames: The shared tables by asset name, with checked columns and census:
            of a table of fewer than k subjects nothing may be said.

    Raises:
        UnusableValues: Naming the first such column.
        SparkFailure: If Spark fails; its own text is withheld.
    """
    for asset in question.assets:
        frame = frames[asset.name]
        kinds = {field.name: field.dataType for field in frame.schema.fields}
        names = [n for n in question.columns if n in asset.columns]
        floating = [n for n in names if is_floating(kinds[n])]
        if not floating:
            continue
        found = [
            F.count(F.when(unusable(column_named(n), kinds[n]), 1)).alias(f"u{i}")
            for i, n in enumerate(floating)
        ]
        (row,) = guarded("looking for numbers", frame.agg(*found).collect)
        for i, name in enumerate(floating):
            if row[f"u{i}"] != 0:
                raise UnusableValues.of(asset.name, name)


def _check_key_ids(census: Census, usable: Sequence[str]) -> None:
    """Refuse tables of different key ids, or of one that is not accepted."""
    first, *rest = census.joined
    for table in rest:
        if len({first.first_key_id, table.first_key_id} - {None}) > 1:
            raise KeyIdsMixed.between(first.asset, table.asset)
    for table in (*census.joined, *census.others):
        if table.first_key_id is not None and table.first_key_id not in usable:
            raise UnknownKeyId.of(table.asset, usable)


def _check_form(table: TableCensus) -> None:
    """Refuse a column that holds anything but tokens of one key id."""
    if table.raw_like > 0:
        raise RawIdentifiers.of(table.asset, table.column)
    if table.malformed > 0:
        raise NotAToken.of(table.asset, table.column)
    if table.first_key_id != table.last_key_id:
        raise KeyIdsMixed.within(table.asset)


def _count(
    places: Sequence[tuple[str, str]], frames: Mapping[str, DataFrame]
) -> tuple[tuple[TableCensus, ...], int]:
    """Count several tables' token columns against each other."""
    indices = range(len(places))
    # stacked: (t, a): every row's token with the number of its table
    stacked = reduce(
        lambda one, other: one.unionByName(other),
        (
            frames[asset].select(
                column_named(column).cast("string").alias("t"), F.lit(i).alias("a")
            )
            for i, (asset, column) in enumerate(places)
        ),
    )
    # tokens: (t, n0, n1, …): rows per token and table
    tokens = stacked.groupBy("t").agg(
        *(F.count(F.when(F.col("a") == i, 1)).alias(f"n{i}") for i in indices)
    )
    classed = tokens.select("*", is_token(F.col("t")).alias("ok"))
    everywhere = reduce(
        lambda one, other: one & other, (F.col(f"n{i}") > 0 for i in indices)
    )
    counts = classed.agg(
        F.count(F.when(F.col("ok") & everywhere, 1)).alias("matched"),
        *(column for i in indices for column in _counts(i)),
    )
    row = guarded("counting tokens", counts.collect)[0].asDict()
    return tuple(_table(i, place, row) for i, place in enumerate(places)), row[
        "matched"
    ]


def _counts(index: int) -> list[Column]:
    """Return the figures of one table."""
    rows, ok, token = F.col(f"n{index}"), F.col("ok"), F.col("t")
    here = rows > 0
    key_id = F.when(here & ok, token_key_id(token))
    figures = {
        "rows": F.coalesce(F.sum(rows), F.lit(0)),
        "rows_without_token": F.coalesce(F.sum(F.when(token.isNull(), rows)), F.lit(0)),
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
) -> TableCensus:
    """Read the figures of one table from the collected row."""
    names = [f for f in TableCensus.__slots__ if f not in ("asset", "column")]
    figures = {name: row[f"{name}{index}"] for name in names}
    return TableCensus(asset=place[0], column=place[1], **figures)  # type: ignore[arg-type] # named by _counts
