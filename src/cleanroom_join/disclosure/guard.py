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
   from deriving a suppressed cell (`suppression`).  Coarser cells replace suppressed
   leaves (`generalisation`) and are subject to the same rules.
5. `publish` adds noise to the figures that are left, if the policy asks for it, and
   rounds them.  A figure with noise that an earlier release showed is shown as it was.
   If the policy says so, a cell that was suppressed because of others, or because of
   an earlier decision, shows the figures of its last release.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import FUNCTIONS
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
    Decide which cells are published; perturb and round their figures.

    Args:
        cells: Statistics of every cell that has rows, totals and coarser cells
            included; the order does not matter.
        query: The query.
        policy: The effective policy.
        history: All earlier releases; None if there is none.
        noise_key: Key that noise is drawn with, 32 bytes.  Without one, nothing is
            published if the policy asks for noise.

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
    decision = Decision(
        cells=by_labels,
        layout=layout_of(list(by_labels), query),
        query=query,
        policy=policy,
        history=history or History(),
        noise=Noise.of(policy, noise_key),
    )
    decision.apply_primary_rules()
    decision.keep_earlier_decisions()
    decision.suppress_until_safe()
    return decision.table()


def _require_known_functions(query: Query) -> None:
    """Refuse a query with an output function that is no member of `FUNCTIONS`."""
    if any(measure.function not in FUNCTIONS for measure in query.output.measures):
        raise InternalError.of("a query has an output function without a file")
