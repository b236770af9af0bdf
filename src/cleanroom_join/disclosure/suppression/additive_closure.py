"""
Which sets of suppressed leaves are derivable by adding and subtracting published sums.

The total of two rows less two columns may be what is left of two other columns.  A set
of leaves is *derivable* if its sum is in the space that the published sums span.  There
are too many sets to try them all.  So the search takes every table line (all labels of
one dimension, beside fixed labels of the others) and finds the smallest sets of labels
whose leaves are derivable together.

The search is numerical: it samples random directions in which the suppressed figures
can move while all published sums stay.  A set is derivable if its sum stays in all of
them.

Needs SciPy and highspy (extra ``lp``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, product
from math import inf
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL
from cleanroom_join.disclosure.suppression.minimal_relations import minimal_relations
from cleanroom_join.disclosure.suppression.solver import Program
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import numpy as np

    from cleanroom_join.contract import CellLabels, Dimension

    Matrix = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

__all__ = ["Derivable", "PublishedSums", "TableLines"]

_TOLERANCE = 1e-6
"""Sums that stay move by 1e-9 or so, others by about one."""

_EXTRA_DIRECTIONS = 8
"""Sampled directions beyond one for every label of the longest line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Derivable:
    """A set of suppressed leaves on one table line whose sum is derivable."""

    leaves: frozenset[CellLabels]
    summed_dimensions: frozenset[int]
    """Indices of the dimensions over which the line is a total."""


class PublishedSums:
    """
    The published sums of suppressed leaves, and what follows from them.

    A published aggregate less its published leaves is such a sum.

    Args:
        leaves: All suppressed leaves.
        sums: The suppressed leaves below each published aggregate.
    """

    def __init__(
        self, leaves: Sequence[CellLabels], sums: Collection[frozenset[CellLabels]]
    ) -> None:
        import numpy as np  # noqa: PLC0415 - extra ``lp``
        from scipy.linalg import lapack  # noqa: PLC0415
        from scipy.sparse import csr_matrix  # noqa: PLC0415

        self._np = np
        self._leaves = leaves
        self._index = {leaf: i for i, leaf in enumerate(leaves)}
        columns = {s: sorted(self._index[leaf] for leaf in s) for s in sums}
        self._sums = sorted(columns, key=columns.__getitem__)
        rows = [columns[s] for s in self._sums]
        starts = list(accumulate(map(len, rows), initial=0))
        ones = (np.ones(starts[-1]), list(chain.from_iterable(rows)), starts)
        matrix = csr_matrix(ones, shape=(len(rows), len(leaves)))
        products = (matrix @ matrix.T).toarray()
        # A sum is in the basis unless others add up to it.  The pivot of a basis sum is
        # at least one in some thousands, however long the chain of sums.
        factor, order, rank, _ = lapack.dpstrf(products, tol=_TOLERANCE)
        in_basis = order[:rank] - 1
        self._in_basis = in_basis
        self._rows, self._matrix = rows, matrix
        self._basis = matrix[in_basis]
        self._factor: Matrix = np.triu(factor[:rank, :rank])

    def derivable_sets(
        self, lines: TableLines, *, several: bool = True
    ) -> Iterator[Derivable]:
        """
        Yield the derivable sets of labels on table lines that contain no smaller one.

        Args:
            lines: All table lines of the suppressed leaves.
            several: Whether to look for sets of several labels, which takes longer.
        """
        directions = self._free_directions(lines.longest + _EXTRA_DIRECTIONS)
        moved = lines.sums_below(directions)
        stays = self._np.abs(moved).max(axis=1, initial=0) < _TOLERANCE
        seen = set()
        for line in lines.lines:
            for labels in _derivable_labels(
                moved, stays, line.label_indices, several=several
            ):
                found = Derivable(
                    leaves=frozenset(
                        chain.from_iterable(lines.leaves_below[i] for i in labels)
                    ),
                    summed_dimensions=line.summed_dimensions,
                )
                if found not in seen:
                    seen.add(found)
                    yield found

    def derivation(
        self, leaves: Collection[CellLabels]
    ) -> Mapping[frozenset[CellLabels], float]:
        """
        Return sums that add up, with weights, to the sum of derivable leaves.

        Of all such weights these have the smallest sum, so few sums have one.

        Args:
            leaves: Leaves whose sum is derivable.

        Raises:
            InternalError: If their sum is not derivable.
        """
        np = self._np
        wanted = np.zeros(len(self._leaves))
        wanted[[self._index[leaf] for leaf in leaves]] = 1.0
        along_basis = np.zeros(len(self._sums))
        along_basis[self._in_basis] = self._solve(self._basis @ wanted)
        # Positive and negative weights are unknowns of their own.
        sides = np.maximum(along_basis, 0), np.maximum(-along_basis, 0)
        known = np.concatenate(sides)
        program = Program(
            self._equations, known, np.zeros(len(known)), np.full(len(known), inf)
        )
        solution = program.least(np.ones(len(known))).solution
        weights = solution[: len(self._sums)] - solution[len(self._sums) :]
        if np.abs(self._matrix.T @ weights - wanted).max() > _TOLERANCE:
            raise InternalError.of("a sum of suppressed cells is not derivable")
        return {
            published: weight
            for published, weight in zip(self._sums, weights.tolist(), strict=True)
            if abs(weight) > _TOLERANCE
        }

    @cached_property
    def _equations(self) -> list[dict[int, float]]:
        """The weights that each leaf has, as equations of their sums' weights."""
        count = len(self._sums)
        found: list[dict[int, float]] = [{} for _ in self._leaves]
        for number, row in enumerate(self._rows):
            for leaf in row:
                found[leaf] |= {number: 1.0, count + number: -1.0}
        return found

    def _free_directions(self, count: int) -> Matrix:
        """Return directions in which the leaves can move while all sums stay."""
        draws = self._np.random.default_rng(count)
        directions: Matrix = draws.standard_normal((len(self._leaves), count))
        for _ in range(2):  # the second projection removes rounding errors of the first
            along_basis = self._solve(self._basis @ directions)
            directions = directions - self._basis.T @ along_basis
        return directions

    def _solve(self, products: Matrix) -> Matrix:
        """Return the weights of the basis sums, from scalar products with them."""
        from scipy.linalg import cho_solve  # noqa: PLC0415 - extra ``lp``

        if not len(self._factor):
            return products
        weights: Matrix = cho_solve((self._factor, False), products)
        return weights


