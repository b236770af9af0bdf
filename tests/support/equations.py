"""Equations of a table with most of its marginals, for the attacker's problem."""

from __future__ import annotations

import itertools
import random

import numpy as np

SIDES = (5, 4, 3)


def marginal_equations(seed):
    """Return a table's values, and most of its lines and faces as sets of indices."""
    draws = random.Random(seed)
    cells = list(itertools.product(*map(range, SIDES)))
    values = [draws.choice([0.0, 3.0, 40.0, 99.0, 99.0, 150.0]) for _ in cells]
    known = []
    for kept in ((0, 1), (0, 2), (1, 2), (0,), (1,)):
        lines = {}
        for i, cell in enumerate(cells):
            lines.setdefault(tuple(cell[axis] for axis in kept), []).append(i)
        known += [line for line in lines.values() if draws.random() < 0.8]
    return np.array(values), [dict.fromkeys(line, 1.0) for line in known]


def limits(equations, values, weights, lower=0.0, upper=None):
    """
    Return the least and the largest weighted sum, each from a program of its own.

    Args:
        equations: The coefficients of each equation, by index of the unknown.
        values: A solution.
        weights: Weight of each unknown in the sum.
        lower: Least value of every unknown, or of all of them.
        upper: Largest value, in the same way.
    """
    from scipy.optimize import linprog

    matrix = np.zeros((len(equations), len(values)))
    for row, equation in enumerate(equations):
        for i, coefficient in equation.items():
            matrix[row, i] = coefficient
    least = np.broadcast_to(np.asarray(lower, float), len(values))
    most = [np.inf if upper is None else upper] * len(values)
    if np.ndim(upper):
        most = upper
    ends = []
    for sign in (1, -1):
        answer = linprog(
            sign * np.asarray(weights, float),
            A_eq=matrix,
            b_eq=matrix @ values,
            bounds=list(zip(least, most, strict=True)),
        )
        # No limit: HiGHS says "unbounded", or "infeasible or unbounded".
        ends.append(sign * (answer.fun if answer.status == 0 else -np.inf))
    return tuple(ends)
