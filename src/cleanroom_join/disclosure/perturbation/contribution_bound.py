"""
What one subject may contribute to an item, where the contract bounds it.

A party may give one person any number of rows, and any value within the declared
bounds.  With a bound on rows both are limited, whatever it does: one subject adds at
most N to a count and N times the largest value to a sum, which is what noise is sized
by (`covered`).  Docs: docs/adr/0018-bound-contributions-and-scale-noise.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from cleanroom_join.contract import MeasureColumn, Policy, Query

__all__ = ["largest_sum", "many_rows", "most_rows", "rounding_seed", "scaled"]


def many_rows(query: Query) -> str | None:
    """Return the one joined table that may have several rows per subject, if any."""
    on = query.output.on
    return next((a.name for a in query.assets if a.one_row_per != on), None)


def most_rows(query: Query, policy: Policy | None) -> int | None:
    """
    Return how many rows a subject counts for in one item; None if all of them.

    Where every table has one row per subject, which is checked before the join, nobody
    has more than one, and noise for more would be for nothing.
    """
    if policy is None or not policy.contribution_bounded:
        return None
    return 1 if many_rows(query) is None else policy.contribution_rows


def rounding_seed(token: str) -> int:
    """
    Return a subject's place, 0..2**32-1, which decides how its sums are rounded.

    Not secret: what it decides is less than one unit.  Digits of tokens are uniform, so
    places are, too.
    """
    return crc32(token.rpartition(":")[2].encode())


def scaled(total: int, rows: int, most: int, place: int) -> int:
    """
    Return the sum over *rows* values as if of *most*, rounded up or down by *place*.

    The mean stays, to within less than one unit; so where every value is within bounds,
    the result is a sum of *most* values within them.  Of any *rows* successive places
    just so many round upwards that nothing is added on average: rounded to the nearest,
    who is true on one row of three would never be, and a rate would be no rate.  Exact
    for any size; depends on the sum alone, so neither on the order nor on the
    partitioning of rows.

    >>> scaled(700, 7, 2, 5), [scaled(1, 3, 1, place) for place in range(3)]
    (200, [0, 0, 1])
    """
    if rows <= most:
        return total
    return (total * most + place % rows) // rows


def largest_sum(column: MeasureColumn, most: int) -> int:
    """
    Return the most that one subject adds to or takes from a sum, in units.

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
    return most * max(abs(low), abs(high))
