"""
The guard: statistics of cells in, published and withheld cells out.

Pure: no rows, no Spark, no clock, no randomness.  A partner's engineer can read
this package whole, run it on a laptop, and re-run any recorded decision.

The stages, in order; each may only withhold more:

1. `require_complete`: a missing fact stops everything.
2. Rules over single items and lines.
3. Rules over all items together, again and again until none fires: what earlier
   releases tell (`differencing`), what cells with the same people tell (`within`), what
   the rest tells (`complement`); coarser cells are put in for leaves that went, and are
   subject to the same rules.
4. Figures of what is left are rounded, with noise before where the policy asks for
   it; where it says so, an item that went because of others is shown as it was in
   its last release.
"""

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
from cleanroom_join.disclosure.model.cell import require_complete
from cleanroom_join.disclosure.model.finding import Finding, Rule
from cleanroom_join.disclosure.model.history import History, cell_id
from cleanroom_join.disclosure.model.layout import layout_of
from cleanroom_join.disclosure.model.result import (
    GuardedTable,
    PublishedCell,
    SuppressedCell,
    domain_order,
)
from cleanroom_join.disclosure.perturbation.draw import Noise
from cleanroom_join.disclosure.primary import (
    bounds,
    cohort,
    dominance,
    homogeneous,
    uniform_lines,
)
from cleanroom_join.disclosure.publish.bounded import (
    bounded_figures,
    bounds_with_noise,
    cohort_with_noise,
)
from cleanroom_join.disclosure.publish.cell_key import cell_key_figures
from cleanroom_join.disclosure.publish.exact import figures
from cleanroom_join.disclosure.suppression.complementary import (
    complementary_suppressions,
)
from cleanroom_join.errors import InternalError, TooManyCells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.model.history import PublishedVersion
    from cleanroom_join.disclosure.model.layout import Layout

__all__ = ["protect"]


def protect(
    cells: Sequence[CellStatistics],
    query: Query,
    policy: Policy,
    history: History | None = None,
    noise_key: bytes | None = None,
) -> GuardedTable:
    """
    Decide for every cell whether it is published, and blur and round what is.

    Args:
        cells: Statistics of every item that has rows, totals and coarser cells
            included; the order does not matter.
        query: What was asked.
        policy: The effective policy.
        history: Everything published earlier; none if there is nothing.
        noise_key: Key that noise is drawn with; without one, nothing is published
            where the policy asks for noise.

    Raises:
        TooManyCells: If there are more cells than the policy allows.
        InternalError: If a cell is there twice or lacks a fact.
    """
    if len(cells) > policy.max_cells:
        raise TooManyCells.of(len(cells), policy.max_cells)
    for cell in cells:
        require_complete(cell, query)
    by_key = {cell.labels: cell for cell in cells}
    if len(by_key) < len(cells):
        raise InternalError.of("a cell is there twice")
    decision = _Decision(
        cells=by_key,
        layout=layout_of(list(by_key), query),
        query=query,
        policy=policy,
        history=history or History(),
        noise=Noise.of(policy, noise_key),
    )
    decision.single()
    decision.together()
    return decision.table()


