"""
Rule ``complement``: what is withheld must not follow from what is published.

Every published total or coarser cell is an equation over the leaves beneath it.
Whoever knows the published leaves knows the sum of the others, and their rate and
mean; so each such rest must be of at least two withheld leaves, and obey the rules of
a cell that is published.  For all equations together, each withheld count must be
uncertain by at least k.

Secondary suppression by heuristic and linear-programming audit: Fischetti and
Salazar, "Solving the Cell Suppression Problem on Tabular Data", Management Science
47(7), 2001; Hundepool et al., "Statistical Disclosure Control", Wiley 2012, 4.4.

Figures are taken as exact here, although counts are published rounded: rounding
errors average out over many cells, so they protect less than they seem to.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.cell import loss
from cleanroom_join.disclosure.model.rule import RuleText
from cleanroom_join.disclosure.suppression.additive_closure import (
    PublishedSums,
    TableLines,
)
from cleanroom_join.disclosure.suppression.feasibility import has_solver
from cleanroom_join.disclosure.suppression.interval_audit import IntervalAudit
from cleanroom_join.disclosure.suppression.residuals import ResidualCheck
from cleanroom_join.disclosure.suppression.sensitive_unions import sensitive_union
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import (
        CellStatistics,
    )
    from cleanroom_join.disclosure.model.layout import Aggregate, Layout

__all__ = ["TEXT", "ComplementarySuppression", "complementary_suppressions"]

TEXT = RuleText(
    does="Suppresses further cells or totals until nothing suppressed can be derived to"
    " within {k} subjects from totals and other cells.",
    why="A total less all cells but one is that one. What is missing for this reason"
    " may be a large and ordinary cell.",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ComplementarySuppression:
    """What must go, so that nothing withheld can be worked out."""

    suppressed: frozenset[CellLabels]
    audited: bool
    """
    Whether every sum that is published was looked at together with all others.

    False if that needs a linear program and there is no solver; then no total and
    no coarser cell is left.
    """


def complementary_suppressions(
    layout: Layout,
    fresh: AbstractSet[CellLabels],
    secret: AbstractSet[CellLabels],
    cells: Mapping[CellLabels, CellStatistics],
    query: Query,
    policy: Policy,
) -> ComplementarySuppression:
    """
    Return which of the items that would be published must be withheld too.

    Args:
        layout: Every item with rows.
        fresh: Items whose present figures would be published.
        secret: Items whose figures break a rule by themselves; totals among them
            must not follow from their cells.  A total that is only withheld for
            the sake of others may: it is a crowd.
        cells: Statistics of every item.
        query: What was asked.
        policy: The effective policy.
    """
    problem = _Problem(layout, secret, cells, query, policy)
    kept = problem.lines_kept(set(fresh))
    shown = [a for a in layout.aggregates if a.labels in kept]
    if shown and (problem.hides_totals or _overlapping(shown, kept)):
        if not has_solver():
            kept -= {aggregate.labels for aggregate in layout.aggregates}
            return ComplementarySuppression(
                suppressed=frozenset(fresh) - kept, audited=False
            )
        kept = problem.audited(kept)
    return ComplementarySuppression(suppressed=frozenset(fresh) - kept, audited=True)


def _overlapping(shown: list[Aggregate], kept: AbstractSet[CellLabels]) -> bool:
    """
    Return whether some withheld leaf is in two published sums.

    Where none is, the sums are independent of each other, and what holds for each
    of them holds for all.
    """
    seen: set[CellLabels] = set()
    for aggregate in shown:
        unknown = aggregate.leaves - kept
        if seen & unknown:
            return True
        seen |= unknown
    return False


class _Problem:
    """The leaves, what is known of them, and what each weighs."""

    def __init__(
        self,
        layout: Layout,
        secret: AbstractSet[CellLabels],
        cells: Mapping[CellLabels, CellStatistics],
        query: Query,
        policy: Policy,
    ) -> None:
        self._layout = layout
        self._hidden = [total for total in layout.totals if total.labels in secret]
        self._cells = cells
        self._query = query
        self._policy = policy
        self._audit = IntervalAudit(layout, secret, cells, query, policy)
        self._residuals = ResidualCheck(cells, query, policy)
        self._levels = layout.by_level
        self._leaves = {a.labels: a.leaves for a in layout.aggregates}
        self._leaves |= {leaf: frozenset([leaf]) for leaf in layout.leaves}
        self._lines = TableLines([], query.dimensions)
        """Those of what was withheld when they were last looked at."""
        self._looked_at: AbstractSet[CellLabels] | None = None
        """What was kept when the rule of each line was last looked at."""

    @property
    def hides_totals(self) -> bool:
        """Whether some total breaks a rule by itself."""
        return bool(self._hidden)

    # --- each published sum by itself, and the rests between sums ----------------

    def lines_kept(self, kept: set[CellLabels]) -> set[CellLabels]:
        """Return what is left after the rule of each line holds."""
        for total in self._hidden:
            if total.leaves <= kept:  # it would be the sum of its cells
                kept.remove(min(total.leaves, key=self._cost))
        again = True
        while again:
            again = False
            for aggregate in self._touched(kept):
                while aggregate.labels in kept and self._relieved(aggregate, kept):
                    again = True
        return kept

    def _touched(self, kept: AbstractSet[CellLabels]) -> list[Aggregate]:
        """Return the sums that share leaves with what was taken out since last time."""
        before, self._looked_at = self._looked_at, frozenset(kept)
        if before is None:
            return list(self._layout.aggregates)
        gone = before - kept
        if not gone:
            return []
        leaves = frozenset(chain.from_iterable(self._leaves[key] for key in gone))
        return [a for a in self._layout.aggregates if a.leaves & leaves]

    def _relieved(self, aggregate: Aggregate, kept: set[CellLabels]) -> bool:
        """Withhold one item for the sake of a weak rest of a sum, if there is one."""
        unknown = aggregate.leaves - kept
        whole = frozenset(
            place for place, step in enumerate(aggregate.level.steps) if step is None
        )
        for finer in self._taken_away(aggregate, kept):
            below = frozenset(chain.from_iterable(a.leaves for a in finer))
            if not self._residuals.is_sensitive(unknown - below, whole):
                continue
            # Leaves beneath what is taken away would not change what is left.
            known = aggregate.leaves & kept - below
            sums = [aggregate.labels, *(a.labels for a in finer)]
            kept.remove(min(known or sums, key=self._cost))
            return True
        return False

    def _taken_away(
        self, aggregate: Aggregate, kept: AbstractSet[CellLabels]
    ) -> Iterator[list[Aggregate]]:
        """Yield nothing, and the known sums of each level beneath a sum."""
        yield []
        for items in self._levels:
            finer = [
                a for a in items if a.labels in kept and a.leaves < aggregate.leaves
            ]
            if finer:
                yield finer

    def _cost(self, labels: CellLabels) -> tuple[int, str]:
        """Return what suppressing a cell loses."""
        return loss(self._cells[labels], self._query)

    # --- all sums together -------------------------------------------------------

    def audited(self, kept: set[CellLabels]) -> set[CellLabels]:
        """Return what is left when every unknown is uncertain enough."""
        while True:
            # Totals that follow first: it is known which sums tell them.
            while self._separated(kept, several=False):
                kept = self.lines_kept(kept)
            before = len(kept)
            found = sorted(self._audit.disclosed(kept), key=self._cost)
            if not found and not self._separated(kept, several=True):
                return kept
            for key in found:
                self._widen(key, kept)
            if len(kept) == before:
                raise InternalError.of("nothing tells of what is too certain")
            kept = self.lines_kept(kept)

    def _widen(self, key: CellLabels, kept: set[CellLabels]) -> None:
        """Withhold one more item that says something about *key*."""
        leaves = self._leaves[key]
        about = [
            a for a in self._layout.aggregates if a.labels in kept and a.leaves & leaves
        ]
        if about:  # else what said something went for another's sake already
            near = min(about, key=lambda a: (len(a.leaves - kept), repr(a.labels)))
            kept.remove(min(near.leaves & kept, key=self._cost, default=near.labels))

    def _separated(self, kept: set[CellLabels], *, several: bool) -> bool:
        """
        Withhold sums for the sake of leaves that follow together, if any do.

        Args:
            kept: What would be published; sums are taken out.
            several: Whether single leaves and several labels are looked at.
        """
        by_rest: dict[frozenset[CellLabels], list[CellLabels]] = {}
        for aggregate in self._layout.aggregates:
            if aggregate.labels in kept and (rest := aggregate.leaves - kept):
                by_rest.setdefault(rest, []).append(aggregate.labels)
        leaves = [leaf for leaf in self._layout.leaves if leaf not in kept]
        if self._lines.leaves != leaves:
            self._lines = TableLines(leaves, self._query.dimensions)
        sums = PublishedSums(leaves, by_rest.keys())
        gone = False
        for found in sums.derivable_sets(self._lines, several=several):
            # A single leaf needs another beside it: see `_widen`.
            if not several and len(found.leaves) == 1:
                continue
            if self._residuals.is_sensitive(found.leaves, found.whole):
                while derivation := sums.derivation(found.leaves):
                    sums.suppress(self._withdraw(derivation, by_rest, kept))
                    gone = True
        if gone or not several:
            return gone
        rests = sorted(by_rest, key=lambda keys: sorted(map(repr, keys)))
        told = sensitive_union(leaves, rests, self._cells, self._query, self._policy)
        if told:
            self._withdraw(told, by_rest, kept)
        return bool(told)

    def _withdraw(
        self,
        derivation: Collection[frozenset[CellLabels]],
        by_rest: Mapping[frozenset[CellLabels], Collection[CellLabels]],
        kept: set[CellLabels],
    ) -> frozenset[CellLabels]:
        """Withhold the sums with one rest, of which the least is lost; return it."""
        costs = {
            rest: sorted(self._cost(key) for key in by_rest[rest])
            for rest in derivation
        }
        least = min(costs, key=costs.__getitem__)
        kept.difference_update(by_rest[least])
        return least
