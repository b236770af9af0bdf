"""
The quick part of a census: hashes of tokens, of large tables one in several.

What it counts is what `counts` tells of tokens, or nothing where they have to be looked
at themselves.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import digest_of, is_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

__all__ = ["count_hashes", "per_table"]

_NO_TOKEN = -1
"""In the place of a key id."""


def per_table(indices: range) -> tuple[list[Column], Column]:
    """Return the rows of each table in a group, and whether all tables have some."""
    rows = [F.count(F.when(F.col("a") == i, 1)).alias(f"n{i}") for i in indices]
    everywhere = reduce(
        lambda one, other: one & other, (F.col(f"n{i}") > 0 for i in indices)
    )
    return rows, everywhere


def count_hashes(
    stacked: DataFrame,
    tables: int,
    usable: Sequence[str],
    unique: Sequence[int] = (),
    one_in: int = 1,
) -> dict[str, object] | None:
    """
    Return the figures of a census by name, or None where there is more to tell.

    Two tokens in 64 bits can have one hash: of a thousand million, 0.03 pairs on
    average, which are then one token too few.  Where such a pair would be taken for a
    token that repeats, the tokens are looked at.

    Args:
        stacked: All tables' rows: (t, a), and the joint key ``jk`` to key hashes by.
        tables: How many tables there are.
        usable: Key ids that the contract accepts.
        unique: Numbers of tables whose tokens must not repeat, and are all counted.
        one_in: Of how many tokens of the others one is counted.
    """
    indices = range(tables)
    text, key = F.col("t"), F.col("k")
    salt = [F.col("jk")] if "jk" in stacked.columns else []
    hashes = stacked.select(
        F.when(text.isNotNull(), F.xxhash64(*salt, text)).alias("t"),
        _place_of_key(text, usable).alias("k"),
        "a",
    )
    chosen = F.pmod(F.col("t"), F.lit(one_in)) == 0
    counted = chosen | F.col("a").isin(list(unique)) if unique else chosen
    rows, everywhere = per_table(indices)
    known = F.col("t").isNotNull()
    figures = (
        hashes.withColumn("t", F.when(counted, F.col("t")))
        .groupBy("t", "k")
        .agg(*rows)
        .agg(
            F.count(F.when(known & chosen & everywhere, 1)).alias("matched"),
            F.min(key).alias("first_key"),
            F.max(key).alias("last_key"),
            *(column for i in indices for column in _hash_counts(i, known)),
        )
    )
    row = without_spark_text("counting tokens", figures.collect)[0].asDict()
    if _unwell(row, unique):
        return None
    for i in indices:
        key_id = usable[row["first_key"]] if row[f"found{i}"] else None
        row |= {f"malformed{i}": 0, f"raw_like{i}": 0}
        row |= {f"first_key_id{i}": key_id, f"last_key_id{i}": key_id}
        row[f"tokens{i}"] *= 1 if i in unique else one_in
    row["matched"] *= one_in
    return row


def _unwell(row: dict[str, object], unique: Sequence[int]) -> bool:
    """Return whether there is more to tell than hashes can."""
    return (
        row["first_key"] != row["last_key"]
        or row["first_key"] == _NO_TOKEN
        or any(row[f"repeated{i}"] for i in unique)
    )


def _place_of_key(text: Column, usable: Sequence[str]) -> Column:
    """Return the place of a token's key id; NULL stays NULL, all else is no token."""
    found = F.when(text.isNull(), None)
    for place, key_id in enumerate(usable):
        prefix = f"{key_id}:"
        # Sixty-four bytes that are digits; as large letters they would be, too.
        found = found.when(
            text.startswith(prefix)
            & (F.octet_length(text) == len(prefix) + 64)
            & (F.lower(text) == text)
            & is_digest(digest_of(text)),
            place,
        )
    return found.otherwise(_NO_TOKEN)


def _hash_counts(index: int, known: Column) -> list[Column]:
    """Return the figures of one table."""
    rows, no_token = F.col(f"n{index}"), F.col("k").isNull()
    figures = {
        "found": F.count(F.when(~no_token & (rows > 0), 1)),
        "tokens": F.count(F.when(known & (rows > 0), 1)),
        "repeated": F.count(F.when(known & (rows > 1), 1)),
    }
    return [figure.alias(f"{name}{index}") for name, figure in figures.items()]
