"""
The joint audit: what follows from several measure columns together.

All columns are about the same rows.  If one rate allows a suppressed count only to grow
and another allows it only to shrink, each by itself leaves room, but both together
leave none.  So rows are unknowns of their own here, and in each leaf the quantities of
every column add up to them.  The unit is one row: a quantity counts as its largest
possible share of a row.

This program is several times as large as that of one column.  `interval_audit` solves
it last, if no column by itself discloses too much.
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
    """The quantities of one measure column, in units of the column."""

    quantities: Sequence[Sequence[int]]
    """For each quantity: its value in each suppressed leaf (`interval_audit`)."""
    valued: int
    """How many quantities, from the left, are about rows with a value."""
    units_per_row: int
    """Sum of all quantities of one row."""
    safety_intervals: Mapping[CellLabels, int]
    """Safety interval of each quantity about rows with a value, by sensitive cell."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RowProgram:
    """The rows of every suppressed leaf, and the quantities of each column."""

    rows: Sequence[int]
    """By suppressed leaf."""
    columns: Sequence[ColumnProgram]
    sums: Collection[frozenset[int]]
    """The suppressed leaves below each published aggregate, by index."""
    k: int
    """Safety interval of rows, and of rows with a value."""

    def disclosed(
        self,
        cells: Mapping[CellLabels, frozenset[int]],
        passed: set[tuple[CellLabels, int]],
    ) -> set[CellLabels]:
        """
        Return the cells of which some quantity is too certain.

        Args:
            cells: The suppressed leaves of each suppressed cell, by index.
            passed: What earlier calls found uncertain enough; this call adds to it.
        """
        blocks = self._blocks()
        count = len(self.rows)
        values = {
            n * count + i: value
            for n, block in enumerate(blocks)
            for i, value in enumerate(block)
        }
        protected = {
            (labels, number): target
            for labels, leaves in cells.items()
            for number, target in enumerate(self._protected(labels, leaves))
            if (labels, number) not in passed
        }
        narrow = too_narrow(list(self._equations(blocks)), values, protected)
        passed |= protected.keys() - narrow
        return {labels for labels, _ in narrow}

    def _blocks(self) -> list[list[float]]:
        """Return all unknowns: the rows, then each quantity of each column, in rows."""
        quantities = (
            [value / column.units_per_row for value in quantity]
            for column in self.columns
            for quantity in column.quantities
        )
        return [list(map(float, self.rows)), *quantities]

    def _equations(self, blocks: Sequence[Sequence[float]]) -> Iterator[Equation]:
        """Yield the published sums, and that a column's quantities are all rows."""
        count = len(self.rows)
        for n, block in enumerate(blocks):
            for leaves in self.sums:
                yield Equation(
                    unknowns=frozenset(n * count + i for i in leaves),
                    total=sum(block[i] for i in leaves),
                )
        # A leaf below no published aggregate is unlimited, and so are its quantities.
        limited = frozenset().union(*self.sums)
        for numbers in self._block_numbers():
            for i in limited:
                yield Equation(
                    unknowns=frozenset(n * count + i for n in numbers),
                    less=frozenset([i]),
                    total=0,
                )

    def _block_numbers(self) -> Iterator[range]:
        """Yield the indices of each column's blocks."""
        start = 1
        for column in self.columns:
            yield range(start, start + len(column.quantities))
            start += len(column.quantities)

    def _protected(
        self, labels: CellLabels, leaves: frozenset[int]
    ) -> Iterator[Protected]:
        """Yield the sums of unknowns that must be uncertain for a cell."""
        count = len(self.rows)
        yield Protected(unknowns=leaves, safety_interval=self.k)
        for column, numbers in zip(self.columns, self._block_numbers(), strict=True):
            if labels not in column.safety_intervals:
                continue
            valued = [
                frozenset(n * count + i for i in leaves)
                for n in numbers[: column.valued]
            ]
            yield Protected(unknowns=frozenset().union(*valued), safety_interval=self.k)
            for unknowns in valued:
                yield Protected(
                    unknowns=unknowns,
                    safety_interval=column.safety_intervals[labels]
                    / column.units_per_row,
                )
