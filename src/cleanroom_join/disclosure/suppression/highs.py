"""
SciPy's HiGHS solver for the audit: one system of equations, many directions.

Needs the extra ``lp``.
"""

from __future__ import annotations

import random
from itertools import chain
from math import inf
from typing import TYPE_CHECKING

from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from scipy.optimize import OptimizeResult
    from scipy.sparse import csr_matrix

    from cleanroom_join.disclosure.suppression.equations import Equation

__all__ = ["Solver"]

_LARGE = 1000
"""Unknowns from which on the interior-point method is used; see `Solver`."""

_SMALL_WEIGHT = 0.01
"""Largest weight of any other unknown, if a nearly extreme solution will do."""

_DEPENDENT = 1e-12
"""What is left of an equation that is a sum of others: rounding errors only."""

_OFF = 1e-6
"""How far a solution may be off an equation, relative to one plus its total."""

_SOLVED, _UNBOUNDED = 0, 3
"""Status of an answer, as SciPy numbers them."""


class Solver:
    """
    The equations of one component in the solver's form.

    Args:
        equations: The equations.
        order: The unknowns, in the order of the solver's variables.
    """

    def __init__(self, equations: Sequence[Equation], order: Sequence[int]) -> None:
        import numpy as np  # noqa: PLC0415 - extra ``lp``
        from scipy.optimize import linprog, milp  # noqa: PLC0415
        from scipy.sparse import csr_matrix  # noqa: PLC0415

        self._linprog = linprog
        self._milp = milp
        self._order = order
        self._draws = random.Random(len(order))  # noqa: S311 - directions, no secret
        column_of = {unknown: column for column, unknown in enumerate(order)}
        entries, rows, columns = [], [], []
        for row, equation in enumerate(equations):
            for sign, unknowns in ((1.0, equation.unknowns), (-1.0, equation.less)):
                for unknown in sorted(unknowns):
                    entries.append(sign)
                    rows.append(row)
                    columns.append(column_of[unknown])
        shape = (len(equations), len(order))
        self._matrix = csr_matrix((entries, (rows, columns)), shape=shape)
        self._totals = np.array([float(equation.total) for equation in equations])
        # Without the equations that are sums of others; `_satisfies` checks all of
        # them.
        kept = _independent_rows(self._matrix)
        self._independent = self._matrix[kept], self._totals[kept]

    def extreme(
        self,
        wanted: Iterable[frozenset[int]],
        limits: Mapping[int, float] | None = None,
        *,
        sign: int = 1,
        nearly: bool = False,
    ) -> dict[int, float]:
        """
        Return a solution in which the wanted sums together are as large as possible.

        Args:
            wanted: Sums of unknowns.
            limits: Largest value of some unknowns, which leaves room for others; the
                true values must satisfy these limits.
            sign: -1 for a solution in which they are as small as possible.
            nearly: Whether nearly as large will do.  Then every other unknown gets a
                small random weight, so that one solution is best, which halves the
                time.

        Raises:
            InternalError: If the solver does not finish.
        """
        small = _SMALL_WEIGHT if nearly else 0.0
        goal = {unknown: self._draws.uniform(-small, small) for unknown in self._order}
        for unknown in chain.from_iterable(wanted):
            goal[unknown] -= sign
        largest = [(limits or {}).get(unknown) for unknown in self._order]
        # The fast way can fail by its rounding errors; the slow way has to succeed.
        for solve in (self._solved_fast, self._solved_slowly):
            answer = solve(list(goal.values()), largest)
            if answer.status == _SOLVED and self._satisfies(answer.x):
                return dict(zip(self._order, answer.x.tolist(), strict=True))
            if answer.status == _UNBOUNDED:
                raise InternalError.of("an unknown is in no equation of its component")
        raise InternalError.of("the audit found no limits of a suppressed count")

    def _solved_fast(
        self, goal: list[float], largest: list[float | None]
    ) -> OptimizeResult:
        """
        Solve the independent equations.

        Measured (`make bench-audit`): the simplex method is faster on small systems,
        the interior-point method on large ones.  `milp` without whole numbers is the
        same simplex method; `linprog` spends more time on checks of a small system than
        on its solution.
        """
        matrix, totals = self._independent
        if len(self._order) < _LARGE:
            upper = [inf if limit is None else limit for limit in largest]
            return self._milp(
                goal, bounds=(0.0, upper), constraints=(matrix, totals, totals)
            )
        return self._solved(goal, largest, matrix, totals, "highs-ipm")

    def _solved_slowly(
        self, goal: list[float], largest: list[float | None]
    ) -> OptimizeResult:
        """Solve all equations, by the method that the solver chooses."""
        return self._solved(goal, largest, self._matrix, self._totals, "highs")

    def _solved(
        self,
        goal: list[float],
        largest: list[float | None],
        matrix: csr_matrix,
        totals: np.ndarray[tuple[int], np.dtype[np.float64]],
        method: str,
    ) -> OptimizeResult:
        """Solve a system of equations, of which no unknown is negative."""
        return self._linprog(
            goal,
            A_eq=matrix,
            b_eq=totals,
            bounds=[(0.0, limit) for limit in largest],
            method=method,
        )

    def _satisfies(
        self, solution: np.ndarray[tuple[int], np.dtype[np.float64]]
    ) -> bool:
        """Return whether a solution satisfies all equations."""
        off = abs(self._matrix @ solution - self._totals)
        return bool((off <= _OFF * (1 + abs(self._totals))).all())


def _independent_rows(matrix: csr_matrix) -> list[int]:
    """Return the rows that are no sums of others; short rows before long ones."""
    import numpy as np  # noqa: PLC0415 - extra ``lp``
    from scipy.linalg import lapack  # noqa: PLC0415

    sizes = np.diff(matrix.indptr)
    products = (matrix @ matrix.T).toarray() / np.outer(sizes, sizes)
    _, order, rank, _ = lapack.dpstrf(products, tol=_DEPENDENT)
    return sorted(int(row) - 1 for row in order[:rank])
