"""What the budget would take if everything were published that is good by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure import History
from cleanroom_join.disclosure.budget.residual_sizes import Release
from cleanroom_join.disclosure.budget.spending import spend
from cleanroom_join.disclosure.model.layout import layout_of

if TYPE_CHECKING:
    from benchmarks.loss_measures import Asked, Good
    from cleanroom_join.contract import CellLabels
    from cleanroom_join.disclosure.budget.shares import ShareCounts

__all__ = ["over_budget"]


def over_budget(asked: Asked, good: Good, shares: ShareCounts) -> frozenset[CellLabels]:
    """
    Return the good cells that the budget has no room for beside all others.

    The dearest cells go first, in steps, so this is what today's order takes and not
    the least that any choice would.  Of fewer cells the budget takes fewer.
    """
    cells = {cell.labels: cell for cell in asked.cells}
    release = Release(
        query=asked.query,
        layout=layout_of(list(cells), asked.query),
        cells=cells,
        new=good.leaves.union(*good.marginals.values()),
        history=History(),
    )
    return spend(release, asked.contract.policy, shares).over_budget
