"""What a reader knows of suppressed leaves: the residuals of published aggregates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels
    from cleanroom_join.disclosure.model.layout import Aggregate, Layout

__all__ = ["KnownSums", "known_sums"]


@dataclass(frozen=True)
class KnownSums:
    """The residuals of published aggregates, each with one aggregate that has it."""

    published: AbstractSet[CellLabels]
    """All published cells."""
    leaves: Sequence[CellLabels]
    """All leaves, published or not, in their order."""
    aggregates: Mapping[frozenset[CellLabels], Aggregate]
    """By residual, the smallest published aggregate with it."""

    @cached_property
    def residuals(self) -> Sequence[frozenset[CellLabels]]:
        """The residuals, in the order of their aggregates."""
        return tuple(self.aggregates)

    @cached_property
    def suppressed(self) -> Sequence[CellLabels]:
        """The leaves that are not published."""
        return tuple(leaf for leaf in self.leaves if leaf not in self.published)

    @cached_property
    def limited(self) -> Mapping[CellLabels, int]:
        """The suppressed leaves in some residual, each with its number."""
        below = frozenset().union(*self.residuals)
        chosen = (leaf for leaf in self.suppressed if leaf in below)
        return {leaf: i for i, leaf in enumerate(chosen)}

    @cached_property
    def rows(self) -> Sequence[tuple[int, ...]]:
        """The numbers of the leaves of each residual."""
        return [tuple(sorted(self.limited[x] for x in r)) for r in self.residuals]


def known_sums(
    layout: Layout, published: AbstractSet[CellLabels], within: Sequence[Aggregate]
) -> KnownSums:
    """
    Return what is known of the suppressed leaves.

    Args:
        layout: Every cell that has rows.
        published: The published cells.
        within: The aggregates whose residuals count, if they are published.
    """
    found: dict[frozenset[CellLabels], Aggregate] = {}
    for aggregate in within:
        if aggregate.labels not in published:
            continue
        residual = aggregate.leaves - published
        if residual:
            other = found.get(residual)
            if other is None or len(aggregate.leaves) < len(other.leaves):
                found[residual] = aggregate
    return KnownSums(published=published, leaves=layout.leaves, aggregates=found)
