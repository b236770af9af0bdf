"""
Rule ``complementary``: no suppressed cell is derivable from published ones.

Every published total or coarser cell is an equation over the leaves below it.  Whoever
subtracts the published leaves knows the residual, with its rates and means.  So every
residual must consist of at least two suppressed leaves and pass the primary rules like
a cell.  And if all equations are solved together, every suppressed count must be
uncertain by at least k.

Complementary suppression by a heuristic and linear-programming audits: Fischetti and
Salazar, "Solving the Cell Suppression Problem on Tabular Data", Management Science
47(7), 2001; Hundepool et al., "Statistical Disclosure Control", Wiley 2012, 4.4.

The rule takes published figures as exact, although counts are rounded: rounding errors
average out over many cells, so they protect less than they seem to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.cell import loss
from cleanroom_join.disclosure.model.rule import RuleText
from cleanroom_join.disclosure.suppression.additive_closure import (
    PublishedSums,
    TableLines,
)
from cleanroom_join.disclosure.suppression.feasibility import has_solver
from cleanroom_join.disclosure.suppression.interval_audit import IntervalAudit
from cleanroom_join.disclosure.suppression.residual_suppression import (
    ResidualSuppression,
)
from cleanroom_join.disclosure.suppression.residuals import ResidualCheck
from cleanroom_join.disclosure.suppression.sensitive_unions import sensitive_union
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.model.layout import Aggregate, Layout

__all__ = ["TEXT", "ComplementarySuppression", "complementary_suppressions"]

TEXT = RuleText(
    does="Suppresses further cells or totals until nothing suppressed can be derived to"
    " within {k} subjects from totals and other cells.",
    why="A total less all cells but one is that one. A cell that is suppressed for this"
    " reason may be large and ordinary.",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ComplementarySuppression:
    """The complements: cells to suppress so that no suppressed cell is derivable."""

    suppressed: frozenset[CellLabels]
    audited: bool
    """
    Whether all published sums were audited together, if that was needed.

    False if there is no solver for the linear programs; then all totals and coarser
    cells are suppressed.
    """


def complementary_suppressions(
    layout: Layout,
    new: AbstractSet[CellLabels],
    sensitive: AbstractSet[CellLabels],
    cells: Mapping[CellLabels, CellStatistics],
    query: Query,
    policy: Policy,
) -> ComplementarySuppression:
    """
    Return the complements among the cells that would be published.

    Args:
        layout: Every cell that has rows.
        new: Cells whose present figures would be published.
        sensitive: Cells whose figures must not be derivable.  A total that was
            suppressed only as a complement is not among them and may be derivable: it
            is large enough to publish.
        cells: Statistics of every cell.
        query: The query.
        policy: The effective policy.
    """
    problem = _Problem(layout, sensitive, cells, query, policy)
    published = problem.without_sensitive_residuals(set(new))
    sums = [a for a in layout.aggregates if a.labels in published]
    if sums and (problem.hides_totals or _share_suppressed_leaves(sums, published)):
        if not has_solver():
            published -= {aggregate.labels for aggregate in layout.aggregates}
            return ComplementarySuppression(
                suppressed=frozenset(new) - published, audited=False
            )
        published = problem.audited(published)
    return ComplementarySuppression(suppressed=frozenset(new) - published, audited=True)


def _share_suppressed_leaves(
    sums: list[Aggregate], published: AbstractSet[CellLabels]
) -> bool:
    """
    Return whether some suppressed leaf is below two published aggregates.

    If none is, the equations are independent of each other, and every residual by
    itself is all that a reader can derive.
    """
    seen: set[CellLabels] = set()
    for aggregate in sums:
        residual = aggregate.leaves - published
        if seen & residual:
            return True
        seen |= residual
    return False


class _Problem:
    """
    One table, and the searches for complements in it.

    The searches take the set of cells that would be published, and remove complements
    from it.
    """

    def __init__(
        self,
        layout: Layout,
        sensitive: AbstractSet[CellLabels],
        cells: Mapping[CellLabels, CellStatistics],
        query: Query,
        policy: Policy,
    ) -> None:
        self._layout = layout
        self._cells = cells
        self._query = query
        self._policy = policy
        self._residuals = ResidualCheck(cells, query, policy)
        self._each_sum = ResidualSuppression(
            layout, sensitive, self._residuals, self._loss
        )
        self._audit = IntervalAudit(layout, sensitive, cells, query, policy)
        self._leaves_below = layout.leaves_below
        self._lines = TableLines([], query.dimensions)
        """The table lines of the leaves that were suppressed at the last search."""

    @property
    def hides_totals(self) -> bool:
        """Whether some total is sensitive."""
        return self._each_sum.hides_totals

    def without_sensitive_residuals(
        self, published: set[CellLabels]
    ) -> set[CellLabels]:
        """Suppress cells until no residual is sensitive; return the published ones."""
        return self._each_sum.without_sensitive_residuals(published)

    def audited(self, published: set[CellLabels]) -> set[CellLabels]:
        """
        Suppress cells until every suppressed figure is uncertain; return the others.

        Raises:
            InternalError: If a figure stays too certain, and there is nothing left to
                suppress.
        """
        while True:
            # Derivable sets first: their derivation says which sums to suppress.
            while self._suppress_derivable(published, several=False):
                published = self.without_sensitive_residuals(published)
            before = len(published)
            disclosed = sorted(self._audit.disclosed(published), key=self._loss)
            if not disclosed and not self._suppress_derivable(published, several=True):
                return published
            for labels in disclosed:
                self._suppress_beside(labels, published)
            if len(published) == before:
                raise InternalError.of("no published sum discloses what is too certain")
            published = self.without_sensitive_residuals(published)

    def _loss(self, labels: CellLabels) -> tuple[int, str]:
        """Return what suppressing a cell loses."""
        return loss(self._cells[labels], self._query)

    def _suppress_beside(self, labels: CellLabels, published: set[CellLabels]) -> None:
        """
        Suppress one more cell in a published sum that a cell is part of.

        The sum with the fewest suppressed leaves restricts the cell most.
        """
        leaves = self._leaves_below[labels]
        sums = [
            a
            for a in self._layout.aggregates
            if a.labels in published and a.leaves & leaves
        ]
        if sums:  # else another cell's complement was the last of them
            narrowest = min(
                sums, key=lambda a: (len(a.leaves - published), repr(a.labels))
            )
            published.remove(
                min(
                    narrowest.leaves & published,
                    key=self._loss,
                    default=narrowest.labels,
                )
            )

    def _suppress_derivable(self, published: set[CellLabels], *, several: bool) -> bool:
        """
        Suppress sums from which sensitive sets of leaves are derivable.

        Args:
            published: The cells that would be published; sums are removed.
            several: Whether to look for single leaves and for sets of several labels.

        Returns:
            Whether any sum was suppressed.
        """
        sums_by_residual: dict[frozenset[CellLabels], list[CellLabels]] = {}
        for aggregate in self._layout.aggregates:
            residual = aggregate.leaves - published
            if aggregate.labels in published and residual:
                sums_by_residual.setdefault(residual, []).append(aggregate.labels)
        suppressed = [leaf for leaf in self._layout.leaves if leaf not in published]
        if self._lines.leaves != suppressed:
            self._lines = TableLines(suppressed, self._query.dimensions)
        sums = PublishedSums(suppressed, sums_by_residual.keys())
        changed = False
        for found in sums.derivable_sets(self._lines, several=several):
            # For a single leaf, another leaf is suppressed first: `_suppress_beside`.
            if not several and len(found.leaves) == 1:
                continue
            if self._residuals.is_sensitive(found.leaves, found.summed_dimensions):
                while derivation := sums.derivation(found.leaves):
                    least = self._suppress_least(
                        derivation, sums_by_residual, published
                    )
                    sums.suppress(least)
                    changed = True
        if changed or not several:
            return changed
        residuals = sorted(sums_by_residual, key=lambda r: sorted(map(repr, r)))
        derivation = sensitive_union(
            suppressed, residuals, self._cells, self._query, self._policy
        )
        if derivation:
            self._suppress_least(derivation, sums_by_residual, published)
        return bool(derivation)

    def _suppress_least(
        self,
        derivation: Collection[frozenset[CellLabels]],
        sums_by_residual: Mapping[frozenset[CellLabels], Collection[CellLabels]],
        published: set[CellLabels],
    ) -> frozenset[CellLabels]:
        """
        Suppress the sums with one residual of a derivation, those of least loss.

        Returns:
            That residual.
        """
        losses = {
            residual: sorted(
                self._loss(labels) for labels in sums_by_residual[residual]
            )
            for residual in derivation
        }
        least = min(losses, key=losses.__getitem__)
        published.difference_update(sums_by_residual[least])
        return least
