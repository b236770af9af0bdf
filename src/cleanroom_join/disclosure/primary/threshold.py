"""
Rule ``threshold``: at least k distinct subjects of every kind, for every figure.

The minimum frequency rule of statistical disclosure control: Hundepool et al.,
"Statistical Disclosure Control", Wiley 2012, section 4.2.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.rule import RuleText
from cleanroom_join.disclosure.primary.rule import PrimaryRule, UnionBound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanroom_join.disclosure.model.cell import CellStatistics, SubjectStatistics
    from cleanroom_join.disclosure.primary.rule import Residual, RuleContext

__all__ = ["RULE"]


class Threshold(PrimaryRule):
    """Suppress a cell with fewer than k subjects of any kind, or for any measure."""

    text = RuleText(
        does="Counts subjects, never rows, of every kind that the contract protects and"
        " for every measure, and suppresses a cell with fewer than {k}.",
        does_bounded="Counts subjects, never rows, altogether and for every measure,"
        " and suppresses a cell with fewer than {k}, or with fewer than {enough} when"
        " its noise is added. So whether there is a cell discloses no more than a count"
        " with noise does.",
        why="A figure about few people is a figure about each of them.",
    )

    def is_sensitive(self, cell: CellStatistics, context: RuleContext) -> bool:
        """
        Return whether some figure is about too few subjects.

        Rows do not count: one subject may own all of them.  A mean is about the
        subjects that have a value, so the rule counts these for each measure column.
        """
        return _has_few(cell, context) or _may_have_few(cell, context)

    def is_residual_sensitive(self, residual: Residual, context: RuleContext) -> bool:
        """Return whether the residual may have too few subjects."""
        return _has_few(residual.cell, context)

    def union_bounds(
        self, leaves: Sequence[SubjectStatistics], context: RuleContext
    ) -> Iterator[UnionBound]:
        """
        Yield conditions on the leaves with fewer than k subjects, or with a value.

        A union has fewer than k subjects only if each of its leaves has.
        """
        counts = [[s.subjects for s in leaves]]
        counts += [
            [s.columns[name].subjects for s in leaves] for name in context.query.columns
        ]
        for count in counts:
            below = tuple(n < context.policy.min_cohort for n in count)
            if any(below):
                yield UnionBound(weights=[1.0] * len(leaves), allowed=below)


def _has_few(cell: CellStatistics, context: RuleContext) -> bool:
    """Return whether some figure is about fewer than k subjects of some kind."""
    k = context.policy.min_cohort
    return any(
        subjects.subjects < k
        or any(subjects.columns[name].subjects < k for name in context.query.columns)
        for subjects in cell.subjects.values()
    )


def _may_have_few(cell: CellStatistics, context: RuleContext) -> bool:
    """
    Return whether a cell is too close to k, if contributions are bounded.

    If removing one subject would certainly suppress a cell, then its presence reveals
    that subject.  So the noisy count must exceed k by the largest noise, which the
    count of k subjects, or of a few more, hardly ever does.  The published count has
    the same noise, so the decision discloses no more than that count does.
    """
    noisy = context.noisy(cell)
    if noisy is None:
        return False
    policy = context.policy
    enough = policy.min_cohort + policy.max_noise
    if noisy.subjects()[0] < enough:
        return True
    subjects = cell.subjects[context.query.subjects[0].label]
    return any(
        # If every subject has a value, this is the number that was judged above.
        subjects.columns[name].subjects != subjects.subjects
        and noisy.subjects_with_value(name) < enough
        for name in context.query.columns
    )


RULE = Threshold()
