"""
The consent state of a party: which subjects are out, and a table without them.

A subject's key is the SHA-256 of its token's text (`subject_key`): the state outlives
an erasure, so no token is in it.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.common.shared_columns import column_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

__all__ = ["KEY", "subject_key", "without_excluded"]

KEY = "key"
"""Column of a subject's key."""


def subject_key(token: Column) -> Column:
    """Return the key of a subject, 64 lower-case digits; NULL where no token is."""
    return F.sha2(token.cast("string"), 256)


def without_excluded(
    frame: DataFrame, token_columns: Sequence[str], excluded: DataFrame
) -> DataFrame:
    """
    Return the rows of a table that are about no excluded subject.

    Args:
        frame: The table.
        token_columns: Every column of tokens, those of retiring keys included.
        excluded: One column, ``key``: the SHA-256 of the subjects' tokens.
    """
    out = excluded.select(F.col(KEY).alias("(excluded)"))
    return reduce(
        lambda rows, name: rows.join(
            out, subject_key(column_named(name)) == F.col("(excluded)"), "left_anti"
        ),
        token_columns,
        frame,
    )
