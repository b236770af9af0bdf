"""
The linear-programming audit: between which limits is each unknown?

Unknowns are at least zero; the published sums are equations.  What an
attacker can say of an unknown is the smallest and the largest value it has in any
solution.  Every solution found bounds all unknowns at once from inside, so most of
them are known to be uncertain enough long before it is their turn: as many as the
equations leave room for are made large together.  Solutions may have
fractions; whole numbers alone can have narrower limits, which are not looked for.

Needs SciPy (extra ``lp``), whose HiGHS solver is deterministic on one machine; only
whether limits are far enough apart is used, not the limits themselves.
"""

from __future__ import annotations

import random
from collections.abc import Hashable
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import product
from typing import TYPE_CHECKING, Generic, TypeVar

from cleanroom_join.disclosure.suppression.equations import Equation, Protected
from cleanroom_join.disclosure.suppression.highs import Solver

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["has_solver", "too_narrow"]

K = TypeVar("K", bound=Hashable)

_FEW = 8
"""Secrets that are asked for one by one; of more, many are asked for together."""

_IDLE = 2
"""Answers in a row that decide nothing, before secrets are asked for alone."""

_TOLERANCE = 1e-6


def has_solver() -> bool:
    """Return whether SciPy is installed."""
    return find_spec("scipy") is not None


def too_narrow(
    equations: Sequence[Equation],
    values: Mapping[int, float],
    secrets: Mapping[K, Protected],
) -> set[K]:
    """
    Return which secrets are certain to within less than their width.

    Args:
        equations: What is published.
        values: The true value of each unknown, a solution to begin with.
        secrets: What must not be known.  A sum over several independent parts of the
            system has limits that add up: one part that is wide enough decides.

    Raises:
        InternalError: If the solver does not finish, although there is a solution.
    """
    left = set(secrets)
    components = _components(equations, values)
    at = {i: n for n, component in enumerate(components) for i in component.unknowns}
    parts: dict[int, dict[K, Protected]] = {}
    for name, secret in secrets.items():
        inside: dict[int, set[int]] = {}
        for unknown in secret.unknowns:
            inside.setdefault(at[unknown], set()).add(unknown)
        for n, unknowns in inside.items():
            part = Protected(
                unknowns=frozenset(unknowns), safety_interval=secret.safety_interval
            )
            parts.setdefault(n, {})[name] = part
    # The largest parts first: they are the ones that leave room.
    for n in sorted(parts, key=lambda n: (-components[n].size(values), n)):
        asked = {name: part for name, part in parts[n].items() if name in left}
        left -= asked.keys() - components[n].too_narrow(values, asked)
    return left


@dataclass(frozen=True, slots=True)
class _Component:
    """Equations that share unknowns, and those unknowns."""

    unknowns: frozenset[int]
    equations: tuple[Equation, ...]
    _around: dict[int, list[int]] = field(default_factory=dict)
    """The places of the equations that bound each unknown, once it was asked for."""

    def too_narrow(
        self, values: Mapping[int, float], secrets: Mapping[K, Protected]
    ) -> set[K]:
        """Return which secrets are too certain, all of them in this component."""
        if not self.equations:
            return set()  # nothing is known of them at all
        for place, equation in enumerate(self.equations):
            for unknown in () if equation.less else equation.unknowns:
                self._around.setdefault(unknown, []).append(place)
        asked = {n: s for n, s in secrets.items() if self._room(s) >= s.safety_interval}
        return secrets.keys() - asked.keys() | self._too_certain(values, asked)

    def size(self, values: Mapping[int, float]) -> float:
        """Return the sum of all unknowns."""
        return sum(values[unknown] for unknown in self.unknowns)

    def _room(self, secret: Protected) -> float:
        """Return how far apart a secret's limits are at most: no program is needed."""
        return sum(
            min(self.equations[place].total for place in self._around[i])
            for i in secret.unknowns
        )

    def _too_certain(
        self, values: Mapping[int, float], secrets: Mapping[K, Protected]
    ) -> set[K]:
        """Ask the solver: for many together, then for one after another."""
        seen = _Seen(values, secrets)
        solver = Solver(self.equations, sorted(self.unknowns))
        draws = random.Random(len(self.unknowns))  # noqa: S311 - an order, no secret
        left, idle = seen.undecided(), 0
        while len(left) > _FEW and idle < _IDLE:
            draws.shuffle(left)
            together = [secrets[name].unknowns for name in self._apart(left, secrets)]
            seen.widen(solver.extreme(together, seen.enough(), nearly=True))
            before, left = len(left), seen.undecided()
            idle = 0 if len(left) < before else idle + 1
        for name, nearly, sign in product(left, (True, False), (1, -1)):
            if seen.is_undecided(name):
                alone = [secrets[name].unknowns]
                seen.widen(solver.extreme(alone, sign=sign, nearly=nearly))
        return set(seen.undecided())

    def _apart(self, names: Iterable[K], secrets: Mapping[K, Protected]) -> list[K]:
        """Return secrets that the equations leave room for, one beside the other."""
        room = [float(equation.total) for equation in self.equations]
        chosen = []
        for name in names:
            around = {n for i in secrets[name].unknowns for n in self._around[i]}
            safety_interval = secrets[name].safety_interval
            # One by itself is always asked for, however little room there is.
            if all(
                room[n] >= min(safety_interval, self.equations[n].total) for n in around
            ):
                chosen.append(name)
                for n in around:
                    room[n] -= safety_interval
        return chosen


class _Seen(Generic[K]):
    """Between which limits each secret was seen, from inside."""

    def __init__(
        self, values: Mapping[int, float], secrets: Mapping[K, Protected]
    ) -> None:
        self._secrets = secrets
        self._limits = {
            name: [float(sum(values[i] for i in secret.unknowns))] * 2
            for name, secret in secrets.items()
        }

    def undecided(self) -> list[K]:
        """Return what no two solutions are known to tell apart by its width."""
        return [name for name in self._limits if self.is_undecided(name)]

    def is_undecided(self, name: K) -> bool:
        """Return whether no two solutions tell one secret apart by its width."""
        low, high = self._limits[name]
        return high - low < self._secrets[name].safety_interval - _TOLERANCE

    def enough(self) -> dict[int, float]:
        """Return how large each unknown must be that is an undecided secret."""
        return {
            unknown: self._limits[name][0] + secret.safety_interval
            for name, secret in self._secrets.items()
            if len(secret.unknowns) == 1 and self.is_undecided(name)
            for unknown in secret.unknowns
        }

    def widen(self, solution: Mapping[int, float]) -> None:
        """Take one more solution into account."""
        for name, limits in self._limits.items():
            total = sum(solution[i] for i in self._secrets[name].unknowns)
            limits[0] = min(limits[0], total)
            limits[1] = max(limits[1], total)


def _components(
    equations: Iterable[Equation], values: Mapping[int, float]
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
        first, *others = sorted(equation.unknowns | equation.less)
        for other in others:
            root[find(other)] = find(first)
    unknowns: dict[int, set[int]] = {}
    for unknown in values:
        unknowns.setdefault(find(unknown), set()).add(unknown)
    parts: dict[int, list[Equation]] = {}
    for equation in sorted(held, key=lambda e: (sorted(e.unknowns), sorted(e.less))):
        parts.setdefault(find(min(equation.unknowns)), []).append(equation)
    return [
        _Component(frozenset(inside), tuple(parts.get(name, ())))
        for name, inside in sorted(unknowns.items())
    ]
