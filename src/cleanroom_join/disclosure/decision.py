"""One decision of the guard: which cells are published, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.contract import DifferencingAction, Protection
from cleanroom_join.disclosure.differencing.rule import EarlierReleases, differencing
from cleanroom_join.disclosure.differencing.same_release import (
    near_duplicates,
    overlap_revealing_totals,
)
from cleanroom_join.disclosure.generalisation import coarser_for
from cleanroom_join.disclosure.model.cell import loss
from cleanroom_join.disclosure.model.history import cell_id
from cleanroom_join.disclosure.model.result import (
    GuardedTable,
    PublishedCell,
    SuppressedCell,
    domain_order,
)
from cleanroom_join.disclosure.model.rule import Rule
from cleanroom_join.disclosure.primary import PRIMARY_RULES
from cleanroom_join.disclosure.primary.rule import RuleContext
from cleanroom_join.disclosure.publish.figures import published_figures
from cleanroom_join.disclosure.suppression.complementary import (
    complementary_suppressions,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.model.history import History, PublishedVersion
    from cleanroom_join.disclosure.model.layout import Layout
    from cleanroom_join.disclosure.perturbation.draw import Noise

__all__ = ["Decision"]

_FOR_OTHERS = (Rule.DIFFERENCING, Rule.COMPLEMENTARY)
"""Rules that suppress a cell because of what else is or was published."""


@dataclass(kw_only=True, repr=False)
class Decision:
    """
    What is known of each cell, and which were suppressed so far.

    Every cell is in one of three sets.  *New* cells show their present figures;
    *repeated* ones show the figures of their last release; all others are suppressed.
    """

    cells: Mapping[CellLabels, CellStatistics]
    layout: Layout
    query: Query
    policy: Policy
    history: History
    noise: Noise | None
    reasons: dict[CellLabels, Rule] = field(default_factory=dict)
    """The rule that suppressed a cell's present figures first."""
    coarser: frozenset[CellLabels] = frozenset()
    """Coarser cells that replace suppressed leaves."""
    overlapping: frozenset[CellLabels] = frozenset()
    """
    Totals suppressed because they would reveal how many subjects are in more than one
    of their parts.  Their row counts are additive and need no protection.
    """
    audited: bool = True

    def apply_primary_rules(self) -> None:
        """Ask the rules that look at one cell, or at one table line, in their order."""
        context = RuleContext(query=self.query, policy=self.policy, noise=self.noise)
        leaves = [self.cells[labels] for labels in self.layout.leaves]
        levels = [leaves] + [
            [self.cells[aggregate.labels] for aggregate in level]
            for level in self.layout.by_level
        ]
        for rule, primary in PRIMARY_RULES.items():
            for cells in levels:
                for labels in primary.sensitive_cells(cells, context):
                    self.reasons.setdefault(labels, rule)

    def suppress_until_safe(self) -> None:
        """
        Ask the rules about all cells together, until none suppresses anything.

        Each round looks at the new and repeated cells that are left.  Differencing goes
        first, since what it suppresses need not be protected by other cells.  The round
        ends the search if it changed nothing, or if the new cells are exactly those
        that the round before has found safe.
        """
        signatures = {labels: cell.signature for labels, cell in self.cells.items()}
        leaves = frozenset(self.layout.leaves)
        earlier = EarlierReleases(self.query, self.history)
        k = self.policy.min_cohort
        safe: frozenset[CellLabels] | None = None
        while True:
            new = self._new()
            repeated = {c: v.signature for c, v in self._repeated(new).items()}
            close = differencing(new, repeated, signatures, leaves, earlier, k)
            close |= near_duplicates(
                new, repeated, signatures, self.query, self.policy, self._loss
            )
            overlapping = overlap_revealing_totals(
                self.layout, new - close, self.cells, self.query, k
            )
            self.overlapping |= overlapping
            close |= overlapping
            self._suppress(close, Rule.DIFFERENCING)
            new -= close
            if not close and new == safe:
                return
            derivable = self._suppress_derivable(new)
            if not close and not derivable:
                return
            safe = new - derivable

    def _suppress_derivable(self, new: frozenset[CellLabels]) -> frozenset[CellLabels]:
        """Suppress cells so that nothing suppressed is derivable; return them."""
        found = complementary_suppressions(
            self.layout, new, self._sensitive(), self.cells, self.query, self.policy
        )
        self.audited = self.audited and found.audited
        self._suppress(found.suppressed, Rule.COMPLEMENTARY)
        return found.suppressed

    def _loss(self, labels: CellLabels) -> tuple[int, str]:
        """Return what suppressing a cell loses."""
        return loss(self.cells[labels], self.query)

    def _sensitive(self) -> frozenset[CellLabels]:
        """Return the cells that are not suppressed only as complements of others."""
        return frozenset(
            labels
            for labels, rule in self.reasons.items()
            if rule is not Rule.COMPLEMENTARY and labels not in self.overlapping
        )

    def _suppress(self, cells: AbstractSet[CellLabels], rule: Rule) -> None:
        """Keep why the present figures of some cells are not published."""
        self.reasons |= dict.fromkeys(cells, rule)

    def _new(self) -> frozenset[CellLabels]:
        """Return the cells that show their present figures, coarser ones if needed."""
        passed = self.cells.keys() - self.reasons.keys()
        leaves = passed & set(self.layout.leaves)
        self.coarser = coarser_for(self.layout, leaves, passed)
        totals = {total.labels for total in self.layout.totals}
        return frozenset(leaves | self.coarser | (passed & totals))

    def _repeated(
        self, new: frozenset[CellLabels]
    ) -> dict[CellLabels, PublishedVersion]:
        """Return the cells that show the figures of their last release."""
        found = {labels: self._repeatable(labels) for labels in self._asked() - new}
        return {c: version for c, version in found.items() if version is not None}

    def _asked(self) -> set[CellLabels]:
        """Return the leaves and totals: what a reader expects an answer for."""
        return {*self.layout.leaves, *(t.labels for t in self.layout.totals)}

    def table(self) -> GuardedTable:
        """Return the answer, in domain order."""
        new = self._new()
        repeated = self._repeated(new)
        published, suppressed = [], []
        for labels in sorted(self._asked() | new, key=self._order):
            if labels in new:
                figures = published_figures(
                    self.cells[labels], self.query, self.policy, self.noise
                )
                published.append(PublishedCell(labels=labels, figures=figures))
            elif labels in repeated:
                version = repeated[labels]
                figures = tuple(version.figures[name] for name in self.query.figure_ids)
                published.append(
                    PublishedCell(labels=labels, figures=figures, repeated_from=version)
                )
            else:
                suppressed.append(
                    SuppressedCell(labels=labels, rule=self.reasons[labels])
                )
        return GuardedTable(
            columns=self.query.schema(),
            published=tuple(published),
            suppressed=tuple(suppressed),
            merged=tuple(sorted(self.coarser, key=self._order)),
            audited=self.audited,
            perturbed=self.policy.protection is not Protection.THRESHOLD,
        )

    def _order(self, labels: CellLabels) -> tuple[int, ...]:
        """Return where a cell stands in the answer."""
        return domain_order(self.query.dimensions, labels)

    def _repeatable(self, labels: CellLabels) -> PublishedVersion | None:
        """Return the last release of a cell that was suppressed because of others."""
        repeats = self.policy.differencing is DifferencingAction.REPEAT
        if not repeats or self.reasons[labels] not in _FOR_OTHERS:
            return None
        version = self.history.latest(self.query.identity, cell_id(self.query, labels))
        if version is None or not set(self.query.figure_ids) <= set(version.figures):
            return None
        # Under a stricter policy than then, what was enough is not any more.
        k, base = self.policy.min_cohort, self.policy.count_base
        counts = [v for v in version.figures.values() if isinstance(v, int)]
        return version if all(n >= k and n % base == 0 for n in counts) else None
