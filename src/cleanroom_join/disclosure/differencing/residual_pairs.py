"""
What two releases tell together: sums and rests of cells that both show.

People subtract a cell from a total, or leave it out of a sum, in both releases, and
compare what is left.  So a line is looked at in each of them as a *whole*: the figure
that it has, or the sum of the cells beneath.  Two wholes are compared less all cells
that both releases show, and less each of these alone.  Cells that did not change are
the same in both, so they need not be subtracted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.differencing.fingerprint_sums import FingerprintSum
from cleanroom_join.disclosure.differencing.statements import Statement, names_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.disclosure.differencing.statements import (
        Changed,
        ReleaseStatements,
    )
    from cleanroom_join.disclosure.model.history import CellId

__all__ = ["residual_statements"]


@dataclass(frozen=True, slots=True)
class _Pair:
    """One aspect of a part of this release, and of a part of an earlier one."""

    facet: str
    now: ReleaseStatements
    then: ReleaseStatements
    one: frozenset[CellId]
    other: frozenset[CellId]
    changed: AbstractSet[CellId]
    """Items whose present figures nobody has seen before."""
    exact: bool
    """Whether nobody is in two items of a part, so that they add up to a whole."""

    def told(self, k: int) -> Iterator[Statement]:
        """Yield what tells of few people."""
        moved = self._moved()
        yield from self._sums(moved, k)
        yield from self._rests(moved, k)

    def _moved(self) -> Mapping[CellId, FingerprintSum]:
        """Return how each item that both show differs; it may be by nobody."""
        now, then = (shown.facets[self.facet] for shown in (self.now, self.then))
        common = self.one & self.other
        return {
            cell: now[cell] - then[cell]
            for cell in common
            if cell in now and cell in then
        }

    def _sums(
        self, moved: Mapping[CellId, FingerprintSum], k: int
    ) -> Iterator[Statement]:
        """Yield sums of the items that both show."""
        if len(moved) == len(self.one) == len(self.other):
            return  # these are sums along lines of both
        for line, cells in self.now.lines.along(frozenset(moved)).items():
            if self.changed.isdisjoint(cells):
                continue
            if FingerprintSum.total(moved[cell] for cell in cells).differs_by_few(k):
                yield self._told(line, frozenset(cells))

    def _rests(
        self, moved: Mapping[CellId, FingerprintSum], k: int
    ) -> Iterator[Statement]:
        """Yield wholes less what both releases show of their cells."""
        moved = {cell: total for cell, total in moved.items() if not total.is_zero}
        for line, cells in self.now.lines.along(self.one).items():
            if self.changed.isdisjoint((line, *cells)):
                continue
            taken = [cell for cell in cells if cell in moved]
            all_taken = FingerprintSum.total(moved[cell] for cell in taken)
            for difference, of in self._wholes(line, cells) if taken else ():
                near: list[tuple[CellId, ...]]
                near = [(c,) for c in taken if difference.is_close(moved[c], k)]
                if len(taken) > 1 and difference.is_close(all_taken, k):
                    near.append(tuple(taken))
                for some in near:
                    yield self._told(line, self._concerned(line, of, some))

    def _wholes(
        self, line: CellId, cells: Collection[CellId]
    ) -> Iterator[tuple[FingerprintSum, Collection[CellId]]]:
        """Yield how a line's wholes differ, and what the present one is the sum of."""
        now = self.now.facets[self.facet].get(line)
        then = self.then.facets[self.facet].get(line)
        if now and then:
            yield now - then, ()
        if not self.exact:
            return
        now_sum = self.now.sums(self.facet, self.one).get(line)
        then_sum = self.then.sums(self.facet, self.other).get(line)
        if now and then_sum:
            yield now - then_sum, ()
        if now_sum and then:
            yield now_sum - then, cells
        if now_sum and then_sum:
            yield now_sum - then_sum, cells

    def _concerned(
        self, line: CellId, of: Collection[CellId], some: tuple[CellId, ...]
    ) -> frozenset[CellId]:
        """
        Return what must not be new if a rest tells too much.

        Without the figure of a whole there is nothing to subtract from; the cells may
        stay.  Of a sum, what is left out is not used.
        """
        if of:
            return frozenset(of).difference(some)
        return frozenset([line] if line in self.changed else some)

    def _told(self, line: CellId, cells: frozenset[CellId]) -> Statement:
        """Return something that both releases tell together."""
        return Statement(self.facet, line, FingerprintSum.total(()), cells, self.exact)


def residual_statements(
    now: ReleaseStatements,
    before: ReleaseStatements,
    changed: Changed,
    once: frozenset[str],
    k: int,
) -> Iterator[Statement]:
    """
    Yield what this release and an earlier one tell of few people.

    Args:
        now: This release.
        before: The earlier one.
        changed: By aspect, items whose present figures nobody has seen before.
        once: Dimensions of which nobody has two labels.
        k: Fewest subjects that two facts may differ by.
    """
    for one in now.parts:
        for other in before.parts:
            if names_of(one) != names_of(other):
                continue
            exact = once.issuperset(names_of(one))
            for name in now.facets.keys() & before.facets.keys():
                if changed[name]:
                    pair = _Pair(name, now, before, one, other, changed[name], exact)
                    yield from pair.told(k)
