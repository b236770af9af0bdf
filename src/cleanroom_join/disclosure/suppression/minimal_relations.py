"""
Which rows of numbers add up to nothing, the fewest together.

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
"""Rows that add up to nothing are off by 1e-9 or so, others by about one."""

_MOST = 12
"""
Relations between the labels of a line that are combined in all ways.

Of more, pairs of labels are looked at, and all together.
"""


def minimal_relations(moves: Matrix) -> Iterator[tuple[int, ...]]:
    """
    Yield which rows add up to nothing, and no fewer of them do.

    Args:
        moves: A row for each label of a line: how it moves in each sampled direction.
    """
    import numpy as np  # noqa: PLC0415 - extra ``lp``

    if len(moves) < 2:  # noqa: PLR2004 - one that moves
        return
    left, sizes, _ = np.linalg.svd(moves, full_matrices=True)
    rank = int((sizes > _TOLERANCE * sizes[0]).sum())
    basis = _reduced(left[:, rank:].T)
    for group in _apart(basis):
        if len(group) > _MOST:
            yield from _opposite(moves)
        found: list[frozenset[int]] = []
        for some in _choices(group):
            total = basis[list(some)].sum(axis=0)
            rows = frozenset(map(int, np.flatnonzero(np.abs(total) > _TOLERANCE)))
            apart = np.abs(total[sorted(rows)] - 1).max(initial=0)
            # Of too many to combine all are taken together.
            if apart > _TOLERANCE and len(group) <= _MOST:
                continue
            if not any(fewer <= rows for fewer in found):
                found.append(rows)
                yield tuple(sorted(rows))


def _opposite(moves: Matrix) -> Iterator[tuple[int, ...]]:
    """Yield the pairs of rows that add up to nothing."""
    for i, row in enumerate(moves[:-1]):
        apart = abs(moves[i + 1 :] + row).max(axis=1)
        yield from ((i, i + 1 + int(j)) for j in (apart < _TOLERANCE).nonzero()[0])


def _choices(group: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield the vectors to add up, the fewest first."""
    if len(group) > _MOST:
        yield tuple(group)
        return
    for size in range(1, len(group) + 1):
        yield from combinations(group, size)


def _reduced(basis: Matrix) -> Matrix:
    """Return the same space by vectors that have a coordinate of their own each."""
    import numpy as np  # noqa: PLC0415 - extra ``lp``

    rows: Matrix = basis.copy()
    for i in range(len(rows)):
        pivot = int(np.abs(rows[i]).argmax())
        rows[i] /= rows[i, pivot]
        for j in range(len(rows)):
            if j != i:
                rows[j] -= rows[j, pivot] * rows[i]
    return rows


def _apart(basis: Matrix) -> list[list[int]]:
    """Return which vectors have coordinates in common, directly or through others."""
    groups: list[tuple[set[int], list[int]]] = []
    for i, vector in enumerate(abs(basis) > _TOLERANCE):
        support, members = set(map(int, vector.nonzero()[0])), [i]
        rest = []
        for other, inside in groups:
            if other & support:
                support |= other
                members = inside + members
            else:
                rest.append((other, inside))
        groups = [*rest, (support, members)]
    return [members for _, members in groups]
