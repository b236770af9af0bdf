"""One decision of the guard: which cells are published, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.contract import DifferencingAction
from cleanroom_join.disclosure.differencing.earlier_decisions import EarlierDecisions
from cleanroom_join.disclosure.differencing.release_index import ReleaseIndex
from cleanroom_join.disclosure.differencing.rule import differencing, distance
from cleanroom_join.disclosure.differencing.same_release import (
    near_duplicates,
)
from cleanroom_join.disclosure.generalisation import coarser_for
from cleanroom_join.disclosure.model.cell import loss
from cleanroom_join.disclosure.model.history import cell_id
from cleanroom_join.disclosure.model.primary_limits import PrimaryLimits
from cleanroom_join.disclosure.model.result import (
    GuardedTable,
    PublishedCell,
    SuppressedCell,
    domain_order,
)
from cleanroom_join.disclosure.model.rule import Rule
from cleanroom_join.disclosure.primary import PRIMARY_RULES
from cleanroom_join.disclosure.primary.rule import RuleContext
from cleanroom_join.disclosure.publish.earlier_figures import EarlierFigures
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
    from cleanroom_join.disclosure.suppression.disclosing_set import DisclosingSet

__all__ = ["Decision"]

_BECAUSE_OF_OTHERS = (Rule.BUDGET, Rule.DIFFERENCING, Rule.COMPLEMENTARY)
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
    audited: bool = True
    """False once totals were suppressed because SciPy is missing."""
    coarser: bool = True
    """Whether coarser cells may stand for suppressed leaves."""
    disclosed: list[DisclosingSet] = field(default_factory=list)
    """What audits found; decisions about the same cells may share it."""
    covered: frozenset[CellLabels] = frozenset()
    """Cells that an earlier release has decided, whatever the primary rules say."""
    new: frozenset[CellLabels] = frozenset()
    """The cells that show their present figures, once `suppress_until_safe` is done."""
    _index: ReleaseIndex = field(init=False)
    _earlier: EarlierDecisions = field(init=False)

    def __post_init__(self) -> None:
        """Index the earlier releases."""
        self._index = ReleaseIndex(self.query, self.history)
        self._earlier = EarlierDecisions(self._index, self.history, self.policy)

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

    def keep_earlier_decisions(self) -> None:
        """
        Apply what earlier releases decided about the same subjects, or nearly the same.

        The cells that the primary rules suppressed are among those compared, so that
        what is found depends on the subjects of the cells and not on these rules.  If
        these suppressed nothing, differencing finds the same in its first round.
        """
        if not self.history.releases:
            return
        signed = {c: s for c, cell in self.cells.items() if (s := cell.signature)}
        decided = self._earlier.near_suppressed(signed)
        if self.reasons:
            decided |= self._earlier.close_to_published(
                signed, self._requested(), frozenset(self.layout.leaves)
            )
        self._suppress_sets(decided)
        self.covered = decided.union(self._earlier.unchanged(signed))

    def suppress_for_budget(self, cells: AbstractSet[CellLabels]) -> None:
        """Suppress cells whose figures the budget against reconstruction lacks."""
        self._suppress(cells - self.reasons.keys(), Rule.BUDGET)

    def suppress_until_safe(self) -> None:
        """
        Apply the rules about all cells together until none suppresses anything.

        Differencing goes first, since complementary suppression need not protect what
        it suppresses.  Whenever it suppresses a cell, complements are chosen anew:
        some of the others may not be needed any more.
        """
        signatures = {labels: cell.signature for labels, cell in self.cells.items()}
        leaves = frozenset(self.layout.leaves)
        k = distance(self.query, self.policy)
        published = self._coarsest_for(self._allowed())
        while True:
            repeated = {c: v.signature for c, v in self._repeated(published).items()}
            close = differencing(
                published, repeated, signatures, leaves, self._index, k
            )
            close |= near_duplicates(
                published, repeated, signatures, self.query, self.policy, self._loss
            )
            if not close and published == self.new:
                return
            self._suppress_sets(close)
            self._choose_complements()
            published = self.new

    def _choose_complements(self) -> None:
        """Choose the cells to publish, of those that no other rule suppressed."""
        allowed = self._allowed()
        found = complementary_suppressions(
            self.layout,
            allowed,
            self._sensitive(),
            self.cells,
            self.query,
            self.policy,
            self.disclosed,
            coarser=self.coarser,
        )
        self.audited = found.audited
        self.reasons = {
            c: rule for c, rule in self.reasons.items() if c not in allowed
        } | dict.fromkeys(found.suppressed, Rule.COMPLEMENTARY)
        self.new = found.published

    def _loss(self, labels: CellLabels) -> tuple[int, str]:
        """Return what suppressing a cell loses."""
        return loss(self.cells[labels], self.query)

    def _sensitive(self) -> frozenset[CellLabels]:
        """Return the suppressed cells whose figures must not be derivable."""
        return frozenset(
            labels
            for labels, rule in self.reasons.items()
            if rule is not Rule.COMPLEMENTARY
        )

    def _suppress(self, cells: AbstractSet[CellLabels], rule: Rule) -> None:
        """Record the rule that suppressed the present figures of some cells."""
        self.reasons |= dict.fromkeys(cells, rule)

    def _suppress_sets(self, close: AbstractSet[CellLabels]) -> None:
        """
        Suppress what differencing found, and all cells with the same leaves.

        Differencing judges sets of subjects, and two cells with the same leaves are
        one set.  A coarser cell is judged only once it stands for suppressed leaves.
        """
        below = self.layout.leaves_below
        sets = {below[labels] for labels in close}
        same = {labels for labels, leaves in below.items() if leaves in sets}
        self._suppress(same & self._allowed(), Rule.DIFFERENCING)

    def _allowed(self) -> frozenset[CellLabels]:
        """Return the cells that no rule suppressed but for the sake of others."""
        return frozenset(
            labels
            for labels in self.cells
            if self.reasons.get(labels, Rule.COMPLEMENTARY) is Rule.COMPLEMENTARY
        )

    def _coarsest_for(self, allowed: frozenset[CellLabels]) -> frozenset[CellLabels]:
        """Return the allowed leaves and totals, and coarser cells for the others."""
        leaves = allowed & set(self.layout.leaves)
        totals = allowed & {total.labels for total in self.layout.totals}
        if not self.coarser:
            return leaves | totals
        return leaves | totals | coarser_for(self.layout, leaves, allowed)

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
        new = self.new
        repeated = self._repeated(new)
        published, suppressed = [], []
        earlier = self._earlier_figures()
        for labels in sorted(self._requested() | new, key=self._order):
            if labels in new:
                figures = published_figures(
                    self.cells[labels], self.query, self.policy, self.noise
                )
                if earlier is not None:
                    figures = earlier.instead_of(figures, self.cells[labels].signature)
                published.append(PublishedCell(labels=labels, figures=figures))
            elif labels in repeated:
                version = repeated[labels]
                figures = tuple(version.figures[name] for name in self.query.figure_ids)
                published.append(
                    PublishedCell(labels=labels, figures=figures, repeated_from=version)
                )
            else:
                suppressed.append(
                    SuppressedCell(
                        labels=labels,
                        rule=self.reasons[labels],
                        decided_earlier=labels in self.covered,
                    )
                )
        merged = new & {aggregate.labels for aggregate in self.layout.coarser}
        return GuardedTable(
            columns=self.query.schema(),
            published=tuple(published),
            suppressed=tuple(suppressed),
            merged=tuple(sorted(merged, key=self._order)),
            audited=self.audited,
            limits=PrimaryLimits.of(self.policy),
        )

    def _earlier_figures(self) -> EarlierFigures | None:
        """Return the figures to show as they were; None if figures have no noise."""
        if self.noise is None:
            return None
        return EarlierFigures(self.query, self.policy, self.history)

    def _order(self, labels: CellLabels) -> tuple[int, ...]:
        """Return the sort key of a cell in the table."""
        return domain_order(self.query.dimensions, labels)

    def _may_repeat(self, labels: CellLabels, version: PublishedVersion) -> bool:
        """
        Return whether the rule that suppressed a cell lets it show an earlier version.

        A primary rule does if an earlier release has decided about the cell, under
        limits that were no less strict.
        """
        reason = self.reasons[labels]
        if reason in _BECAUSE_OF_OTHERS:
            return True
        if reason is Rule.MISSING_NOISE or labels not in self.covered:
            return False
        return self._earlier.may_show(version)

    def _repeatable(self, labels: CellLabels) -> PublishedVersion | None:
        """Return the version of a suppressed cell to repeat, if it may be repeated."""
        if self.policy.differencing is not DifferencingAction.REPEAT:
            return None
        version = self.history.latest(self.query.identity, cell_id(self.query, labels))
        if version is None or not set(self.query.figure_ids) <= set(version.figures):
            return None
        if not self._may_repeat(labels, version):
            return None
        # The policy may have become stricter since that release.
        k, base = self.policy.min_cohort, self.policy.count_base
        counts = [v for v in version.figures.values() if isinstance(v, int)]
        return version if all(n >= k and n % base == 0 for n in counts) else None
