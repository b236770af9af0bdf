"""
The interval audit: is the feasibility interval of each suppressed cell long enough?

The audit covers every quantity that adds up over cells, since each may be published or
follow from published figures: rows; rows with a value and without; both sides of a
rate, or how much a sum is above its smallest and below its largest possible value; and
joined subjects, in sums that count no subject twice.  None of them is negative in any
cell, and that limits the others: a rate of zero below a published total may leave
nothing open.

Each measure column is a program of its own, exact to the last row.  If no column by
itself discloses a cell, one program covers all columns, since they are about the same
rows (`joint_audit`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract import MeasureType
from cleanroom_join.disclosure.suppression.equations import Equation, Protected
from cleanroom_join.disclosure.suppression.feasibility import too_narrow
from cleanroom_join.disclosure.suppression.joint_audit import ColumnProgram, RowProgram

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.model.layout import Aggregate, Layout

    _ProtectedKey = tuple[str | None, CellLabels, tuple[int, ...]]
    """Program, cell, and indices of its quantities."""

__all__ = ["IntervalAudit"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Program:
    """Additive quantities of every suppressed leaf, and how uncertain they must be."""

    name: str | None
    """The measure column; empty for rows alone, None for subjects."""
    quantities: Sequence[Sequence[int]]
    """For each quantity: its value in each suppressed leaf, all in one unit."""
    sums: Iterable[frozenset[int]]
    """The suppressed leaves below each published aggregate, by index."""
    safety_interval: int
    """Of all quantities of a cell together."""
    valued: int = 0
    """How many quantities, from the left, are about rows with a value."""
    valued_intervals: Mapping[CellLabels, int] | None = None
    """Safety interval of each of these quantities, by sensitive cell."""

    def disclosed(
        self, cells: Mapping[CellLabels, frozenset[int]], passed: set[_ProtectedKey]
    ) -> set[CellLabels]:
        """
        Return the cells of which some quantity is too certain.

        Args:
            cells: The suppressed leaves of each suppressed cell, by index.
            passed: What earlier calls found uncertain enough; this call adds to it.
        """
        count = len(self.quantities[0])
        values = {
            n * count + i: value
            for n, quantity in enumerate(self.quantities)
            for i, value in enumerate(quantity)
        }
        equations = [
            Equation(
                unknowns=frozenset(n * count + i for i in leaves),
                total=sum(quantity[i] for i in leaves),
            )
            for leaves in self.sums
            for n, quantity in enumerate(self.quantities)
        ]
        protected = {
            (self.name, labels, numbers): Protected(
                unknowns=frozenset(n * count + i for n in numbers for i in leaves),
                safety_interval=safety_interval,
            )
            for labels, leaves in cells.items()
            for numbers, safety_interval in self._safety_intervals(labels)
            if (self.name, labels, numbers) not in passed
        }
        narrow = too_narrow(equations, values, protected)
        passed |= protected.keys() - narrow
        return {labels for _, labels, _ in narrow}

    def column(self, k: int) -> ColumnProgram:
        """Return the same quantities as part of the joint audit."""
        return ColumnProgram(
            quantities=self.quantities,
            valued=self.valued,
            units_per_row=self.safety_interval // k,
            safety_intervals=self.valued_intervals or {},
        )

    def _safety_intervals(
        self, labels: CellLabels
    ) -> Iterator[tuple[tuple[int, ...], int]]:
        """Yield the indices of quantities whose sum must be uncertain, and how much."""
        yield tuple(range(len(self.quantities))), self.safety_interval
        if self.valued_intervals is None or labels not in self.valued_intervals:
            return
        if self.valued < len(self.quantities):
            yield tuple(range(self.valued)), self.safety_interval
        for number in range(self.valued):
            yield (number,), self.valued_intervals[labels]


class IntervalAudit:
    """
    Audits one table again and again while more and more of it is suppressed.

    Args:
        layout: Every cell that has rows.
        sensitive: Cells whose figures must not be derivable.
        cells: Statistics of every cell.
        query: The query.
        policy: The effective policy.
    """

    def __init__(
        self,
        layout: Layout,
        sensitive: AbstractSet[CellLabels],
        cells: Mapping[CellLabels, CellStatistics],
        query: Query,
        policy: Policy,
    ) -> None:
        self._layout = layout
        self._sensitive = sensitive
        self._cells = cells
        self._query = query
        self._policy = policy
        self._passed: set[_ProtectedKey] = set()
        self._passed_jointly: set[tuple[CellLabels, int]] = set()
        self._last_published: AbstractSet[CellLabels] = frozenset()

    def disclosed(self, published: AbstractSet[CellLabels]) -> set[CellLabels]:
        """
        Return the suppressed cells of which some quantity is too certain.

        Args:
            published: Cells whose figures would be published.
        """
        # While fewer and fewer cells are published, what is uncertain stays uncertain.
        if not published <= self._last_published:
            self._passed.clear()
            self._passed_jointly.clear()
        self._last_published = frozenset(published)
        leaves = [labels for labels in self._layout.leaves if labels not in published]
        index = {labels: i for i, labels in enumerate(leaves)}
        sums = [a for a in self._layout.aggregates if a.labels in published]
        cells = self._suppressed_cells(index)
        found: set[CellLabels] = set()
        columns = []
        for program in self._programs(leaves, index, sums):
            found |= program.disclosed(cells, self._passed)
            # A column with one possible value discloses nothing.
            columns += [program] if program.name and program.safety_interval else []
        if found or len(columns) < 2:  # noqa: PLR2004 - a joint audit needs two
            return found
        joint = RowProgram(
            rows=[self._cells[labels].rows for labels in leaves],
            columns=[program.column(self._policy.min_cohort) for program in columns],
            sums=_suppressed_leaves(sums, index),
            k=self._policy.min_cohort,
        )
        return joint.disclosed(cells, self._passed_jointly)

    def _suppressed_cells(
        self, index: Mapping[CellLabels, int]
    ) -> dict[CellLabels, frozenset[int]]:
        """Return the suppressed leaves below each cell that must be uncertain."""
        cells = {labels: frozenset([i]) for labels, i in index.items()}
        for aggregate in self._layout.aggregates:
            if aggregate.labels in self._sensitive:
                below = [index[leaf] for leaf in aggregate.leaves if leaf in index]
                if below:  # else all its leaves are published: see `complementary`
                    cells[aggregate.labels] = frozenset(below)
        return cells

    def _programs(
        self,
        leaves: Sequence[CellLabels],
        index: Mapping[CellLabels, int],
        aggregates: Sequence[Aggregate],
    ) -> Iterator[_Program]:
        """Yield a program for each column, or for rows, and maybe one for subjects."""
        k = self._policy.min_cohort
        sums = _suppressed_leaves(aggregates, index)
        for name in self._query.columns:
            yield self._column_program(name, leaves, sums)
        rows = [self._cells[labels].rows for labels in leaves]
        if not self._query.columns:
            yield _Program(name="", quantities=[rows], sums=sums, safety_interval=k)
        joined = self._query.subjects[0].label
        subjects = [self._cells[labels].subjects[joined].subjects for labels in leaves]
        additive = _suppressed_leaves(
            (a for a in aggregates if self._adds_up(a)), index
        )
        # If every subject has one row, rows are subjects: one program is enough.
        if additive and not (additive == sums and subjects == rows):
            yield _Program(
                name=None, quantities=[subjects], sums=additive, safety_interval=k
            )

    def _adds_up(self, aggregate: Aggregate) -> bool:
        """Return whether no subject is in two leaves of an aggregate."""
        return all(
            index in self._query.single_label_indices or step == 0
            for index, step in enumerate(aggregate.level.steps)
        )

    def _column_program(
        self, name: str, leaves: Sequence[CellLabels], sums: Iterable[frozenset[int]]
    ) -> _Program:
        """Return the program of a measure column."""
        column = self._query.columns[name]
        low, high = column.unit_bounds
        if column.type is MeasureType.BOOLEAN:
            low, high = 0, 1
        totals = [self._cells[labels].columns[name] for labels in leaves]
        valued = [
            [t.total - low * t.rows for t in totals],
            [high * t.rows - t.total for t in totals],
        ]
        without_value = [
            (high - low) * (self._cells[labels].rows - t.rows)
            for labels, t in zip(leaves, totals, strict=True)
        ]
        return _Program(
            name=name,
            quantities=[*valued, without_value] if any(without_value) else valued,
            sums=sums,
            safety_interval=self._policy.min_cohort * (high - low),
            valued=len(valued),
            valued_intervals={c: self._side_interval(name, c) for c in self._sensitive},
        )

    def _side_interval(self, name: str, labels: CellLabels) -> int:
        """
        Return the safety interval of either side of a measure in a sensitive cell.

        It is one unit for each of the m subjects that must be off a bound, and p % of
        the largest contribution of any subject, whichever is more.
        """
        policy = self._policy
        largest = max(
            subject.columns[name].totals.largest
            for subject in self._cells[labels].subjects.values()
        )
        return max(policy.min_opposite, -(-policy.dominance_p * largest // 100))


def _suppressed_leaves(
    aggregates: Iterable[Aggregate], index: Mapping[CellLabels, int]
) -> frozenset[frozenset[int]]:
    """Return the suppressed leaves below each aggregate that has some, by index."""
    found = {
        frozenset(index[leaf] for leaf in aggregate.leaves if leaf in index)
        for aggregate in aggregates
    }
    return frozenset(found - {frozenset()})
