"""
Rule ``differencing``: two published figures never differ by fewer than k subjects.

Whoever subtracts an earlier release from this one must not learn about a few people
who came or left.  Compared are single cells, whatever output they were published
in, and unions of cells along every line of the table: 150 people who moved from one
cell to the next hide one who left in each cell, but not in their union.
"""

from __future__ import annotations

from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL
from cleanroom_join.disclosure.fingerprint import EMPTY, fewer_apart_than
from cleanroom_join.disclosure.history import cell_id, known, overlapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellKey, Question
    from cleanroom_join.disclosure.fingerprint import Fingerprint
    from cleanroom_join.disclosure.history import CellId, EarlierRelease, History

__all__ = ["differencing"]


def differencing(
    fresh: AbstractSet[CellKey],
    prints: Mapping[CellKey, Fingerprint | None],
    leaves: AbstractSet[CellKey],
    question: Question,
    history: History,
    k: int,
) -> frozenset[CellKey]:
    """
    Return which cells' present figures must not be published.

    Args:
        fresh: Cells whose present figures would be published.
        prints: The fingerprint of each; a cell without one is refused.
        leaves: Which keys are leaves.
        question: What was asked.
        history: Everything published earlier.
        k: Fewest subjects that two figures may differ by.
    """
    if not history.releases:
        return frozenset()
    unknown = {key for key in fresh if prints.get(key) is None}
    present = {key: mark for key in fresh if (mark := prints.get(key)) is not None}
    alone = {
        key for key in present if _near_earlier(key, present[key], question, history, k)
    }
    rest = {key: mark for key, mark in present.items() if key not in alone}
    unions = _Unions(question, leaves, rest, k)
    for release in known(history):
        unions.compare(release)
    return frozenset(unknown | alone | unions.refused)


def _near_earlier(
    key: CellKey, mark: Fingerprint, question: Question, history: History, k: int
) -> bool:
    """Return whether some earlier cell is nearly the same people."""
    dimensions = {d.name: d for d in question.dimensions}
    identity = cell_id(question, key)
    return any(
        overlapping(dimensions, identity, other)
        and fewer_apart_than(k, mark, version.fingerprint)
        for other, version in history.near(mark.subjects, k)
    )


class _Unions:
    """Sums that anybody can make of published cells, compared with earlier ones."""

    def __init__(
        self,
        question: Question,
        leaves: AbstractSet[CellKey],
        fresh: Mapping[CellKey, Fingerprint],
        k: int,
    ) -> None:
        self._question = question
        self._k = k
        self._fresh = {cell_id(question, key): (key, m) for key, m in fresh.items()}
        self._leaves = {cell_id(question, key): key for key in leaves}
        self.refused: set[CellKey] = set()

    def compare(self, release: EarlierRelease) -> None:
        """Refuse what differs too little from a sum of an earlier release."""
        again = True
        while again:
            again = False
            for line, members in self._lines(release).items():
                refused = self._refused_on(line, members, release)
                if refused:
                    self.refused |= refused
                    again = True

    def _lines(self, release: EarlierRelease) -> dict[CellId, list[CellId]]:
        """Return the leaves beneath every total that could be taken."""
        lines: dict[CellId, list[CellId]] = {}
        names = range(len(self._question.dimensions))
        for identity, key in self._leaves.items():
            if identity not in release.cells and not self._is_fresh(identity):
                continue
            for size in names:
                for kept in combinations(names, size):
                    total = tuple(x if i in kept else ALL for i, x in enumerate(key))
                    line = cell_id(self._question, total)
                    lines.setdefault(line, []).append(identity)
        return lines

    def _is_fresh(self, identity: CellId) -> bool:
        """Return whether a cell's present figures are still to be published."""
        found = self._fresh.get(identity)
        return found is not None and found[0] not in self.refused

    def _refused_on(
        self, line: CellId, members: list[CellId], release: EarlierRelease
    ) -> set[CellKey]:
        """Return what must go so that a line's sums tell nothing."""
        fresh = [m for m in members if self._is_fresh(m)]
        earlier = [m for m in members if m in release.cells]
        common = [m for m in fresh if m in release.cells]
        before = {m: release.cells[m].fingerprint for m in earlier}
        now = {m: self._fresh[m][1] for m in fresh}
        refused: set[CellKey] = set()
        if len(common) > 1 and self._close(
            _union(now[m] for m in common), _union(before[m] for m in common)
        ):
            refused |= self._changed(common, release)
        if (
            line in release.cells
            and fresh
            and self._close(_union(now.values()), release.cells[line].fingerprint)
        ):
            refused |= self._changed(fresh, release)
        if (
            self._is_fresh(line)
            and earlier
            and self._close(self._fresh[line][1], _union(before.values()))
        ):
            refused.add(self._fresh[line][0])
        return refused

    def _close(self, one: Fingerprint, other: Fingerprint) -> bool:
        """Return whether the difference is somebody's, and nobody's crowd."""
        return fewer_apart_than(self._k, one, other)

    def _changed(
        self, members: Iterable[CellId], release: EarlierRelease
    ) -> set[CellKey]:
        """Return those of some fresh cells that are not what they were."""
        found = {
            self._fresh[m][0]
            for m in members
            if m not in release.cells
            or self._fresh[m][1].differing(release.cells[m].fingerprint)
        }
        return found or {self._fresh[m][0] for m in members}


def _union(marks: Iterable[Fingerprint]) -> Fingerprint:
    """Return the fingerprint of disjoint cells together."""
    return reduce(lambda one, other: one ^ other, marks, EMPTY)
