"""
The levels of a question: its cells, the totals it asks for, and coarser cells.

A *leaf* is a cell of declared values.  An *aggregate* is everything above some
leaves: a total over dimensions, or a coarser cell into which small ones may be
merged.  All of them together are the *items* that the guard decides about.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import ALL, DimensionType

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
        Return the item of this level that a leaf is part of, or None.

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
    depths = [
        dimension.depth if dimension.type is not DimensionType.BOOLEAN else 0
        for dimension in dimensions
    ]
    coarse = sorted(
        product(*(range(depth + 1) for depth in depths)), key=lambda s: (sum(s), s)
    )
    totals = [
        tuple(0 if name in kept else None for name in output.group_by)
        for kept in output.totals
    ]
    return tuple(Level(steps=steps) for steps in (*coarse, *totals))
