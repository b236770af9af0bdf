"""
Perturbed figures of one cell: noise in units of what one subject may add, rounded.

One step of noise is worth one subject: 1 for a count of subjects, and the largest
contribution of any subject for rows, sums, means and rates, so that nobody's part
shows more than one person's part of a count.  The largest contributor as the measure of
noise: Thompson, Broadfoot and Elazar, "Methodology for the automatic
confidentialisation of statistical outputs from remote servers at the Australian Bureau
of Statistics", Joint UNECE/Eurostat work session on statistical data confidentiality,
2013; Giessing and Tent, "Concepts for generalising tools implementing the cell key
method to the case of continuous variables", ibid., 2019.

Figures of one column are made of the same two quantities, the total and the rows with
a value, so that no combination of them tells either exactly:

- a mean or rate is the total with noise, by the true number of rows;
- a sum is that mean times the number of rows with noise.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.contract import Function
from cleanroom_join.disclosure.perturbation.contribution_bound import many_rows
from cleanroom_join.disclosure.publish.rounding import round_figure
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from cleanroom_join.contract import Measure, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics, Contributions
    from cleanroom_join.disclosure.perturbation.draw import Noise

__all__ = ["cell_key_figures"]


def cell_key_figures(
    cell: CellStatistics, query: Query, policy: Policy, noise: Noise
) -> tuple[int | Decimal, ...]:
    """
    Return cohort size and measures with noise, rounded, in output order.

    Raises:
        InternalError: If the cell has no key.
    """
    if cell.cell_key is None:
        raise InternalError.of("a cell without a key was to get noise")
    return _Perturbed(cell, cell.cell_key, query, policy, noise).figures()


class _Perturbed:
    """One cell whose figures get noise."""

    def __init__(
        self,
        cell: CellStatistics,
        cell_key: int,
        query: Query,
        policy: Policy,
        noise: Noise,
    ) -> None:
        self._cell = cell
        self._key = cell_key
        self._query = query
        self._policy = policy
        self._noise = noise

    def figures(self) -> tuple[int | Decimal, ...]:
        """Return cohort size and measures, in output order."""
        size = self._subjects(self._query.subjects[0].label)
        return (size, *(self._figure(m) for m in self._query.output.measures))

    def _figure(self, measure: Measure) -> int | Decimal:
        """Return one measure."""
        if measure.function is Function.COUNT:
            return self._rows()
        if measure.function is Function.COUNT_DISTINCT:
            return self._subjects(self._query.counted(measure).label)
        if measure.column is None:
            raise InternalError.of("a measure has no column")
        value = self._mean(measure.column)
        if measure.function is Function.SUM:
            value *= self._rows_with(measure.column)
        return round_figure(value, self._policy.rate_digits)

    # --- counts ------------------------------------------------------------------

    def _subjects(self, label: str) -> int:
        """Return how many subjects of a kind there are: each is one step of noise."""
        count = self._cell.subjects[label].subjects
        draw = self._noise.draw(self._key, ("subjects", label), count)
        return self._noise.rounded(self._noise.perturb_count(count, draw), draw)

    def _rows(self) -> int:
        """Return how many rows there are."""
        unit = _largest(s.rows for s in self._cell.subjects.values())
        draw = self._noise.draw(self._key, self._rows_quantity, self._cell.rows)
        return self._noise.rounded(
            self._noise.perturb_count(self._cell.rows, draw, unit), draw
        )

    def _rows_with(self, column: str) -> int:
        """
        Return how many rows have a value, with noise.

        Where all rows have one, it is the number of rows, with the same noise.
        """
        rows = self._cell.columns[column].rows
        unit = _largest(s.columns[column].weights for s in self._cell.subjects.values())
        draw = self._noise.draw(self._key, self._rows_quantity, rows)
        return self._noise.perturb_count(rows, draw, unit)

    @property
    def _rows_quantity(self) -> tuple[str, str]:
        """
        What rows are rows of: of the one table that has several per subject.

        Where none has, every row is a subject, and their number the cohort size.
        """
        table = many_rows(self._query)
        if table is None:
            return "subjects", self._query.subjects[0].label
        return "rows", table

    # --- figures of a column -----------------------------------------------------

    def _mean(self, name: str) -> Fraction:
        """Return the total with noise by the rows: a mean, or a rate."""
        column, totals = self._query.columns[name], self._cell.columns[name]
        owner = next(a.name for a in self._query.assets if name in a.columns)
        low, high = column.unit_bounds
        room = min(totals.total - totals.rows * low, totals.rows * high - totals.total)
        draw = self._noise.draw(self._key, ("total", f"{owner}.{name}"), totals.total)
        unit = self._influence(name)
        total = self._noise.perturb_magnitude(totals.total, Fraction(room), unit, draw)
        rows: int = totals.rows * 10**column.scale
        return total / rows

    def _influence(self, name: str) -> Fraction:
        """
        Return how far one subject may move a mean, in units of its total.

        Who leaves takes away a total t and w rows; the mean m moves as if t - m*w had
        been taken from it.  Where no value is negative, that is at most the larger of
        the two.
        """
        totals = self._cell.columns[name]
        spreads = [s.columns[name] for s in self._cell.subjects.values()]
        mean = Fraction(abs(totals.total), totals.rows)
        rows = _largest(s.weights for s in spreads)
        total = _largest(s.totals for s in spreads)
        return max(Fraction(total), mean * rows)


def _largest(spreads: Iterable[Contributions]) -> int:
    """Return the largest contribution of any subject of any kind."""
    return max(spread.largest for spread in spreads)
