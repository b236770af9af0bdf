"""
HiGHS, the solver of the audits: linear programs with many goals, and covering problems.

A program is built once and asked for many extremes; each starts from the solution
before it.

Needs highspy (extra ``lp``).  HiGHS is deterministic on one machine.  Another version
of it may find another of several equal extremes, and so another safe choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

__all__ = ["Extreme", "Program", "has_solver", "least_cover"]

_OFF = 1e-6
"""How far a solution may be off an equation, relative to one plus its total."""

_LARGE = 2000
"""Unknowns from which on the interior-point method is faster than simplex."""

_MAX_NODES = 2000
"""Nodes of a search for the least loss; with more, the greedy choice is good enough."""


def has_solver() -> bool:
    """Return whether SciPy and highspy are installed."""
    return bool(find_spec("scipy")) and bool(find_spec("highspy"))


@dataclass(frozen=True, slots=True)
class Extreme:
    """A solution in which a goal is as small as possible."""

    solution: Vector
    duals: Vector
    """By equation: what the least goal grows by with each unit of the total."""


class Program:
    """
    Equations over unknowns between bounds, of which one solution is known.

    Args:
        rows: By equation, the coefficients of its unknowns.
        values: The known solution; the totals of the equations follow from it.
        lower: Smallest value of each unknown.
        upper: Largest value of each unknown; ``inf`` for no limit.
    """

    def __init__(
        self,
        rows: Sequence[Mapping[int, float]],
        values: Vector,
        lower: Vector,
        upper: Vector,
    ) -> None:
        import highspy  # noqa: PLC0415 - extra ``lp``
        import numpy as np  # noqa: PLC0415
        from scipy.sparse import csr_matrix  # noqa: PLC0415

        self._np, self._highspy = np, highspy
        self._lower, self._upper = lower, upper
        starts = list(accumulate((len(row) for row in rows), initial=0))
        columns = np.fromiter(chain.from_iterable(rows), np.int32, starts[-1])
        entries = np.fromiter(
            chain.from_iterable(row.values() for row in rows), float, starts[-1]
        )
        self._matrix = csr_matrix(
            (entries, columns, starts), shape=(len(rows), len(values))
        )
        self._totals = self._matrix @ values
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(values), len(rows)
        model.col_cost_ = np.zeros(len(values))
        model.col_lower_, model.col_upper_ = lower, upper
        model.row_lower_ = model.row_upper_ = self._totals
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
        model.a_matrix_.index_, model.a_matrix_.value_ = columns, entries
        self._narrowed = False
        self._highs = _quiet()
        if len(values) >= _LARGE:
            self._highs.setOptionValue("solver", "ipm")
        self._highs.passModel(model)

    def least(self, goal: Vector, upper: Vector | None = None) -> Extreme:
        """
        Return a solution in which the weighted sum of unknowns is as small as possible.

        Args:
            goal: The weights.
            upper: Largest values for this goal alone, no smaller than the known ones;
                they leave room for other unknowns.

        Raises:
            InternalError: If the solver does not finish, although there is a solution.
        """
        np, highs = self._np, self._highs
        numbers = np.arange(len(goal), dtype=np.int32)
        highs.changeColsCost(len(goal), numbers, goal)
        if upper is not None or self._narrowed:
            limits = self._upper if upper is None else np.minimum(upper, self._upper)
            highs.changeColsBounds(len(goal), numbers, self._lower, limits)
            self._narrowed = upper is not None
        # The solution before may mislead the solver; a fresh start has to succeed.
        for is_fresh in (False, True):
            if is_fresh:
                highs.clearSolver()
                highs.setOptionValue("solver", "simplex")
            highs.run()
            if highs.getModelStatus() == self._highspy.HighsModelStatus.kOptimal:
                answer = highs.getSolution()
                solution = np.array(answer.col_value)
                if self._satisfies(solution):
                    return Extreme(solution, np.array(answer.row_dual))
        raise InternalError.of("the audit found no limits of a suppressed count")

    def _satisfies(self, solution: Vector) -> bool:
        """Return whether a solution satisfies all equations and bounds."""
        off = abs(self._matrix @ solution - self._totals)
        return bool(
            (off <= _OFF * (1 + abs(self._totals))).all()
            and (solution >= self._lower - _OFF).all()
            and (solution <= self._upper + _OFF).all()
        )


def least_cover(
    rows: Sequence[Mapping[int, float]],
    least: Sequence[float],
    weights: Sequence[float],
) -> frozenset[int] | None:
    """
    Return the numbers of least weight whose entries add up to enough in each row.

    Args:
        rows: By condition, the entries of the numbers that it has.
        least: What the entries of each row must add up to.
        weights: Weight of each number.

    Returns:
        None if the solver did not finish within its limit of nodes.
    """
    import highspy  # noqa: PLC0415 - extra ``lp``
    import numpy as np  # noqa: PLC0415

    count = len(weights)
    starts = list(accumulate((len(row) for row in rows), initial=0))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count, len(rows)
    model.col_cost_ = np.array(weights, dtype=float)
    model.col_lower_, model.col_upper_ = np.zeros(count), np.ones(count)
    model.row_lower_ = np.array(least, dtype=float)
    model.row_upper_ = np.full(len(rows), highspy.kHighsInf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    model.a_matrix_.index_ = np.fromiter(
        chain.from_iterable(rows), np.int32, starts[-1]
    )
    model.a_matrix_.value_ = np.fromiter(
        chain.from_iterable(row.values() for row in rows), float, starts[-1]
    )
    model.integrality_ = [highspy.HighsVarType.kInteger] * count
    highs = _quiet()
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_max_nodes", _MAX_NODES)
    highs.passModel(model)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    chosen = np.array(highs.getSolution().col_value)
    return frozenset(int(i) for i in np.flatnonzero(chosen > 0.5))  # noqa: PLR2004


def _quiet() -> Any:
    """Return a solver that prints nothing and uses one thread."""
    import highspy  # noqa: PLC0415 - extra ``lp``

    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    highs.setOptionValue("threads", 1)
    return highs
