"""The solver keeps to every sum and bound, and finds the cheapest cover."""

from __future__ import annotations

import itertools
import random
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from cleanroom_join.disclosure.suppression import solver
from cleanroom_join.disclosure.suppression.solver import Program, least_cover
from cleanroom_join.errors import InternalError
from tests.support.equations import limits, marginal_equations
from tests.support.examples import examples

NEAR = 1e-4


def program_of(values, rows, upper=inf):
    """Return a program whose unknowns are at least zero."""
    most = np.broadcast_to(upper, len(values)).astype(float)
    return Program(rows, values, 0.0 * values, most)


@pytest.mark.parametrize("upper", [inf, 160.0])
def test_every_solution_keeps_to_sums_and_bounds(upper):
    """Whatever is asked, one goal after another."""
    values, rows = marginal_equations(1)
    program = program_of(values, rows, upper)
    draws = np.random.default_rng(1)

    for _ in range(20):
        found = program.least(draws.uniform(0, 1, len(values))).solution

        for row in rows:
            total = sum(values[i] for i in row)
            assert sum(found[i] for i in row) == pytest.approx(total)
        assert found.min() > -NEAR
        assert found.max() < upper + NEAR


def test_an_extreme_is_the_least_of_all_solutions():
    """Each of many goals, against a program of its own."""
    values, rows = marginal_equations(2)
    program = program_of(values, rows)

    for i in range(0, len(values), 4):
        goal = np.zeros(len(values))
        goal[i] = 1.0
        least, most = limits(rows, values, goal)

        assert program.least(goal).solution @ goal == pytest.approx(least, abs=NEAR)
        assert program.least(-goal).solution @ goal == pytest.approx(most, abs=NEAR)


def test_duals_say_what_the_least_goal_grows_by():
    """They prove it: no solution of these sums has less, whatever the totals are."""
    values, rows = marginal_equations(3)
    matrix = np.zeros((len(rows), len(values)))
    for number, row in enumerate(rows):
        matrix[number, list(row)] = 1.0
    program = program_of(values, rows)

    for i in range(0, len(values), 4):
        goal = np.zeros(len(values))
        goal[i] = 1.0
        for sign in (1, -1):
            extreme = program.least(sign * goal)

            assert (extreme.duals @ matrix <= sign * goal + NEAR).all()
            assert extreme.duals @ matrix @ values == pytest.approx(
                sign * extreme.solution @ goal, abs=NEAR
            )


def test_contradicting_sums_are_refused():
    """Two unknowns of at most one do not add up to three, so nothing has a limit."""
    program = program_of(np.array([2.0, 1.0]), [{0: 1.0, 1: 1.0}], upper=1.0)

    with pytest.raises(InternalError):
        program.least(np.array([1.0, 0.0]))


def test_a_goal_without_limit_is_refused():
    """No sum has the unknown, so it may be as large as it likes."""
    program = program_of(np.array([2.0, 1.0]), [{0: 1.0}])

    with pytest.raises(InternalError):
        program.least(np.array([0.0, -1.0]))


class Tired:
    """HiGHS, which gives up so many times, in one way or another."""

    def __init__(self, highs, times, spoil=None):
        self._highs, self._left, self._spoil = highs, times, spoil
        self.asked = []

    def run(self):
        """Solve, or do not."""
        self.asked.append("run")
        self._tired = self._left > 0
        self._left -= 1
        return self._highs.run()

    def clearSolver(self):  # noqa: N802 - as HiGHS has it
        """Forget the solution before."""
        self.asked.append("clear")
        return self._highs.clearSolver()

    def getModelStatus(self):  # noqa: N802
        """Return that it is optimal, or that a limit of time was reached."""
        import highspy

        if self._tired and self._spoil is None:
            return highspy.HighsModelStatus.kTimeLimit
        return self._highs.getModelStatus()

    def getSolution(self):  # noqa: N802
        """Return the solution, or what is none."""
        found = self._highs.getSolution()
        if self._tired and self._spoil is not None:
            found.col_value = self._spoil(found.col_value)
        return found

    def __getattr__(self, name):
        """Return whatever else HiGHS has."""
        return getattr(self._highs, name)


