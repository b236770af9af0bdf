"""
Rule ``dominance``: no figure is mostly contributed by one or two subjects.

The (n, k) rule and the p % rule of statistical disclosure control: Hundepool et
al., "Statistical Disclosure Control", Wiley 2012, section 4.2.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import MeasureType
from cleanroom_join.disclosure.model.rule import RuleText
from cleanroom_join.disclosure.primary.rule import PrimaryRule, UnionBound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.disclosure.model.cell import (
        CellStatistics,
        Contributions,
        SubjectStatistics,
    )
    from cleanroom_join.disclosure.primary.rule import Residual, RuleContext

__all__ = ["RULE", "is_dominated"]

_ROUNDING = 1e-5
"""How much lower the allowed share is in a linear program, which rounds."""


class Dominance(PrimaryRule):
    """
    Suppress a cell if its largest subjects dominate one of its figures.

    The rule judges rows, rows with a value, sums, and both sides of a rate: each of
    these is published or follows from published figures.
    """

    text = RuleText(
        does="Suppresses a cell if {share} % of a figure or more belongs to the"
        " {largest}, or if all but the two largest hold less than {p} % of the"
        " largest.",
        does_bounded="Suppresses nothing under this contract: every subject counts for"
        " at most {rows}, and noise hides that many.",
        why="A sum that one subject contributes discloses that subject's amount, at the"
        " latest to the second largest, who can subtract their own.",
    )

    def is_sensitive(self, cell: CellStatistics, context: RuleContext) -> bool:
        """Return whether some figure is dominated, for some kind of subject."""
        return any(
            is_dominated(contributions, context.policy)
            for subjects in cell.subjects.values()
            for contributions in _contributions(subjects, context.query)
        )

    def is_residual_sensitive(self, residual: Residual, context: RuleContext) -> bool:
        """Judge it like a cell."""
        return self.is_sensitive(residual.cell, context)

    def union_bounds(
        self, leaves: Sequence[SubjectStatistics], context: RuleContext
    ) -> Iterator[UnionBound]:
        """
        Yield, for each figure, each leaf's excess over the allowed share.

        One subject may be the largest contributor in each leaf, so excesses add up.
        """
        policy = context.policy
        if policy.contribution_bounded:
            return
        share, p = float(policy.dominance_share), policy.dominance_p
        by_leaf = [list(_contributions(s, context.query)) for s in leaves]
        for figure in zip(*by_leaf, strict=True):
            yield from _excess_bound(
                c.largest + _second(c, policy) - (share - _ROUNDING) * c.total
                for c in figure
            )
            yield from _excess_bound(
                p * c.largest / 100 - (c.total - c.largest - c.second) for c in figure
            )


def is_dominated(contributions: Contributions, policy: Policy) -> bool:
    """
    Return whether the largest subjects contribute too much of a total.

    The n largest must contribute less than the policy's share of it.  All subjects but
    the two largest must contribute at least p % of the largest contribution; otherwise
    the second largest contributor can estimate the largest to within p %.  A total of
    zero discloses no contribution.

    Under bounded contributions no figure is dominated, since noise hides the largest
    possible contribution.  If this rule suppressed cells there, a party could give one
    subject a dominant contribution and see where it is.
    """
    if contributions.total == 0 or policy.contribution_bounded:
        return False
    largest, total = contributions.largest, contributions.total
    others = total - largest - contributions.second
    return (
        largest + _second(contributions, policy) >= policy.dominance_share * total
        or others * 100 < policy.dominance_p * largest
    )


def _second(contributions: Contributions, policy: Policy) -> int:
    """Return the second largest contribution, if the policy counts two subjects."""
    return contributions.second if policy.dominance_n > 1 else 0


def _contributions(
    subjects: SubjectStatistics, query: Query
) -> Iterator[Contributions]:
    """Yield the contributions to every figure of a cell, in fixed order."""
    yield subjects.rows
    for name, column in query.columns.items():
        statistics = subjects.columns[name]
        yield statistics.weights
        yield statistics.totals
        if column.type is MeasureType.BOOLEAN and statistics.falses is not None:
            yield statistics.falses


def _excess_bound(excesses: Iterator[float]) -> Iterator[UnionBound]:
    """Yield a bound on the sum of excesses, scaled to 1, if some are positive."""
    weights = list(excesses)
    if max(weights) > 0:
        largest = max(map(abs, weights))
        yield UnionBound(weights=[weight / largest for weight in weights])


RULE = Dominance()
