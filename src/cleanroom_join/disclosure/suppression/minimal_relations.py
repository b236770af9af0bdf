"""
Minimal relations: the smallest sets of vectors that add up to zero.

Needs SciPy (extra ``lp``).
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    Matrix = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

__all__ = ["minimal_relations"]

_TOLERANCE = 1e-6
"""Vectors that add up to zero are off by 1e-9 or so, others by about one."""

_EXTRA_DIRECTIONS = 8
"""Sampled directions beyond one for every vector."""

_MAX_COMBINED = 12
"""
Most basis vectors of the relations of one table line that are combined in all ways.

If there are more, only pairs of labels and all labels together are tried.
"""


def minimal_relations(vectors: Matrix) -> Iterator[tuple[int, ...]]:
    """
    Yield the sets of rows that add up to zero and contain no smaller such set.

    Args:
        vectors: One row for each label of a table line: how the sum of its leaves
            moves in each sampled direction.  No row is zero.

    Yields:
        Indices of rows, rising.
    """
    import numpy as np  # noqa: PLC0415 - extra ``lp``

    if len(vectors) < 2:  # noqa: PLR2004 - one vector that is not zero
        return
    # A few directions more than there are vectors tell any of them apart.
    vectors = vectors[:, : len(vectors) + _EXTRA_DIRECTIONS]
    left, sizes, _ = np.linalg.svd(vectors, full_matrices=len(vectors) > len(vectors.T))
    rank = int((sizes > _TOLERANCE * sizes[0]).sum())
    basis = _reduced(left[:, rank:].T)
    for group in _independent_groups(basis):
        if len(group) > _MAX_COMBINED:
            yield from _opposite_pairs(vectors)
        found: list[frozenset[int]] = []
        for chosen in _combinations(group):
            coefficients = basis[list(chosen)].sum(axis=0)
            nonzero = np.flatnonzero(np.abs(coefficients) > _TOLERANCE)
            rows = frozenset(map(int, nonzero))
            off_one = np.abs(coefficients[sorted(rows)] - 1).max(initial=0)
            # A group that is too large to combine is yielded whole, whatever the
            # coefficients.
            if off_one > _TOLERANCE and len(group) <= _MAX_COMBINED:
                continue
            if not any(smaller <= rows for smaller in found):
                found.append(rows)
                yield tuple(sorted(rows))


def _opposite_pairs(vectors: Matrix) -> Iterator[tuple[int, ...]]:
    """Yield the pairs of rows that add up to zero."""
    for i, row in enumerate(vectors[:-1]):
        largest = abs(vectors[i + 1 :] + row).max(axis=1)
        yield from ((i, i + 1 + int(j)) for j in (largest < _TOLERANCE).nonzero()[0])


def _combinations(group: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield the basis vectors to add up, the fewest first."""
    if len(group) > _MAX_COMBINED:
        yield tuple(group)
        return
    for size in range(1, len(group) + 1):
        yield from combinations(group, size)


def _reduced(basis: Matrix) -> Matrix:
    """Return a basis of the same space in which each vector has a coordinate alone."""
    import numpy as np  # noqa: PLC0415 - extra ``lp``

    rows: Matrix = basis.copy()
    for i in range(len(rows)):
        pivot = int(np.abs(rows[i]).argmax())
        rows[i] /= rows[i, pivot]
        for j in range(len(rows)):
            if j != i:
                rows[j] -= rows[j, pivot] * rows[i]
    return rows


def _independent_groups(basis: Matrix) -> list[list[int]]:
    """Group the basis vectors that share coordinates, directly or through others."""
    groups: list[tuple[set[int], list[int]]] = []
    for i, nonzero in enumerate(abs(basis) > _TOLERANCE):
        coordinates, members = set(map(int, nonzero.nonzero()[0])), [i]
        separate = []
        for other_coordinates, other_members in groups:
            if other_coordinates & coordinates:
                coordinates |= other_coordinates
                members = other_members + members
            else:
                separate.append((other_coordinates, other_members))
        groups = [*separate, (coordinates, members)]
    return [members for _, members in groups]
