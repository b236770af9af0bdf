"""The linear program against one that asks for every limit by itself."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from scipy.optimize import linprog

from cleanroom_join.disclosure.suppression import feasibility as linear
from cleanroom_join.disclosure.suppression import highs as solver
from cleanroom_join.disclosure.suppression.feasibility import (
    Equation,
    Protected,
    too_narrow,
)
from cleanroom_join.disclosure.suppression.highs import Solver
from cleanroom_join.errors import InternalError

SIDES = (5, 4, 3)
NEAR = 1e-3


def limits(equations, count, wanted):
    """Return the least and the largest value of a sum, of all solutions."""
    matrix = np.zeros((len(equations), count))
    for row, equation in enumerate(equations):
        for i in range(count):
            matrix[row, i] = (i in equation.unknowns) - (i in equation.less)
    goal = np.array([float(i in wanted) for i in range(count)])
    found = [
        linprog(sign * goal, A_eq=matrix, b_eq=[e.total for e in equations]).fun * sign
        for sign in (1, -1)
    ]
    return tuple(found)


def grid(seed):
    """Return a table's values, and the sums of most of its lines and faces."""
    draws = random.Random(seed)
    cells = list(itertools.product(*map(range, SIDES)))
    values = {i: draws.choice([0, 3, 40, 99, 99, 150]) for i in range(len(cells))}
    known = []
    for places in ((0, 1), (0, 2), (1, 2), (0,), (1,)):
        lines = {}
        for i, cell in enumerate(cells):
            lines.setdefault(tuple(cell[p] for p in places), []).append(i)
        known += [frozenset(line) for line in lines.values() if draws.random() < 0.8]
    equations = [
        Equation(unknowns=line, total=sum(values[i] for i in line)) for line in known
    ]
    return values, equations


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
    """Return which secrets are too certain, and which are so nearly."""
    narrow_ones, border = set(), set()
    for name, secret in secrets.items():
        low, high = limits(equations, len(values), secret.unknowns)
        if abs(high - low - secret.safety_interval) < NEAR:
            border.add(name)
        elif high - low < secret.safety_interval:
            narrow_ones.add(name)
    return narrow_ones, border


@pytest.mark.parametrize("large", [0, 1000], ids=["as if large", "small"])
@pytest.mark.parametrize("seed", range(6))
def test_together_they_are_as_wide_as_alone(seed, large, monkeypatch):
    """Asked for in whatever company, and by either method of the solver."""
    monkeypatch.setattr(solver, "_LARGE", large)
    values, equations = grid(seed)
    secrets = all_of(values, random.Random(seed))

    found = too_narrow(equations, values, secrets)

    too_certain, border = expected(values, equations, secrets)
    assert too_certain
    assert len(too_certain) < len(secrets) - linear._MAX_SOLVED_SINGLY
    assert found - border == too_certain


@pytest.mark.parametrize("seed", range(4))
def test_what_is_taken_away_counts(seed):
    """Two tables, whose every sum of two unknowns is one of the other's."""
    draws = random.Random(seed)
    values, known = {}, []
    for i in range(6):
        values |= {3 * i: draws.randint(0, 200), 3 * i + 1: draws.randint(0, 200)}
        values[3 * i + 2] = values[3 * i] + values[3 * i + 1]
        pair = frozenset([3 * i, 3 * i + 1])
        known.append(Equation(unknowns=pair, less=frozenset([3 * i + 2]), total=0))
    for part in range(3):
        for places in (range(0, 6, 2), range(1, 6, 2), range(4)):
            line = frozenset(3 * i + part for i in places)
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


@pytest.mark.parametrize("nearly", [True, False])
def test_nothing_is_wide_that_is_in_no_solution(nearly):
    """Every solution keeps to what is published, also where some are to be large."""
    values, equations = grid(1)
    asked = Solver(equations, sorted(values))
    most = {i: value + 50.0 for i, value in values.items()}

    found = asked.extreme(
        [frozenset([i]) for i in range(0, len(values), 2)], most, nearly=nearly
    )

    for equation in equations:
        assert sum(found[i] for i in equation.unknowns) == pytest.approx(equation.total)
    assert min(found.values()) > -NEAR
    assert all(found[i] < limit + NEAR for i, limit in most.items())


def test_the_slow_way_answers_where_the_quick_one_does_not():
    """A quick method that gives up, as on numbers that its rounding does not bear."""
    values, equations = grid(2)
    asked = Solver(equations, sorted(values))
    wanted = [frozenset([7])]
    expected = asked.extreme(wanted)[7]
    solve, methods = asked._linprog, []

    def gives_up(*goal, method, **more):
        methods.append(method)
        tired = {} if method == "highs" else {"options": {"maxiter": 0}}
        return solve(*goal, method=method, **more, **tired)

    asked._linprog = gives_up

    assert asked.extreme(wanted)[7] == pytest.approx(expected)
    assert methods == ["highs-ds", "highs"]


def test_an_equation_left_out_by_mistake_is_noticed(monkeypatch):
    """What keeps to few equations only is no solution; all of them are asked then."""
    values, equations = grid(3)
    wanted = [frozenset([i]) for i in range(0, len(values), 3)]
    most = {i: value + 200.0 for i, value in values.items()}
    monkeypatch.setattr(solver, "_DEPENDENT", 0.2)
    careless = Solver(equations, sorted(values))

    found = careless.extreme(wanted, most, nearly=True)

    assert careless._independent[0].shape[0] < careless._matrix.shape[0] / 2
    for equation in equations:
        assert sum(found[i] for i in equation.unknowns) == pytest.approx(equation.total)


def test_only_sums_of_others_are_left_out():
    """As many equations are left as are independent, and the shorter ones."""
    values, equations = grid(4)
    matrix = Solver(equations, sorted(values))._matrix.toarray()

    few = Solver(equations, sorted(values))._independent[0].toarray()

    rank = np.linalg.matrix_rank(matrix)
    assert len(few) == rank < len(matrix)
    assert np.linalg.matrix_rank(few) == rank
    assert few.sum() < matrix.sum()


def test_what_no_solution_has_is_refused():
    """Sums that contradict each other are a fault, not a width."""
    equations = [
        Equation(unknowns=frozenset([0, 1]), total=3),
        Equation(unknowns=frozenset([0, 1]), total=5),
    ]

    with pytest.raises(InternalError):
        Solver(equations, [0, 1]).extreme([frozenset([0])])
