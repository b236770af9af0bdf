"""
Rule ``group_disclosure``: being in a cell must not disclose a subject's value.

Hundepool et al., "Statistical Disclosure Control", Wiley 2012, section 5.2.2.
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


class GroupDisclosure(PrimaryRule):
    """
    Suppress a cell if fewer than m subjects are off one of the bounds of a measure.

    The bounds of a rate are 0 and 1: at least m subjects must have a true value, and at
    least m a false one.  At 0 % and 100 % the group's figure is every member's value;
    near them, a few colluding members can subtract themselves.  The rule judges a mean
    or sum in the same way between its declared bounds, or else a flag declared as a
    number would get past it (docs/adr/0006-group-disclosure.md).  A subject with
    values on both sides counts on both.

    Under bounded contributions noisy counts decide, which must exceed m by the largest
    noise.  Otherwise whoever knows all other subjects of a cell, m - 1 of them on one
    side, would learn the side of the last one from the presence of the cell.
    """

    text = RuleText(
        does="Suppresses a cell unless at least {m} subjects are on either side of"
        " every rate, and off either bound of every measure.",
        does_bounded="Suppresses a cell unless at least {m} subjects are on either side"
        " of every rate, and off either bound of every measure, and at least {m_enough}"
        " when noise is added.",
        why="If all subjects of a group have the same value, knowing that somebody is"
        " in the group discloses that value.",
    )

    def is_sensitive(self, cell: CellStatistics, context: RuleContext) -> bool:
        """Return whether nearly all subjects of some kind have the same value."""
        return _has_few_off_a_bound(cell, context) or _may_have_few(cell, context)

    def is_residual_sensitive(self, residual: Residual, context: RuleContext) -> bool:
        """Return whether nearly all its subjects may have the same value."""
        return _has_few_off_a_bound(residual.cell, context)

    def union_bounds(
        self, leaves: Sequence[SubjectStatistics], context: RuleContext
    ) -> Iterator[UnionBound]:
        """
        Yield conditions on the leaves with fewer than m subjects off a bound.

        A union has fewer than m of these only if each of its leaves has.
        """
        for name in context.query.columns:
            columns = [s.columns[name] for s in leaves]
            for count in (
                [column.subjects_above for column in columns],
                [column.subjects_below for column in columns],
            ):
                below = tuple(n < context.policy.min_opposite for n in count)
                if any(below):
                    yield UnionBound(weights=[1.0] * len(leaves), allowed=below)


def _has_few_off_a_bound(cell: CellStatistics, context: RuleContext) -> bool:
    """Return whether fewer than m subjects of some kind are off a bound."""
    m = context.policy.min_opposite
    return any(
        min(column.subjects_above, column.subjects_below) < m
        for subjects in cell.subjects.values()
        for column in (subjects.columns[name] for name in context.query.columns)
    )


def _may_have_few(cell: CellStatistics, context: RuleContext) -> bool:
    """Return whether a cell is too close to m, if contributions are bounded."""
    noisy = context.noisy(cell)
    if noisy is None:
        return False
    enough = context.policy.min_opposite + context.policy.max_noise
    return any(
        min(noisy.subjects_off_bounds(name)) < enough for name in context.query.columns
    )


RULE = GroupDisclosure()
