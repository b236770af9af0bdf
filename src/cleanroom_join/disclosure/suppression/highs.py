"""
SciPy's HiGHS as the audit uses it: the same equations, one direction after another.

Needs the extra ``lp``.
"""

from __future__ import annotations

import random
from itertools import chain
from typing import TYPE_CHECKING

from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from scipy.sparse import csr_matrix

    from cleanroom_join.disclosure.suppression.equations import Equation

__all__ = ["Solver"]

_LARGE = 1000
"""Unknowns from which on the interior-point method is used; see `Solver`."""

_LITTLE = 0.01
"""How much anything else counts at most, where nearly as large will do."""

_DEPENDENT = 1e-12
"""What is left of an equation that is a sum of others: rounding only."""

_OFF = 1e-6
"""By how much a solution may be off an equation, of its total or of one."""

_SOLVED, _UNBOUNDED = 0, 3
"""Status of an answer, as SciPy numbers them."""


class Solver:
    """The equations of a component in the solver's form."""

    def __init__(self, equations: Sequence[Equation], order: Sequence[int]) -> None:
        import numpy as np  # noqa: PLC0415 - extra ``lp``
        from scipy.optimize import linprog  # noqa: PLC0415
        from scipy.sparse import csr_matrix  # noqa: PLC0415

        self._linprog = linprog
        self._order = order
        # Measured (`make bench-audit`): the simplex method wins where a system is
        # small, the interior-point method where it is large.
        self._quick = "highs-ds" if len(order) < _LARGE else "highs-ipm"
        self._draws = random.Random(len(order))  # noqa: S311 - directions, no secret
        place = {unknown: column for column, unknown in enumerate(order)}
        entries, rows, columns = [], [], []
        for row, equation in enumerate(equations):
            for sign, unknowns in ((1.0, equation.unknowns), (-1.0, equation.less)):
                for unknown in sorted(unknowns):
                    entries.append(sign)
                    rows.append(row)
                    columns.append(place[unknown])
        shape = (len(equations), len(order))
        self._matrix = csr_matrix((entries, (rows, columns)), shape=shape)
        self._totals = np.array([float(equation.total) for equation in equations])
        # Without the equations that are sums of others; `_holds` asks all of them.
        few = _independent(self._matrix)
        self._few = self._matrix[few], self._totals[few]

    def extreme(
        self,
        wanted: Iterable[frozenset[int]],
        most: Mapping[int, float] | None = None,
        *,
        sign: int = 1,
        nearly: bool = False,
    ) -> dict[int, float]:
        """
        Return a solution in which all that is wanted is as large as it can be together.

        Args:
            wanted: Sums of unknowns.
            most: Where an unknown must stop, so that others find room; none of these
                limits may forbid the true values.
            sign: -1 if it is to be as small as it can be.
            nearly: Whether nearly as large will do.  Then all else counts a little, by
                chance, so that no two solutions are as good: it takes half the time.
        """
        little = _LITTLE if nearly else 0.0
        goal = {
            unknown: self._draws.uniform(-little, little) for unknown in self._order
        }
        for unknown in chain.from_iterable(wanted):
            goal[unknown] -= sign
        bounds = [(0.0, (most or {}).get(unknown)) for unknown in self._order]
        # The quick way can fail on its rounding; the slow one has to succeed.
        ways = ((self._quick, *self._few), ("highs", self._matrix, self._totals))
        for method, matrix, totals in ways:
            answer = self._linprog(
                list(goal.values()),
                A_eq=matrix,
                b_eq=totals,
                bounds=bounds,
                method=method,
            )
            if answer.status == _SOLVED and self._holds(answer.x):
                return dict(zip(self._order, answer.x.tolist(), strict=True))
            if answer.status == _UNBOUNDED:
                raise InternalError.of("an unknown is in no equation of its component")
        raise InternalError.of("the audit found no limits of a withheld count")

    def _holds(self, solution: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
        """Return whether a solution is one of all equations."""
        off = abs(self._matrix @ solution - self._totals)
        return bool((off <= _OFF * (1 + abs(self._totals))).all())


def _independent(matrix: csr_matrix) -> list[int]:
    """Return the rows that are no sums of others, rather short ones than long ones."""
    import numpy as np  # noqa: PLC0415 - extra ``lp``
    from scipy.linalg import lapack  # noqa: PLC0415

    sizes = np.diff(matrix.indptr)
    products = (matrix @ matrix.T).toarray() / np.outer(sizes, sizes)
    _, order, rank, _ = lapack.dpstrf(products, tol=_DEPENDENT)
    return sorted(int(row) - 1 for row in order[:rank])
