"""
Quantities with noise by the cell-key method, in steps of one subject's contribution.

One step of noise is 1 for a count of subjects, and the largest contribution of any
subject for rows, sums, means and rates.  So noise hides a subject in every figure as
well as in a count.  The largest contributor as the unit of noise: Thompson, Broadfoot
and Elazar, "Methodology for the automatic confidentialisation of statistical outputs
from remote servers at the Australian Bureau of Statistics", Joint UNECE/Eurostat work
session on statistical data confidentiality, 2013; Giessing and Tent, "Concepts for
generalising tools implementing the cell key method to the case of continuous
variables", ibid., 2019.

All figures of one column follow from the same two noisy quantities, its total and its
rows with a value, so that no combination of them discloses either exactly:

- a mean or rate is the noisy total divided by the true number of rows;
- a sum is that mean times the noisy number of rows.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.perturbation.contribution_bound import many_rows
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cleanroom_join.contract import Query
    from cleanroom_join.disclosure.model.cell import CellStatistics, Contributions
    from cleanroom_join.disclosure.perturbation.draw import Noise

__all__ = ["CellKeyQuantities"]


class CellKeyQuantities:
    """
    The quantities of one cell (`contract.Quantities`), with cell-key noise.

    Raises:
        InternalError: If the cell has no cell key.
    """

    def __init__(self, cell: CellStatistics, query: Query, noise: Noise) -> None:
        if cell.cell_key is None:
            raise InternalError.of("a cell lacks the cell key for noise")
        self._cell = cell
        self._cell_key = cell.cell_key
        self._query = query
        self._noise = noise

    def rows(self) -> int:
        """Return the number of joined rows; one step is the most of any subject."""
        step = _largest(s.rows for s in self._cell.subjects.values())
        draw = self._noise.draw(self._cell_key, self._rows_quantity, self._cell.rows)
        noisy = self._noise.perturb_count(self._cell.rows, draw, step)
        return self._noise.rounded(noisy, draw)

    def subjects(self, label: str) -> int:
        """Return the number of subjects of a kind; one step is one of these."""
        count = self._cell.subjects[label].subjects
        quantity = ("subjects", self._query.path_of_subject(label))
        draw = self._noise.draw(self._cell_key, quantity, count)
        return self._noise.rounded(self._noise.perturb_count(count, draw), draw)

    def total(self, column: str) -> Fraction:
        """Return the noisy mean times the noisy number of rows with a value."""
        rows = self._cell.columns[column].rows
        step = _largest(s.columns[column].weights for s in self._cell.subjects.values())
        # If all rows have a value, this is the number of rows, so it gets that noise.
        draw = self._noise.draw(self._cell_key, self._rows_quantity, rows)
        return self.mean(column) * self._noise.perturb_count(rows, draw, step)

    def mean(self, column: str) -> Fraction:
        """Return the noisy total divided by the true number of rows with a value."""
        declared, totals = self._query.columns[column], self._cell.columns[column]
        low, high = declared.unit_bounds
        room = min(totals.total - totals.rows * low, totals.rows * high - totals.total)
        quantity = ("total", self._query.path_of(column))
        draw = self._noise.draw(self._cell_key, quantity, totals.total)
        total = self._noise.perturb_magnitude(
            totals.total, Fraction(room), self._influence(column), draw
        )
        return total / (totals.rows * Fraction(10) ** declared.scale)

    @property
    def _rows_quantity(self) -> tuple[str, str]:
        """
        Name of the number of rows as a quantity that gets noise.

        Rows belong to the one table that may have several per subject.  If there is
        none, every row is a subject, and the quantity is the cohort size.
        """
        table = many_rows(self._query)
        if table is None:
            return "subjects", self._query.subjects[0].path
        return "rows", table

    def _influence(self, name: str) -> Fraction:
        """
        Return how far one subject may move a mean, in units of its total.

        A subject that leaves takes a total t and w rows with it; the mean m moves as if
        the total had lost t - m*w.  If no value is negative, that is at most the larger
        of t and m*w.
        """
        totals = self._cell.columns[name]
        columns = [s.columns[name] for s in self._cell.subjects.values()]
        mean = Fraction(abs(totals.total), totals.rows)
        rows = _largest(column.weights for column in columns)
        total = _largest(column.totals for column in columns)
        return max(Fraction(total), mean * rows)


def _largest(contributions: Iterable[Contributions]) -> int:
    """Return the largest contribution of any subject of any kind."""
    return max(each.largest for each in contributions)
