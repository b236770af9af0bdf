"""
The attacker's problem: between which limits can a reader bound each unknown?

The attacker knows the published sums as equations, and that no unknown is negative.
The *feasibility interval* of an unknown reaches from its smallest to its largest value
in any solution.  Every solution shows a part of all intervals at once.  So each call of
the solver makes as many unknowns large as the equations leave room for, and most
intervals turn out wide enough long before it is their turn.

Solutions may have fractions.  Whole numbers alone can have narrower intervals, which we
do not compute.

Needs SciPy (extra ``lp``).  Its HiGHS solver is deterministic on one machine, and only
whether an interval is wide enough counts, not its limits.
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

_MAX_SOLVED_SINGLY = 8
"""So many intervals are solved one by one; of more, many are solved together."""

_MAX_IDLE_ROUNDS = 2
"""Rounds in a row that may widen no interval enough, before single ones are solved."""

_TOLERANCE = 1e-6


def has_solver() -> bool:
    """Return whether SciPy is installed."""
    return find_spec("scipy") is not None


def too_narrow(
    equations: Sequence[Equation],
    values: Mapping[int, float],
    protected: Mapping[K, Protected],
) -> set[K]:
    """
    Return which feasibility intervals are shorter than their safety interval.

    Args:
        equations: What the attacker knows.
        values: The true value of each unknown, which is a first solution.
        protected: The sums of unknowns to protect.  If a sum has unknowns in several
            independent components, its interval is the sum of theirs: one component
            with a long enough interval decides.

    Raises:
        InternalError: If the solver does not finish, although there is a solution.
    """
    undecided = set(protected)
    components = _components(equations, values)
    component_of = {
        i: n for n, component in enumerate(components) for i in component.unknowns
    }
    by_component: dict[int, dict[K, Protected]] = {}
    for name, target in protected.items():
        inside: dict[int, set[int]] = {}
        for unknown in target.unknowns:
            inside.setdefault(component_of[unknown], set()).add(unknown)
        for n, unknowns in inside.items():
            share = Protected(
                unknowns=frozenset(unknowns), safety_interval=target.safety_interval
            )
            by_component.setdefault(n, {})[name] = share
    # The largest components first: they are the ones that leave room.
    for n in sorted(by_component, key=lambda n: (-components[n].size(values), n)):
        here = {
            name: target
            for name, target in by_component[n].items()
            if name in undecided
        }
        undecided -= here.keys() - components[n].too_narrow(values, here)
    return undecided


@dataclass(frozen=True, slots=True)
class _Component:
    """Equations that share unknowns, directly or through others, and their unknowns."""

    unknowns: frozenset[int]
    equations: tuple[Equation, ...]
    _limiting: dict[int, list[int]] = field(default_factory=dict)
    """Indices of the equations that limit each unknown, filled by `too_narrow`."""

    def too_narrow(
        self, values: Mapping[int, float], protected: Mapping[K, Protected]
    ) -> set[K]:
        """Return which intervals are too short, all of them in this component."""
        if not self.equations:
            return set()  # the attacker knows nothing about them
        for index, equation in enumerate(self.equations):
            for unknown in () if equation.less else equation.unknowns:
                self._limiting.setdefault(unknown, []).append(index)
        to_solve = {
            name: target
            for name, target in protected.items()
            if self._room(target) >= target.safety_interval
        }
        without_room = protected.keys() - to_solve.keys()
        return without_room | self._solved_too_narrow(values, to_solve)

    def size(self, values: Mapping[int, float]) -> float:
        """Return the sum of all unknowns."""
        return sum(values[unknown] for unknown in self.unknowns)

    def _room(self, target: Protected) -> float:
        """Return an upper bound of an interval's length, without a linear program."""
        return sum(
            min(self.equations[index].total for index in self._limiting[i])
            for i in target.unknowns
        )

    def _solved_too_narrow(
        self, values: Mapping[int, float], protected: Mapping[K, Protected]
    ) -> set[K]:
        """Solve for many intervals together, then for one after another."""
        observed = _ObservedIntervals(values, protected)
        solver = Solver(self.equations, sorted(self.unknowns))
        draws = random.Random(len(self.unknowns))  # noqa: S311 - an order, no secret
        undecided, idle_rounds = observed.undecided(), 0
        while len(undecided) > _MAX_SOLVED_SINGLY and idle_rounds < _MAX_IDLE_ROUNDS:
            draws.shuffle(undecided)
            together = [
                protected[name].unknowns for name in self._fitting(undecided, protected)
            ]
            observed.add(solver.extreme(together, observed.sufficient(), nearly=True))
            before, undecided = len(undecided), observed.undecided()
            idle_rounds = 0 if len(undecided) < before else idle_rounds + 1
        for name, nearly, sign in product(undecided, (True, False), (1, -1)):
            if observed.is_undecided(name):
                alone = [protected[name].unknowns]
                observed.add(solver.extreme(alone, sign=sign, nearly=nearly))
        return set(observed.undecided())

    def _fitting(self, names: Iterable[K], protected: Mapping[K, Protected]) -> list[K]:
        """Return the sums that can all be large at once, as far as the totals allow."""
        room = [float(equation.total) for equation in self.equations]
        chosen = []
        for name in names:
            limiting = {n for i in protected[name].unknowns for n in self._limiting[i]}
            safety_interval = protected[name].safety_interval
            # The first sum of an equation is always chosen, however small the total.
            if all(
                room[n] >= min(safety_interval, self.equations[n].total)
                for n in limiting
            ):
                chosen.append(name)
                for n in limiting:
                    room[n] -= safety_interval
        return chosen


