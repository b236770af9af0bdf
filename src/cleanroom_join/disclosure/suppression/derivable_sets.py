"""Published cells from which a sensitive set of suppressed leaves is derivable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.suppression.additive_closure import (
    PublishedSums,
    TableLines,
)
from cleanroom_join.disclosure.suppression.disclosing_set import (
    DisclosingSet,
    cells_of_sums,
)
from cleanroom_join.disclosure.suppression.sensitive_unions import sensitive_union

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.suppression.known_sums import KnownSums
    from cleanroom_join.disclosure.suppression.residuals import ResidualCheck

__all__ = ["DerivableSets"]


class DerivableSets:
    """
    Finds the sets of suppressed leaves that are derivable and break a rule.

    Args:
        allowed: Cells that may be published.
        check: Says which sets are sensitive.
        cells: Statistics of every cell.
        query: The query.
        policy: The effective policy.
    """

    def __init__(
        self,
        allowed: frozenset[CellLabels],
        check: ResidualCheck,
        cells: Mapping[CellLabels, CellStatistics],
        query: Query,
        policy: Policy,
    ) -> None:
        self._allowed = allowed
        self._check = check
        self._cells, self._query, self._policy = cells, query, policy
        self._lines = TableLines([], query.dimensions)
        """The table lines of the leaves that were suppressed at the last search."""

    def disclosing_sets(self, known: KnownSums) -> list[DisclosingSet]:
        """
        Return published cells from which a sensitive set is derivable.

        Args:
            known: What a reader knows of the suppressed leaves.
        """
        leaves = list(known.suppressed)
        if not leaves or not known.residuals:
            return []
        if self._lines.leaves != leaves:
            self._lines = TableLines(leaves, self._query.dimensions)
        sums = PublishedSums(leaves, known.residuals)
        found = [
            self._of(known, sums.derivation(derivable.leaves), derivable.leaves)
            for derivable in sums.derivable_sets(self._lines)
            if self._check.is_sensitive(derivable.leaves, derivable.summed_dimensions)
        ]
        if found:
            return found
        union = sensitive_union(
            leaves, known.residuals, self._cells, self._query, self._policy
        )
        return [self._of(known, union, frozenset())] if union else []

    def _of(
        self,
        known: KnownSums,
        derivation: Mapping[frozenset[CellLabels], float],
        derived: frozenset[CellLabels],
    ) -> DisclosingSet:
        """Return the published cells of a derivation, and what it derives."""
        weights = ((known.aggregates[r], weight) for r, weight in derivation.items())
        cells = cells_of_sums(weights, known.published)
        return DisclosingSet.of(cells, derived, self._allowed)
