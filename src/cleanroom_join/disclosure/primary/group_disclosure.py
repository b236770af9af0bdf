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
    """

    text = RuleText(
        does="Suppresses a cell unless at least {m} subjects are on either side of"
        " every rate, and off either bound of every measure.",
        why="If all subjects of a group have the same value, knowing that somebody is"
        " in the group discloses that value.",
    )

    def is_sensitive(self, cell: CellStatistics, context: RuleContext) -> bool:
        """Return whether nearly all subjects of some kind have the same value."""
        m = context.policy.min_opposite
        return any(
            min(column.subjects_above, column.subjects_below) < m
            for subjects in cell.subjects.values()
            for column in (subjects.columns[name] for name in context.query.columns)
        )

    def is_residual_sensitive(self, residual: Residual, context: RuleContext) -> bool:
        """Judge it like a cell."""
        return self.is_sensitive(residual.cell, context)

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


RULE = GroupDisclosure()
