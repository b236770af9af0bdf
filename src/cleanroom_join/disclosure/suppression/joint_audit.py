"""
The joint audit: what follows from several measure columns together.

All columns are about the same rows.  If one rate allows a suppressed count only to grow
and another allows it only to shrink, each by itself leaves room, but both together
leave none.  So here the quantities of every column are unknowns, and in each leaf those
of one column add up to as many rows as those of any other.

This program is several times as large as the others.  `interval_audit` asks it what
they could not decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from math import inf
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.suppression.feasibility import (
    intervals_of,
    rows_of,
    too_narrow,
)
from cleanroom_join.disclosure.suppression.narrow_set import (
    narrow_set,
    nearest_sum_set,
)
from cleanroom_join.disclosure.suppression.solver import Program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scipy.sparse import csr_matrix

    from cleanroom_join.contract import CellLabels
    from cleanroom_join.disclosure.suppression.disclosing_set import DisclosingSet
    from cleanroom_join.disclosure.suppression.feasibility import Directions
    from cleanroom_join.disclosure.suppression.known_sums import KnownSums
    from cleanroom_join.disclosure.suppression.quantities import ColumnQuantities

__all__ = ["Quantity", "joint_disclosing_sets"]

_MAX_UNKNOWNS = 4000
"""
Unknowns of a program over all columns, at most.

With more, a solution takes seconds.  Then what smaller programs could not show to be
uncertain counts as too certain: that is safe, and suppresses somewhat more.
"""


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that must be uncertain about a suppressed cell."""

    labels: CellLabels
    leaves: frozenset[CellLabels]
    """The suppressed leaves below the cell."""
    safety_interval: float
    """In rows."""
    column: int = 0
    """Index of the column."""
    blocks: tuple[int, ...] | None = None
    """Which of its quantities together; None for all, which are the rows."""


def joint_disclosing_sets(
    known: KnownSums,
    columns: Sequence[ColumnQuantities],
    position: Mapping[CellLabels, int],
    wanted: Sequence[Quantity],
    allowed: frozenset[CellLabels],
    directions: Directions,
) -> list[DisclosingSet]:
    """
    Return published cells from which some quantity is too certain.

    Args:
        known: What a reader knows of the suppressed leaves.
        columns: The quantities of each measure column, at least one column.
        position: Index of every leaf.
        wanted: The quantities to look at.
        allowed: Cells that may be published.
        directions: Of all quantities of all leaves, one after another; this call adds
            to them.
    """
    import numpy as np  # noqa: PLC0415 - extra ``lp``

    count = len(known.limited)
    if count * sum(len(column.blocks) for column in columns) > _MAX_UNKNOWNS:
        return [
            nearest_sum_set(known, each.labels, each.leaves, allowed) for each in wanted
        ]
    here = np.array([position[leaf] for leaf in known.limited])
    blocks = list(chain.from_iterable(column.blocks for column in columns))
    values = np.concatenate([block[here] for block in blocks])
    targets = _targets(known, columns, wanted)
    needed = np.array([each.safety_interval for each in wanted])
    everywhere = np.concatenate(
        [here + block * len(position) for block in range(len(blocks))]
    )
    equations = list(_sums(known, len(blocks)))
    sums = rows_of([list(row) for row in equations], len(values))
    reached = intervals_of(directions.remaining(sums, everywhere), targets)
    if not (reached[1] - reached[0] < needed).any():
        return []
    program = Program(
        [*equations, *_same_rows(columns, _starts(columns), count)],
        values,
        0.0 * values,
        np.full(len(values), inf),
    )
    narrow, found = too_narrow(program, targets, needed, reached, values)
    for direction in found:
        directions.add(everywhere, direction)
    return [
        narrow_set(each, known, blocks, position, wanted[each.target].labels, allowed)
        for each in narrow
    ]


def _targets(
    known: KnownSums, columns: Sequence[ColumnQuantities], wanted: Sequence[Quantity]
) -> csr_matrix:
    """Return the unknowns of each quantity, one row of ones each."""
    count, starts = len(known.limited), _starts(columns)
    groups = [
        [
            (starts[each.column] + block) * count + known.limited[leaf]
            for block in _blocks_of(each, columns)
            for leaf in each.leaves
        ]
        for each in wanted
    ]
    return rows_of(groups, starts[-1] * count)


def _starts(columns: Sequence[ColumnQuantities]) -> list[int]:
    """Return the number of the first block of each column."""
    starts = [0]
    for column in columns:
        starts.append(starts[-1] + len(column.blocks))
    return starts


def _blocks_of(
    quantity: Quantity, columns: Sequence[ColumnQuantities]
) -> Sequence[int]:
    """Return the blocks of a quantity within its column."""
    if quantity.blocks is not None:
        return quantity.blocks
    return range(len(columns[quantity.column].blocks))


def _sums(known: KnownSums, blocks: int) -> Iterator[dict[int, float]]:
    """Yield the published sums of each block."""
    count = len(known.limited)
    for block in range(blocks):
        for row in known.rows:
            yield {block * count + i: 1.0 for i in row}


def _same_rows(
    columns: Sequence[ColumnQuantities], starts: Sequence[int], count: int
) -> Iterator[dict[int, float]]:
    """Yield that the quantities of every column are as many rows as the first one's."""
    for number in range(1, len(columns)):
        for i in range(count):
            row = {block * count + i: 1.0 for block in range(starts[1])}
            for block in range(starts[number], starts[number + 1]):
                row[block * count + i] = -1.0
            yield row
