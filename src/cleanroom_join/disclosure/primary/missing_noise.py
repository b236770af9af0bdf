"""Rule ``missing_noise``: no exact figure if the contract asks for noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import Protection
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


class MissingNoise(PrimaryRule):
    """Suppress every cell that needs noise if there is no joint key to draw it with."""

    text = RuleText(
        does="Suppresses every cell that needs noise if the joint key is missing.",
        why="Exact figures are not what the parties agreed to publish.",
    )

    def is_sensitive(self, cell: CellStatistics, context: RuleContext) -> bool:
        """Return whether a cell needs noise, but has no draw or no cell key."""
        if context.policy.protection is Protection.THRESHOLD:
            return False
        return context.noise is None or cell.cell_key is None

    def is_residual_sensitive(self, residual: Residual, context: RuleContext) -> bool:
        """Return False: no cell is published, so a reader knows no residual."""
        del residual, context
        return False

    def union_bounds(
        self, leaves: Sequence[SubjectStatistics], context: RuleContext
    ) -> Iterator[UnionBound]:
        """Yield nothing: no cell is published, so a reader knows no union."""
        del leaves, context
        yield from ()


RULE = MissingNoise()
