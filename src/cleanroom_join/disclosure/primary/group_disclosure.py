"""Rule ``homogeneous``: nobody's value may follow from being in the cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.finding import Finding, Rule

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics

__all__ = ["homogeneous"]


def homogeneous(cell: CellStatistics, query: Query, policy: Policy) -> Finding | None:
    """
    Withhold a figure for which fewer than m subjects are off one of its bounds.

    For a rate the bounds are 0 and 1: at least m subjects must be true somewhere and
    at least m false.  At 0 % and 100 % the group's figure is every member's value;
    near them, a few colluding members can subtract themselves.  A mean or sum is the
    same between its declared bounds, or else a flag declared as a number would get
    past the rule (docs/adr/0006-homogeneous-means.md).  A subject with values on both
    sides stands on both.
    """
    for counted in query.subjects:
        for name in query.columns:
            column = cell.subjects[counted.label].columns[name]
            if min(column.subjects_above, column.subjects_below) < policy.min_opposite:
                return Finding(
                    rule=Rule.HOMOGENEOUS, subject=counted.label, measure=name
                )
    return None
