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
"""By how much a share is lowered where it is compared as a fraction of the largest."""


class Dominance(PrimaryRule):
    """
    Suppress a cell of which some figure is dominated by its largest subjects.

    Looked at are rows, rows with a value, sums, and both sides of a rate: every
    one of them is published or can be worked out from what is.
    """

    text = RuleText(
        does="Suppresses a cell if {share} % of a figure or more belongs to the"
        " {largest}, or if all but the two largest hold less than {p} % of the"
        " largest.",
        does_bounded="Suppresses nothing under this contract: every subject counts for"
        " at most {rows}, and noise hides so many.",
        why="A sum that one subject contributes discloses that subject's amount, at the"
        " latest to the second largest, who can subtract their own.",
    )

    def is_sensitive(self, cell: CellStatistics, context: RuleContext) -> bool:
        """Return whether some figure is dominated, for some kind of subject."""
        return any(
            is_dominated(contributions, context.policy)
            for subjects in cell.subjects.values()
            for contributions in _figures(subjects, context.query)
        )

    def is_residual_sensitive(self, residual: Residual, context: RuleContext) -> bool:
        """Judge it like a cell."""
        return self.is_sensitive(residual.cell, context)

    def union_bounds(
        self, leaves: Sequence[SubjectStatistics], context: RuleContext
    ) -> Iterator[UnionBound]:
        """
        Yield, for each figure, each leaf's excess over the allowed share.

        One subject may be the largest in each leaf.
        """
        policy = context.policy
        if policy.contribution_bounded:
            return
        share, p = float(policy.dominance_share), policy.dominance_p
        by_leaf = [list(_figures(s, context.query)) for s in leaves]
        for figure in zip(*by_leaf, strict=True):
            yield from _excess(
                c.largest + _second(c, policy) - (share - _ROUNDING) * c.total
                for c in figure
            )
            yield from _excess(
                p * c.largest / 100 - (c.total - c.largest - c.second) for c in figure
            )


def is_dominated(contributions: Contributions, policy: Policy) -> bool:
    """
    Return whether the largest subjects hold too much of a total.

    The n largest must hold less than the policy's share of it, and all subjects but
    the two largest at least p % of the largest: otherwise the second largest can
    estimate the largest to within p %.  A total of zero hides no subject's part.

    Where contributions are bounded, noise covers the largest that there can be, and no
    figure is dominated: otherwise a subject that is made dominant would show in what is
    suppressed.
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
    """Return the second largest contribution, if the rule looks at two subjects."""
    return contributions.second if policy.dominance_n > 1 else 0


def _figures(subjects: SubjectStatistics, query: Query) -> Iterator[Contributions]:
    """Yield everything of a cell that a subject could dominate."""
    yield subjects.rows
    for name, column in query.columns.items():
        found = subjects.columns[name]
        yield found.weights
        yield found.totals
        if column.type is MeasureType.BOOLEAN and found.falses is not None:
            yield found.falses


def _excess(weights: Iterator[float]) -> Iterator[UnionBound]:
    """Yield weights as shares of the largest, if some are above zero."""
    found = list(weights)
    if max(found) > 0:
        most = max(map(abs, found))
        yield UnionBound(weights=[weight / most for weight in found])


RULE = Dominance()
