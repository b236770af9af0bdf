"""
Quantities with noise that hides bounded contributions (`perturbation.noisy_cell`).

- A count is the noisy count, rounded, and at least the floor.
- A total is the noisy total, clamped to what that many rows can have.
- A mean or rate is that total divided by the noisy number of rows with a value.
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
        InternalError: If the cell has no cell key, or the policy no bound.
    """

    def __init__(
        self, cell: CellStatistics, query: Query, policy: Policy, noise: Noise
    ) -> None:
        self._noisy = NoisyCell(cell, query, policy, noise)
        self._noise = noise
        self._joined = query.subjects[0].label

    def rows(self) -> int:
        """Return the number of joined rows."""
        return self._noise.rounded(*self._noisy.rows())

    def subjects(self, label: str) -> int:
        """
        Return the number of joined subjects.

        Raises:
            InternalError: If it is another kind, which contracts refuse in this mode.
        """
        if label != self._joined:
            raise InternalError.of("only joined subjects have bounded contributions")
        return self._noise.rounded(*self._noisy.subjects())

    def total(self, column: str) -> Fraction:
        """Return a measure column's total."""
        return self._noisy.column(column)[1]

    def mean(self, column: str) -> Fraction:
        """Return a measure column's total divided by its rows with a value."""
        rows, total = self._noisy.column(column)
        return total / rows
