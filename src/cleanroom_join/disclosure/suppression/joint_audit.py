"""
What follows from several measure columns together: all are about the same rows.

One rate may allow a withheld count only to grow, another only to shrink: by themselves
both leave room, together none.  So rows are unknowns of their own here, and the parts
of every column add up to them, in each leaf.  Everything is counted in rows: a part of
a column in its largest possible share of one.

This program is several times as large as that of a column.  It is asked last, when
every column by itself tells too little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.suppression.equations import Equation, Protected
from cleanroom_join.disclosure.suppression.feasibility import too_narrow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from cleanroom_join.contract import CellLabels

__all__ = ["ColumnProgram", "RowProgram"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnProgram:
    """A measure column, in units of its own."""

    parts: Sequence[Sequence[int]]
    """What rows consist of, of every unknown leaf: see `audit`."""
    valued: int
    """How many of the parts, from the left, are of rows with a value."""
    row: int
    """Units of all parts of one row together."""
    least: Mapping[CellLabels, int]
    """How wide each part with a value must be, of items that break a rule."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RowProgram:
    """Rows of every unknown leaf, and what each column says of them."""

    rows: Sequence[int]
    columns: Sequence[ColumnProgram]
    sums: Collection[frozenset[int]]
    """The unknown leaves of each published sum."""
    k: int
    """Least width of rows, and of rows with a value."""

    def disclosed(
        self,
        items: Mapping[CellLabels, frozenset[int]],
        settled: set[tuple[CellLabels, int]],
    ) -> set[CellLabels]:
        """
        Return the items of which something follows too closely.

        Args:
            items: The unknown leaves of each item.
            settled: What was found wide enough before; what is now is added.
        """
        blocks = self._blocks()
        count = len(self.rows)
        values = {
            n * count + i: value
            for n, block in enumerate(blocks)
            for i, value in enumerate(block)
        }
        secrets = {
            (key, number): secret
            for key, leaves in items.items()
            for number, secret in enumerate(self._secrets(key, leaves))
            if (key, number) not in settled
        }
        found = too_narrow(list(self._equations(blocks)), values, secrets)
        settled |= secrets.keys() - found
        return {key for key, _ in found}

    def _blocks(self) -> list[list[float]]:
        """Return all unknowns: rows themselves, then the parts of each column."""
        parts = (
            [value / column.row for value in part]
            for column in self.columns
            for part in column.parts
        )
        return [list(map(float, self.rows)), *parts]

    def _equations(self, blocks: Sequence[Sequence[float]]) -> Iterator[Equation]:
        """Yield what is published, and that the parts of a column are all rows."""
        count = len(self.rows)
        for n, block in enumerate(blocks):
            for leaves in self.sums:
                yield Equation(
                    unknowns=frozenset(n * count + i for i in leaves),
                    total=sum(block[i] for i in leaves),
                )
        # Of a leaf that is in no sum nothing is known, and so of its parts.
        known = frozenset().union(*self.sums)
        for places in self._places():
            for i in known:
                yield Equation(
                    unknowns=frozenset(n * count + i for n in places),
                    less=frozenset([i]),
                    total=0,
                )

    def _places(self) -> Iterator[range]:
        """Yield the blocks of each column."""
        start = 1
        for column in self.columns:
            yield range(start, start + len(column.parts))
            start += len(column.parts)

    def _secrets(self, key: CellLabels, leaves: frozenset[int]) -> Iterator[Protected]:
        """Yield what must be uncertain of an item."""
        count = len(self.rows)
        yield Protected(unknowns=leaves, safety_interval=self.k)
        for column, places in zip(self.columns, self._places(), strict=True):
            if key not in column.least:
                continue
            valued = [
                frozenset(n * count + i for i in leaves)
                for n in places[: column.valued]
            ]
            yield Protected(unknowns=frozenset().union(*valued), safety_interval=self.k)
            for part in valued:
                yield Protected(
                    unknowns=part, safety_interval=column.least[key] / column.row
                )
