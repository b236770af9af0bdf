"""
The identities of one table: which of its tokens stand for one subject.

Kinds of subject come in order of trust.  A row is about the token of the first kind
that it has.  A row without a token of the first kind may have a later one that is also
on rows with an earlier one: if all these are about one identity, so is the row; if they
are about two, the token is *ambiguous*, and is used neither for this row nor for
matching.  Nothing of the other table counts, so neither party changes what the other
one's rows are about.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.common.shared_columns import column_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

__all__ = ["IDENTITY", "KINDS", "LAST", "LEVEL", "TOKEN", "claims", "with_identities"]

# No shared column can have such names.
IDENTITY = "(identity)"
"""Index of a kind of subject, a blank, and the identity's token of this kind."""

LEVEL = "(level)"
"""A power of two: the bit of a kind of subject in `KINDS`."""

TOKEN = "(token)"  # noqa: S105 - the name of a column
"""A token that stands for one identity only."""

KINDS = "(kinds)"
"""Of which kinds an identity has a token, one bit for each."""

LAST = "(last)"
"""
Index of a kind of subject, a blank, and the identity's token of this kind.

It is the kind that is trusted least of which a token stands for this identity alone,
and the largest such token.  An ambiguous token would be the last one of many subjects.
"""

_ROWS, _LEAST, _MOST, _LINKED = "(rows)", "(least)", "(most)", "(linked)"


def with_identities(frame: DataFrame, columns: Sequence[str]) -> DataFrame:
    """
    Return the rows of a table with `IDENTITY`; NULL where a row is about nobody.

    Args:
        frame: The table.
        columns: Its token columns, in order of trust.
    """
    known = reduce(
        lambda one, other: one | other,
        (_text(name).isNotNull() for name in columns),
    )
    rows = frame.where(known).withColumn(IDENTITY, _own(0, columns[0]))
    for level, name in enumerate(columns[1:], start=1):
        rows = _linked(rows, level, name)
    return rows


def claims(rows: DataFrame, columns: Sequence[str], *, one_row: bool) -> DataFrame:
    """
    Return which token stands for which identity; ambiguous tokens stand for none.

    Args:
        rows: Rows as `with_identities` returns them.
        columns: The table's token columns, in order of trust.
        one_row: Whether the table has one row per subject.  Identities with more rows
            are left out: they would have several labels of one dimension.

    Returns:
        One row per kind of subject and token: `LEVEL`, `TOKEN`, `IDENTITY`, `KINDS`,
        `LAST`.
    """
    rows = rows.where(F.col(IDENTITY).isNotNull())
    tokens = F.array(
        *(
            F.struct(F.lit(1 << i).alias(LEVEL), _text(name).alias(TOKEN))
            for i, name in enumerate(columns)
        )
    )
    claimed = (
        rows.select(IDENTITY, F.explode(tokens).alias("claim"))
        .select(IDENTITY, f"claim.`{LEVEL}`", f"claim.`{TOKEN}`")
        .where(F.col(TOKEN).isNotNull())
        .groupBy(LEVEL, TOKEN)
        .agg(F.min(IDENTITY).alias(_LEAST), F.max(IDENTITY).alias(_MOST))
        .where(F.col(_LEAST) == F.col(_MOST))
        .select(LEVEL, TOKEN, F.col(_LEAST).alias(_LINKED))
    )
    last = F.max(F.struct(LEVEL, TOKEN))
    last_of = claimed.groupBy(_LINKED).agg(last.alias(LAST))
    found = _identities(rows, columns, one_row=one_row)
    found_last = [F.col(f"`{LAST}`.`{name}`").cast("string") for name in (LEVEL, TOKEN)]
    return (
        claimed.join(last_of, on=_LINKED)
        .join(found, F.col(_LINKED) == F.col(IDENTITY))
        .withColumn(LAST, F.concat_ws(" ", *found_last))
        .drop(_LINKED)
    )


def _identities(rows: DataFrame, columns: Sequence[str], *, one_row: bool) -> DataFrame:
    """Return one row per identity: `IDENTITY`, `KINDS`."""
    tokens = [f"(token {i})" for i in range(len(columns))]
    found = rows.groupBy(IDENTITY).agg(
        F.count(F.lit(1)).alias(_ROWS),
        *(
            F.min(_text(name)).alias(token)
            for name, token in zip(columns, tokens, strict=True)
        ),
    )
    if one_row:
        found = found.where(F.col(_ROWS) == 1)
    kinds = (
        F.when(F.col(token).isNotNull(), 1 << i).otherwise(0)
        for i, token in enumerate(tokens)
    )
    return found.select(
        IDENTITY,
        reduce(lambda one, other: one + other, kinds).alias(KINDS),
    )


def _linked(rows: DataFrame, level: int, name: str) -> DataFrame:
    """Return the rows with the identities that tokens of one more kind tell."""
    identity, token = F.col(IDENTITY), _text(name)
    links = (
        rows.where(identity.isNotNull() & token.isNotNull())
        .groupBy(token.alias(_LINKED))
        .agg(F.min(identity).alias(_LEAST), F.max(identity).alias(_MOST))
    )
    # A row that is about somebody looks nothing up: no token is like an identity, and
    # rows with one NULL in common would all be in one partition.
    sought = F.when(identity.isNull(), token).otherwise(identity)
    least, most = F.col(_LEAST), F.col(_MOST)
    found = (
        F.when(identity.isNotNull(), identity)
        .when(F.col(_LINKED).isNull(), _own(level, name))
        .when(least == most, least)
    )
    return (
        rows.join(links, sought == F.col(_LINKED), "left")
        .withColumn(IDENTITY, found)
        .drop(_LINKED, _LEAST, _MOST)
    )


def _own(level: int, name: str) -> Column:
    """Return the identity that a token names by itself; NULL if there is none."""
    return F.concat(F.lit(f"{level} "), _text(name))


def _text(name: str) -> Column:
    """Return a token column, whatever its collation: no other texts are equal."""
    return column_named(name).cast("string")
