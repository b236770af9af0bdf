"""
What one subject contributes, bounded: the last step before items are counted.

Applied to one row per subject and item, so also to totals and coarser cells: whoever
has N rows in each of two cells counts for N of their total.  What it does to a number
is `disclosure.contribution.scaled`, in integers that cannot overflow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import Query

__all__ = ["bound_contributions", "rounding_seed"]

_DIGITS = 64
"""Hexadecimal digits of a token."""


def bound_contributions(query: Query, people: DataFrame, most: int | None) -> DataFrame:
    """
    Return *people* with what each contributes to an item bounded.

    Rows and values are cut to *most*; sums shrink with the number of their values, so
    that a subject's mean stays.

    Args:
        query: What is asked.
        people: One row per subject and item: (m, s, p, d0…, n, w0, t0, c0, u0…).
        most: Most rows that a subject counts for; None if all do, without ``p``.
    """
    if most is None:
        return people
    at = F.col("p")
    changed = {"n": _at_most("n", most)}
    for i in range(len(query.columns)):
        changed[f"t{i}"] = _scaled(f"t{i}", f"w{i}", most, at)
        for name in (f"w{i}", f"c{i}", f"u{i}"):
            changed[name] = _at_most(name, most)
    return people.select(
        *(
            changed[name].alias(name) if name in changed else F.col(name)
            for name in people.columns
        )
    )


def rounding_seed(token: Column) -> Column:
    """Return a subject's seed, as `perturbation.contribution_bound.rounding_seed`."""
    return F.crc32(F.substring(token.cast("binary"), -_DIGITS, _DIGITS))


def _at_most(name: str, most: int) -> Column:
    """Return a count, cut."""
    return F.least(F.col(name), F.lit(most).cast("bigint"))


def _scaled(total: str, rows: str, most: int, at: Column) -> Column:
    """
    Return a sum as if of *most* of its rows, rounded by the subject's place.

    With q and r the quotient and rest of total by rows, total * most by rows is
    q * most + r * most by rows, so that no product is larger than what a sum is anyway.
    `div` cuts towards zero, which is downwards for what is not negative.
    """
    # Nothing is divided by the rows of who has no value, not even in an unused branch.
    divisor = F.greatest(F.col(rows), F.lit(1).cast("bigint"))
    rest = F.pmod(F.col(total), divisor)
    whole = F.call_function("div", F.col(total) - rest, divisor)
    part = F.call_function("div", rest * most + F.pmod(at, divisor), divisor)
    return F.when(F.col(rows) > most, whole * most + part).otherwise(F.col(total))