class _ObservedIntervals(Generic[K]):
    """The part of each feasibility interval that the solutions so far have shown."""

    def __init__(
        self, values: Mapping[int, float], protected: Mapping[K, Protected]
    ) -> None:
        self._protected = protected
        self._limits = {
            name: [float(sum(values[i] for i in target.unknowns))] * 2
            for name, target in protected.items()
        }

    def undecided(self) -> list[K]:
        """Return the intervals that no two solutions show to be long enough."""
        return [name for name in self._limits if self.is_undecided(name)]

    def is_undecided(self, name: K) -> bool:
        """Return whether no two solutions show an interval to be long enough."""
        low, high = self._limits[name]
        return high - low < self._protected[name].safety_interval - _TOLERANCE

    def sufficient(self) -> dict[int, float]:
        """Return the value at which each single undecided unknown is decided."""
        return {
            unknown: self._limits[name][0] + target.safety_interval
            for name, target in self._protected.items()
            if len(target.unknowns) == 1 and self.is_undecided(name)
            for unknown in target.unknowns
        }

    def add(self, solution: Mapping[int, float]) -> None:
        """Widen every interval by one more solution."""
        for name, limits in self._limits.items():
            total = sum(solution[i] for i in self._protected[name].unknowns)
            limits[0] = min(limits[0], total)
            limits[1] = max(limits[1], total)


def _components(
    equations: Iterable[Equation], values: Mapping[int, float]
) -> list[_Component]:
    """Return the independent components of a system of equations."""
    root = {unknown: unknown for unknown in values}

    def find(unknown: int) -> int:
        while root[unknown] != unknown:
            root[unknown] = root[root[unknown]]
            unknown = root[unknown]
        return unknown

    system = list(equations)
    for equation in system:
        first, *others = sorted(equation.unknowns | equation.less)
        for other in others:
            root[find(other)] = find(first)
    unknowns: dict[int, set[int]] = {}
    for unknown in values:
        unknowns.setdefault(find(unknown), set()).add(unknown)
    by_root: dict[int, list[Equation]] = {}
    for equation in sorted(system, key=lambda e: (sorted(e.unknowns), sorted(e.less))):
        by_root.setdefault(find(min(equation.unknowns)), []).append(equation)
    return [
        _Component(frozenset(inside), tuple(by_root.get(name, ())))
        for name, inside in sorted(unknowns.items())
    ]
