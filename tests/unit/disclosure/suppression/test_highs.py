"""The solver keeps to every published sum, whichever way it takes."""

from __future__ import annotations

import numpy as np
import pytest

from cleanroom_join.disclosure.suppression import highs
from cleanroom_join.disclosure.suppression.feasibility import Equation
from cleanroom_join.disclosure.suppression.highs import Solver
from cleanroom_join.errors import InternalError
from tests.support.equations import marginal_equations

NEAR = 1e-3


@pytest.mark.parametrize("nearly", [True, False])
def test_every_solution_keeps_to_the_published_sums(nearly):
    """Also if some unknowns are to be large."""
    values, equations = marginal_equations(1)
    asked = Solver(equations, sorted(values))
    most = {i: value + 50.0 for i, value in values.items()}

    found = asked.extreme(
        [frozenset([i]) for i in range(0, len(values), 2)], most, nearly=nearly
    )

    for equation in equations:
        assert sum(found[i] for i in equation.unknowns) == pytest.approx(equation.total)
    assert min(found.values()) > -NEAR
    assert all(found[i] < limit + NEAR for i, limit in most.items())


@pytest.mark.parametrize(
    ("large", "fast"), [(1000, "milp"), (0, "highs-ipm")], ids=["small", "as if large"]
)
def test_the_slow_way_answers_where_the_quick_one_does_not(large, fast, monkeypatch):
    """The quick method may give up, for instance on numbers that it rounds badly."""
    monkeypatch.setattr(highs, "_LARGE", large)
    values, equations = marginal_equations(2)
    asked = Solver(equations, sorted(values))
    wanted = [frozenset([7])]
    expected = asked.extreme(wanted)[7]
    methods = []

    def tiring(solve):
        def gives_up(*goal, method="milp", **more):
            methods.append(method)
            answer = solve(
                *goal, **more, **({} if method == "milp" else {"method": method})
            )
            if method == fast:
                answer.status, answer.x = 1, None
            return answer

        return gives_up

    asked._milp, asked._linprog = tiring(asked._milp), tiring(asked._linprog)

    assert asked.extreme(wanted)[7] == pytest.approx(expected)
    assert methods == [fast, "highs"]


def test_an_equation_left_out_by_mistake_is_noticed(monkeypatch):
    """A solution of few equations is not one of all; then all of them are solved."""
    values, equations = marginal_equations(3)
    wanted = [frozenset([i]) for i in range(0, len(values), 3)]
    most = {i: value + 200.0 for i, value in values.items()}
    monkeypatch.setattr(highs, "_DEPENDENT", 0.2)
    careless = Solver(equations, sorted(values))

    found = careless.extreme(wanted, most, nearly=True)

    assert careless._independent[0].shape[0] < careless._matrix.shape[0] / 2
    for equation in equations:
        assert sum(found[i] for i in equation.unknowns) == pytest.approx(equation.total)


def test_only_sums_of_others_are_left_out():
    """As many equations stay as are independent, and the shorter ones."""
    values, equations = marginal_equations(4)
    matrix = Solver(equations, sorted(values))._matrix.toarray()

    few = Solver(equations, sorted(values))._independent[0].toarray()

    rank = np.linalg.matrix_rank(matrix)
    assert len(few) == rank < len(matrix)
    assert np.linalg.matrix_rank(few) == rank
    assert few.sum() < matrix.sum()


def test_contradicting_sums_are_refused():
    """They have no solution, so no width."""
    equations = [
        Equation(unknowns=frozenset([0, 1]), total=3),
        Equation(unknowns=frozenset([0, 1]), total=5),
    ]

    with pytest.raises(InternalError):
        Solver(equations, [0, 1]).extreme([frozenset([0])])
