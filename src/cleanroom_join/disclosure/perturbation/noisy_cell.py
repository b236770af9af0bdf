"""
Noisy quantities of one cell, if the contribution of each subject is bounded.

The contract declares what a subject may contribute, so the declaration alone scales the
noise, and nothing in the data does: one step of it is N rows, or N times the largest
value.  The noise shows neither whether any subject contributes that much nor how far a
total is from its bounds.

Six kinds of quantities get noise of their own: subjects, subjects with a value,
subjects off a bound, rows (also rows with a value), totals, and clamped rows.
Published figures, and the decisions of the primary rules about a cell, follow from
these noisy quantities alone.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.contract import MeasureType
from cleanroom_join.disclosure.perturbation.contribution_bound import (
    largest_sum,
    many_rows,
    most_rows,
)
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.perturbation.draw import Draw, Noise

__all__ = ["NoisyCell"]


class NoisyCell:
    """
    One cell whose quantities carry noise that covers bounded contributions.

    Args:
        cell: Its statistics, with a cell key.
        query: The query.
        policy: A policy that bounds contributions.
        noise: Where noise is drawn from.

    Raises:
        InternalError: If the cell has no cell key, or the policy no bound.
    """

    def __init__(
        self, cell: CellStatistics, query: Query, policy: Policy, noise: Noise
    ) -> None:
        max_rows = most_rows(query, policy)
        if max_rows is None or cell.cell_key is None:
            raise InternalError.of("a cell lacks the cell key or the bound for noise")
        self._cell = cell
        self._cell_key = cell.cell_key
        self._max_rows = max_rows
        self._query = query
        self._noise = noise

    def subjects(self) -> tuple[Fraction, Draw]:
        """Return the number of joined subjects, and its draw."""
        label = self._query.subjects[0].label
        return self._counted(label, self._cell.subjects[label].subjects)

    def subjects_with_value(self, column: str) -> Fraction:
        """
        Return the number of joined subjects with a value in a measure column.

        It reuses the noise of the mean's row count if no subject has more than one row;
        otherwise it gets noise of its own.
        """
        label = self._query.subjects[0].label
        count = self._cell.subjects[label].columns[column].subjects
        if self._max_rows == 1:
            return self._counted(label, count)[0]
        return self._once("valued", self._query.path_of(column), count)

    def subjects_off_bounds(self, name: str) -> tuple[Fraction, Fraction]:
        """
        Return how many subjects are above a column's lower bound, and below its upper.

        If no subject has more than one row, these are the trues and falses of a rate.
        They then reuse the noise of its published parts: otherwise the decision would
        disclose more than the rate does.
        """
        column, true = self._query.columns[name], self._cell.columns[name]
        path = self._query.path_of(name)
        if column.type is MeasureType.BOOLEAN and self._max_rows == 1:
            above, _ = self._stepped("total", path, true.total, 1)
            return above, self._rows(true.rows)[0] - above
        label = self._query.subjects[0].label
        own = self._cell.subjects[label].columns[name]
        return (
            self._once("above", path, own.subjects_above),
            self._once("below", path, own.subjects_below),
        )

    def rows(self) -> tuple[Fraction, Draw]:
        """Return the number of joined rows, at least the floor, and its draw."""
        return self._rows(self._cell.rows)

    def column(self, name: str) -> tuple[Fraction, Fraction]:
        """
        Return a measure column's rows with a value, and its total in the column's unit.

        The total is clamped to what that many rows can have.
        """
        column, true = self._query.columns[name], self._cell.columns[name]
        rows, _ = self._rows(true.rows)
        step = largest_sum(column, self._max_rows)
        total = self._stepped("total", self._query.path_of(name), true.total, step)[0]
        low, high = column.unit_bounds
        return rows, min(max(total, rows * low), rows * high) / 10**column.scale

    def fewest_clamped(self, name: str) -> Fraction:
        """Return the clamped rows of a column that noise cannot explain, at least."""
        path, count = self._query.path_of(name), self._cell.columns[name].clamped
        noisy, _ = self._stepped("clamped", path, count, self._max_rows)
        return noisy - self._max_rows * (self._noise.table.bound + 1)

    def _once(self, kind: str, name: str, count: int) -> Fraction:
        """Return a noisy number of subjects, to which each adds one."""
        draw = self._noise.draw(self._cell_key, (kind, name), count)
        return self._noise.perturb_bounded(count, 1, draw)

    def _counted(self, label: str, count: int) -> tuple[Fraction, Draw]:
        """Return a noisy number of subjects of a kind, and its draw."""
        quantity = ("subjects", self._query.path_of_subject(label))
        draw = self._noise.draw(self._cell_key, quantity, count)
        return self._noise.perturb_bounded(count, 1, draw), draw

    def _rows(self, count: int) -> tuple[Fraction, Draw]:
        """
        Return a noisy number of rows, at least the floor, and its draw.

        If no subject counts for more than one row, it is a number of subjects and gets
        the noise of that number: otherwise averaging the two would cancel noise.
        """
        table = many_rows(self._query)
        if self._max_rows == 1 or table is None:
            noisy, draw = self._counted(self._query.subjects[0].label, count)
        else:
            noisy, draw = self._stepped("rows", table, count, self._max_rows)
        return max(noisy, Fraction(self._noise.table.floor)), draw

    def _stepped(
        self, kind: str, name: str, value: int, step: int
    ) -> tuple[Fraction, Draw]:
        """
        Return a noisy quantity, and its draw.

        Noise of another size, in another revision of the contract, gets another draw.
        If both revisions shared one draw, twice the figure with the smaller noise less
        the figure with noise twice as large would be exact.

        Args:
            kind: Kind of the quantity.
            name: Path of its column, or name of its table.
            value: Its true value.
            step: The most that one subject adds to it or takes from it.
        """
        table = self._noise.table
        size = f"{step} x {table.variance} to {table.bound}"
        draw = self._noise.draw(self._cell_key, (f"{kind}, {size}", name), value)
        return self._noise.perturb_bounded(value, step, draw), draw
