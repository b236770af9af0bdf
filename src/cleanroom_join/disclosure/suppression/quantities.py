"""
The quantities that add up over cells, of every leaf, in rows.

Rows consist of them: for a rate, true rows and false rows; for a sum, how far it is
above its smallest and below its largest possible value; and rows without a value.  A
unit of a column counts as its largest possible share of one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract import MeasureType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    import numpy as np

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics

    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

__all__ = ["ColumnQuantities", "column_quantities"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnQuantities:
    """The quantities of one measure column, which add up to the rows of each leaf."""

    blocks: tuple[Vector, ...]
    """The two sides of the values, then rows without a value if there are any."""
    side_intervals: Mapping[CellLabels, float]
    """Safety interval of each side, by sensitive cell."""

    @property
    def values(self) -> tuple[Vector, Vector]:
        """The two sides of the values."""
        return self.blocks[0], self.blocks[1]

    @property
    def has_rows_without_value(self) -> bool:
        """Whether some row has no value."""
        return len(self.blocks) > len(self.values)

    @property
    def largest(self) -> int:
        """Index of the block that has most rows."""
        totals = [float(block.sum()) for block in self.blocks]
        return totals.index(max(totals))


def column_quantities(
    leaves: Sequence[CellLabels],
    sensitive: AbstractSet[CellLabels],
    cells: Mapping[CellLabels, CellStatistics],
    query: Query,
    policy: Policy,
) -> tuple[ColumnQuantities, ...]:
    """
    Return the quantities of every column that has more than one possible value.

    Args:
        leaves: All leaves, in their order.
        sensitive: Cells whose figures must not be derivable.
        cells: Statistics of every cell.
        query: The query.
        policy: The effective policy.
    """
    found = []
    for name in query.columns:
        low, high = _bounds(name, query)
        if low == high:
            continue  # its values are known already
        found.append(
            ColumnQuantities(
                blocks=_blocks(name, (low, high), [cells[leaf] for leaf in leaves]),
                side_intervals={
                    labels: _side_interval(name, cells[labels], policy) / (high - low)
                    for labels in sensitive
                },
            )
        )
    return tuple(found)


def _bounds(name: str, query: Query) -> tuple[int, int]:
    """Return the smallest and the largest value of a column, in units."""
    column = query.columns[name]
    if column.type is MeasureType.BOOLEAN:
        return 0, 1
    return column.unit_bounds


def _blocks(
    name: str, bounds: tuple[int, int], cells: Sequence[CellStatistics]
) -> tuple[Vector, ...]:
    """Return both sides of the values, and rows without a value if there are any."""
    import numpy as np  # noqa: PLC0415 - extra ``lp``

    low, high = bounds
    units = high - low
    above, below, without = [], [], []
    for cell in cells:
        totals = cell.columns[name]
        above.append((totals.total - low * totals.rows) / units)
        below.append((high * totals.rows - totals.total) / units)
        without.append(float(cell.rows - totals.rows))
    sides = np.array(above), np.array(below)
    return (*sides, np.array(without)) if any(without) else sides


def _side_interval(name: str, cell: CellStatistics, policy: Policy) -> int:
    """
    Return the safety interval of either side of a measure in a sensitive cell.

    It is one unit for each of the m subjects that must be off a bound, and p % of the
    largest contribution of any subject, whichever is more.
    """
    largest = max(
        subject.columns[name].totals.largest for subject in cell.subjects.values()
    )
    return max(policy.min_opposite, -(-policy.dominance_p * largest // 100))
