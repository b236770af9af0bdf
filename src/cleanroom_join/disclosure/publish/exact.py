"""Published figures of one cell, in output order: rounded, and nothing else."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.contract import Function
from cleanroom_join.disclosure.publish.rounding import round_count, round_figure
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from decimal import Decimal

    from cleanroom_join.contract import Measure, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics

__all__ = ["figures"]


def figures(
    cell: CellStatistics, query: Query, policy: Policy
) -> tuple[int | Decimal, ...]:
    """Return cohort size and measures, rounded, in output order."""
    size = cell.subjects[query.subjects[0].label].subjects
    return (
        _count(size, policy),
        *(_figure(cell, m, query, policy) for m in query.output.measures),
    )


def _figure(
    cell: CellStatistics, measure: Measure, query: Query, policy: Policy
) -> int | Decimal:
    """Return one rounded measure."""
    if measure.function is Function.COUNT:
        return _count(cell.rows, policy)
    if measure.function is Function.COUNT_DISTINCT:
        label = query.counted(measure).label
        return _count(cell.subjects[label].subjects, policy)
    if measure.column is None:
        raise InternalError.of("a measure has no column")
    column = cell.columns[measure.column]
    scale = 10 ** query.columns[measure.column].scale
    divisor = scale if measure.function is Function.SUM else scale * column.rows
    return round_figure(Fraction(column.total, divisor), policy.rate_digits)


def _count(count: int, policy: Policy) -> int:
    """Round a count by the policy."""
    return round_count(count, policy.count_base, policy.min_cohort)
