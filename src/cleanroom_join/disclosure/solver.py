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

    from cleanroom_join.disclosure.linear import Equation

__all__ = ["Solver"]

_LARGE = 1000
"""Unknowns from which on the interior-point method is used; see `Solver`."""

_LITTLE = 0.01
"""How much anything else counts at most, where nearly as large will do."""

_SOLVED, _UNBOUNDED = 0, 3
"""Status of an answer, as SciPy numbers them."""


class Solver:
    """The equations of a component in the solver's form."""

    def __init__(self, equations: Sequence[Equation], order: Sequence[int]) -> None:
        from scipy.optimize import linprog  # noqa: PLC0415 - extra ``lp``
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
        self._totals = [float(equation.total) for equation in equations]

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
        for method in (self._quick, "highs"):
            answer = self._linprog(
                list(goal.values()),
                A_eq=self._matrix,
                b_eq=self._totals,
                bounds=bounds,
                method=method,
            )
            if answer.status == _SOLVED:
                return dict(zip(self._order, answer.x.tolist(), strict=True))
            if answer.status == _UNBOUNDED:
                raise InternalError.of("an unknown is in no equation of its component")
        raise InternalError.of("the audit found no limits of a withheld count")
