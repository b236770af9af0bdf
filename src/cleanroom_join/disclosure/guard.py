"""
The guard: statistics of cells in, published and suppressed cells out.

Pure: no rows, no Spark, no clock, no randomness.  A partner's engineer can read
this package whole, run it on a laptop, and re-run any recorded decision.

The stages, in order; each may only suppress more:

1. `require_complete`: a missing fact stops everything.
2. Primary rules, each cell by itself (`primary`).
3. Rules about all cells together, repeated until none suppresses anything: differences
   from earlier releases and within this one (`differencing`), and what could be derived
   (`suppression`).  Coarser cells replace suppressed leaves (`generalisation`) and are
   subject to the same rules.
4. What is left is rounded, with noise before if the policy asks for it (`publish`).  If
   the policy says so, a cell that was suppressed because of others shows the figures of
   its last release.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.decision import Decision
from cleanroom_join.disclosure.model.cell import require_complete
from cleanroom_join.disclosure.model.history import History
from cleanroom_join.disclosure.model.layout import layout_of
from cleanroom_join.disclosure.perturbation.draw import Noise
from cleanroom_join.errors import DisclosureError, InternalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.model.result import GuardedTable

__all__ = ["protect"]


def protect(
    cells: Sequence[CellStatistics],
    query: Query,
    policy: Policy,
    history: History | None = None,
    noise_key: bytes | None = None,
) -> GuardedTable:
    """
    Decide for every cell whether it is published, and perturb and round what is.

    Args:
        cells: Statistics of every cell that has rows, totals and coarser cells
            included; the order does not matter.
        query: What was asked.
        policy: The effective policy.
        history: Everything published earlier; none if there is nothing.
        noise_key: Key that noise is drawn with; without one, nothing is published
            where the policy asks for noise.

    Raises:
        DisclosureError: If there are more cells than the policy allows.
        InternalError: If a cell is there twice or lacks a fact.
    """
    if len(cells) > policy.max_cells:
        raise DisclosureError.too_many_cells(len(cells), policy.max_cells)
    for cell in cells:
        require_complete(cell, query)
    by_labels = {cell.labels: cell for cell in cells}
    if len(by_labels) < len(cells):
        raise InternalError.of("a cell is there twice")
    decision = Decision(
        cells=by_labels,
        layout=layout_of(list(by_labels), query),
        query=query,
        policy=policy,
        history=history or History(),
        noise=Noise.of(policy, noise_key),
    )
    decision.apply_primary_rules()
    decision.suppress_until_safe()
    return decision.table()