@dataclass(frozen=True, kw_only=True, slots=True)
class TableLine:
    """A table line: every label of one dimension, beside fixed labels of the others."""

    label_indices: range
    """Indices of its labels among the labels of all lines."""
    summed_dimensions: frozenset[int]
    """Indices of the dimensions over which it is a total."""


class TableLines:
    """
    All table lines that some leaves are on.

    Args:
        leaves: All suppressed leaves.
        dimensions: Dimensions of the query, in the order of the labels.
    """

    def __init__(
        self, leaves: Sequence[CellLabels], dimensions: Sequence[Dimension]
    ) -> None:
        self.leaves = leaves
        self.lines: list[TableLine] = []
        self.leaves_below: list[Sequence[CellLabels]] = []
        """The leaves below each label of each line."""
        for (index, fixed), by_label in _lines(leaves, dimensions).items():
            totals = frozenset(i for i, label in enumerate(fixed) if label == ALL)
            start = len(self.leaves_below)
            self.leaves_below += by_label.values()
            self.lines.append(
                TableLine(
                    label_indices=range(start, len(self.leaves_below)),
                    summed_dimensions=totals - {index},
                )
            )
        position = {leaf: i for i, leaf in enumerate(leaves)}
        self._order = [position[x] for x in chain.from_iterable(self.leaves_below)]
        self._starts = list(accumulate(map(len, self.leaves_below), initial=0))[:-1]

    @property
    def longest(self) -> int:
        """The largest number of labels of a line."""
        return max((len(line.label_indices) for line in self.lines), default=0)

    def sums_below(self, directions: Matrix) -> Matrix:
        """Return how the sum of the leaves below each label moves in each direction."""
        import numpy as np  # noqa: PLC0415 - extra ``lp``

        if not self._starts:
            return np.zeros((0, directions.shape[1]))
        moved: Matrix = np.add.reduceat(directions[self._order], self._starts, axis=0)
        return moved


def _derivable_labels(
    moved: Matrix, stays: Matrix, indices: range, *, several: bool
) -> Iterator[list[int]]:
    """Yield the smallest sets of labels of one line whose leaves are derivable."""
    derivable = stays[indices.start : indices.stop]
    yield from ([indices[int(i)]] for i in derivable.nonzero()[0])
    if several:
        moving = [index for index in indices if not stays[index]]
        for relation in minimal_relations(moved[moving]):
            yield [moving[i] for i in relation]


def _lines(
    leaves: Sequence[CellLabels], dimensions: Sequence[Dimension]
) -> Mapping[tuple[int, CellLabels], dict[object, list[CellLabels]]]:
    """
    Return the leaves of every line, by label of its dimension.

    A line is the index of its dimension and the fixed labels, with None at that index.
    """
    found: dict[tuple[int, CellLabels], dict[object, list[CellLabels]]] = {}
    for leaf in leaves:
        choices = [
            (label, *(d.ancestors(label) if isinstance(label, str) else ()), ALL)
            for label, d in zip(leaf, dimensions, strict=True)
        ]
        for index, label in enumerate(leaf):
            for fixed in product(*choices[:index], (None,), *choices[index + 1 :]):
                by_label = found.setdefault((index, fixed), {})
                by_label.setdefault(label, []).append(leaf)
    return found
