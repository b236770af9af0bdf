"""
Rule ``dominance``: no figure is mostly made by one or two subjects.

The (n, k) rule and the p % rule of statistical disclosure control: Hundepool et
al., "Statistical Disclosure Control", Wiley 2012, section 4.2.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import MeasureType
from cleanroom_join.disclosure.model.finding import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.disclosure.model.cell import (
        CellStatistics,
        Contributions,
        SubjectColumnStatistics,
        SubjectStatistics,
    )

__all__ = ["dominance", "dominated"]


def dominance(cell: CellStatistics, query: Query, policy: Policy) -> Finding | None:
    """
    Withhold a cell of which some figure is dominated by its largest subjects.

    Looked at are rows, rows with a value, sums, and both sides of a rate: every
    one of them is published or can be worked out from what is.
    """
    for counted in query.subjects:
        for name, spread in _spreads(cell.subjects[counted.label], query):
            if dominated(spread, policy):
                return Finding(rule=Rule.DOMINANCE, subject=counted.label, measure=name)
    return None


def dominated(spread: Contributions, policy: Policy) -> bool:
    """
    Return whether the largest subjects hold too much of a total.

    The n largest must hold less than the policy's share of it, and everybody but
    the two largest at least p % of the largest: otherwise the second largest can
    estimate the largest to within p %.  A total of zero hides nobody's part.

    Where contributions are bounded, noise covers the largest that there can be, and no
    figure is dominated: or else who is made dominant shows in what is withheld.
    """
    if spread.total == 0 or policy.contribution_bounded:
        return False
    second = spread.second if policy.dominance_n > 1 else 0
    rest = spread.total - spread.largest - spread.second
    return (
        spread.largest + second >= policy.dominance_share * spread.total
        or rest * 100 < policy.dominance_p * spread.largest
    )


def _spreads(
    statistics: SubjectStatistics, query: Query
) -> Iterator[tuple[str | None, Contributions]]:
    """Iterate over everything of a cell that a subject could dominate."""
    yield None, statistics.rows
    for name, column in query.columns.items():
        found: SubjectColumnStatistics = statistics.columns[name]
        yield name, found.weights
        yield name, found.totals
        if column.type is MeasureType.BOOLEAN and found.falses is not None:
            yield name, found.falses
