"""One decision of the guard: which cells are published, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.contract import DifferencingAction
from cleanroom_join.disclosure.differencing.release_index import ReleaseIndex
from cleanroom_join.disclosure.differencing.rule import differencing
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

_BECAUSE_OF_OTHERS = (Rule.DIFFERENCING, Rule.COMPLEMENTARY)
"""Rules that suppress a cell because of other published figures."""


@dataclass(kw_only=True, repr=False)
class Decision:
    """
    All cells of a table, and which rule suppressed which of them so far.

    Every cell is in one of three sets.  *New* cells show their present figures;
    *repeated* ones show the figures of their last release; all others are suppressed.
    """

    cells: Mapping[CellLabels, CellStatistics]
    layout: Layout
    query: Query
    policy: Policy
    history: History
    noise: Noise | None
    """Noise that the policy asks for; None if it asks for none, or without a key."""
    reasons: dict[CellLabels, Rule] = field(default_factory=dict)
    """The rule that suppressed the present figures of a cell first."""
    overlapping: frozenset[CellLabels] = frozenset()
    """
    Totals suppressed because they would reveal how many subjects are in more than one
    of their parts.  Their row counts are additive and need no protection.
    """
    audited: bool = True
    """False once totals were suppressed because SciPy is missing."""

    def apply_primary_rules(self) -> None:
        """Apply the rules that judge one cell, or one row or column, in their order."""
        context = RuleContext(query=self.query, policy=self.policy, noise=self.noise)
        leaves = [self.cells[labels] for labels in self.layout.leaves]
        levels = [leaves] + [
            [self.cells[aggregate.labels] for aggregate in level]
            for level in self.layout.by_level
        ]
        for rule, primary_rule in PRIMARY_RULES.items():
            for cells in levels:
                for labels in primary_rule.sensitive_cells(cells, context):
                    self.reasons.setdefault(labels, rule)

    def suppress_until_safe(self) -> None:
        """
        Apply the rules about all cells together until none suppresses anything.

        Each round judges the new and repeated cells that are left.  Differencing goes
        first, since complementary suppression need not protect what it suppresses.  A
        round is the last one if it changed nothing, or if its new cells are exactly
        those that the round before found safe.
        """
        signatures = {labels: cell.signature for labels, cell in self.cells.items()}
        leaves = frozenset(self.layout.leaves)
        earlier = ReleaseIndex(self.query, self.history)
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
            complements = self._suppress_complements(new)
            if not close and not complements:
                return
            safe = new - complements

    def _suppress_complements(
        self, new: frozenset[CellLabels]
    ) -> frozenset[CellLabels]:
        """Suppress new cells until no suppressed cell is derivable; return them."""
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
        """Return the suppressed cells whose figures must not be derivable."""
        return frozenset(
            labels
            for labels, rule in self.reasons.items()
            if rule is not Rule.COMPLEMENTARY and labels not in self.overlapping
        )

    def _suppress(self, cells: AbstractSet[CellLabels], rule: Rule) -> None:
        """Record the rule that suppressed the present figures of some cells."""
        self.reasons |= dict.fromkeys(cells, rule)

    def _new(self) -> frozenset[CellLabels]:
        """Return the cells that show their present figures: no rule suppressed them."""
        passed = self.cells.keys() - self.reasons.keys()
        leaves = passed & set(self.layout.leaves)
        coarser = coarser_for(self.layout, leaves, passed)
        totals = {total.labels for total in self.layout.totals}
        return frozenset(leaves | coarser | (passed & totals))

    def _repeated(
        self, new: frozenset[CellLabels]
    ) -> dict[CellLabels, PublishedVersion]:
        """Return the cells that show the figures of their last release, with these."""
        versions = {c: self._repeatable(c) for c in self._requested() - new}
        return {c: version for c, version in versions.items() if version is not None}

    def _requested(self) -> set[CellLabels]:
        """Return the leaves and totals, which the query asks for."""
        return {*self.layout.leaves, *(t.labels for t in self.layout.totals)}

    def table(self) -> GuardedTable:
        """Return the published and suppressed cells, in domain order."""
        new = self._new()
        repeated = self._repeated(new)
        published, suppressed = [], []
        for labels in sorted(self._requested() | new, key=self._order):
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
        merged = new & {aggregate.labels for aggregate in self.layout.coarser}
        return GuardedTable(
            columns=self.query.schema(),
            published=tuple(published),
            suppressed=tuple(suppressed),
            merged=tuple(sorted(merged, key=self._order)),
            audited=self.audited,
        )

    def _order(self, labels: CellLabels) -> tuple[int, ...]:
        """Return the sort key of a cell in the table."""
        return domain_order(self.query.dimensions, labels)

    def _repeatable(self, labels: CellLabels) -> PublishedVersion | None:
        """Return the version of a suppressed cell to repeat, if it may be repeated."""
        repeats = self.policy.differencing is DifferencingAction.REPEAT
        if not repeats or self.reasons[labels] not in _BECAUSE_OF_OTHERS:
            return None
        version = self.history.latest(self.query.identity, cell_id(self.query, labels))
        if version is None or not set(self.query.figure_ids) <= set(version.figures):
            return None
        # The policy may have become stricter since that release.
        k, base = self.policy.min_cohort, self.policy.count_base
        counts = [v for v in version.figures.values() if isinstance(v, int)]
        return version if all(n >= k and n % base == 0 for n in counts) else None
