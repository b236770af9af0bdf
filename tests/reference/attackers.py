"""
Attackers who have the published rows, with exact figures: written apart from the guard.

One adds and subtracts, in fractions.  One solves a linear program over everything that
can be in every leaf at once.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import bmat, identity, kron

from cleanroom_join.disclosure import Rule

MUCH = 1e7
"""More than there is anywhere: what may be as large is not limited."""


def beneath(key, leaf, asked):
    """Return whether a leaf is part of an item."""
    return all(
        label in (x, "(all)") or label in dimension.ancestors(x)
        for label, x, dimension in zip(key, leaf, asked.dimensions, strict=True)
    )


class Adder:
    """Who adds and subtracts published figures."""

    def __init__(self, table, leaves, asked):
        shown = {cell.labels for cell in table.published}
        self.unknown = [leaf for leaf in leaves if leaf not in shown]
        sums = {
            tuple(int(beneath(key, leaf, asked)) for leaf in self.unknown)
            for key in shown
        }
        self._free = _null_space(sorted(sums), len(self.unknown))

    def knows(self, leaves):
        """Return whether the figures of some withheld leaves together follow."""
        chosen = [self.unknown.index(leaf) for leaf in leaves]
        return all(sum(vector[i] for i in chosen) == 0 for vector in self._free)

    def everything(self):
        """Return every set of withheld leaves whose figures follow."""
        many = len(self.unknown)
        if not many:
            return []
        codes = np.arange(1, 2**many)
        choices = (codes[:, None] >> np.arange(many)) & 1
        free = np.array(self._free, dtype=np.int64).reshape(len(self._free), many)
        known = ~(choices @ free.T).any(axis=1)
        return [
            frozenset(itertools.compress(self.unknown, chosen))
            for chosen in choices[known].tolist()
        ]


def _null_space(rows, width):
    """Return whole vectors that span what all sums leave open."""
    matrix, pivots = [[Fraction(x) for x in row] for row in rows], []
    for column in range(width):
        at = len(pivots)
        found = next((r for r in range(at, len(matrix)) if matrix[r][column]), None)
        if found is None:
            continue
        matrix[at], matrix[found] = matrix[found], matrix[at]
        matrix[at] = [x / matrix[at][column] for x in matrix[at]]
        for r, row in enumerate(matrix):
            if r != at and row[column]:
                matrix[r] = [
                    x - row[column] * y for x, y in zip(row, matrix[at], strict=True)
                ]
        pivots.append(column)
    vectors = []
    for free in set(range(width)) - set(pivots):
        vector = [Fraction(0)] * width
        vector[free] = Fraction(1)
        for r, column in enumerate(pivots):
            vector[column] = -matrix[r][free]
        scale = np.lcm.reduce([x.denominator for x in vector])
        vectors.append([int(x * int(scale)) for x in vector])
    return vectors


class Solver:
    """
    Who solves one linear program over all leaves.

    Of every leaf are unknown: people with a value, the sum of the values, and people
    without one, of each column.  A sum is between the lowest and the highest value
    times the people.

    Args:
        table: What is published.
        truth: By leaf, a tuple of these three by column.
        bounds: The lowest and the highest value of each column.
        asked: The question.
    """

    def __init__(self, table, truth, bounds, asked):
        self.leaves = list(truth)
        self._bounds = bounds
        shown = [cell.labels for cell in table.published]
        self._shown = np.array(
            [[float(beneath(k, leaf, asked)) for leaf in self.leaves] for k in shown]
        ).reshape(len(shown), len(self.leaves))
        self.parts = 3 * len(bounds)
        values = np.array([np.ravel(truth[leaf]) for leaf in self.leaves], dtype=float)
        self._equal = kron(self._shown, identity(self.parts))
        self._to = (self._shown @ values).ravel()
        each = identity(len(self.leaves))
        sides = [
            self._weights({(c, 0): low * sign, (c, 1): -sign})
            for c, ends in enumerate(bounds)
            for low, sign in zip(ends, (1, -1), strict=True)
        ]
        self._less = kron(each, np.array(sides))
        # As many people, with and without a value, in whichever column.
        same = [
            self._weights({(0, 0): 1, (0, 2): 1, (c, 0): -1, (c, 2): -1})
            for c in range(1, len(bounds))
        ]
        if same:
            self._equal = bmat([[self._equal], [kron(each, np.array(same))]])
            self._to = np.concatenate(
                [self._to, np.zeros(len(same) * len(self.leaves))]
            )

    def _weights(self, weights):
        found = np.zeros(self.parts)
        for (column, part), weight in weights.items():
            found[3 * column + part] = weight
        return found

    def people(self, column=0):
        """Return the weights of all people of a leaf."""
        return self._weights({(column, 0): 1, (column, 2): 1})

    def valued(self, column=0):
        """Return the weights of those with a value."""
        return self._weights({(column, 0): 1})

    def above(self, column=0):
        """Return the weights of what a sum is above its least."""
        return self._weights({(column, 1): 1, (column, 0): -self._bounds[column][0]})

    def below(self, column=0):
        """Return the weights of what a sum is below its largest."""
        return self._weights({(column, 1): -1, (column, 0): self._bounds[column][1]})

    def widths(self, wanted):
        """Return by how much each of some weighted sums over leaves is uncertain."""
        if not wanted:
            return []
        goals = np.array(
            [
                np.ravel(
                    [weights if leaf in some else 0 * weights for leaf in self.leaves]
                )
                for some, weights in wanted
            ]
        )
        copies = 2 * len(wanted)
        answer = linprog(
            np.concatenate([goals.ravel(), -goals.ravel()]),
            A_ub=kron(identity(copies), self._less, format="csr"),
            b_ub=np.zeros(copies * self._less.shape[0]),
            A_eq=kron(identity(copies), self._equal, format="csr"),
            b_eq=np.tile(self._to, copies),
            bounds=[(0, MUCH), (-MUCH, MUCH), (0, MUCH)]
            * (copies * len(self.leaves) * len(self._bounds)),
            method="highs",
        )
        assert answer.status == 0
        low, high = answer.x.reshape(2, len(wanted), -1)
        return ((high - low) * goals).sum(axis=1).tolist()


def broken(table):
    """Return what is withheld by a rule by itself, not for the sake of others."""
    return {
        cell.labels for cell in table.suppressed if cell.rule is not Rule.COMPLEMENTARY
    }
