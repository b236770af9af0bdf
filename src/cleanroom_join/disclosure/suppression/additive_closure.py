"""
Which withheld leaves follow together, by adding and subtracting published sums.

The total of two rows less two columns may be what is left of two other columns.  A set
of leaves follows if it is in the space that the published sums span.  There are too
many sets to look at all, so along every line of the table (one dimension, whatever the
labels of the others) those labels are found whose leaves follow together, the fewest.

Sets are found by numbers: everything that the sums leave open is sampled in random
directions, and a set follows if it is the same in all of them.

Needs SciPy (extra ``lp``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, chain, product
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL
from cleanroom_join.disclosure.suppression.minimal_relations import minimal_relations

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import numpy as np

    from cleanroom_join.contract import CellLabels, Dimension

    Matrix = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

__all__ = ["Derivable", "PublishedSums", "TableLines"]

_TOLERANCE = 1e-6
"""Sums of directions that are known are off by 1e-9 or so, others by about one."""

_MORE = 8
"""Directions besides one for every label of a line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Derivable:
    """Leaves whose figures follow together."""

    leaves: frozenset[CellLabels]
    whole: frozenset[int]
    """Places of the dimensions over which the line is a total."""


class PublishedSums:
    """
    What published sums tell of leaves that are not published.

    Args:
        leaves: All that is not published.
        sums: The leaves of each published sum that are not published.
    """

    def __init__(
        self, leaves: Sequence[CellLabels], sums: Collection[frozenset[CellLabels]]
    ) -> None:
        import numpy as np  # noqa: PLC0415 - extra ``lp``
        from scipy.linalg import lapack  # noqa: PLC0415
        from scipy.sparse import csr_matrix  # noqa: PLC0415

        self._np = np
        self._leaves = leaves
        self._place = {leaf: i for i, leaf in enumerate(leaves)}
        inside = {known: sorted(self._place[leaf] for leaf in known) for known in sums}
        self._sums = sorted(inside, key=inside.__getitem__)
        columns = [inside[known] for known in self._sums]
        starts = list(accumulate(map(len, columns), initial=0))
        ones = (np.ones(starts[-1]), list(chain.from_iterable(columns)), starts)
        matrix = csr_matrix(ones, shape=(len(columns), len(leaves)))
        products = (matrix @ matrix.T).toarray()
        # A column is used if it is not a sum of others: what is left of it then is at
        # least one in some thousands, however long the chain of sums.
        factor, order, rank, _ = lapack.dpstrf(products, tol=_TOLERANCE)
        used = order[:rank] - 1
        self._basis = matrix[used]
        self._factor: Matrix = np.triu(factor[:rank, :rank])
        others = order[rank:] - 1
        self._used = used
        # How each other sum is a sum of those that are used: weights that tell nothing.
        self._ties: Matrix = np.zeros((len(others), len(columns)))
        self._ties[:, used] = self._solve(products[np.ix_(used, others)]).T
        self._ties[range(len(others)), others] = -1.0
        self._withdrawn: list[tuple[int, Matrix | None]] = []
        """Sums that are published no more, and what each was a sum of."""

    def derivable_sets(
        self, lines: TableLines, *, several: bool = True
    ) -> Iterator[Derivable]:
        """
        Yield the sets of leaves along lines that follow, and no smaller ones do.

        Args:
            lines: All lines of the leaves.
            several: Whether sets of several labels are looked for, which takes longer.
        """
        moved = lines.added_up(self._moves(lines.widest + _MORE))
        still = self._np.abs(moved).max(axis=1, initial=0) < _TOLERANCE
        seen = set()
        for line in lines.lines:
            for places in _together(moved, still, line.places, several=several):
                leaves = frozenset(chain.from_iterable(lines.under[p] for p in places))
                found = Derivable(leaves=leaves, whole=line.whole)
                if found not in seen:
                    seen.add(found)
                    yield found

    def derivation(
        self, leaves: Collection[CellLabels]
    ) -> tuple[frozenset[CellLabels], ...]:
        """
        Return the sums that are added or subtracted to get some leaves that follow.

        None, if they follow no more since sums were withdrawn.
        """
        np, ties = self._np, self._ties
        wanted = np.zeros(len(self._leaves))
        wanted[[self._place[leaf] for leaf in leaves]] = 1.0
        weights = np.zeros(len(self._sums))
        weights[self._used] = self._solve(self._basis @ wanted)
        for gone, tie in self._withdrawn:
            if tie is not None:
                weights -= weights[gone] * tie
            elif abs(weights[gone]) > _TOLERANCE:
                return ()
            weights[gone] = 0.0
        # Of all weights that come to the same, the least.
        weights -= ties.T @ np.linalg.solve(ties @ ties.T, ties @ weights)
        return tuple(
            known
            for known, weight in zip(self._sums, weights, strict=True)
            if abs(weight) > _TOLERANCE
        )

    def suppress(self, known: frozenset[CellLabels]) -> None:
        """Let a sum be published no more: `derivation` does without it from now on."""
        np, ties = self._np, self._ties
        gone = self._sums.index(known)
        column = ties[:, gone].copy()
        if np.abs(column).max(initial=0) < _TOLERANCE:
            ties[:, gone] = 0.0  # exactly: what is withdrawn is never a reason again
            self._withdrawn.append((gone, None))  # no other sums come to the same
            return
        best = int(np.abs(column).argmax())
        tie = ties[best] / column[best]
        self._ties = np.delete(ties - np.outer(column, tie), best, axis=0)
        self._withdrawn.append((gone, tie))

    def _moves(self, number: int) -> Matrix:
        """Return directions in which the leaves can move while all sums stay."""
        draws = self._np.random.default_rng(number)
        moves: Matrix = draws.standard_normal((len(self._leaves), number))
        for _ in range(2):  # the second time takes away what rounding left
            moves = moves - self._basis.T @ self._solve(self._basis @ moves)
        return moves

    def _solve(self, told: Matrix) -> Matrix:
        """Return the weights of the sums that are used, by their products."""
        from scipy.linalg import cho_solve  # noqa: PLC0415 - extra ``lp``

        if not len(self._factor):
            return told
        weights: Matrix = cho_solve((self._factor, False), told)
        return weights