WAYS = pytest.mark.parametrize(
    "spoil",
    [
        None,
        lambda found: [found[0] + 1, *found[1:]],
        lambda found: [-1, 4, *found[2:]],
        lambda found: [4, -1, *found[2:]],
        lambda found: [*found[:2], found[2] + 1],
    ],
    ids=["stops", "off a sum", "below", "below another", "above"],
)


def tired_program(times, spoil):
    """Return a program of a solver that gives up: two unknowns are 3, the third 1."""
    values = np.array([2.0, 1.0, 1.0])
    program = program_of(values, [{0: 1.0, 1: 1.0}], upper=np.array([inf, inf, 1.0]))
    program._highs = Tired(program._highs, times, spoil)
    return program


@WAYS
def test_a_solver_that_gives_up_once_is_started_afresh(spoil):
    """The solution before may mislead it."""
    program = tired_program(1, spoil)

    found = program.least(np.array([2.0, 1.0, -1.0])).solution

    assert found.tolist() == [0, 3, 1]
    assert program._highs.asked == ["run", "clear", "run"]


@WAYS
def test_a_solver_that_gives_up_twice_stops_everything(spoil):
    """What it says by then is no proof."""
    program = tired_program(2, spoil)

    with pytest.raises(InternalError):
        program.least(np.array([2.0, 1.0, -1.0]))


ENTRIES = st.sampled_from([-1.0, 0.25, 0.5, 0.75, 1.0])
PROBLEMS = st.integers(1, 7).flatmap(
    lambda count: st.tuples(
        st.lists(
            st.tuples(
                st.dictionaries(st.integers(0, count - 1), ENTRIES, min_size=1),
                st.sampled_from([-2.0, -1.0, 0.0, 1.0, 1.0]),
            ),
            min_size=1,
            max_size=6,
        ),
        st.lists(st.integers(1, 40), min_size=count, max_size=count),
    )
)


def covers(chosen, rows, least):
    """Return whether the entries of some numbers add up to enough in each row."""
    return all(
        sum(x for i, x in row.items() if i in chosen) >= enough
        for row, enough in zip(rows, least, strict=True)
    )


@settings(max_examples=examples(300), deadline=None)
@given(PROBLEMS)
def test_no_cover_weighs_less(drawn):
    """Of all sets of numbers, tried one by one; some numbers make a row harder."""
    conditions, weights = drawn
    rows, least = zip(*conditions, strict=True)
    numbers = range(len(weights))
    possible = [
        sum(weights[i] for i in some)
        for n in range(len(weights) + 1)
        for some in itertools.combinations(numbers, n)
        if covers(some, rows, least)
    ]

    found = least_cover(rows, least, weights)

    assert (found is None) is (not possible)
    if possible:
        assert covers(found, rows, least)
        assert sum(weights[i] for i in found) == min(possible)


def triples(count, of, seed):
    """Return conditions on three of many numbers, and weights that are nearly alike."""
    draws = random.Random(seed)
    rows = [dict.fromkeys(draws.sample(range(of), 3), 1.0) for _ in range(count)]
    return rows, [1.0] * count, [draws.randint(50, 60) for _ in range(of)]


@pytest.mark.parametrize("seed", range(3))
def test_no_cover_of_many_numbers_weighs_a_little_less(seed):
    """The solver does not stop at one that is nearly the cheapest."""
    rows, enough, weights = triples(60, 30, seed)
    matrix = np.zeros((len(rows), len(weights)))
    for number, row in enumerate(rows):
        matrix[number, list(row)] = 1.0
    least = milp(
        weights,
        constraints=LinearConstraint(matrix, lb=1),
        integrality=1,
        bounds=(0, 1),
        options={"mip_rel_gap": 0},
    )

    found = least_cover(rows, enough, weights)

    assert covers(found, rows, enough)
    assert sum(weights[i] for i in found) == pytest.approx(least.fun)


def test_the_least_cover_is_not_searched_for_ever(monkeypatch):
    """Triples of a hundred numbers take more than one node, and there is a limit."""
    monkeypatch.setattr(solver, "_MAX_NODES", 1)

    assert least_cover(*triples(400, 100, 1)) is None
