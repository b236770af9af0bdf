"""Rule ``clamping``: a clamped figure must still describe the data."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.rule import RuleText
from cleanroom_join.disclosure.primary.rule import PrimaryRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanroom_join.disclosure.model.cell import CellStatistics, SubjectStatistics
    from cleanroom_join.disclosure.primary.rule import (
        Residual,
        RuleContext,
        UnionBound,
    )

__all__ = ["RULE"]


class Clamping(PrimaryRule):
    """
    Suppress a cell with too many clamped values, or any that is NaN or infinite.

    The other party could mark single rows with extreme values.  Clamping removes the
    mark; if it changes many rows, the declared bounds do not describe the data.
    """

    text = RuleText(
        does="Clamps every value to the contract's bounds, and suppresses a cell if"
        " that changed more than {clamped} % of its values.",
        does_bounded="Clamps every value to the contract's bounds, and suppresses a"
        " cell if that changed more than {clamped} % of its values by far more than"
        " noise explains.",
        why="An extreme value could mark one person in a figure.",
    )

    def is_sensitive(self, cell: CellStatistics, context: RuleContext) -> bool:
        """
        Return whether the share of clamped rows exceeds the contract's limit.

        Under bounded contributions only clamped rows that noise cannot explain count,
        so that the values of one subject do not decide.
        """
        if not context.policy.contribution_bounded:
            return _is_clamped(cell, context)
        noisy = context.noisy(cell)
        if noisy is None:
            return False  # the rule ``missing_noise`` suppresses the cell
        share = Fraction(context.policy.max_clamped_share)
        return any(
            column.unusable > 0
            # One subject moves the difference of the two sides by at most one step.
            or noisy.fewest_clamped(name) > share * column.rows
            for name, column in cell.columns.items()
        )

    def is_residual_sensitive(self, residual: Residual, context: RuleContext) -> bool:
        """Judge it like a cell; under bounded contributions, noise hides it."""
        if context.policy.contribution_bounded:
            return False
        return _is_clamped(residual.cell, context)

    def union_bounds(
        self, leaves: Sequence[SubjectStatistics], context: RuleContext
    ) -> Iterator[UnionBound]:
        """Yield nothing: clamped rows are not counted by subject."""
        del leaves, context
        yield from ()


def _is_clamped(cell: CellStatistics, context: RuleContext) -> bool:
    """Return whether too many values of a column are clamped, or any is no number."""
    share = context.policy.max_clamped_share
    return any(
        column.unusable > 0 or column.clamped > share * column.rows
        for column in (cell.columns[name] for name in context.query.columns)
    )


RULE = Clamping()
