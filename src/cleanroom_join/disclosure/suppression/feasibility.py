"""
The attacker's problem: how far can each suppressed quantity be from its true value?

A reader knows the published sums, and that no quantity is negative.  The *feasibility
interval* of a quantity reaches from its smallest to its largest value in any table that
agrees with both.  The way from the true table to another such table is a *direction*.
Every direction shows a part of all intervals at once, and most of them turn out long
enough long before it is their turn.  A direction stays one while cells are suppressed,
and while cells are published that it does not move, so an audit keeps them.

Solutions may have fractions.  Whole numbers alone can have narrower intervals, which we
do not compute.

Needs SciPy and highspy (extra ``lp``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from scipy.sparse import csr_matrix

    from cleanroom_join.disclosure.suppression.solver import Extreme, Program

    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
    Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
    Indices = np.ndarray[tuple[int], np.dtype[np.int64]]

__all__ = ["Directions", "Narrow", "intervals_of", "rows_of", "too_narrow"]

_MAX_SOLVED_SINGLY = 8
"""So many intervals are solved one by one; of more, many are solved together."""

_MAX_IDLE_ROUNDS = 2
"""Rounds in a row that decide few intervals, before single ones are solved."""

_FEW = 4
"""Intervals that a round should decide: it takes as long as two of them alone."""

_KEPT = 400
"""Directions that an audit keeps, the latest."""

_TOLERANCE = 1e-6


class Directions:
    """
    Directions of one quantity that earlier solutions have shown.

    Args:
        count: Number of leaves of the table, suppressed or not.
    """

    def __init__(self, count: int) -> None:
        import numpy as np  # noqa: PLC0415 - extra ``lp``

        self._np = np
        self._found: Matrix = np.zeros((0, count))

    def add(self, leaves: Indices, direction: Vector) -> None:
        """
        Remember one more direction.

        Args:
            leaves: Indices of the leaves that it moves.
            direction: How much it moves each of them.
        """
        whole = self._np.zeros((1, self._found.shape[1]))
        whole[0, leaves] = direction
        self._found = self._np.vstack([self._found, whole])[-_KEPT:]

    def remaining(self, sums: csr_matrix, leaves: Indices) -> Matrix:
        """
        Return the directions that move no published sum and no other leaf.

        Args:
            sums: The published sums over some leaves, one row of ones each.
            leaves: Indices of these leaves; they are all that may move.

        Returns:
            How much each direction moves each of these leaves.
        """
        np = self._np
        moving = self._found[:, leaves]
        # A direction that moves another leaf has more than what it moves of these.
        elsewhere = np.abs(self._found).sum(axis=1) - np.abs(moving).sum(axis=1)
        moved = np.abs(sums @ moving.T).max(axis=0, initial=0)
        remaining: Matrix = moving[(elsewhere < _TOLERANCE) & (moved < _TOLERANCE)]
        return remaining


@dataclass(frozen=True, slots=True)
class Narrow:
    """A feasibility interval that is too short, and why."""

    target: int
    """Index of the quantity."""
    gap: float
    """What the interval lacks; above zero."""
    ends: tuple[Extreme, Extreme]
    """Its lower end, and its upper end with the sign changed."""


def too_narrow(
    program: Program,
    targets: csr_matrix,
    safety_intervals: Vector,
    known: tuple[Vector, Vector],
    values: Vector,
) -> tuple[list[Narrow], list[Vector]]:
    """
    Return the feasibility intervals that are shorter than their safety intervals.

    Args:
        program: What the attacker knows.
        targets: The quantities: by row, weights of the program's unknowns.
        safety_intervals: Shortest acceptable interval of each quantity.
        known: How far down and up directions have moved each quantity; it is changed.
        values: The true value of each unknown.

    Returns:
        These intervals, and the directions that were found.
    """
    observed = _Observed(program, targets, safety_intervals, known, values)
    observed.solve_together()
    return observed.solve_singly(), observed.directions


class _Observed:
    """The part of each feasibility interval that solutions have shown so far."""

    def __init__(
        self,
        program: Program,
        targets: csr_matrix,
        safety_intervals: Vector,
        known: tuple[Vector, Vector],
        values: Vector,
    ) -> None:
        import numpy as np  # noqa: PLC0415 - extra ``lp``

        self._np = np
        self._program, self._targets, self._values = program, targets, values
        self._needed = safety_intervals
        self._low, self._high = known
        self.directions: list[Vector] = []

    def solve_together(self) -> None:
        """Widen many intervals with each solution, as long as that decides some."""
        np, count = self._np, len(self._values)
        draws = np.random.default_rng(count)
        left, idle = self._undecided(), 0
        while len(left) > _MAX_SOLVED_SINGLY and idle < _MAX_IDLE_ROUNDS:
            chosen = draws.random(len(left)) < 0.5  # noqa: PLR2004 - half of them
            goal = self._targets[left].T @ (draws.uniform(0.2, 1.0, len(left)) * chosen)
            self._least(goal)
            self._least(-goal, self._enough(left))
            before, left = len(left), self._undecided()
            idle = idle + 1 if before - len(left) < _FEW else 0

    def solve_singly(self) -> list[Narrow]:
        """Return the undecided intervals that are too short, each solved by itself."""
        narrow = []
        for index in self._undecided().tolist():
            goal = self._targets[index].toarray().ravel()
            ends = [
                self._least(sign * goal)
                for sign in (1.0, -1.0)
                if self._gap(index) > _TOLERANCE
            ]
            if (gap := self._gap(index)) > _TOLERANCE:
                narrow.append(Narrow(index, gap, (ends[0], ends[1])))
        return narrow

    def _undecided(self) -> Indices:
        """Return the intervals that no two solutions show to be long enough."""
        return self._np.flatnonzero(self._high - self._low < self._needed - _TOLERANCE)

    def _gap(self, index: int) -> float:
        """Return what solutions have not shown of an interval yet."""
        return float(self._needed[index] - (self._high[index] - self._low[index]))

    def _enough(self, undecided: Indices) -> Vector:
        """Return what is enough of each unknown: more would leave others no room."""
        np, targets = self._np, self._targets
        enough = np.full(len(self._values), np.inf)
        for index in undecided[np.diff(targets.indptr)[undecided] == 1]:
            unknown = targets.indices[targets.indptr[index]]
            reached = self._values[unknown] + self._low[index]
            enough[unknown] = reached + self._needed[index]
        largest: Vector = np.maximum(enough, self._values)
        return largest

    def _least(self, goal: Vector, upper: Vector | None = None) -> Extreme:
        """Solve for the least goal, and widen every interval by the solution."""
        extreme = self._program.least(goal, upper)
        direction = extreme.solution - self._values
        self.directions.append(direction)
        moved = self._targets @ direction
        self._np.minimum(self._low, moved, out=self._low)
        self._np.maximum(self._high, moved, out=self._high)
        return extreme


def intervals_of(directions: Matrix, targets: csr_matrix) -> tuple[Vector, Vector]:
    """Return how far down and up some directions move each quantity."""
    import numpy as np  # noqa: PLC0415 - extra ``lp``

    if not len(directions):
        return np.zeros(targets.shape[0]), np.zeros(targets.shape[0])
    moved = targets @ directions.T
    return np.minimum(moved.min(axis=1), 0.0), np.maximum(moved.max(axis=1), 0.0)


def rows_of(groups: Sequence[Sequence[int]], width: int) -> csr_matrix:
    """Return a matrix with a row of ones for each group of indices."""
    import numpy as np  # noqa: PLC0415 - extra ``lp``
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    starts = np.cumsum([0, *map(len, groups)])
    columns = [i for group in groups for i in sorted(group)]
    return csr_matrix((np.ones(len(columns)), columns, starts), (len(groups), width))
