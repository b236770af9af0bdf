"""
Published cells whose difference is a sensitive residual.

A residual is a published aggregate less all that is published below it: its published
leaves, or the aggregates of one level below it and the other leaves.  Subtraction is
all the arithmetic, so this needs no solver.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.suppression.disclosing_set import DisclosingSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels
    from cleanroom_join.disclosure.model.layout import Aggregate, Layout
    from cleanroom_join.disclosure.suppression.residuals import ResidualCheck

__all__ = ["ResidualSets"]


class ResidualSets:
    """
    Finds the sensitive residuals of one table.

    Args:
        layout: Every cell that has rows.
        sensitive: Cells whose figures must not be derivable.
        allowed: Cells that may be published.
        check: Says which residuals are sensitive.
    """

    def __init__(
        self,
        layout: Layout,
        sensitive: AbstractSet[CellLabels],
        allowed: AbstractSet[CellLabels],
        check: ResidualCheck,
    ) -> None:
        self._layout = layout
        self._allowed = allowed
        self._check = check
        self._sensitive_totals = [t for t in layout.totals if t.labels in sensitive]
        self._below = _below(layout)

    @property
    def hides_totals(self) -> bool:
        """Whether some total is sensitive."""
        return bool(self._sensitive_totals)

    def disclosing_sets(
        self, published: AbstractSet[CellLabels]
    ) -> Iterator[DisclosingSet]:
        """Yield published cells whose sum or difference is sensitive."""
        for total in self._sensitive_totals:
            if total.leaves <= published:  # the sum of its leaves would disclose it
                yield DisclosingSet.of(total.leaves)
        for aggregate in self._layout.aggregates:
            if aggregate.labels in published and not aggregate.leaves <= published:
                yield from self._of_aggregate(aggregate, published)

    def _of_aggregate(
        self, aggregate: Aggregate, published: AbstractSet[CellLabels]
    ) -> Iterator[DisclosingSet]:
        """Yield the cells that leave a sensitive residual of one aggregate."""
        suppressed = aggregate.leaves - published
        summed_dimensions = frozenset(
            index for index, step in enumerate(aggregate.level.steps) if step is None
        )
        for level in ((), *self._below[aggregate.labels]):
            finer = [a for a in level if a.labels in published]
            if level and not finer:
                continue
            below = frozenset(chain.from_iterable(a.leaves for a in finer))
            residual = suppressed - below
            if not self._check.is_sensitive(residual, summed_dimensions):
                continue
            # Leaves below what is subtracted do not change the residual.
            leaves = (aggregate.leaves & published) - below
            yield DisclosingSet.of(
                [aggregate.labels, *(a.labels for a in finer), *leaves],
                residual,
                self._allowed,
            )


def _below(layout: Layout) -> Mapping[CellLabels, Sequence[Sequence[Aggregate]]]:
    """Return the aggregates below each aggregate, by their level."""
    position = {leaf: i for i, leaf in enumerate(layout.leaves)}
    above: dict[CellLabels, list[int]] = {leaf: [] for leaf in layout.leaves}
    masks = []
    for number, aggregate in enumerate(layout.aggregates):
        masks.append(sum(1 << position[leaf] for leaf in aggregate.leaves))
        for leaf in aggregate.leaves:
            above[leaf].append(number)
    found: dict[CellLabels, list[list[Aggregate]]] = {}
    for aggregate, mask in zip(layout.aggregates, masks, strict=True):
        near = sorted(set(chain.from_iterable(above[x] for x in aggregate.leaves)))
        by_level: dict[object, list[Aggregate]] = {}
        for number in near:
            other = layout.aggregates[number]
            if masks[number] != mask and not masks[number] & ~mask:
                by_level.setdefault(other.level, []).append(other)
        found[aggregate.labels] = list(by_level.values())
    return found
