"""
Figures of one cell where contributions are bounded: noise that covers any one subject.

What a subject may contribute is declared, so noise is sized by the declaration and by
nothing in the data: one step of it is N rows, or N times the largest value.  Whether
anybody really has so much does not show in it, nor how far a total is from its bounds.

Four kinds of quantities get noise, each its own: subjects, rows, rows with a value, and
totals.  Every figure is worked out from those with noise, and from nothing else:

- a count is the quantity itself, lifted to the floor if it is below, and rounded;
- a sum is the total, moved into what so many rows can have;
- a mean or rate is that sum by that number of rows.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.contract import Function
from cleanroom_join.disclosure.model.finding import Finding, Rule
from cleanroom_join.disclosure.perturbation.contribution_bound import (
    largest_sum,
    many_rows,
    most_rows,
)
from cleanroom_join.disclosure.publish.rounding import round_figure
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from decimal import Decimal

    from cleanroom_join.contract import Measure, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.perturbation.draw import Draw, Noise

__all__ = ["bounded_figures", "bounds_with_noise", "cohort_with_noise"]


def bounded_figures(
    cell: CellStatistics, query: Query, policy: Policy, noise: Noise
) -> tuple[int | Decimal, ...]:
    """
    Return cohort size and measures with noise, rounded, in output order.

    Raises:
        InternalError: If the cell has no key, or nothing is bounded.
    """
    return _Covered(cell, query, policy, noise).figures()


def cohort_with_noise(
    cell: CellStatistics, query: Query, policy: Policy, noise: Noise
) -> Finding | None:
    """
    Ask the rule ``cohort`` once more, of counts with noise.

    Of a cell with at least k subjects: if one person less would withhold it for sure,
    that it is there would tell of that person.  So a count with noise must be as far
    above k as noise may be: of k subjects, and of a few more, it hardly ever is.  It is
    the noise of the published count, so that what is decided tells no more than that;
    of subjects with a value, it is that of a mean's rows where nobody has two, and
    else a noise of its own.

    Raises:
        InternalError: If the cell has no key, or nothing is bounded.
    """
    return _Covered(cell, query, policy, noise).edge()


def bounds_with_noise(
    cell: CellStatistics, query: Query, policy: Policy, noise: Noise
) -> Finding | None:
    """
    Ask the rule ``bounds``, with noise as for a count of rows.

    What one person's values are must not decide whether a cell is withheld, so only
    a number of clamped rows that noise cannot explain withholds it.

    Raises:
        InternalError: If the cell has no key, or nothing is bounded.
    """
    covered = _Covered(cell, query, policy, noise)
    for name, column in cell.columns.items():
        if column.unusable > 0 or covered.much_is_clamped(name):
            return Finding(rule=Rule.BOUNDS, measure=name)
    return None


class _Covered:
    """One cell whose quantities get noise."""

    def __init__(
        self, cell: CellStatistics, query: Query, policy: Policy, noise: Noise
    ) -> None:
        most = most_rows(query, policy)
        if most is None or cell.cell_key is None:
            raise InternalError.of("a cell without key or bound was to get noise")
        self._cell = cell
        self._key = cell.cell_key
        self._most = most
        self._query = query
        self._policy = policy
        self._noise = noise

    def figures(self) -> tuple[int | Decimal, ...]:
        """Return cohort size and measures, in output order."""
        size = self._subjects()
        return (size, *(self._figure(m) for m in self._query.output.measures))

    def _figure(self, measure: Measure) -> int | Decimal:
        """Return one measure."""
        if measure.function is Function.COUNT_DISTINCT:
            return self._subjects()  # of the joined kind: no other is in the question
        if measure.function is Function.COUNT:
            noisy, draw = self._rows(self._cell.rows)
            return self._noise.rounded(noisy, draw)
        if measure.column is None:
            raise InternalError.of("a measure has no column")
        rows, total = self._column(measure.column)
        value = total if measure.function is Function.SUM else total / rows
        return round_figure(value, self._policy.rate_digits)

    def edge(self) -> Finding | None:
        """Return what is too near to k, if anything is."""
        label = self._query.subjects[0].label
        statistics = self._cell.subjects[label]
        enough = self._policy.min_cohort + self._noise.table.bound
        if self._blurred(("subjects", label), statistics.subjects) < enough:
            return Finding(rule=Rule.COHORT, subject=label)
        for name in self._query.columns:
            valued = statistics.columns[name].subjects
            # Everybody has a value: a number that has its noise already.
            if valued == statistics.subjects:
                continue
            if self._blurred(self._valued(name, label), valued) < enough:
                return Finding(rule=Rule.COHORT, subject=label, measure=name)
        return None

    def much_is_clamped(self, name: str) -> bool:
        """Return whether more is clamped than is allowed and noise can explain."""
        column = self._cell.columns[name]
        noisy, _ = self._noisy("clamped", self._path(name), column.clamped, self._most)
        largest = self._most * (self._noise.table.bound + 1)
        allowed = Fraction(self._policy.max_clamped_share) * column.rows
        # One subject moves the difference of both sides by a step at most.
        return noisy - largest > allowed

    # --- quantities --------------------------------------------------------------

    def _subjects(self) -> int:
        """Return how many joined subjects there are."""
        label = self._query.subjects[0].label
        count = self._cell.subjects[label].subjects
        draw = self._noise.draw(self._key, ("subjects", label), count)
        return self._noise.rounded(self._noise.perturb_bounded(count, 1, draw), draw)

    def _valued(self, name: str, label: str) -> tuple[str, str]:
        """
        Return what the number of subjects with a value is called.

        Where nobody counts for more than one row, it is the number of rows that means
        are divided by, with the noise that one has.
        """
        if self._most == 1:
            return "subjects", label
        return "valued", self._path(name)

    def _blurred(self, quantity: tuple[str, str], count: int) -> Fraction:
        """Return a number of subjects with noise."""
        draw = self._noise.draw(self._key, quantity, count)
        return self._noise.perturb_bounded(count, 1, draw)

    def _rows(self, count: int) -> tuple[Fraction, Draw]:
        """
        Return a number of rows with noise, at least the floor, and its draw.

        Where nobody counts for more than one, it is a number of subjects, with the
        noise that one has: two noises of one number would average.
        """
        table = many_rows(self._query)
        if self._most == 1 or table is None:
            label = self._query.subjects[0].label
            draw = self._noise.draw(self._key, ("subjects", label), count)
            noisy = self._noise.perturb_bounded(count, 1, draw)
        else:
            noisy, draw = self._noisy("rows", table, count, self._most)
        return max(noisy, Fraction(self._noise.table.floor)), draw

    def _column(self, name: str) -> tuple[Fraction, Fraction]:
        """Return a column's rows with a value, and its total in the column's unit."""
        column, true = self._query.columns[name], self._cell.columns[name]
        rows, _ = self._rows(true.rows)
        step = largest_sum(column, self._most)
        noisy, _ = self._noisy("total", self._path(name), true.total, step)
        low, high = column.unit_bounds
        return rows, min(max(noisy, rows * low), rows * high) / 10**column.scale

    def _path(self, name: str) -> str:
        """Return a measure column's name with its table's."""
        owner = next(a.name for a in self._query.assets if name in a.columns)
        return f"{owner}.{name}"

    def _noisy(
        self, kind: str, name: str, value: int, step: int
    ) -> tuple[Fraction, Draw]:
        """
        Return a quantity with noise in steps of some size, and its draw.

        Noise of another size, in another revision of the contract, has another draw:
        with one draw, twice the figure with the smaller noise less that with noise
        twice as large would be exact.
        """
        table = self._noise.table
        size = f"{step} x {table.variance} to {table.bound}"
        draw = self._noise.draw(self._key, (f"{kind}, {size}", name), value)
        return self._noise.perturb_bounded(value, step, draw), draw
