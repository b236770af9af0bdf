"""Which new cells of a release the budget has room for, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.budget.lines import budget_lines
from cleanroom_join.disclosure.budget.shares import (
    Positions,
    costs_of,
    largest_share,
    share_query,
)
from cleanroom_join.disclosure.model.rule import RuleText
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Policy
    from cleanroom_join.disclosure.budget.lines import BudgetLine
    from cleanroom_join.disclosure.budget.residual_sizes import Release
    from cleanroom_join.disclosure.budget.shares import Cost, ShareCounts

__all__ = ["TEXT", "Spending", "spend"]

TEXT = RuleText(
    does="A cell whose subjects would have more figures than the budget allows:"
    " {values} for each of them about a measure column, {membership} about being in a"
    " table, counted over all releases.",
    why="Enough figures about the same people determine what is true of each of them,"
    " even if every figure is about many.",
)

_NEGLIGIBLE = 50
"""An upper bound below this part of a limit is charged as it is, uncounted."""

_STEPS = 24
"""Sets of cells that Spark adds up at once."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Spending:
    """What the new cells of a release cost, and which of them cost too much."""

    charges: Mapping[str, int] = field(default_factory=dict)
    """By line, in `lines.PARTS`; only if nothing is over the budget."""
    over_budget: frozenset[CellLabels] = frozenset()
    """Cells that must not be published, so that the others can be."""


def spend(
    release: Release, policy: Policy, count_shares: ShareCounts | None = None
) -> Spending:
    """
    Return what the new cells cost, or those that the budget has no room for.

    The cells that cost most, the smallest, go first.

    Args:
        release: The release.
        policy: The policy; it sets the limits.
        count_shares: Counts exact shares.  Without it the upper bound is charged where
            a subject may be in several leaves.

    Raises:
        InternalError: If what was counted cannot be true.
    """
    lines = budget_lines(release.query, policy)
    costs = [costs_of(release, line) for line in lines]
    spent = release.history.spent()
    left = [max(0, line.limit - spent.get(line.name, 0)) for line in lines]
    bounds = _Bounds(release, lines, costs)
    everything = frozenset(cost.labels for charged in costs for cost in charged)
    charges = bounds.of(everything)
    needs_count = not release.query.one_cell_per_subject and any(
        charge > min(rest, line.limit // _NEGLIGIBLE)
        for charge, rest, line in zip(charges, left, lines, strict=True)
    )
    if not needs_count or count_shares is None:
        if _fits(charges, left):
            return Spending(charges=_named(lines, charges))
        return Spending(over_budget=everything - bounds.largest_that_fits(left))
    steps = _steps(_dearest_first(release, lines, costs))
    asked = share_query(costs, lines, bounds.positions, steps)
    counts = count_shares(asked)
    for step, kept in enumerate(steps):
        charges = [
            _counted(counts.get((line, step)), bound, charged, kept)
            for line, (bound, charged) in enumerate(
                zip(bounds.of(kept), costs, strict=True)
            )
        ]
        if _fits(charges, left):
            if kept == everything:
                return Spending(charges=_named(lines, charges))
            return Spending(over_budget=everything - kept)
    return Spending(over_budget=everything)


def _counted(
    share: int | None,
    bound: int,
    charged: Sequence[Cost],
    kept: AbstractSet[CellLabels],
) -> int:
    """
    Return the largest share that was counted, if it can be true.

    Every cell has subjects, so none of its costs is above the largest share, and an
    answer that is missing is no share of zero.

    Raises:
        InternalError: If the share is missing, or below what one cell costs.
    """
    dearest = max((c.parts for c in charged if c.labels in kept), default=0)
    if not dearest:
        return 0
    if type(share) is not int or share < dearest:
        raise InternalError.of("the largest share of a subject was not counted")
    return min(bound, share)


class _Bounds:
    """Upper bounds of the largest share, by line, for any set of cells."""

    def __init__(
        self,
        release: Release,
        lines: Sequence[BudgetLine],
        costs: Sequence[tuple[Cost, ...]],
    ) -> None:
        self._release, self._lines, self._costs = release, lines, costs
        self.positions = Positions(release.query, release.layout.leaves)

    def of(self, kept: AbstractSet[CellLabels]) -> list[int]:
        """Return the bound of each line if only some cells are new."""
        return [
            largest_share(
                [cost for cost in charged if cost.labels in kept],
                line,
                self._release.query,
                self.positions,
            )
            for line, charged in zip(self._lines, self._costs, strict=True)
        ]

    def largest_that_fits(self, left: Sequence[int]) -> frozenset[CellLabels]:
        """Return the most cells whose bounds fit, the dearest left out first."""
        dearest = _dearest_first(self._release, self._lines, self._costs)
        fewest, most = 0, len(dearest)  # how many are left out
        while fewest < most:
            middle = (fewest + most) // 2
            if _fits(self.of(frozenset(dearest[middle:])), left):
                most = middle
            else:
                fewest = middle + 1
        return frozenset(dearest[fewest:])


def _dearest_first(
    release: Release, lines: Sequence[BudgetLine], costs: Sequence[tuple[Cost, ...]]
) -> list[CellLabels]:
    """
    Return the cells by their largest cost beside a limit; labels break ties.

    Coarser cells come before all others: they have what room these leave.
    """
    coarser = {aggregate.labels for aggregate in release.layout.coarser}
    dearest: dict[CellLabels, float] = {}
    for line, charged in zip(lines, costs, strict=True):
        for cost in charged:
            share = cost.parts / line.limit
            dearest[cost.labels] = max(share, dearest.get(cost.labels, 0))
    return sorted(
        dearest,
        key=lambda labels: (labels not in coarser, -dearest[labels], repr(labels)),
    )


def _steps(dearest: Sequence[CellLabels]) -> list[frozenset[CellLabels]]:
    """Return sets of cells, each without the dearest of the one before."""
    cuts = sorted({len(dearest) * i * i // _STEPS**2 for i in range(_STEPS)})
    return [frozenset(dearest[cut:]) for cut in cuts]


def _fits(charges: Sequence[int], left: Sequence[int]) -> bool:
    """Return whether no charge is larger than what is left of its limit."""
    return all(charge <= rest for charge, rest in zip(charges, left, strict=True))


def _named(lines: Sequence[BudgetLine], charges: Sequence[int]) -> Mapping[str, int]:
    """Return the charges above zero by the names of their lines."""
    named: dict[str, int] = {}
    for line, charge in zip(lines, charges, strict=True):
        if charge:
            named[line.name] = charge
    return named
