"""
Suppression for each published sum by itself: no residual of it may be sensitive.

This search needs no solver: it subtracts published leaves, or published aggregates of
one level, from a published aggregate, and judges what is left.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels
    from cleanroom_join.disclosure.model.layout import Aggregate, Layout
    from cleanroom_join.disclosure.suppression.residuals import ResidualCheck

__all__ = ["ResidualSuppression"]


class ResidualSuppression:
    """
    Suppresses cells of one table until no residual of a published sum is sensitive.

    Args:
        layout: Every cell that has rows.
        sensitive: Cells whose figures must not be derivable.
        check: Says which residuals are sensitive.
        loss: What suppressing a cell loses; the cheapest cell goes first.
    """

    def __init__(
        self,
        layout: Layout,
        sensitive: AbstractSet[CellLabels],
        check: ResidualCheck,
        loss: Callable[[CellLabels], tuple[int, str]],
    ) -> None:
        self._layout = layout
        self._sensitive_totals = [t for t in layout.totals if t.labels in sensitive]
        self._check = check
        self._loss = loss
        self._levels = layout.by_level
        self._leaves_below = layout.leaves_below
        self._last_published: AbstractSet[CellLabels] | None = None
        """The cells that were published when the residuals were last judged."""

    @property
    def hides_totals(self) -> bool:
        """Whether some total is sensitive."""
        return bool(self._sensitive_totals)

    def without_sensitive_residuals(
        self, published: set[CellLabels]
    ) -> set[CellLabels]:
        """Suppress cells until no residual is sensitive; return the published ones."""
        for total in self._sensitive_totals:
            if total.leaves <= published:  # the sum of its leaves would disclose it
                published.remove(min(total.leaves, key=self._loss))
        changed = True
        while changed:
            changed = False
            for aggregate in self._affected_aggregates(published):
                while aggregate.labels in published and self._suppress_for_residual(
                    aggregate, published
                ):
                    changed = True
        return published

    def _affected_aggregates(
        self, published: AbstractSet[CellLabels]
    ) -> list[Aggregate]:
        """Return the aggregates above leaves suppressed since the last call."""
        before, self._last_published = self._last_published, frozenset(published)
        if before is None:
            return list(self._layout.aggregates)
        removed = before - published
        if not removed:
            return []
        leaves = frozenset(chain.from_iterable(self._leaves_below[c] for c in removed))
        return [a for a in self._layout.aggregates if a.leaves & leaves]

    def _suppress_for_residual(
        self, aggregate: Aggregate, published: set[CellLabels]
    ) -> bool:
        """
        Suppress one cell if a residual of an aggregate is sensitive.

        That is the published leaf of least loss, which makes the residual larger, or if
        there is none, one of the aggregates that the residual is the difference of.
        """
        suppressed = aggregate.leaves - published
        summed_dimensions = frozenset(
            index for index, step in enumerate(aggregate.level.steps) if step is None
        )
        for finer in self._subtractable_sums(aggregate, published):
            below = frozenset(chain.from_iterable(a.leaves for a in finer))
            if not self._check.is_sensitive(suppressed - below, summed_dimensions):
                continue
            # Leaves below what is subtracted would not change the residual.
            enlarging = aggregate.leaves & published - below
            sums = [aggregate.labels, *(a.labels for a in finer)]
            published.remove(min(enlarging or sums, key=self._loss))
            return True
        return False

    def _subtractable_sums(
        self, aggregate: Aggregate, published: AbstractSet[CellLabels]
    ) -> Iterator[list[Aggregate]]:
        """Yield no sums, then the published sums of each level below an aggregate."""
        yield []
        for level in self._levels:
            finer = [
                a
                for a in level
                if a.labels in published and a.leaves < aggregate.leaves
            ]
            if finer:
                yield finer
