"""
The search for the least loss: as much as possible is published, the most wanted first.

Cells come in classes.  All cells of a class are tried together.  Whatever the audits
find disclosed by them is a condition of a covering problem, whose least loss says which
cells to suppress; then the audits look again.  When they find nothing, the choice is
safe, and no choice that meets the conditions loses less.  Cells of earlier classes stay
published, so a wish never costs what is wanted more.

After a number of rounds the search stops looking for the least loss: it suppresses the
cheapest further cells until the audits find nothing, and then gives back those that
were not needed, the largest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.suppression.covering import (
    cheapest_addition,
    least_cover,
)
from cleanroom_join.disclosure.suppression.disclosing_set import DisclosingSet
from cleanroom_join.disclosure.suppression.solver import has_solver
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels

    Audit = Callable[[frozenset[CellLabels]], Sequence[DisclosingSet]]
    """Returns what published cells disclose; nothing, if they are safe."""

__all__ = ["most_published"]

_EXACT_ROUNDS = 40
"""Rounds that look for the least loss."""

_GIVEN_BACK = 40
"""Cells that are tried again, at most."""


def most_published(
    classes: Sequence[AbstractSet[CellLabels]],
    audit: Audit,
    loss: Mapping[CellLabels, int],
) -> frozenset[CellLabels]:
    """
    Return cells that may be published together.

    Args:
        classes: Cells, the most wanted first; no cell is in two classes.
        audit: Says what published cells disclose.
        loss: Subjects lost with each cell, in a fixed order.

    Raises:
        InternalError: If the audit finds again what was covered.
    """
    published: frozenset[CellLabels] = frozenset()
    for wanted in classes:
        if wanted:
            published = _Class(published, wanted, audit, loss).published()
    return published


class _Class:
    """The search in one class of cells, with those of earlier classes published."""

    def __init__(
        self,
        earlier: frozenset[CellLabels],
        wanted: AbstractSet[CellLabels],
        audit: Audit,
        loss: Mapping[CellLabels, int],
    ) -> None:
        self._earlier, self._wanted = earlier, frozenset(wanted)
        self._audit, self._loss = audit, loss
        self._sets: list[DisclosingSet] = []
        self._suppressed: frozenset[CellLabels] = frozenset()

    def published(self) -> frozenset[CellLabels]:
        """Return the cells of this and earlier classes that are published."""
        rounds = 0
        exact = has_solver()
        while found := self._audit(self._publishing(self._suppressed)):
            self._add(found)
            rounds += 1
            exact = exact and rounds <= _EXACT_ROUNDS
            least = least_cover(self._sets, self._loss) if exact else None
            if least is None:
                exact = False
                least = cheapest_addition(self._sets, self._suppressed, self._loss)
            self._suppressed = least
        if not exact:
            self._give_back()
        return self._publishing(self._suppressed)

    def _publishing(self, suppressed: AbstractSet[CellLabels]) -> frozenset[CellLabels]:
        """Return all cells but the suppressed ones."""
        return (self._earlier | self._wanted) - suppressed

    def _add(self, found: Iterable[DisclosingSet]) -> None:
        """Add conditions; each must be new, else the search would not end."""
        sets = [self._among_wanted(each) for each in found]
        if any(each.is_covered(self._suppressed) for each in sets):
            raise InternalError.of("the audit found again what was covered")
        for each in sets:
            if each not in self._sets:
                self._sets.append(each)

    def _among_wanted(self, found: DisclosingSet) -> DisclosingSet:
        """Return a condition on the cells of this class, if they are enough."""
        for each in (found.among(self._wanted), found):
            if each.is_covered(each.shares.keys()):
                return each
        return DisclosingSet.of(found.shares)

    def _give_back(self) -> None:
        """Publish suppressed cells that need not be suppressed, the largest first."""
        tried = 0
        for cell in sorted(self._suppressed, key=self._loss.__getitem__, reverse=True):
            without = self._suppressed - {cell}
            if not all(each.is_covered(without) for each in self._sets):
                continue
            tried += 1
            if tried > _GIVEN_BACK:
                return
            found = self._audit(self._publishing(without))
            self._sets += [self._among_wanted(each) for each in found]
            if not found:
                self._suppressed = without
