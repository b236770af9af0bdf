"""
The quick part of the preflight: hashes of tokens, of large tables one in several.

It counts what `preflight` counts of tokens, or nothing if the tokens have to be looked
at themselves.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.shared_columns import digest_of, is_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.spark.common.look import Look

__all__ = ["KEY", "TABLE", "TOKEN", "count_hashes", "rows_by_table"]

TOKEN = "token"  # noqa: S105 - the name of a column
"""A row's token; in this module its hash."""

TABLE = "table"
"""Index of the table that a row is from."""

KEY = "joint_key"
"""The joint key, where hashes are keyed."""

_KEY_ID = "key_id"
"""Index of a token's key id among those that are usable; `_NO_TOKEN` if it is none."""

_NO_TOKEN = -1

_KEY_RANGE = 2**28
"""Hashes below it can be added up for 3e10 subjects before 64 bits are full."""


def rows_by_table(indices: range) -> tuple[list[Column], Column]:
    """Return the rows of each table in a group, and whether all tables have some."""
    rows = [F.count(F.when(F.col(TABLE) == i, 1)).alias(f"rows{i}") for i in indices]
    everywhere = reduce(
        lambda one, other: one & other, (F.col(f"rows{i}") > 0 for i in indices)
    )
    return rows, everywhere


def count_hashes(
    stacked: DataFrame,
    tables: int,
    usable: Sequence[str],
    unique: Sequence[int] = (),
    one_in: int = 1,
    look: Look = look,
) -> dict[str, object] | None:
    """
    Return the preflight's figures by name, or None if hashes are not enough.

    Two tokens in 64 bits can have one hash: of a thousand million, 0.03 pairs on
    average, which are then one token too few.  If such a pair would be taken for a
    token that repeats, the tokens are looked at.

    Args:
        stacked: All tables' rows: token, table, and the joint key to key hashes by.
        tables: How many tables there are.
        usable: Key ids that the contract accepts.
        unique: Indices of tables whose tokens must not repeat, and are all counted.
        one_in: Of how many tokens of the others one is counted.
        look: Collects the result.

    Raises:
        SparkFailure: If Spark fails; its own text is not shown.
    """
    indices = range(tables)
    text, token, key_id = F.col(TOKEN), F.col(TOKEN), F.col(_KEY_ID)
    salt = [F.col(KEY)] if KEY in stacked.columns else []
    hashes = stacked.select(
        F.when(text.isNotNull(), F.xxhash64(*salt, text)).alias(TOKEN),
        _key_id_index(text, usable).alias(_KEY_ID),
        TABLE,
    )
    chosen = F.pmod(token, F.lit(one_in)) == 0
    counted = chosen | F.col(TABLE).isin(list(unique)) if unique else chosen
    rows, everywhere = rows_by_table(indices)
    known = token.isNotNull()
    in_all, parts = known & chosen & everywhere, F.pmod(token, F.lit(_KEY_RANGE))
    figures = (
        hashes.withColumn(TOKEN, F.when(counted, token))
        .groupBy(TOKEN, _KEY_ID)
        .agg(*rows)
        .agg(
            F.count(F.when(in_all, 1)).alias("matched"),
            F.coalesce(F.sum(F.when(in_all, parts)), F.lit(0)).alias("record_key"),
            F.min(key_id).alias("first_key"),
            F.max(key_id).alias("last_key"),
            *(column for i in indices for column in _table_figures(i, known)),
        )
    )
    row = look("counting tokens", figures)[0].asDict()
    if _needs_tokens(row, unique):
        return None
    for i in indices:
        found = usable[row["first_key"]] if row[f"found{i}"] else None
        row |= {f"malformed{i}": 0, f"raw_like{i}": 0}
        row |= {f"first_key_id{i}": found, f"last_key_id{i}": found}
        row[f"tokens{i}"] *= 1 if i in unique else one_in
    row["matched"] *= one_in
    return row


def _needs_tokens(row: dict[str, object], unique: Sequence[int]) -> bool:
    """Return whether the hashes found a problem that only tokens can explain."""
    return (
        row["first_key"] != row["last_key"]
        or row["first_key"] == _NO_TOKEN
        or any(row[f"repeated{i}"] for i in unique)
    )


def _key_id_index(text: Column, usable: Sequence[str]) -> Column:
    """Return the index of a token's key id; NULL stays NULL, all else is no token."""
    found = F.when(text.isNull(), None)
    for index, key_id in enumerate(usable):
        prefix = f"{key_id}:"
        # Sixty-four bytes that are digits; capital letters would be digits, too.
        found = found.when(
            text.startswith(prefix)
            & (F.octet_length(text) == len(prefix) + 64)
            & (F.lower(text) == text)
            & is_digest(digest_of(text)),
            index,
        )
    return found.otherwise(_NO_TOKEN)


def _table_figures(index: int, known: Column) -> list[Column]:
    """Return the figures of one table."""
    rows, no_token = F.col(f"rows{index}"), F.col(_KEY_ID).isNull()
    figures = {
        "found": F.count(F.when(~no_token & (rows > 0), 1)),
        "tokens": F.count(F.when(known & (rows > 0), 1)),
        "repeated": F.count(F.when(known & (rows > 1), 1)),
    }
    return [figure.alias(f"{name}{index}") for name, figure in figures.items()]
