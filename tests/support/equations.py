"""Equations of a table with most of its marginals, for the attacker's problem."""

from __future__ import annotations

import itertools
import random

from cleanroom_join.disclosure.suppression.equations import Equation

SIDES = (5, 4, 3)


def marginal_equations(seed):
    """Return a table's values, and the sums of most of its lines and faces."""
    draws = random.Random(seed)
    cells = list(itertools.product(*map(range, SIDES)))
    values = {i: draws.choice([0, 3, 40, 99, 99, 150]) for i in range(len(cells))}
    known = []
    for kept in ((0, 1), (0, 2), (1, 2), (0,), (1,)):
        lines = {}
        for i, cell in enumerate(cells):
            lines.setdefault(tuple(cell[axis] for axis in kept), []).append(i)
        known += [frozenset(line) for line in lines.values() if draws.random() < 0.8]
    equations = [
        Equation(unknowns=line, total=sum(values[i] for i in line)) for line in known
    ]
    return values, equations
