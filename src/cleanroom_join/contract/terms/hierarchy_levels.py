"""
The levels of a query: its leaves, the coarser cells above them, and its totals.

A *leaf* is a cell of declared values.  An *aggregate* is a cell above some leaves: a
coarser cell into which small ones may be merged, or a total over dimensions.  The guard
decides about all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.contract.terms.columns import Dimension
    from cleanroom_join.contract.terms.model import Output

__all__ = ["CellLabels", "Level", "levels_of"]

CellLabels = tuple["str | bool | None", ...]
"""One label per dimension: a value, a coarser label, `ALL`, or None for NULL."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """How coarse each dimension is."""

    steps: tuple[int | None, ...]
    """Steps up the hierarchy of each dimension; None for a total over it."""

    @property
    def is_total(self) -> bool:
        """Whether some dimension is summed over."""
        return None in self.steps

    def above(
        self, dimensions: Sequence[Dimension], leaf: CellLabels
    ) -> CellLabels | None:
        """
        Return the labels of this level's cell that contains a leaf, or None.

        NULL, ``(other)`` and booleans have nothing coarser above them but totals.
        """
        key: list[str | bool | None] = []
        for dimension, step, label in zip(dimensions, self.steps, leaf, strict=True):
            if step is None:
                key.append(ALL)
            elif step == 0:
                key.append(label)
            else:
                chain = dimension.ancestors(label) if isinstance(label, str) else ()
                if len(chain) < step:
                    return None
                key.append(chain[step - 1])
        return tuple(key)


def levels_of(output: Output, dimensions: Sequence[Dimension]) -> tuple[Level, ...]:
    """
    Return every level at which an output is counted, the leaves first.

    Coarser levels follow, the least coarse first; then the totals, the finest
    first.
    """
    steps = (range(dimension.depth + 1) for dimension in dimensions)
    coarse = sorted(product(*steps), key=lambda s: (sum(s), s))
    totals = [
        tuple(0 if name in kept else None for name in output.group_by)
        for kept in output.totals
    ]
    return tuple(Level(steps=steps) for steps in (*coarse, *totals))
