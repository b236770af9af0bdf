"""
Rule ``differencing``: two published figures never differ by fewer than k subjects.

Whoever subtracts an earlier release from this one must not learn about a few people
who came or left.  Compared is what a release *tells*: the figures of every cell,
coarser cell and total it shows, and the sums of its leaves along every line of the
table.  150 people who moved from one cell to the next hide one who left in each
cell, but not in their sum.

Not compared are sums of any other sets of cells: there are too many of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import chain, product
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.fingerprint import fewer_apart_than, union
from cleanroom_join.disclosure.history import cell_id, known, overlapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellKey, Dimension, Question
    from cleanroom_join.disclosure.fingerprint import Fingerprint
    from cleanroom_join.disclosure.history import CellId, EarlierRelease, History

__all__ = ["Past", "differencing"]


@dataclass(frozen=True, slots=True)
class _Told:
    """Something that a release tells: about which people, and of which cells."""

    line: CellId
    mark: Fingerprint
    cells: frozenset[CellId]


class Past:
    """What all earlier releases told, ready to be compared with."""

    def __init__(self, question: Question, history: History) -> None:
        self.question = question
        self.dimensions = {d.name: d for d in question.dimensions}
        self.releases = tuple(known(history))
        self._lines_of: dict[frozenset[CellId], dict[CellId, list[CellId]]] = {}
        told = {
            (fact.line, fact.mark.words): fact
            for release in self.releases
            for fact in self.told(_marks(release), release.leaves)
        }
        self._told = sorted(told.values(), key=lambda fact: fact.mark.subjects)
        self._sizes = [fact.mark.subjects for fact in self._told]
        self._versions = {
            (cell, version.fingerprint.words)
            for release in self.releases
            for cell, version in release.cells.items()
        }

    def told(
        self, marks: Mapping[CellId, Fingerprint], leaves: frozenset[CellId]
    ) -> Iterator[_Told]:
        """Yield what a release tells that shows some cells, some of them leaves."""
        for cell, mark in marks.items():
            yield _Told(cell, mark, frozenset([cell]))
        for line, cells in self._lines(frozenset(leaves & marks.keys())).items():
            yield _Told(line, union(marks[c] for c in cells), frozenset(cells))

    def tells(self, fact: _Told, k: int) -> bool:
        """Return whether an earlier release told nearly the same."""
        low = bisect_right(self._sizes, fact.mark.subjects - k)
        high = bisect_left(self._sizes, fact.mark.subjects + k)
        return any(
            overlapping(self.dimensions, fact.line, earlier.line)
            and fewer_apart_than(k, fact.mark, earlier.mark)
            for earlier in self._told[low:high]
        )

    def told_in_common(
        self, marks: Mapping[CellId, Fingerprint], leaves: frozenset[CellId], k: int
    ) -> Iterator[_Told]:
        """Yield sums of the leaves that an earlier release showed too, if close."""
        for release in self.releases:
            before = _marks(release)
            common = frozenset(leaves & marks.keys() & release.leaves)
            for line, cells in self._lines(common).items():
                now = union(marks[cell] for cell in cells)
                if fewer_apart_than(k, now, union(before[cell] for cell in cells)):
                    yield _Told(line, now, frozenset(cells))

    def had(self, cell: CellId, mark: Fingerprint) -> bool:
        """Return whether a cell was published once with just these people."""
        return (cell, mark.words) in self._versions

    def _lines(self, leaves: frozenset[CellId]) -> dict[CellId, list[CellId]]:
        """Return the leaves beneath every total and coarser cell there could be."""
        if leaves not in self._lines_of:
            self._lines_of[leaves] = {}
            for leaf, line in self._beneath(leaves):
                self._lines_of[leaves].setdefault(line, []).append(leaf)
        return self._lines_of[leaves]

    def _beneath(self, leaves: Iterable[CellId]) -> Iterator[tuple[CellId, CellId]]:
        """Yield each leaf with each line it is on, itself not."""
        for leaf in sorted(leaves, key=repr):
            choices = [
                [((n, label),), *(((n, a),) for a in self._above(n, label)), ()]
                for n, label in leaf
            ]
            for parts in product(*choices):
                line = tuple(chain.from_iterable(parts))
                if line != leaf:
                    yield leaf, line

    def _above(self, name: str, label: str | None) -> tuple[str, ...]:
        """Return the coarser labels above one, as far as the question knows them."""
        dimension: Dimension | None = self.dimensions.get(name)
        return () if dimension is None else dimension.ancestors(str(label))


def differencing(
    fresh: AbstractSet[CellKey],
    again: Mapping[CellKey, Fingerprint],
    prints: Mapping[CellKey, Fingerprint | None],
    leaves: AbstractSet[CellKey],
    past: Past,
    k: int,
) -> frozenset[CellKey]:
    """
    Return which cells' present figures must not be published.

    Args:
        fresh: Cells whose present figures would be published.
        again: Cells that would be shown as they were, and who was in them then.
        prints: The fingerprint of each; a cell without one is refused.
        leaves: Which keys are leaves.
        past: What earlier releases told.
        k: Fewest subjects that two figures may differ by.
    """
    if not past.releases:
        return frozenset()
    question = past.question
    refused = {key for key in fresh if prints.get(key) is None}
    ids = {cell_id(question, key): key for key in fresh - refused}
    new = {cell: mark for cell, key in ids.items() if (mark := prints[key]) is not None}
    shown = {cell_id(question, key): mark for key, mark in again.items()} | new
    present = frozenset(cell_id(question, key) for key in leaves)
    told = (fact for fact in past.told(shown, present) if past.tells(fact, k))
    for fact in (*told, *past.told_in_common(shown, present, k)):
        concerned = fact.cells & new.keys()
        changed = {c for c in concerned if not past.had(c, new[c])}
        refused |= {ids[c] for c in changed or concerned}
    return frozenset(refused)


def _marks(release: EarlierRelease) -> dict[CellId, Fingerprint]:
    """Return who was in each cell that a release showed."""
    return {cell: version.fingerprint for cell, version in release.cells.items()}
