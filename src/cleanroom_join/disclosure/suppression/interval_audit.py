"""
The interval audit: is the feasibility interval of each suppressed cell long enough?

The audit covers every quantity that adds up over cells (`quantities`): rows, the sides
of every measure column, rows without a value; and joined subjects, in sums that count
no subject twice.  None of them is negative in any cell, and that limits the others: a
rate of zero below a published total may leave nothing open.

All columns are about the same rows, so one program over all quantities decides
(`joint_audit`).  It is large, so small ones come first.  In one, rows move, and one
quantity of each column moves with them; in another, rows stay, and the sides of a
column move against each other.  What these find possible is possible.  In a third,
nothing but sums limits the rows; what that finds impossible is impossible.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.suppression.feasibility import (
    Directions,
    intervals_of,
    rows_of,
    too_narrow,
)
from cleanroom_join.disclosure.suppression.joint_audit import (
    Quantity,
    joint_disclosing_sets,
)
from cleanroom_join.disclosure.suppression.known_sums import known_sums
from cleanroom_join.disclosure.suppression.narrow_set import narrow_set
from cleanroom_join.disclosure.suppression.quantities import column_quantities
from cleanroom_join.disclosure.suppression.solver import Program

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    import numpy as np

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.model.layout import Aggregate, Layout
    from cleanroom_join.disclosure.suppression.disclosing_set import DisclosingSet
    from cleanroom_join.disclosure.suppression.feasibility import Narrow
    from cleanroom_join.disclosure.suppression.known_sums import KnownSums

    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
    Targets = Mapping[CellLabels, frozenset[CellLabels]]

__all__ = ["IntervalAudit"]


class IntervalAudit:
    """
    Audits one table again and again while other cells of it are suppressed.

    Args:
        layout: Every cell that has rows.
        sensitive: Cells whose figures must not be derivable.
        allowed: Cells that may be published.
        cells: Statistics of every cell.
        query: The query.
        policy: The effective policy.
    """

    def __init__(
        self,
        layout: Layout,
        sensitive: AbstractSet[CellLabels],
        allowed: frozenset[CellLabels],
        cells: Mapping[CellLabels, CellStatistics],
        query: Query,
        policy: Policy,
    ) -> None:
        import numpy as np  # noqa: PLC0415 - extra ``lp``

        self._np = np
        self._layout = layout
        self._sensitive, self._allowed = sensitive, allowed
        self._k = float(policy.min_cohort)
        self._position = {leaf: i for i, leaf in enumerate(layout.leaves)}
        joined = query.subjects[0].label
        statistics = [cells[leaf] for leaf in layout.leaves]
        self._rows = np.array([float(cell.rows) for cell in statistics])
        self._subjects = np.array(
            [float(cell.subjects[joined].subjects) for cell in statistics]
        )
        self._columns = column_quantities(
            layout.leaves, sensitive, cells, query, policy
        )
        self._additive = [a for a in layout.aggregates if _adds_up(a, query)]
        self._directions: dict[str, Directions] = {}
        quantities = sum(len(column.blocks) for column in self._columns)
        self._joint_directions = Directions(quantities * len(layout.leaves))

    def disclosing_sets(
        self, known: KnownSums, later: AbstractSet[CellLabels]
    ) -> list[DisclosingSet]:
        """
        Return published cells from which some quantity is too certain.

        Args:
            known: What a reader knows of the suppressed leaves.
            later: Leaves that are not looked at, since they may yet be published.
        """
        targets = self._targets(known, later)
        if not targets:
            return []
        left = self._uncertain_rows(known, targets)
        found = self._sets(known, "rows alone", self._rows, left) if left else []
        found += self._sets_of_subjects(known, later)
        if found or not self._columns:
            return found
        wanted = list(self._left_for_all_columns(known, targets, left))
        if not wanted:
            return []
        return joint_disclosing_sets(
            known,
            self._columns,
            self._position,
            wanted,
            self._allowed,
            self._joint_directions,
        )

    def _targets(
        self, known: KnownSums, later: AbstractSet[CellLabels]
    ) -> dict[CellLabels, frozenset[CellLabels]]:
        """Return the suppressed leaves of each cell that sums limit, if all are."""
        cells = {x: frozenset([x]) for x in known.suppressed if x not in later}
        cells |= {
            aggregate.labels: aggregate.leaves - known.published
            for aggregate in self._layout.aggregates
            if aggregate.labels in self._sensitive
        }
        return {
            labels: leaves
            for labels, leaves in cells.items()
            if leaves and leaves <= known.limited.keys()
        }

    def _uncertain_rows(self, known: KnownSums, targets: Targets) -> Targets:
        """Return the cells whose rows do not move enough with one of each quantity."""
        if not self._columns:
            return targets
        moving = [column.blocks[column.largest] for column in self._columns]
        lower = self._rows - self._np.minimum.reduce(moving)
        intervals = dict.fromkeys(targets, self._k)
        narrow = self._narrow(
            known, "rows", (self._rows, lower, None), targets, intervals
        )
        return {labels: targets[labels] for labels, _ in narrow}

    def _left_for_all_columns(
        self, known: KnownSums, targets: Targets, left: Targets
    ) -> Iterable[Quantity]:
        """Yield the quantities that only a program over all columns can decide."""
        for labels, leaves in left.items():
            yield Quantity(labels, leaves, self._k)
        for number, column in enumerate(self._columns):
            here = {c: x for c, x in targets.items() if c in column.side_intervals}
            for side in (0, 1):
                for labels in self._uncertain_side(known, here, left, number, side):
                    interval = column.side_intervals[labels]
                    yield Quantity(labels, here[labels], interval, number, (side,))
            if column.has_rows_without_value:
                moves = column.largest < len(column.values)
                for labels in here if not moves else here.keys() & left.keys():
                    yield Quantity(labels, here[labels], self._k, number, (0, 1))

    def _uncertain_side(
        self, known: KnownSums, here: Targets, left: Targets, number: int, side: int
    ) -> Targets:
        """
        Return the cells in which one side of a column moves too little.

        It moves with the rows, and with one quantity of every other column; or it moves
        against the other side.

        Args:
            known: What a reader knows of the suppressed leaves.
            here: The suppressed leaves of each sensitive cell.
            left: Cells whose rows do not move enough with the largest quantities.
            number: Of the column.
            side: Of its values.
        """
        column = self._columns[number]
        intervals, value = column.side_intervals, column.blocks[side]
        if side == column.largest:  # it has moved with the rows
            here = {
                c: x for c, x in here.items() if c in left or intervals[c] > self._k
            }
        others = [
            c.blocks[c.largest] for i, c in enumerate(self._columns) if i != number
        ]
        moving = self._np.minimum.reduce([value, *others])
        narrow = self._narrow(
            known,
            f"side {side} of column {number}",
            (value, value - moving, None),
            here,
            intervals,
        )
        above, below = column.values
        narrow = self._narrow(
            known,
            f"sides of column {number}",
            (above, 0.0 * above, above + below),
            {labels: here[labels] for labels, _ in narrow},
            intervals,
        )
        return {labels: here[labels] for labels, _ in narrow}

    def _sets_of_subjects(
        self, known: KnownSums, later: AbstractSet[CellLabels]
    ) -> list[DisclosingSet]:
        """Return published cells from which a number of subjects is too certain."""
        if not self._additive:
            return []
        everything = len(self._additive) == len(self._layout.aggregates)
        # If every subject has one row, rows are subjects: one program is enough.
        if everything and (self._subjects == self._rows).all():
            return []
        additive = known_sums(self._layout, known.published, self._additive)
        targets = self._targets(additive, later)
        return self._sets(additive, "subjects", self._subjects, targets)

    def _sets(
        self, known: KnownSums, name: str, values: Vector, targets: Targets
    ) -> list[DisclosingSet]:
        """Return published cells from which sums of some values are too certain."""
        intervals = dict.fromkeys(targets, self._k)
        narrow = self._narrow(
            known, name, (values, 0.0 * values, None), targets, intervals
        )
        return [
            narrow_set(each, known, [values], self._position, labels, self._allowed)
            for labels, each in narrow
        ]

    def _narrow(
        self,
        known: KnownSums,
        name: str,
        moves: tuple[Vector, Vector, Vector | None],
        targets: Targets,
        intervals: Mapping[CellLabels, float],
    ) -> list[tuple[CellLabels, Narrow]]:
        """
        Return the cells in which a quantity moves too little.

        Args:
            known: What a reader knows of the suppressed leaves.
            name: What moves; its directions are kept under this name.
            moves: Its value in every leaf, the smallest and the largest.
            targets: The suppressed leaves of each cell.
            intervals: Safety interval of each cell.
        """
        np, count = self._np, len(self._position)
        if not targets:
            return []
        cells = list(targets)
        here = np.array([self._position[leaf] for leaf in known.limited])
        sums = rows_of(known.rows, len(here))
        leaves = [[known.limited[x] for x in targets[labels]] for labels in cells]
        matrix = rows_of(leaves, len(here))
        needed = np.array([intervals[labels] for labels in cells])
        directions = self._directions.setdefault(name, Directions(count))
        reached = intervals_of(directions.remaining(sums, here), matrix)
        undecided = np.flatnonzero(reached[1] - reached[0] < needed)
        if not len(undecided):
            return []
        values, lower, upper = moves
        program = Program(
            [dict.fromkeys(row, 1.0) for row in known.rows],
            values[here],
            lower[here],
            np.full(len(here), inf) if upper is None else upper[here],
        )
        narrow, found = too_narrow(program, matrix, needed, reached, values[here])
        for direction in found:
            directions.add(here, direction)
        return [(cells[each.target], each) for each in narrow]


def _adds_up(aggregate: Aggregate, query: Query) -> bool:
    """Return whether no subject is in two leaves of an aggregate."""
    return all(
        index in query.single_label_indices or step == 0
        for index, step in enumerate(aggregate.level.steps)
    )
