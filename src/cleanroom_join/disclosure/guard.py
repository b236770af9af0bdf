"""
The guard: statistics of cells in, published and suppressed cells out.

Pure: no rows, no Spark, no clock, no randomness.  A partner's engineer can read this
package whole, run it on a laptop, and repeat any recorded decision.

The guard takes these steps in order, and each step may only suppress more cells:

1. `require_complete` refuses cells that lack a fact.
2. Every primary rule judges each cell by itself (`primary`).
3. What earlier releases decided about the same subjects, or nearly the same, stays.
4. The rules about all cells together run until none suppresses anything: one compares
   cells with earlier releases and with each other (`differencing`), one keeps readers
   from deriving a suppressed cell, and loses least (`suppression`).
5. What is left must fit the budget against reconstruction (`budget`): else the cells
   that cost most are suppressed, and step 4 begins again.  Coarser cells stand for
   suppressed leaves if the budget has room for all leaves and totals.
6. `publish` adds noise to the figures that are left, if the policy asks for it, and
   rounds them.  A figure with noise that an earlier release showed is shown as it was.
   If the policy says so, a cell that was suppressed because of others, or because of
   an earlier decision, shows the figures of its last release.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleanroom_join.contract import FUNCTIONS
from cleanroom_join.disclosure.budget.residual_sizes import Release
from cleanroom_join.disclosure.budget.spending import Spending, spend
from cleanroom_join.disclosure.decision import Decision
from cleanroom_join.disclosure.model.cell import require_complete
from cleanroom_join.disclosure.model.history import History
from cleanroom_join.disclosure.model.layout import layout_of
from cleanroom_join.disclosure.perturbation.draw import Noise
from cleanroom_join.errors import DisclosureError, InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.budget.shares import ShareCounts
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.model.layout import Layout
    from cleanroom_join.disclosure.model.result import GuardedTable
    from cleanroom_join.disclosure.suppression.disclosing_set import DisclosingSet

__all__ = ["protect"]

_COUNTED_DECISIONS = 4
"""Decisions of which shares are counted exactly."""


def protect(
    cells: Sequence[CellStatistics],
    query: Query,
    policy: Policy,
    history: History | None = None,
    noise_key: bytes | None = None,
    count_shares: ShareCounts | None = None,
) -> GuardedTable:
    """
    Decide which cells are published; perturb and round their figures.

    Args:
        cells: Statistics of every cell that has rows, totals and coarser cells
            included; the order does not matter.
        query: The query.
        policy: The effective policy.
        history: All earlier releases; None if there is none.
        noise_key: Key that noise is drawn with, 32 bytes.  Without one, nothing is
            published if the policy asks for noise.
        count_shares: Counts exact shares where a subject may be in several leaves.
            Without it the budget is charged as if one subject were in all of them.

    Raises:
        DisclosureError: If there are more cells than the policy allows.
        InternalError: If a cell occurs twice or lacks a fact, or if an output function
            is unknown.
    """
    _require_known_functions(query)
    if len(cells) > policy.max_cells:
        raise DisclosureError.too_many_cells(len(cells), policy.max_cells)
    for cell in cells:
        require_complete(cell, query)
    by_labels = {cell.labels: cell for cell in cells}
    if len(by_labels) < len(cells):
        raise InternalError.of("a cell occurs twice")
    facts = _Facts(
        cells=by_labels,
        layout=layout_of(list(by_labels), query),
        query=query,
        policy=policy,
        history=history or History(),
        noise=Noise.of(policy, noise_key),
    )
    return _within_budget(facts, count_shares)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Facts:
    """What a decision is made from."""

    cells: Mapping[CellLabels, CellStatistics]
    layout: Layout
    query: Query
    policy: Policy
    history: History
    noise: Noise | None


def _within_budget(facts: _Facts, count_shares: ShareCounts | None) -> GuardedTable:
    """
    Decide, and decide again without the cells that the budget has no room for.

    Leaves and totals come first.  If all of them have room, coarser cells have what is
    left of it; if that is not enough for them, there are none.
    """
    search = _Search(facts, count_shares)
    fine = search.decide(coarser=False)
    if not fine.spending.over_budget and facts.layout.coarser:
        whole = search.decide(coarser=True)
        return (fine if whole.spending.over_budget else whole).table()
    while fine.spending.over_budget:
        search.suppress(fine.spending.over_budget)
        fine = search.decide(coarser=False)
    return fine.table()


@dataclass(frozen=True, slots=True)
class _Decided:
    """A decision, and what it costs."""

    decision: Decision
    spending: Spending

    def table(self) -> GuardedTable:
        """Return what is published, if it is within the budget."""
        return replace(self.decision.table(), charges=self.spending.charges)


class _Search:
    """
    Decisions about the same cells, each with fewer of them than the one before.

    After a few of them upper bounds do, since counting shares takes a query.
    """

    def __init__(self, facts: _Facts, count_shares: ShareCounts | None) -> None:
        self._facts, self._count_shares = facts, count_shares
        self._over_budget: frozenset[CellLabels] = frozenset()
        self._decisions = 0
        self._disclosed: list[DisclosingSet] = []

    def suppress(self, over_budget: frozenset[CellLabels]) -> None:
        """Suppress cells from now on."""
        self._over_budget |= over_budget

    def decide(self, *, coarser: bool) -> _Decided:
        """Decide, and count what that costs."""
        facts = self._facts
        decision = _decide(facts, self._over_budget, self._disclosed, coarser=coarser)
        release = Release(
            query=facts.query,
            layout=facts.layout,
            cells=facts.cells,
            new=decision.new,
            history=facts.history,
        )
        count = self._count_shares if self._decisions < _COUNTED_DECISIONS else None
        self._decisions += 1
        return _Decided(decision, spend(release, facts.policy, count))


def _decide(
    facts: _Facts,
    over_budget: frozenset[CellLabels],
    disclosed: list[DisclosingSet],
    *,
    coarser: bool,
) -> Decision:
    """Apply every rule to the cells; some are suppressed for the budget's sake."""
    decision = Decision(
        cells=facts.cells,
        layout=facts.layout,
        query=facts.query,
        policy=facts.policy,
        history=facts.history,
        noise=facts.noise,
        coarser=coarser,
        disclosed=disclosed,
    )
    decision.apply_primary_rules()
    decision.keep_earlier_decisions()
    decision.suppress_for_budget(over_budget)
    decision.suppress_until_safe()
    return decision


def _require_known_functions(query: Query) -> None:
    """Refuse a query with an output function that is no member of `FUNCTIONS`."""
    if any(measure.function not in FUNCTIONS for measure in query.output.measures):
        raise InternalError.of("a query has an output function without a file")