@dataclass(frozen=True, kw_only=True, slots=True)
class TableLine:
    """A line: every label of one dimension, beside the same labels of the others."""

    places: range
    """Where its labels stand among those of all lines."""
    whole: frozenset[int]
    """Places of the dimensions over which it is a total."""


class TableLines:
    """
    All lines that some leaves are in.

    Args:
        leaves: All that is not published.
        dimensions: Those of the question, in the order of the labels.
    """

    def __init__(
        self, leaves: Sequence[CellLabels], dimensions: Sequence[Dimension]
    ) -> None:
        self.leaves = leaves
        self.lines: list[TableLine] = []
        self.under: list[Sequence[CellLabels]] = []
        """The leaves under each label of each line."""
        for (place, others), line in _lines(leaves, dimensions).items():
            whole = frozenset(i for i, label in enumerate(others) if label == ALL)
            start = len(self.under)
            self.under += line.values()
            places = range(start, len(self.under))
            self.lines.append(TableLine(places=places, whole=whole - {place}))
        index = {leaf: i for i, leaf in enumerate(leaves)}
        self._order = [index[leaf] for leaf in chain.from_iterable(self.under)]
        self._starts = list(accumulate(map(len, self.under), initial=0))[:-1]

    @property
    def widest(self) -> int:
        """The most labels of a line."""
        return max((len(line.places) for line in self.lines), default=0)

    def added_up(self, moves: Matrix) -> Matrix:
        """Return how much the leaves under each label move together."""
        import numpy as np  # noqa: PLC0415 - extra ``lp``

        if not self._starts:
            return np.zeros((0, moves.shape[1]))
        moved: Matrix = np.add.reduceat(moves[self._order], self._starts, axis=0)
        return moved


def _together(
    moved: Matrix, still: Matrix, places: range, *, several: bool
) -> Iterator[list[int]]:
    """Yield the places of the fewest labels whose leaves follow together."""
    known = still[places.start : places.stop]
    yield from ([places[int(i)]] for i in known.nonzero()[0])
    if several:
        moving = [place for place in places if not still[place]]
        for relation in minimal_relations(moved[moving]):
            yield [moving[i] for i in relation]


def _lines(
    leaves: Sequence[CellLabels], dimensions: Sequence[Dimension]
) -> Mapping[tuple[int, CellLabels], dict[object, list[CellLabels]]]:
    """Return, for every line, the leaves under each label of its one dimension."""
    found: dict[tuple[int, CellLabels], dict[object, list[CellLabels]]] = {}
    for leaf in leaves:
        above = [
            (label, *(d.ancestors(label) if isinstance(label, str) else ()), ALL)
            for label, d in zip(leaf, dimensions, strict=True)
        ]
        for place, label in enumerate(leaf):
            for others in product(*(*above[:place], (None,), *above[place + 1 :])):
                line = found.setdefault((place, others), {})
                line.setdefault(label, []).append(leaf)
    return found
