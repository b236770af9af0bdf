"""
The guard: statistics of cells in, published and withheld cells out.

Pure: no rows, no Spark, no clock, no randomness.  A partner's engineer can read
this package whole, run it on a laptop, and re-run any recorded decision.

The stages, in order; each may only withhold more:

1. `require_complete`: a missing fact stops everything.
2. Rules over single cells and lines: `PRIMARY`.
3. Complement and differencing will stand here: functions of the whole table and
   of earlier releases that turn published cells into withheld ones.
4. Figures of what is left are rounded; perturbation will stand before rounding.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.contract import Function
from cleanroom_join.disclosure.findings import Finding, Rule
from cleanroom_join.disclosure.rounding import round_count, round_figure
from cleanroom_join.disclosure.rules import (
    bounds,
    cohort,
    dominance,
    homogeneous,
    uniform_lines,
)
from cleanroom_join.disclosure.statistics import CellStatistics, require_complete
from cleanroom_join.disclosure.table import (
    GuardedTable,
    PublishedCell,
    WithheldCell,
    domain_order,
)
from cleanroom_join.errors import InternalError, TooManyCells

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from cleanroom_join.contract import Measure, Policy, Question
    from cleanroom_join.disclosure.statistics import CellKey

__all__ = ["protect"]


def protect(
    cells: Sequence[CellStatistics], question: Question, policy: Policy
) -> GuardedTable:
    """
    Decide for every cell whether it is published, and round what is.

    Args:
        cells: Statistics of every cell that has rows; the order does not matter.
        question: What was asked.
        policy: The effective policy.

    Raises:
        TooManyCells: If there are more cells than the policy allows.
        InternalError: If a cell is there twice or lacks a fact.
    """
    if len(cells) > policy.max_cells:
        raise TooManyCells.of(len(cells), policy.max_cells)
    for cell in cells:
        require_complete(cell, question)
    ordered = sorted(cells, key=lambda c: domain_order(question.dimensions, c.key))
    if len({cell.key for cell in ordered}) < len(ordered):
        raise InternalError.of("a cell is there twice")
    uniform = uniform_lines(ordered, question, policy)
    published: list[PublishedCell] = []
    withheld: list[WithheldCell] = []
    for cell in ordered:
        finding = _first_finding(cell, question, policy, uniform)
        if finding is None:
            figures = _figures(cell, question, policy)
            published.append(PublishedCell(key=cell.key, figures=figures))
        else:
            withheld.append(WithheldCell(key=cell.key, finding=finding))
    return GuardedTable(
        columns=question.schema(),
        published=tuple(published),
        withheld=tuple(withheld),
    )


def _first_finding(
    cell: CellStatistics,
    question: Question,
    policy: Policy,
    uniform: frozenset[CellKey],
) -> Finding | None:
    """Ask the rules in their order and return the first that fires."""
    return (
        cohort(cell, question, policy)
        or homogeneous(cell, question, policy)
        or (Finding(rule=Rule.HOMOGENEOUS) if cell.key in uniform else None)
        or dominance(cell, question, policy)
        or bounds(cell, question, policy)
    )


def _figures(
    cell: CellStatistics, question: Question, policy: Policy
) -> tuple[int | Decimal, ...]:
    """Return cohort size and measures, rounded, in output order."""
    size = cell.subjects[question.subjects[0].label].subjects
    return (
        _count(size, policy),
        *(_figure(cell, m, question, policy) for m in question.output.measures),
    )


def _figure(
    cell: CellStatistics, measure: Measure, question: Question, policy: Policy
) -> int | Decimal:
    """Return one rounded measure."""
    if measure.function is Function.COUNT:
        return _count(cell.rows, policy)
    if measure.function is Function.COUNT_DISTINCT:
        label = question.counted(measure).label
        return _count(cell.subjects[label].subjects, policy)
    if measure.column is None:
        raise InternalError.of("a measure has no column")
    column = cell.columns[measure.column]
    scale = 10 ** question.columns[measure.column].scale
    divisor = scale if measure.function is Function.SUM else scale * column.rows
    return round_figure(Fraction(column.total, divisor), policy.rate_digits)


def _count(count: int, policy: Policy) -> int:
    """Round a count by the policy."""
    return round_count(count, policy.count_base, policy.min_cohort)
