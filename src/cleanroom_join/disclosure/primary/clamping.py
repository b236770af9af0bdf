"""Rule ``bounds``: a clamped figure must still describe the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.finding import Finding, Rule

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics

__all__ = ["bounds"]


def bounds(cell: CellStatistics, query: Query, policy: Policy) -> Finding | None:
    """
    Withhold a cell with too many clamped values, or any that is NaN or infinite.

    A partner who may send any value could mark single rows with it; clamping takes
    the mark away, and many clamped rows mean that the bounds do not fit.
    """
    for name in query.columns:
        column = cell.columns[name]
        if (
            column.unusable > 0
            or column.clamped > policy.max_clamped_share * column.rows
        ):
            return Finding(rule=Rule.BOUNDS, measure=name)
    return None
