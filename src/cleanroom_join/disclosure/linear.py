"""
The linear-programming audit: between which limits is each unknown?

Unknowns are counts, so at least zero; the published sums are equations.  What an
attacker can say of an unknown is the smallest and the largest value it has in any
solution.  Every solution found bounds all unknowns at once from inside, so most of
them are known to be uncertain enough long before it is their turn.  Solutions may have
fractions; whole numbers alone can have narrower limits, which are not looked for.

Needs SciPy (extra ``lp``), whose HiGHS solver is deterministic on one machine; only
whether limits are far enough apart is used, not the limits themselves.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from typing import TypeVar

    K = TypeVar("K", bound=Hashable)

__all__ = ["Equation", "has_solver", "narrow"]

_PROBES = 24
"""Solutions in random directions that are tried before single unknowns are."""

_TOLERANCE = 1e-6

_LARGE = 1000
"""Unknowns from which on the interior-point method is used; see `_Solver`."""

_SOLVED, _UNBOUNDED = 0, 3
"""Status of an answer, as SciPy numbers them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Equation:
    """A sum of unknowns that is known."""

    unknowns: frozenset[int]
    total: int


def has_solver() -> bool:
    """Return whether SciPy is installed."""
    return find_spec("scipy") is not None


def narrow(
    equations: Sequence[Equation],
    values: Mapping[int, int],
    hidden: Mapping[K, AbstractSet[int]],
    width: int,
) -> set[K]:
    """
    Return which hidden sums of unknowns are certain to within less than *width*.

    Args:
        equations: What is published.
        values: The true value of each unknown, a solution to begin with.
        hidden: What must not be known: for each name the unknowns it is the sum of.
        width: Smallest acceptable distance between lower and upper limit.

    Raises:
        InternalError: If the solver does not finish, although there is a solution.
    """
    found: set[K] = set()
    rest = dict(hidden)
    for component in _components(equations, values):
        inside = {n: u for n, u in rest.items() if u and u <= component.unknowns}
        for name in inside:
            del rest[name]
        found |= component.narrow(values, inside, width)
    # Sums over several independent parts, or over nothing.  The limits of
    # independent parts add up; one part that is wide enough decides.
    whole = {name for name, unknowns in rest.items() if not unknowns}
    for name in rest.keys() - whole:
        if not _wide_somewhere(equations, values, rest[name], width):
            whole.add(name)
    return found | whole


def _wide_somewhere(
    equations: Sequence[Equation],
    values: Mapping[int, int],
    unknowns: AbstractSet[int],
    width: int,
) -> bool:
    """Return whether a part of a sum is uncertain enough on its own."""
    for component in _components(equations, values):
        inside = unknowns & component.unknowns
        if inside and not component.narrow(values, {0: inside}, width):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Component:
    """Equations that share unknowns, and those unknowns."""

    unknowns: frozenset[int]
    equations: tuple[Equation, ...]

    def narrow(
        self,
        values: Mapping[int, int],
        hidden: Mapping[K, AbstractSet[int]],
        width: int,
    ) -> set[K]:
        """Return which hidden sums are too certain, of those in this component."""
        if not self.equations:
            return set()  # nothing is known of them at all
        order = sorted(self.unknowns)
        seen = {n: _point(values, unknowns) for n, unknowns in hidden.items()}
        solver = _Solver(self.equations, order)
        draws = random.Random(len(order))  # noqa: S311 - directions, not secrets
        for _ in range(_PROBES if len(hidden) > 1 else 0):
            if not (left := _undecided(seen, width)):
                return set()
            wanted = dict.fromkeys(self.unknowns, 0)
            for name in left:
                sign = draws.choice((-1, 1))
                for i in hidden[name]:
                    wanted[i] += sign
            _widen(seen, hidden, solver.extreme(wanted))
            _widen(seen, hidden, solver.extreme({i: -w for i, w in wanted.items()}))
        for name in _undecided(seen, width):
            for sign in (1, -1):
                wanted = dict.fromkeys(hidden[name], sign)
                if name in _undecided(seen, width):
                    _widen(seen, hidden, solver.extreme(wanted))
        return set(_undecided(seen, width))


def _point(values: Mapping[int, int], unknowns: AbstractSet[int]) -> list[float]:
    """Return the true value of a sum as both its limits."""
    value = float(sum(values[i] for i in unknowns))
    return [value, value]


def _undecided(seen: Mapping[K, list[float]], width: int) -> list[K]:
    """Return what no two solutions are known to tell apart by *width*."""
    return [n for n, (low, high) in seen.items() if high - low < width - _TOLERANCE]


def _widen(
    seen: Mapping[K, list[float]],
    hidden: Mapping[K, AbstractSet[int]],
    solution: Mapping[int, float],
) -> None:
    """Take one more solution into account."""
    for name, limits in seen.items():
        total = sum(solution[i] for i in hidden[name])
        limits[0] = min(limits[0], total)
        limits[1] = max(limits[1], total)


class _Solver:
    """The equations of a component in the solver's form."""

    def __init__(self, equations: Sequence[Equation], order: Sequence[int]) -> None:
        from scipy.sparse import csr_matrix  # noqa: PLC0415 - extra ``lp``

        self._order = order
        # Measured (`make bench-audit`): the simplex method wins where a system is
        # small, the interior-point method by two to one where it is large.
        self._method = "highs-ds" if len(order) < _LARGE else "highs-ipm"
        place = {unknown: column for column, unknown in enumerate(order)}
        rows, columns = [], []
        for row, equation in enumerate(equations):
            for unknown in sorted(equation.unknowns):
                rows.append(row)
                columns.append(place[unknown])
        shape = (len(equations), len(order))
        self._matrix = csr_matrix(([1.0] * len(rows), (rows, columns)), shape=shape)
        self._totals = [float(equation.total) for equation in equations]

    def extreme(self, wanted: Mapping[int, int]) -> dict[int, float]:
        """Return a solution in which the *wanted* sum is as large as it can be."""
        from scipy.optimize import linprog  # noqa: PLC0415 - extra ``lp``

        answer = linprog(
            [-float(wanted.get(unknown, 0)) for unknown in self._order],
            A_eq=self._matrix,
            b_eq=self._totals,
            bounds=(0, None),
            method=self._method,
        )
        if answer.status == _UNBOUNDED:
            raise InternalError.of("an unknown is in no equation of its component")
        if answer.status != _SOLVED:
            raise InternalError.of("the audit found no limits of a withheld count")
        return dict(zip(self._order, answer.x.tolist(), strict=True))


def _components(
    equations: Iterable[Equation], values: Mapping[int, int]
) -> list[_Component]:
    """Return the independent parts of a system."""
    root = {unknown: unknown for unknown in values}

    def find(unknown: int) -> int:
        while root[unknown] != unknown:
            root[unknown] = root[root[unknown]]
            unknown = root[unknown]
        return unknown

    held = list(equations)
    for equation in held:
        first, *others = sorted(equation.unknowns)
        for other in others:
            root[find(other)] = find(first)
    unknowns: dict[int, set[int]] = {}
    for unknown in values:
        unknowns.setdefault(find(unknown), set()).add(unknown)
    parts: dict[int, list[Equation]] = {}
    for equation in sorted(held, key=lambda e: sorted(e.unknowns)):
        parts.setdefault(find(min(equation.unknowns)), []).append(equation)
    return [
        _Component(frozenset(inside), tuple(parts.get(name, ())))
        for name, inside in sorted(unknowns.items())
    ]
