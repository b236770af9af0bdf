"""The attacker's problem, against a program that asks for every limit by itself."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest
from scipy.optimize import linprog

from cleanroom_join.disclosure.suppression import feasibility, highs
from cleanroom_join.disclosure.suppression.feasibility import (
    Equation,
    Protected,
    too_narrow,
)
from tests.support.equations import marginal_equations

NEAR = 1e-3


def limits(equations, count, wanted):
    """Return the least and the largest value of a sum, of all solutions."""
    matrix = np.zeros((len(equations), count))
    for row, equation in enumerate(equations):
        matrix[row, sorted(equation.unknowns)] = 1
        matrix[row, sorted(equation.less)] = -1
    goal = np.array([float(i in wanted) for i in range(count)])
    totals = [e.total for e in equations]
    found = [
        linprog(sign * goal, A_eq=matrix, b_eq=totals).fun * sign for sign in (1, -1)
    ]
    return tuple(found)


def all_of(values, draws):
    """Return a secret for each unknown, and some for two or three together."""
    several = [tuple(draws.sample(sorted(values), 3)) for _ in range(8)]
    names = [*((i,) for i in values), *several]
    return {
        name: Protected(
            unknowns=frozenset(name), safety_interval=draws.choice([10, 100, 150])
        )
        for name in names
    }


def expected(values, equations, secrets):
    """Return which secrets are too certain, and which nearly are."""
    narrow_ones, border = set(), set()
    for name, secret in secrets.items():
        low, high = limits(equations, len(values), secret.unknowns)
        if abs(high - low - secret.safety_interval) < NEAR:
            border.add(name)
        elif high - low < secret.safety_interval:
            narrow_ones.add(name)
    return narrow_ones, border


@cache
def marginal_problem(seed):
    """Return a table's attacker's problem, and its answer, for both methods."""
    values, equations = marginal_equations(seed)
    secrets = all_of(values, random.Random(seed))
    return values, equations, secrets, expected(values, equations, secrets)


@pytest.mark.parametrize("large", [0, 1000], ids=["as if large", "small"])
@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 6))]
)
def test_intervals_are_as_wide_together_as_alone(seed, large, monkeypatch):
    """In any company, and by either method of the solver."""
    monkeypatch.setattr(highs, "_LARGE", large)
    values, equations, secrets, (too_certain, border) = marginal_problem(seed)

    found = too_narrow(equations, values, secrets)

    assert too_certain
    assert len(too_certain) < len(secrets) - feasibility._MAX_SOLVED_SINGLY
    assert found - border == too_certain


@pytest.mark.parametrize("seed", range(4))
def test_subtracted_unknowns_count(seed):
    """In two tables, every sum of two unknowns is an unknown of the other table."""
    draws = random.Random(seed)
    values, known = {}, []
    for i in range(6):
        values |= {3 * i: draws.randint(0, 200), 3 * i + 1: draws.randint(0, 200)}
        values[3 * i + 2] = values[3 * i] + values[3 * i + 1]
        pair = frozenset([3 * i, 3 * i + 1])
        known.append(Equation(unknowns=pair, less=frozenset([3 * i + 2]), total=0))
    for offset in range(3):
        for some in (range(0, 6, 2), range(1, 6, 2), range(4)):
            line = frozenset(3 * i + offset for i in some)
            known.append(Equation(unknowns=line, total=sum(values[i] for i in line)))
    secrets = {
        (i,): Protected(
            unknowns=frozenset([i]), safety_interval=draws.choice([50, 200, 400])
        )
        for i in values
    }

    found = too_narrow(known, values, secrets)

    too_certain, border = expected(values, known, secrets)
    assert 0 < len(too_certain) < len(secrets)
    assert found - border == too_certain
