"""
What one subject may contribute to an item, where the contract bounds it.

A party may give one person any number of rows, and any value within the declared
bounds.  With a bound on rows both are limited, whatever it does: one subject adds at
most N to a count and N times the largest value to a sum, which is what noise is sized
by (`covered`).  Docs: docs/adr/0018-bounded-contributions.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanroom_join.contract import MeasureColumn, Policy, Question

__all__ = ["largest_sum", "many_rows", "most_rows", "scaled"]


def many_rows(question: Question) -> str | None:
    """Return the one joined table that may have several rows per subject, if any."""
    on = question.output.on
    return next((a.name for a in question.assets if a.one_row_per != on), None)


def most_rows(question: Question, policy: Policy | None) -> int | None:
    """
    Return how many rows a subject counts for in one item; None if all of them.

    Where every table has one row per subject, which is checked before the join, nobody
    has more than one, and noise for more would be for nothing.
    """
    if policy is None or not policy.bounded:
        return None
    return 1 if many_rows(question) is None else policy.contribution_rows


def scaled(total: int, rows: int, most: int) -> int:
    """
    Return the sum over *rows* values as if of *most*: to the nearest, ties upwards.

    The mean stays, to within half a unit; so where every value is within bounds, the
    result is a sum of *most* values within them.  Exact for any size; depends on the
    sum alone, so neither on the order nor on the partitioning of rows.

    >>> scaled(700, 7, 2), scaled(1, 2, 1), scaled(-1, 2, 1), scaled(5, 2, 3)
    (200, 1, 0, 5)
    """
    if rows <= most:
        return total
    return (2 * total * most + rows) // (2 * rows)


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
