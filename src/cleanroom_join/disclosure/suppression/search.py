"""
The search for the least loss: as much as possible is published, the most wanted first.

Cells come in classes.  All cells of a class are tried together.  Whatever the audits
find disclosed by them is a condition of a covering problem, whose least loss says which
cells to suppress; no safe choice loses less.  If the audits find nothing disclosed by
the others, that choice is the best one.  If they do, the cheapest further cells are
suppressed until they find nothing, and then as many as possible are given back: a safe
choice.  All conditions found on the way go into the next covering problem, until its
loss and the loss of the best safe choice meet, or the rounds are over.

Cells of earlier classes stay published, so a wish never costs what is wanted more.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.suppression.disclosing_set import DisclosingSet
from cleanroom_join.disclosure.suppression.set_cover import (
    cheapest_addition,
    least_cover,
)
from cleanroom_join.disclosure.suppression.solver import has_solver
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels

    _Cells = frozenset[CellLabels]
    Audit = Callable[[_Cells, _Cells], Sequence[DisclosingSet]]
    """
    Returns what published cells disclose; nothing, if they are safe.

    Cells of later classes come second: what publishing one of them would mend does not
    count yet.
    """

__all__ = ["ROUNDS", "most_published"]

_UNREPAIRED = 16
"""Covering problems that are solved before the first choice is repaired."""

ROUNDS = 30
"""Covering problems that are solved, at most."""

_MAX_CONDITIONS = 1000
"""Conditions of one class after which a safe choice is good enough."""

_THRIFTY_STEPS = 2
"""Audits of a search of one round, before all cells that disclose are suppressed."""

_GIVEN_BACK = 12
"""Cells that are tried again after a repair, at most."""

_NEAR = 0.02
"""Part of the least loss by which a safe choice may miss it."""


def most_published(
    classes: Sequence[AbstractSet[CellLabels]],
    audit: Audit,
    loss: Mapping[CellLabels, int],
    earlier: frozenset[CellLabels] = frozenset(),
    rounds: int = ROUNDS,
    found: list[DisclosingSet] | None = None,
) -> frozenset[CellLabels]:
    """
    Return cells that may be published together.

    Args:
        classes: Cells, the most wanted first; no cell is in two classes.
        audit: Says what published cells disclose.
        loss: Subjects lost with each cell, in a fixed order.
        earlier: Cells that may be published together, and are wanted most.
        rounds: Covering problems that are solved for each class, at most.
        found: What audits of this table found before; this call adds to it.

    Raises:
        InternalError: If the audit finds again what was covered.
    """
    published = earlier
    found = [] if found is None else found
    for number, wanted in enumerate(classes):
        later = frozenset().union(*classes[number + 1 :])

        def audit_now(
            cells: frozenset[CellLabels], later: frozenset[CellLabels] = later
        ) -> Sequence[DisclosingSet]:
            return audit(cells, later)

        if wanted:
            search = _Class(published, wanted, audit_now, loss, rounds)
            search.recall(found, later)
            published = search.published()
            found += search.news
    return published


class _Class:
    """The search in one class of cells, with those of earlier classes published."""

    def __init__(
        self,
        earlier: frozenset[CellLabels],
        wanted: AbstractSet[CellLabels],
        audit: Callable[[frozenset[CellLabels]], Sequence[DisclosingSet]],
        loss: Mapping[CellLabels, int],
        rounds: int,
    ) -> None:
        self._rounds = rounds
        self._earlier, self._wanted = earlier, frozenset(wanted)
        self._audit, self._loss = audit, loss
        self._sets: list[DisclosingSet] = []
        self._known: set[tuple[frozenset[object], frozenset[CellLabels]]] = set()
        self.news: list[DisclosingSet] = []
        """What the audits found, whatever class it concerns."""
        self._safe: frozenset[CellLabels] | None = None
        """Suppressed cells of the best safe choice so far."""

    def recall(
        self, found: Sequence[DisclosingSet], later: AbstractSet[CellLabels]
    ) -> None:
        """Begin with what is known to be disclosed by cells of these classes."""
        here = self._earlier | self._wanted
        for each in found:
            is_lifted = each.unless & (later | self._earlier)
            if each.shares.keys() <= here and not is_lifted:
                self._is_new(self._among_wanted(each))

    def _is_new(self, condition: DisclosingSet) -> bool:
        """Add a condition; return whether it was not there."""
        key = frozenset(condition.shares.items()), condition.unless
        if key in self._known:
            return False
        self._known.add(key)
        self._sets.append(condition)
        return True

    def published(self) -> frozenset[CellLabels]:
        """Return the cells of this and earlier classes that are published."""
        suppressed: frozenset[CellLabels] = frozenset()
        if self._sets and has_solver():
            suppressed = least_cover(self._sets, self._loss) or frozenset()
        for number in range(self._rounds):
            if not self._conditions(suppressed):
                return self._publishing(suppressed)
            is_last = number == self._rounds - 1 or len(self._sets) > _MAX_CONDITIONS
            if number >= _UNREPAIRED or is_last:
                self._repair(suppressed)
            if is_last:
                break
            least = least_cover(self._sets, self._loss) if has_solver() else None
            if least is None:
                self._repair(suppressed)
                break
            if self._is_near(least):
                break
            suppressed = least
        if self._safe is None:
            raise InternalError.of("a search for complements ended without a choice")
        return self._publishing(self._safe)

    def _conditions(self, suppressed: frozenset[CellLabels]) -> bool:
        """Add what the audits find if some cells are suppressed; return whether any."""
        found = self._audit(self._publishing(suppressed))
        sets = [self._among_wanted(each) for each in found]
        if any(each.is_met(suppressed) for each in sets):
            raise InternalError.of("the audit found again what was covered")
        for each, condition in zip(found, sets, strict=True):
            if self._is_new(condition):
                self.news.append(each)
        return bool(sets)

    def _repair(self, suppressed: frozenset[CellLabels]) -> None:
        """Suppress further cells until the audits find nothing; keep the best."""
        steps = 0
        while True:
            if self._rounds == 1 and steps >= _THRIFTY_STEPS:
                open_sets = (s for s in self._sets if not s.is_met(suppressed))
                suppressed |= self._wanted.intersection(
                    chain.from_iterable(s.shares for s in open_sets)
                )
            suppressed = cheapest_addition(self._sets, suppressed, self._loss)
            steps += 1
            if not self._conditions(suppressed):
                break
        if self._rounds > 1:
            suppressed = self._given_back(suppressed)
        if self._safe is None or self._lost(suppressed) < self._lost(self._safe):
            self._safe = suppressed

    def _given_back(self, suppressed: frozenset[CellLabels]) -> frozenset[CellLabels]:
        """Return the suppressed cells less those that can be published."""
        position = {cell: i for i, cell in enumerate(self._loss)}
        tried = 0
        for cell in sorted(suppressed, key=lambda c: (-self._loss[c], position[c])):
            without = suppressed - {cell}
            if tried < _GIVEN_BACK and all(s.is_met(without) for s in self._sets):
                tried += 1
                if not self._conditions(without):
                    suppressed = without
        return suppressed

    def _is_near(self, least: frozenset[CellLabels]) -> bool:
        """Return whether the best safe choice loses hardly more than the least loss."""
        if self._safe is None:
            return False
        return self._lost(self._safe) <= self._lost(least) * (1 + _NEAR)

    def _lost(self, suppressed: AbstractSet[CellLabels]) -> int:
        """Return how many subjects are lost with suppressed cells, each once a cell."""
        return sum(self._loss[cell] + 1 for cell in suppressed)

    def _publishing(self, suppressed: AbstractSet[CellLabels]) -> frozenset[CellLabels]:
        """Return all cells but the suppressed ones."""
        return (self._earlier | self._wanted) - suppressed

    def _among_wanted(self, found: DisclosingSet) -> DisclosingSet:
        """Return a condition on the cells of this class, if they are enough."""
        unless = found.unless & self._wanted  # earlier classes have refused the others
        for shares in (found.shares_of(self._wanted), found.shares):
            each = DisclosingSet(shares, unless)
            if each.is_met(shares.keys() | unless):
                return each
        return DisclosingSet.of(found.shares, unless)
