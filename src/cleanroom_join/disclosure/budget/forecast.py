"""How large cells must be for the budget to last, before any data is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.budget.lines import PARTS, budget_lines

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy, Query

__all__ = ["RHYTHMS", "fewest_subjects"]

RHYTHMS = {"monthly": 12, "weekly": 52, "daily": 365}
"""Releases a year, by name."""


def fewest_subjects(query: Query, policy: Policy, releases: int) -> int:
    """
    Return the size of cells that can show new figures in so many releases.

    Of a subject that is in one cell of each release.  What counts of a cell that is
    published again is the number of subjects that changed.

    Args:
        query: The query.
        policy: The policy; it sets the limits.
        releases: How many releases show new figures.

    Returns:
        Subjects, at least k.

    Examples:
        A release a week of a count and a mean, at most 0.2 figures a subject: for a
        year 52 * 2 figures, so 520 subjects.
    """
    needed = (
        -(-releases * len(line.figure_ids) * PARTS // line.limit)
        for line in budget_lines(query, policy)
    )
    return max(policy.min_cohort, *needed, 1)
