"""
Figures with noise that covers bounded contributions (`perturbation.noisy_cell`).

- a count is the noisy quantity, lifted to the floor if it is below, and rounded;
- a sum is the noisy total, moved into what so many rows can have;
- a mean or rate is that sum by that number of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.perturbation.noisy_cell import NoisyCell
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from fractions import Fraction

    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.perturbation.draw import Noise

__all__ = ["BoundedQuantities"]


class BoundedQuantities:
    """
    The quantities of one cell (`contract.Quantities`), under bounded contributions.

    Raises:
        InternalError: If the cell has no cell key, or nothing is bounded.
    """

    def __init__(
        self, cell: CellStatistics, query: Query, policy: Policy, noise: Noise
    ) -> None:
        self._noisy = NoisyCell(cell, query, policy, noise)
        self._noise = noise
        self._joined = query.subjects[0].label

    def rows(self) -> int:
        """Return the joined rows."""
        return self._noise.rounded(*self._noisy.rows())

    def subjects(self, label: str) -> int:
        """Return the joined subjects; contracts allow no other kind in this mode."""
        if label != self._joined:
            raise InternalError.of("another kind of subject was counted with a bound")
        return self._noise.rounded(*self._noisy.subjects())

    def total(self, column: str) -> Fraction:
        """Return a measure column's total."""
        return self._noisy.column(column)[1]

    def mean(self, column: str) -> Fraction:
        """Return a measure column's total by its rows."""
        rows, total = self._noisy.column(column)
        return total / rows