@dataclass(kw_only=True, repr=False)
class _Decision:
    """What is known of each item, and what was found so far."""

    cells: Mapping[CellLabels, CellStatistics]
    layout: Layout
    query: Query
    policy: Policy
    history: History
    noise: Noise | None
    findings: dict[CellLabels, Finding] = field(default_factory=dict)
    coarser: frozenset[CellLabels] = frozenset()
    crowded: frozenset[CellLabels] = frozenset()
    """Totals that tell how many are in two of their parts, which no rows do."""
    audited: bool = True

    def single(self) -> None:
        """Ask the rules that look at one item, or one line."""
        by_level: dict[object, list[CellStatistics]] = {}
        for leaf in self.layout.leaves:
            by_level.setdefault(None, []).append(self.cells[leaf])
        for aggregate in self.layout.aggregates:
            by_level.setdefault(aggregate.level, []).append(
                self.cells[aggregate.labels]
            )
        for level in by_level.values():
            uniform = uniform_lines(level, self.query, self.policy)
            for cell in level:
                finding = self._first_finding(cell, uniform)
                if finding is not None:
                    self.findings[cell.labels] = finding

    def _first_finding(
        self, cell: CellStatistics, uniform: frozenset[CellLabels]
    ) -> Finding | None:
        """Ask the rules in their order and return the first that fires."""
        query, policy = self.query, self.policy
        return (
            cohort(cell, query, policy)
            or self._near_cohort(cell)
            or homogeneous(cell, query, policy)
            or (Finding(rule=Rule.HOMOGENEOUS) if cell.labels in uniform else None)
            or dominance(cell, query, policy)
            or self._out_of_bounds(cell)
            or (Finding(rule=Rule.NOISE) if self._lacks_noise(cell) else None)
        )

    def _near_cohort(self, cell: CellStatistics) -> Finding | None:
        """Ask whether a cell is too near to k, where contributions are bounded."""
        if (
            not self.policy.contribution_bounded
            or self.noise is None
            or self._lacks_noise(cell)
        ):
            return None  # who lacks noise is withheld in the end
        return cohort_with_noise(cell, self.query, self.policy, self.noise)

    def _out_of_bounds(self, cell: CellStatistics) -> Finding | None:
        """Ask the rule about bounds, blurred where contributions are bounded."""
        if not self.policy.contribution_bounded:
            return bounds(cell, self.query, self.policy)
        if self.noise is None or self._lacks_noise(cell):
            return None  # which withholds the cell next
        return bounds_with_noise(cell, self.query, self.policy, self.noise)

    def _lacks_noise(self, cell: CellStatistics) -> bool:
        """Return whether a cell should get noise and there is none for it."""
        asked = self.policy.protection is not Protection.THRESHOLD
        return asked and (self.noise is None or cell.cell_key is None)

    def together(self) -> None:
        """Ask the rules that look at all items, until none fires."""
        signatures = {key: cell.signature for key, cell in self.cells.items()}
        leaves = frozenset(self.layout.leaves)
        past = EarlierReleases(self.query, self.history)
        k = self.policy.min_cohort
        settled: frozenset[CellLabels] | None = None
        while True:
            fresh = self._fresh()
            again = {key: v.signature for key, v in self._repeated(fresh).items()}
            near = differencing(fresh, again, signatures, leaves, past, k)
            near |= near_duplicates(
                fresh, again, signatures, self.query, self.policy, self._cost
            )
            self._refuse(near, Rule.DIFFERENCING)
            full = overlap_revealing_totals(
                self.layout, fresh - near, self.cells, self.query, k
            )
            self._refuse(full, Rule.DIFFERENCING)
            self.crowded, near = self.crowded | full, near | full
            fresh -= near
            if not near and fresh == settled:
                return
            answer = complementary_suppressions(
                self.layout,
                fresh,
                self._secret(),
                self.cells,
                self.query,
                self.policy,
            )
            self.audited = self.audited and answer.audited
            self._refuse(answer.suppressed, Rule.COMPLEMENT)
            if not near and not answer.suppressed:
                return
            settled = fresh - answer.suppressed

    def _cost(self, key: CellLabels) -> tuple[int, str]:
        """Return what withholding an item loses; ties are broken by its labels."""
        first = self.query.subjects[0].label
        return self.cells[key].subjects[first].subjects, repr(key)

    def _secret(self) -> frozenset[CellLabels]:
        """Return the items that are not withheld for the sake of others only."""
        return frozenset(
            key
            for key, finding in self.findings.items()
            if finding.rule is not Rule.COMPLEMENT and key not in self.crowded
        )

    def _refuse(self, keys: frozenset[CellLabels], rule: Rule) -> None:
        """Keep why some items are not published."""
        for key in keys:
            self.findings[key] = Finding(rule=rule)

    def _fresh(self) -> frozenset[CellLabels]:
        """Return the items that nothing was found about, coarser ones if needed."""
        passed = self.cells.keys() - self.findings.keys()
        shown = passed & set(self.layout.leaves)
        self.coarser = coarser_for(self.layout, shown, passed)
        totals = {total.labels for total in self.layout.totals}
        return frozenset(shown | self.coarser | (passed & totals))

    def _repeated(
        self, fresh: frozenset[CellLabels]
    ) -> dict[CellLabels, PublishedVersion]:
        """Return what is shown as it was: leaves and totals that went for others."""
        asked = {*self.layout.leaves, *(t.labels for t in self.layout.totals)}
        found = {key: self._repeatable(key) for key in asked - fresh}
        return {key: version for key, version in found.items() if version is not None}

    def table(self) -> GuardedTable:
        """Return the answer, in domain order."""
        fresh = self._fresh()
        repeated = self._repeated(fresh)
        asked = {*self.layout.leaves, *(t.labels for t in self.layout.totals), *fresh}
        published, suppressed = [], []
        for key in sorted(asked, key=self._order):
            if key in fresh:
                figure = self._figures(self.cells[key])
                published.append(PublishedCell(labels=key, figures=figure))
            elif key in repeated:
                earlier = repeated[key]
                figure = tuple(earlier.figures[f] for f in self.query.figure_ids)
                published.append(
                    PublishedCell(labels=key, figures=figure, repeated_from=earlier)
                )
            else:
                suppressed.append(
                    SuppressedCell(labels=key, finding=self.findings[key])
                )
        return GuardedTable(
            columns=self.query.schema(),
            published=tuple(published),
            suppressed=tuple(suppressed),
            merged=tuple(sorted(self.coarser, key=self._order)),
            repeats=self.policy.differencing is DifferencingAction.REPEAT
            and bool(self.history.releases),
            audited=self.audited,
            perturbed=self.policy.protection is not Protection.THRESHOLD,
        )

    def _figures(self, cell: CellStatistics) -> tuple[int | Decimal, ...]:
        """Return what is published of a cell that passed every rule."""
        if self.policy.protection is Protection.THRESHOLD:
            return figures(cell, self.query, self.policy)
        if self.noise is None:
            raise InternalError.of("a cell was to be published without its noise")
        figures_of = (
            bounded_figures if self.policy.contribution_bounded else cell_key_figures
        )
        return figures_of(cell, self.query, self.policy, self.noise)

    def _order(self, key: CellLabels) -> tuple[int, ...]:
        """Return where a cell stands in the answer."""
        return domain_order(self.query.dimensions, key)

    def _repeatable(self, key: CellLabels) -> PublishedVersion | None:
        """Return the last release of a cell that went because of others."""
        if self.policy.differencing is not DifferencingAction.REPEAT or self.findings[
            key
        ].rule not in (Rule.DIFFERENCING, Rule.COMPLEMENT):
            return None
        earlier = self.history.latest(self.query.identity, cell_id(self.query, key))
        if earlier is None or not set(self.query.figure_ids) <= set(earlier.figures):
            return None
        # A stricter policy than then: what was enough is not any more.
        counts = [v for v in earlier.figures.values() if isinstance(v, int)]
        strict = all(
            n >= self.policy.min_cohort and n % self.policy.count_base == 0
            for n in counts
        )
        return earlier if strict else None
