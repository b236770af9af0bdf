"""Quantities without noise: only rounding protects them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.publish.rounding import round_count

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics

__all__ = ["ExactQuantities"]


class ExactQuantities:
    """The exact quantities of one cell (`contract.Quantities`), counts rounded."""

    def __init__(self, cell: CellStatistics, query: Query, policy: Policy) -> None:
        self._cell = cell
        self._query = query
        self._policy = policy

    def rows(self) -> int:
        """Return the number of joined rows."""
        return self._rounded(self._cell.rows)

    def subjects(self, label: str) -> int:
        """Return the number of subjects of a kind."""
        return self._rounded(self._cell.subjects[label].subjects)

    def total(self, column: str) -> Fraction:
        """Return a measure column's total, in its unit."""
        scale = 10 ** self._query.columns[column].scale
        return Fraction(self._cell.columns[column].total, scale)

    def mean(self, column: str) -> Fraction:
        """Return a measure column's total divided by its rows with a value."""
        return self.total(column) / self._cell.columns[column].rows

    def _rounded(self, count: int) -> int:
        """Round a count as the policy says."""
        return round_count(count, self._policy.count_base, self._policy.min_cohort)
