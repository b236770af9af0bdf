"""Rule ``cohort``: at least k distinct subjects of every kind, for every figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.finding import Finding, Rule

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics

__all__ = ["cohort"]


def cohort(cell: CellStatistics, query: Query, policy: Policy) -> Finding | None:
    """
    Withhold a cell with fewer than k subjects of any kind, or for any measure.

    Rows do not count: one subject may own all of them.  A mean is about the
    subjects that have a value, so those are counted again per measure column.
    """
    for counted in query.subjects:
        statistics = cell.subjects[counted.label]
        if statistics.subjects < policy.min_cohort:
            return Finding(rule=Rule.COHORT, subject=counted.label)
        for name in query.columns:
            if statistics.columns[name].subjects < policy.min_cohort:
                return Finding(rule=Rule.COHORT, subject=counted.label, measure=name)
    return None
