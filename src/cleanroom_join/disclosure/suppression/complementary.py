"""
Rule ``complementary``: no suppressed cell is derivable from published ones.

Every published total or coarser cell is an equation over the leaves below it.  Whoever
subtracts the published leaves knows the residual, with its rates and means.  So every
residual must consist of at least two suppressed leaves and pass the primary rules like
a cell.  And if all equations are solved together, every suppressed count must be
uncertain by at least k.

Which cells to suppress for that is the problem of complementary cell suppression:
Fischetti and Salazar, "Solving the Cell Suppression Problem on Tabular Data with Linear
Constraints", Management Science 47(7), 2001; Hundepool et al., "Statistical Disclosure
Control", Wiley 2012, 4.4.  The audits say what is disclosed (`ResidualSets`,
`IntervalAudit`, `additive_closure`, `sensitive_unions`); `search` finds the choice of
least loss for which they find nothing.

The rule takes published figures as exact, although counts are rounded: rounding errors
average out over many cells, so they protect less than they seem to.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL
from cleanroom_join.disclosure.differencing.same_release import overlap_revealing_sets
from cleanroom_join.disclosure.model.cell import loss
from cleanroom_join.disclosure.model.rule import RuleText
from cleanroom_join.disclosure.suppression.derivable_sets import DerivableSets
from cleanroom_join.disclosure.suppression.disclosing_set import DisclosingSet
from cleanroom_join.disclosure.suppression.interval_audit import IntervalAudit
from cleanroom_join.disclosure.suppression.known_sums import known_sums
from cleanroom_join.disclosure.suppression.priorities import wanted_classes
from cleanroom_join.disclosure.suppression.residual_sets import ResidualSets
from cleanroom_join.disclosure.suppression.residuals import ResidualCheck
from cleanroom_join.disclosure.suppression.search import ROUNDS, most_published
from cleanroom_join.disclosure.suppression.solver import has_solver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
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
    """Which cells are published, and the complements that are not."""

    published: frozenset[CellLabels]
    """Leaves, totals, and coarser cells that stand for suppressed leaves."""
    suppressed: frozenset[CellLabels]
    """Cells that would be published if nothing were derivable from them."""
    audited: bool
    """
    Whether all published sums were audited together, if that was needed.

    False if there is no solver for the linear programs; then all totals and coarser
    cells are suppressed.
    """


def complementary_suppressions(
    layout: Layout,
    allowed: AbstractSet[CellLabels],
    sensitive: AbstractSet[CellLabels],
    cells: Mapping[CellLabels, CellStatistics],
    query: Query,
    policy: Policy,
    found: list[DisclosingSet] | None = None,
    *,
    coarser: bool = True,
) -> ComplementarySuppression:
    """
    Return which of the allowed cells are published, so that least is lost.

    Args:
        layout: Every cell that has rows.
        allowed: Cells that no other rule suppressed.
        sensitive: Cells whose figures must not be derivable.  A total that is
            suppressed only as a complement is not among them and may be derivable: it
            is large enough to publish.
        cells: Statistics of every cell.
        query: The query.
        policy: The effective policy.
        found: What audits of this table found before, under no stricter rules; this
            call adds to it.
        coarser: Whether coarser cells may stand for suppressed leaves.
    """
    problem = _Problem(layout, sensitive, frozenset(allowed), cells, query, policy)
    problem.found = [] if found is None else found
    problem.coarser = layout.coarser if coarser else ()
    chosen = _chosen(problem, frozenset(allowed))
    if has_solver() or not problem.needs_solver(chosen.published):
        return chosen
    aggregates = {aggregate.labels for aggregate in layout.aggregates}
    leaves = _chosen(problem, frozenset(allowed) - aggregates)
    return ComplementarySuppression(
        published=leaves.published,
        suppressed=frozenset(allowed) - leaves.published,
        audited=False,
    )


def _chosen(
    problem: _Problem, allowed: frozenset[CellLabels]
) -> ComplementarySuppression:
    """
    Return the published leaves and totals, then coarser cells for suppressed leaves.

    The least coarse are tried first; what they cannot stand for, coarser ones may.
    """
    layout = problem.layout
    published = problem.publish(problem.wanted(allowed))
    coarser = {aggregate.labels for aggregate in layout.coarser}
    refused: frozenset[CellLabels] = frozenset()
    uncovered = set(layout.leaves) - published
    for _, level in groupby(problem.coarser, key=lambda aggregate: aggregate.level):
        below = {
            aggregate.labels: aggregate.leaves
            for aggregate in level
            if aggregate.labels in allowed and aggregate.leaves & uncovered
        }
        published = problem.publish([below.keys()], published, rounds=1)
        refused |= below.keys() - published
        for labels in below.keys() & published:
            uncovered -= below[labels]
    refused |= allowed - coarser - published
    return ComplementarySuppression(
        published=published, suppressed=refused, audited=True
    )


class _Problem:
    """One table, and the audits that say what published cells of it disclose."""

    def __init__(
        self,
        layout: Layout,
        sensitive: AbstractSet[CellLabels],
        allowed: frozenset[CellLabels],
        cells: Mapping[CellLabels, CellStatistics],
        query: Query,
        policy: Policy,
    ) -> None:
        self.layout = layout
        self._cells, self._query, self._policy = cells, query, policy
        sums: dict[frozenset[CellLabels], bool] = {}
        for aggregate in layout.aggregates:
            # If one of two cells with the same leaves passes, so does their sum.
            is_sensitive = aggregate.labels in sensitive
            sums[aggregate.leaves] = sums.get(aggregate.leaves, True) and is_sensitive
        self.found: list[DisclosingSet] = []
        self.coarser: Sequence[Aggregate] = layout.coarser
        hidden = frozenset(
            aggregate.labels
            for aggregate in layout.aggregates
            if sums[aggregate.leaves]
        ) | (sensitive & set(layout.leaves))
        check = ResidualCheck(cells, query, policy, sums)
        self._residuals = ResidualSets(layout, hidden, allowed, check)
        # A cell tells of its subjects once for each dimension that it has a label of.
        self._loss = {
            labels: loss(cells[labels], query)[0]
            * max(1, sum(label != ALL for label in labels))
            for labels in (*layout.leaves, *(a.labels for a in layout.aggregates))
        }
        if has_solver():
            self._intervals = IntervalAudit(
                layout, hidden, allowed, cells, query, policy
            )
            self._derivable = DerivableSets(allowed, check, cells, query, policy)

    def wanted(self, allowed: frozenset[CellLabels]) -> list[frozenset[CellLabels]]:
        """Return the allowed leaves and totals, the most wanted first."""
        return wanted_classes(self.layout, self._query, allowed)

    def publish(
        self,
        classes: Sequence[AbstractSet[CellLabels]],
        earlier: frozenset[CellLabels] = frozenset(),
        rounds: int = ROUNDS,
    ) -> frozenset[CellLabels]:
        """Return cells that may be published together, with those published earlier."""
        return most_published(
            classes, self._disclosing_sets, self._loss, earlier, rounds, self.found
        )

    def needs_solver(self, published: AbstractSet[CellLabels]) -> bool:
        """
        Return whether equations have to be solved together.

        If no suppressed leaf is below two published aggregates, the equations are
        independent of each other, and every residual by itself is all that a reader
        can derive.
        """
        known = known_sums(self.layout, published, self.layout.aggregates)
        if not known.residuals:
            return False
        seen = sum(map(len, known.residuals))
        return self._residuals.hides_totals or seen > len(known.limited)

    def _disclosing_sets(
        self, published: frozenset[CellLabels], later: frozenset[CellLabels]
    ) -> Sequence[DisclosingSet]:
        """
        Return what published cells disclose, by the first audit that finds any.

        Args:
            published: The cells.
            later: Cells that may yet be published.
        """
        found = [
            *self._residuals.disclosing_sets(published),
            *self._overlaps(published),
        ]
        found = [each for each in found if not each.unless & later]
        if found or not has_solver() or not self.needs_solver(published):
            return found
        known = known_sums(self.layout, published, self.layout.aggregates)
        found = self._intervals.disclosing_sets(known, later)
        if not found:
            found = self._derivable.disclosing_sets(known)
        return [each for each in found if not each.unless & later]

    def _overlaps(self, published: frozenset[CellLabels]) -> Iterator[DisclosingSet]:
        """
        Yield aggregates that reveal how many subjects are in two of their parts.

        The aggregate gives way, unless the contract prefers it: suppressing a part
        would cost another one too, since rows add up.
        """
        query = self._query
        for labels, parts in overlap_revealing_sets(
            self.layout, published, self._cells, query, self._policy.min_cohort
        ):
            kept = tuple(
                dimension.name
                for dimension, label in zip(query.dimensions, labels, strict=True)
                if label != ALL
            )
            preferred = kept in query.output.prefer
            yield DisclosingSet.of([labels, *parts] if preferred else [labels])
