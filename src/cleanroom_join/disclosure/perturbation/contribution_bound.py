"""
Bounded contributions: how much one subject may contribute to a cell.

A party may give one subject any number of rows, with any values within the declared
bounds.  A bound of N rows limits both: one subject adds at most N to a count and at
most N times the largest value to a sum.  The noise is scaled to hide that many rows
(`noisy_cell`).  Why: docs/adr/0018-bound-contributions-and-scale-noise.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from cleanroom_join.contract import MeasureColumn, Policy, Query

__all__ = ["largest_sum", "many_rows", "most_rows", "rounding_seed", "scaled"]


def many_rows(query: Query) -> str | None:
    """Return the path of the table that may have several rows per subject, if any."""
    on = query.output.on
    return next((query.table_of(a) for a in query.assets if a.one_row_per != on), None)


def most_rows(query: Query, policy: Policy | None) -> int | None:
    """
    Return how many rows of a subject count in one cell; None if all of them do.

    If every table has one row per subject, which the preflight checks, the answer is 1
    whatever the policy allows: noise that hides more rows would be useless.
    """
    if policy is None or not policy.contribution_bounded:
        return None
    return 1 if many_rows(query) is None else policy.contribution_rows


def rounding_seed(token: str) -> int:
    """
    Return a subject's seed, 0..2**32-1, which decides how its sums are rounded.

    It is not secret: it moves a sum by less than one unit.  The digits of tokens are
    uniform, so seeds are uniform, too.
    """
    return crc32(token.rpartition(":")[2].encode())


def scaled(total: int, rows: int, max_rows: int, seed: int) -> int:
    """
    Scale the sum of a subject's values down as if it had *max_rows* of its *rows*.

    The mean stays, to within less than one unit.  So if every value is within bounds,
    the result is a sum of *max_rows* values within them.

    The seed decides whether the result is rounded up or down.  Among any *rows*
    successive seeds, as many round up as keep the mean unbiased.  With plain rounding,
    a subject who is true on one of three rows would always count as false and bias the
    rate.  Integer arithmetic on the sum alone: neither the order nor the partitioning
    of rows matters.

    Examples:
        >>> scaled(700, 7, 2, 5), [scaled(1, 3, 1, seed) for seed in range(3)]
        (200, [0, 0, 1])
    """
    if rows <= max_rows:
        return total
    return (total * max_rows + seed % rows) // rows


def largest_sum(column: MeasureColumn, max_rows: int) -> int:
    """
    Return the most that one subject adds to or takes from a sum, in units.

    Examples:
        >>> from decimal import Decimal
        >>> from cleanroom_join.contract import MeasureColumn, MeasureType
        >>> balance = MeasureColumn(
        ...     name="balance",
        ...     type=MeasureType.INT,
        ...     minimum=Decimal(-50),
        ...     maximum=Decimal(20),
        ... )
        >>> largest_sum(balance, 3)
        150
    """
    low, high = column.unit_bounds
    return max_rows * max(abs(low), abs(high))
