"""
The audit: what follows about withheld items from all published sums together.

Everything that adds up over cells is looked at, since each may be published or follow
from what is: rows; rows with a value and without; the two sides of a rate, or what a
sum is above its least and below its largest possible value; and joined subjects, of
sums in which nobody is twice.  None of them is negative, in any cell, and that limits
the others: a rate of zero beneath a published total may leave nothing open.

Each measure column is a program of its own, exact to the last row; then all columns
are one, since they are about the same rows (`joint`).
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

    _Asked = tuple[str | None, CellLabels, tuple[int, ...]]
    """Program, item, and which of its parts."""

__all__ = ["IntervalAudit"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Program:
    """Quantities that add up, of every leaf, and what must not follow of them."""

    name: str | None
    """The measure column; none for rows, None for subjects."""
    parts: Sequence[Sequence[int]]
    """Each quantity of each unknown leaf, all in one unit."""
    sums: Iterable[frozenset[int]]
    """The unknown leaves of each published sum."""
    whole: int
    """Least width of all parts of an item together."""
    columns: int = 0
    """How many of the parts, from the left, make up what a measure is about."""
    part: Mapping[CellLabels, int] | None = None
    """Least width of each of those parts, of items that are secret by themselves."""

    def disclosed(
        self, items: Mapping[CellLabels, frozenset[int]], settled: set[_Asked]
    ) -> set[CellLabels]:
        """
        Return the items of which something follows too closely.

        Args:
            items: The unknown leaves of each item.
            settled: What was found wide enough before; what is now is added.
        """
        count = len(self.parts[0])
        values = {
            n * count + i: value
            for n, part in enumerate(self.parts)
            for i, value in enumerate(part)
        }
        equations = [
            Equation(
                unknowns=frozenset(n * count + i for i in leaves),
                total=sum(part[i] for i in leaves),
            )
            for leaves in self.sums
            for n, part in enumerate(self.parts)
        ]
        secrets = {
            (self.name, key, places): Protected(
                unknowns=frozenset(n * count + i for n in places for i in leaves),
                safety_interval=safety_interval,
            )
            for key, leaves in items.items()
            for places, safety_interval in self._widths(key)
            if (self.name, key, places) not in settled
        }
        found = too_narrow(equations, values, secrets)
        settled |= secrets.keys() - found
        return {key for _, key, _ in found}

    def column(self, k: int) -> ColumnProgram:
        """Return the parts as a program of all columns takes them."""
        return ColumnProgram(
            parts=self.parts,
            valued=self.columns,
            row=self.whole // k,
            least=self.part or {},
        )

    def _widths(self, key: CellLabels) -> Iterator[tuple[tuple[int, ...], int]]:
        """Yield the parts of an item that must be uncertain, and how much."""
        yield tuple(range(len(self.parts))), self.whole
        if self.part is None or key not in self.part:
            return
        if self.columns < len(self.parts):
            yield tuple(range(self.columns)), self.whole
        for place in range(self.columns):
            yield (place,), self.part[key]


class IntervalAudit:
    """
    Everything that was counted, ready to be asked what follows.

    Args:
        layout: Every item with rows.
        secret: Items whose figures break a rule by themselves.
        cells: Statistics of every item.
        query: What was asked.
        policy: The effective policy.
    """

    def __init__(
        self,
        layout: Layout,
        secret: AbstractSet[CellLabels],
        cells: Mapping[CellLabels, CellStatistics],
        query: Query,
        policy: Policy,
    ) -> None:
        self._layout = layout
        self._secret = secret
        self._cells = cells
        self._query = query
        self._policy = policy
        self._settled: set[_Asked] = set()
        self._settled_together: set[tuple[CellLabels, int]] = set()
        self._kept: AbstractSet[CellLabels] = frozenset()

    def disclosed(self, kept: AbstractSet[CellLabels]) -> set[CellLabels]:
        """
        Return withheld items of which something follows too closely.

        Args:
            kept: Items whose figures would be published.
        """
        # What is uncertain stays so while less and less is published.
        if not kept <= self._kept:
            self._settled.clear()
            self._settled_together.clear()
        self._kept = frozenset(kept)
        leaves = [key for key in self._layout.leaves if key not in kept]
        index = {key: i for i, key in enumerate(leaves)}
        shown = [a for a in self._layout.aggregates if a.labels in kept]
        items = {key: frozenset([place]) for key, place in index.items()}
        for aggregate in self._layout.aggregates:
            if aggregate.labels in self._secret:
                under = [index[leaf] for leaf in aggregate.leaves if leaf in index]
                if under:  # else its cells are published: see `complement`
                    items[aggregate.labels] = frozenset(under)
        found: set[CellLabels] = set()
        columns = []
        for program in self._programs(leaves, index, shown):
            found |= program.disclosed(items, self._settled)
            # A column of one value only says nothing of anybody.
            columns += [program] if program.name and program.whole else []
        if found or len(columns) < 2:  # noqa: PLR2004 - one has no other beside it
            return found
        together = RowProgram(
            rows=[self._cells[key].rows for key in leaves],
            columns=[program.column(self._policy.min_cohort) for program in columns],
            sums=_sums(shown, index),
            k=self._policy.min_cohort,
        )
        return together.disclosed(items, self._settled_together)

    def _programs(
        self,
        leaves: Sequence[CellLabels],
        index: Mapping[CellLabels, int],
        shown: Sequence[Aggregate],
    ) -> Iterator[_Program]:
        """Yield rows or each column, and subjects where they add up otherwise."""
        k = self._policy.min_cohort
        sums = _sums(shown, index)
        rows = [self._cells[key].rows for key in leaves]
        for name in self._query.columns:
            yield self._column(name, leaves, sums)
        if not self._query.columns:
            yield _Program(name="", parts=[rows], sums=sums, whole=k)
        first = self._query.subjects[0].label
        subjects = [self._cells[key].subjects[first].subjects for key in leaves]
        added = _sums((a for a in shown if self._adds_up(a)), index)
        # Where everybody has one row, rows are subjects: one audit is enough.
        if added and not (added == sums and subjects == rows):
            yield _Program(name=None, parts=[subjects], sums=added, whole=k)

    def _adds_up(self, aggregate: Aggregate) -> bool:
        """Return whether nobody is twice in the leaves of a sum."""
        return all(
            place in self._query.single_label_indices or step == 0
            for place, step in enumerate(aggregate.level.steps)
        )

    def _column(
        self, name: str, leaves: Sequence[CellLabels], sums: Iterable[frozenset[int]]
    ) -> _Program:
        """Return the program of a measure column."""
        column = self._query.columns[name]
        low, high = column.unit_bounds
        if column.type is MeasureType.BOOLEAN:
            low, high = 0, 1
        totals = [self._cells[key].columns[name] for key in leaves]
        parts = [
            [t.total - low * t.rows for t in totals],
            [high * t.rows - t.total for t in totals],
        ]
        empty = [
            (high - low) * (self._cells[key].rows - t.rows)
            for key, t in zip(leaves, totals, strict=True)
        ]
        return _Program(
            name=name,
            parts=[*parts, empty] if any(empty) else parts,
            sums=sums,
            whole=self._policy.min_cohort * (high - low),
            columns=len(parts),
            part={key: self._least(name, key) for key in self._secret},
        )

    def _least(self, name: str, key: CellLabels) -> int:
        """
        Return by how much either side of a measure must be uncertain.

        A unit for each of the m subjects that must be off a bound, and p percent of
        what anybody contributes.
        """
        policy = self._policy
        largest = max(
            subject.columns[name].totals.largest
            for subject in self._cells[key].subjects.values()
        )
        return max(policy.min_opposite, -(-policy.dominance_p * largest // 100))


def _sums(
    shown: Iterable[Aggregate], index: Mapping[CellLabels, int]
) -> frozenset[frozenset[int]]:
    """Return the unknown leaves of each sum that has some."""
    found = {
        frozenset(index[leaf] for leaf in aggregate.leaves if leaf in index)
        for aggregate in shown
    }
    return frozenset(found - {frozenset()})
