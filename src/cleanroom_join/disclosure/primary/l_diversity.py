"""
Rule ``homogeneous`` for sensitive dimensions: distinct l-diversity along a line.

Machanavajjhala et al., "l-Diversity: Privacy Beyond k-Anonymity", ACM TKDD 1(1),
2007.  If everybody of one line of the table (the other dimensions fixed) has the
same value of a sensitive dimension, the line's existence tells that value.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics

__all__ = ["uniform_lines"]


def uniform_lines(
    cells: Sequence[CellStatistics], query: Query, policy: Policy
) -> frozenset[CellLabels]:
    """
    Return the keys of all cells on a line with fewer than l values of m subjects.

    NULL and ``(other)`` are values like any other; a total tells no value.

    Args:
        cells: Every cell of one level.
        query: What was asked.
        policy: The effective policy.
    """
    sensitive = [i for i, d in enumerate(query.dimensions) if d.sensitive]
    uniform: set[CellLabels] = set()
    for position in sensitive:
        values = Counter(
            _line(cell.labels, position)
            for cell in cells
            if all(s.subjects >= policy.min_opposite for s in cell.subjects.values())
        )
        uniform.update(
            cell.labels
            for cell in cells
            if cell.labels[position] != ALL
            and values[_line(cell.labels, position)] < policy.l_diversity
        )
    return frozenset(uniform)


def _line(key: CellLabels, position: int) -> CellLabels:
    """Return *key* without the dimension at *position*."""
    return key[:position] + key[position + 1 :]
