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
        Return whether too few subjects are behind some figure.

        Rows do not count: one subject may own all of them.  A mean is about the
        subjects that have a value, so those are counted again per measure column.
        """
        return _has_few(cell, context) or _may_have_few(cell, context)

    def is_residual_sensitive(self, residual: Residual, context: RuleContext) -> bool:
        """Return whether too few subjects are certain to be in it."""
        return _has_few(residual.cell, context)

    def union_bounds(
        self, leaves: Sequence[SubjectStatistics], context: RuleContext
    ) -> Iterator[UnionBound]:
        """Yield the leaves with fewer than k subjects, with a value or at all."""
        counts = [[s.subjects for s in leaves]]
        counts += [
            [s.columns[name].subjects for s in leaves] for name in context.query.columns
        ]
        for numbers in counts:
            few = tuple(n < context.policy.min_cohort for n in numbers)
            if any(few):
                yield UnionBound(weights=[1.0] * len(leaves), allowed=few)


def _has_few(cell: CellStatistics, context: RuleContext) -> bool:
    """Return whether fewer than k subjects of some kind are behind some figure."""
    k = context.policy.min_cohort
    return any(
        subjects.subjects < k
        or any(subjects.columns[name].subjects < k for name in context.query.columns)
        for subjects in cell.subjects.values()
    )


def _may_have_few(cell: CellStatistics, context: RuleContext) -> bool:
    """
    Return whether a cell is too near to k, where contributions are bounded.

    If removing one subject would certainly suppress a cell, then its presence reveals
    that subject.  So the count with noise must be as far above k as noise may be: of k
    subjects, and of a few more, it hardly ever is.  It is the noise of the published
    count, so that the decision tells no more than that count does.
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
        # If every subject has a value, it is the number that was just looked at.
        subjects.columns[name].subjects != subjects.subjects
        and noisy.subjects_with_value(name) < enough
        for name in context.query.columns
    )


RULE = Threshold()
