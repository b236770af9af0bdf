"""
Bounded contributions: the last step before cells are counted.

Applied to one row per subject and cell, so also to totals and coarser cells: a subject
with N rows in each of two cells counts for N rows in their total.  What is done to a
number is `perturbation.contribution_bound.scaled`, in integers that cannot overflow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.room import frame_columns as names

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import Query

__all__ = ["bound_contributions", "rounding_seed"]

_DIGITS = 64
"""Hexadecimal digits of a token."""


def bound_contributions(
    query: Query, subjects: DataFrame, most: int | None
) -> DataFrame:
    """
    Return subject rows with what each subject contributes to a cell bounded.

    Rows and values are cut to *most*; sums shrink with the number of their values, so
    that a subject's mean stays.

    Args:
        query: What is asked.
        subjects: Subject rows, one per subject and cell.
        most: Most rows that a subject counts for; None if all do, without a seed.
    """
    if most is None:
        return subjects
    changed = {names.ROWS: _at_most(names.ROWS, most)}
    for i in range(len(query.columns)):
        changed[names.total(i)] = _scaled(names.total(i), names.values(i), most)
        for name in (names.values(i), names.clamped(i), names.not_finite(i)):
            changed[name] = _at_most(name, most)
    return subjects.select(
        *(
            changed[name].alias(name) if name in changed else F.col(name)
            for name in subjects.columns
        )
    )


def rounding_seed(token: Column) -> Column:
    """Return a subject's seed, as `perturbation.contribution_bound.rounding_seed`."""
    return F.crc32(F.substring(token.cast("binary"), -_DIGITS, _DIGITS))


def _at_most(name: str, most: int) -> Column:
    """Return a count, cut."""
    return F.least(F.col(name), F.lit(most).cast("bigint"))


def _scaled(total: str, rows: str, most: int) -> Column:
    """
    Return a sum as if of *most* of its rows, rounded by the subject's seed.

    With q and r the quotient and remainder of total by rows, total * most by rows is
    q * most + r * most by rows, so that no product is larger than a sum is anyway.
    `div` cuts towards zero, which is downwards for what is not negative.
    """
    # A subject without a value has no rows to divide by, not even in an unused branch.
    divisor = F.greatest(F.col(rows), F.lit(1).cast("bigint"))
    remainder = F.pmod(F.col(total), divisor)
    quotient = F.call_function("div", F.col(total) - remainder, divisor)
    seed = F.pmod(F.col(names.ROUNDING_SEED), divisor)
    fraction = F.call_function("div", remainder * most + seed, divisor)
    return F.when(F.col(rows) > most, quotient * most + fraction).otherwise(
        F.col(total)
    )
