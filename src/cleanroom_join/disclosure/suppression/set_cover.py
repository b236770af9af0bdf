"""
The covering problem: which cells to suppress, so that no disclosing set stays whole.

The loss of a choice is the sum of its cells' weights.  HiGHS finds the least loss as a
mixed-integer program, up to a number of nodes; `cheapest_addition` takes one cell after
another, those first that do most for what they cost (the greedy method for set cover:
Chvatal, Mathematics of Operations Research 4(3), 1979).

Weights are whole numbers of subjects; where two choices lose the same, the order of the
cells decides.

Needs highspy (extra ``lp``) for the least loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.suppression.solver import least_cover as solved_cover
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cleanroom_join.contract import CellLabels
    from cleanroom_join.disclosure.suppression.disclosing_set import DisclosingSet

__all__ = ["cheapest_addition", "least_cover"]

_TIE = 1e-4
"""Weight of a cell's position, at most, beside one subject: it breaks ties."""


def least_cover(
    sets: Sequence[DisclosingSet], loss: Mapping[CellLabels, int]
) -> frozenset[CellLabels] | None:
    """
    Return the cells of least loss that cover all sets.

    Args:
        sets: Disclosing sets; the shares of each add up to 1 or more.
        loss: Subjects lost with each cell, in a fixed order.

    Returns:
        None if the solver did not finish within its limit of nodes.
    """
    named = set().union(*(s.shares for s in sets), *(s.unless for s in sets))
    cells = [cell for cell in loss if cell in named]
    index = {cell: i for i, cell in enumerate(cells)}
    weights = [loss[c] + 1 + _TIE * i / len(cells) for i, c in enumerate(cells)]
    rows = [
        {index[cell]: share for cell, share in s.shares.items()}
        | {index[cell]: -1.0 for cell in s.unless}
        for s in sets
    ]
    least = [1.0 - len(s.unless) for s in sets]
    chosen = solved_cover(rows, least, weights)
    return None if chosen is None else frozenset(cells[i] for i in chosen)


def cheapest_addition(
    sets: Collection[DisclosingSet],
    suppressed: frozenset[CellLabels],
    loss: Mapping[CellLabels, int],
) -> frozenset[CellLabels]:
    """
    Return the suppressed cells with cheap ones added, so that they cover all sets.

    Args:
        sets: Disclosing sets.
        suppressed: Cells that are suppressed already; they stay so.
        loss: Subjects lost with each cell, in a fixed order.
    """
    position = {cell: i for i, cell in enumerate(loss)}
    chosen = set(suppressed)
    while uncovered := [s for s in sets if not s.is_met(chosen)]:
        gain: dict[CellLabels, float] = {}
        for each in uncovered:
            missing = each.missing(chosen)
            for cell, share in each.shares.items():
                if cell not in chosen:
                    gain[cell] = gain.get(cell, 0.0) + min(share, missing)
        if not gain:
            raise InternalError.of("nothing published discloses what is too certain")
        cost = {cell: (loss[cell] + 1) / gain[cell] for cell in gain}
        chosen.add(min(cost, key=lambda cell: (cost[cell], position[cell])))
    return frozenset(chosen)
