"""
The marginals of a release: sums of its cells that a reader can form.

A reader sums cells that have no subject in common by their labels: all leaves, all
totals over the same dimensions, or coarser cells with the leaves that are below none of
them.  Such a set of cells is a *disjoint set* here.  A *marginal* is a total or coarser
cell above some of them; the query need not ask for it.
"""

from __future__ import annotations

from itertools import chain, product
from typing import TYPE_CHECKING

from cleanroom_join.contract import labels_above

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.disclosure.model.history import CellId, Hierarchies

__all__ = ["Marginals"]


class Marginals:
    """
    Disjoint sets of cells and the marginals above them; each set is analysed once.

    Args:
        hierarchies: Which labels are above which, in every dimension that has any.
    """

    def __init__(self, hierarchies: Hierarchies) -> None:
        self._hierarchies = hierarchies
        self._coarse_labels = {
            name: frozenset(parents.values()) for name, parents in hierarchies.items()
        }
        self._below: dict[frozenset[CellId], dict[CellId, list[CellId]]] = {}

    def disjoint_sets(
        self, published: Collection[CellId], leaves: AbstractSet[CellId]
    ) -> list[frozenset[CellId]]:
        """
        Return the disjoint sets of a release's cells, at least one per dimensionality.

        If small leaves were merged into coarser cells, also return the coarser cells
        with the leaves below none of them.  A cell with the dimensions of the leaves
        that is no leaf is a coarser cell, whatever its labels are.

        Args:
            published: All cells that the release publishes.
            leaves: Which of them are leaves.
        """
        by_names: dict[tuple[str, ...], set[CellId]] = {}
        for cell in published:
            by_names.setdefault(tuple(name for name, _ in cell), set()).add(cell)
        found = []
        for cells in by_names.values():
            finest = cells & leaves or {c for c in cells if not self._is_coarse(c)}
            found += [frozenset(finest)] if finest else []
            if coarser := cells - finest:
                found.append(self._with_uncovered(coarser, finest))
        return found

    def _is_coarse(self, cell: CellId) -> bool:
        """Return whether a cell has a label that is above others."""
        return any(label in self._coarse_labels.get(name, ()) for name, label in cell)

    def _with_uncovered(
        self, coarser: set[CellId], finest: set[CellId]
    ) -> frozenset[CellId]:
        """Return coarser cells that do not overlap, with the finest below none."""
        chosen: list[CellId] = []
        for cell in sorted(coarser, key=lambda c: (self._levels_above(c), repr(c))):
            if not any(self._overlap(cell, other) for other in chosen):
                chosen.append(cell)
        cover = frozenset(chosen)
        return cover | {c for c in finest if cover.isdisjoint(self._above(c))}

    def _overlap(self, one: CellId, other: CellId) -> bool:
        """Return whether two cells of the same dimensions have leaves in common."""
        return all(
            a == b
            or a in self._coarser_labels(name, b)
            or b in self._coarser_labels(name, a)
            for (name, a), (_, b) in zip(one, other, strict=True)
        )

    def _levels_above(self, cell: CellId) -> int:
        """Return how many coarser labels there are; 0 for the coarsest cell."""
        return sum(len(self._coarser_labels(name, label)) for name, label in cell)

    def cells_below(self, cells: frozenset[CellId]) -> Mapping[CellId, list[CellId]]:
        """Return every marginal of a disjoint set, with the cells that it sums."""
        if cells not in self._below:
            below = self._below[cells] = {}
            for cell in sorted(cells, key=repr):
                for marginal in self._above(cell):
                    below.setdefault(marginal, []).append(cell)
        return self._below[cells]

    def _above(self, cell: CellId) -> Iterator[CellId]:
        """Yield every marginal above a cell."""
        choices = [
            [
                ((name, label),),
                *(((name, coarser),) for coarser in self._coarser_labels(name, label)),
                (),
            ]
            for name, label in cell
        ]
        for chosen in product(*choices):
            marginal = tuple(chain.from_iterable(chosen))
            if marginal != cell:
                yield marginal

    def _coarser_labels(self, name: str, label: str | None) -> tuple[str, ...]:
        """Return the labels above one, as far as the hierarchies declare them."""
        if label is None:  # nothing is above NULL
            return ()
        return labels_above(label, self._hierarchies.get(name, {}))
