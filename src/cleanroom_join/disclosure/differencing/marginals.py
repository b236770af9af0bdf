"""
What a release tells besides its figures: sums of cells along lines, and rests.

A *part* is a set of items, all with the same dimensions, that have nobody in common
by their labels: what people add up.  A *line* is a total or coarser cell there could
be above some of them, shown or not.
"""

from __future__ import annotations

from itertools import chain, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import Dimension
    from cleanroom_join.disclosure.model.history import CellId

__all__ = ["Marginals"]


class Marginals:
    """The lines of some dimensions, each set of items looked at once."""

    def __init__(self, dimensions: Mapping[str, Dimension]) -> None:
        self._dimensions = dimensions
        self._coarse = {
            name: frozenset(d.parents.values()) for name, d in dimensions.items()
        }
        self._above: dict[frozenset[CellId], dict[CellId, list[CellId]]] = {}

    def parts(
        self, shown: Collection[CellId], leaves: AbstractSet[CellId]
    ) -> list[frozenset[CellId]]:
        """
        Return what people add up of a release: its leaves, its totals of each kind.

        Where some leaves were merged into coarser cells, also those with the leaves
        beneath none of them.  An item of their dimensions that is no leaf is a coarser
        cell, also if the contract knows its label no more.
        """
        kinds: dict[tuple[str, ...], set[CellId]] = {}
        for item in shown:
            kinds.setdefault(tuple(name for name, _ in item), set()).add(item)
        found = []
        for items in kinds.values():
            plain = items & leaves or {i for i in items if not self._is_coarse(i)}
            found += [frozenset(plain)] if plain else []
            if coarse := items - plain:
                found.append(self._cover(coarse, plain))
        return found

    def _is_coarse(self, item: CellId) -> bool:
        """Return whether an item has a label that is above others."""
        return any(label in self._coarse.get(name, ()) for name, label in item)

    def _cover(self, coarse: set[CellId], plain: set[CellId]) -> frozenset[CellId]:
        """Return coarser cells that do not overlap, and the leaves beneath none."""
        taken: list[CellId] = []
        for item in sorted(coarse, key=lambda c: (self._room_above(c), repr(c))):
            if not any(self._meet(item, other) for other in taken):
                taken.append(item)
        chosen = frozenset(taken)
        return chosen | {item for item in plain if chosen.isdisjoint(self._over(item))}

    def _meet(self, one: CellId, other: CellId) -> bool:
        """Return whether two items of the same dimensions have leaves in common."""
        return all(
            a == b or a in self._higher(name, b) or b in self._higher(name, a)
            for (name, a), (_, b) in zip(one, other, strict=True)
        )

    def _room_above(self, item: CellId) -> int:
        """Return how many coarser labels there are: none above the coarsest."""
        return sum(len(self._higher(name, label)) for name, label in item)

    def along(self, part: frozenset[CellId]) -> Mapping[CellId, list[CellId]]:
        """Return the items of a part beneath every line above some of them."""
        if part not in self._above:
            self._above[part] = {}
            for item in sorted(part, key=repr):
                for line in self._over(item):
                    self._above[part].setdefault(line, []).append(item)
        return self._above[part]

    def _over(self, item: CellId) -> Iterator[CellId]:
        """Yield every line that an item is on, itself not."""
        choices = [
            [((n, label),), *(((n, a),) for a in self._higher(n, label)), ()]
            for n, label in item
        ]
        for parts in product(*choices):
            line = tuple(chain.from_iterable(parts))
            if line != item:
                yield line

    def _higher(self, name: str, label: str | None) -> tuple[str, ...]:
        """Return the coarser labels above one, as far as the contract knows them."""
        dimension: Dimension | None = self._dimensions.get(name)
        if dimension is None or label is None:  # nothing is above NULL
            return ()
        return dimension.ancestors(label)
