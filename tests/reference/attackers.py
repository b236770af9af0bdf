"""
Attackers that know the published rows, with exact figures: written apart from the guard.

`Adder` adds and subtracts, in fractions.  `Solver` solves a linear program over all
quantities of every leaf at once, `count_intervals` one over counts only.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import bmat, identity, kron

from cleanroom_join.disclosure import Rule
from tests.reference.levels import contains

MUCH = 1e7
"""More than there is anywhere: a quantity that may be as large has no limit."""

MANY = 1e6
"""The same for a count of subjects."""


class Adder:
    """An attacker that adds and subtracts published figures."""

    def __init__(self, table, leaves, query):
        published = {cell.labels for cell in table.published}
        self.unknown = [leaf for leaf in leaves if leaf not in published]
        sums = {
            tuple(int(contains(labels, leaf, query)) for leaf in self.unknown)
            for labels in published
        }
        self._free = _null_space(sorted(sums), len(self.unknown))

    def knows(self, leaves):
        """Return whether the sum of some suppressed leaves is derivable."""
        chosen = [self.unknown.index(leaf) for leaf in leaves]
        return all(sum(vector[i] for i in chosen) == 0 for vector in self._free)

    def derivable_sets(self):
        """Return every set of suppressed leaves whose sum is derivable."""
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
    """Return integer vectors that span all that the sums leave open."""
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
    An attacker that solves one linear program over all leaves.

    Of every leaf three quantities per column are unknown: subjects with a value, the sum
    of the values, and subjects without one.  A sum is between the least and the largest
    value times the subjects.

    Args:
        table: What is published.
        truth: By leaf, a tuple of these three by column.
        bounds: The least and the largest value of each column.
        query: What was asked.
    """

    def __init__(self, table, truth, bounds, query):
        self.leaves = list(truth)
        self._bounds = bounds
        published = [cell.labels for cell in table.published]
        self._published = np.array(
            [
                [float(contains(k, leaf, query)) for leaf in self.leaves]
                for k in published
            ]
        ).reshape(len(published), len(self.leaves))
        self.quantities = 3 * len(bounds)
        values = np.array([np.ravel(truth[leaf]) for leaf in self.leaves], dtype=float)
        self._equal = kron(self._published, identity(self.quantities))
        self._to = (self._published @ values).ravel()
        each = identity(len(self.leaves))
        sides = [
            self._weights({(c, 0): low * sign, (c, 1): -sign})
            for c, ends in enumerate(bounds)
            for low, sign in zip(ends, (1, -1), strict=True)
        ]
        self._less = kron(each, np.array(sides))
        # As many subjects, with and without a value, in every column.
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
        """Return the weight of each quantity of a leaf."""
        found = np.zeros(self.quantities)
        for (column, quantity), weight in weights.items():
            found[3 * column + quantity] = weight
        return found

    def subjects(self, column=0):
        """Return the weights of all subjects of a leaf."""
        return self._weights({(column, 0): 1, (column, 2): 1})

    def valued(self, column=0):
        """Return the weights of the subjects with a value."""
        return self._weights({(column, 0): 1})

    def above(self, column=0):
        """Return the weights of a sum's excess over its least."""
        return self._weights({(column, 1): 1, (column, 0): -self._bounds[column][0]})

    def below(self, column=0):
        """Return the weights of a sum's distance from its largest."""
        return self._weights({(column, 1): -1, (column, 0): self._bounds[column][1]})

    def widths(self, wanted):
        """
        Return the width of the feasibility interval of each weighted sum.

        Args:
            wanted: Pairs of leaves and the weights of their quantities.
        """
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


def primary_suppressions(table):
    """Return the cells that a rule suppressed by itself, not as complements."""
    return {
        cell.labels for cell in table.suppressed if cell.rule is not Rule.COMPLEMENTARY
    }


def count_intervals(counts, table, query):
    """
    Return the feasibility interval of every count that must not be derivable.

    That is: of every leaf that is not published, and of every total that breaks a rule
    by itself.  A total suppressed only as a complement may be derivable: it is large
    enough to publish.  One program has a copy of the table for each end of an interval.
    """
    leaves = [leaf for leaf, n in counts.items() if n]
    published = [cell.labels for cell in table.published]
    secret = sorted({*leaves, *primary_suppressions(table)} - set(published))
    if not secret:
        return {}
    unknown = [leaf for leaf in leaves if leaf not in published]
    if not any(contains(key, leaf, query) for key in published for leaf in unknown):
        # No published sum contains one of them, so none has an upper limit.
        return {
            key: (0, MANY * any(contains(key, leaf, query) for leaf in unknown))
            for key in secret
        }
    values = np.array([float(counts[leaf]) for leaf in leaves])
    sums, wanted = (
        np.array(
            [[float(contains(key, leaf, query)) for leaf in leaves] for key in keys]
        ).reshape(len(keys), len(leaves))
        for keys in (published, secret)
    )
    copies = 2 * len(secret)
    answer = linprog(
        np.concatenate([wanted.ravel(), -wanted.ravel()]),
        A_eq=kron(identity(copies), sums, format="csr"),
        b_eq=np.tile(sums @ values, copies),
        bounds=(0, MANY),
        method="highs",
    )
    assert answer.status == 0
    low, high = answer.x.reshape(2, len(secret), len(leaves))
    ends = zip((low * wanted).sum(axis=1), (high * wanted).sum(axis=1), strict=True)
    return dict(zip(secret, ends, strict=True))


def assert_hidden(counts, table, query, k=100):
    """Assert that every count that is not published is uncertain by at least k."""
    for low, high in count_intervals(counts, table, query).values():
        assert high - low >= k - 1e-4
