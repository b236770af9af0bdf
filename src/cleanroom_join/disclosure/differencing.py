"""
Rule ``differencing``: two published figures never differ by fewer than k subjects.

Whoever subtracts an earlier release from this one must not learn about a few people
who came or left, or of whom there are other rows or values now.  Compared is what a
release *tells*:

- the figures of every cell, coarser cell and total it shows;
- the sums of its cells, and of its totals, along every line of the table: 150 people
  who moved from one cell to the next hide one who left in each cell, but not in
  their sum;
- what is left of a total without cells beneath it: 150 people who came into one cell
  hide one who left another in the total, but not in the total less that cell.

What is compared of two such facts are people, rows, and the values of every measure
column that both questions read (`marks`).  Not compared are sums of any other sets of
cells: there are too many of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.fingerprint import fewer_apart_than
from cleanroom_join.disclosure.history import cell_id, known, overlapping
from cleanroom_join.disclosure.lines import Lines
from cleanroom_join.disclosure.marks import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellKey, Question
    from cleanroom_join.disclosure.fingerprint import Fingerprint
    from cleanroom_join.disclosure.history import CellId, EarlierRelease, History

    Marks = Mapping[CellId, Mark]

__all__ = ["Past", "differencing"]


@dataclass(frozen=True, slots=True)
class _Told:
    """Something that a release tells: about which people, and of which cells."""

    line: CellId
    mark: Mark
    cells: frozenset[CellId]
    """To be refused if it tells too much; where there are several, all of them."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A release as it is compared: the mark of each item, and what people add up."""

    marks: Marks
    parts: tuple[frozenset[CellId], ...]


class _BySize:
    """One aspect of what was told: the line and the fingerprint, by their size."""

    def __init__(self, told: Iterable[tuple[CellId, Fingerprint]]) -> None:
        self._told = sorted(set(told), key=lambda fact: fact[1].subjects)
        self._sizes = [fingerprint.subjects for _, fingerprint in self._told]

    def within(self, size: int, k: int) -> Sequence[tuple[CellId, Fingerprint]]:
        """Return those whose size differs by fewer than *k*."""
        low = bisect_right(self._sizes, size - k)
        return self._told[low : bisect_left(self._sizes, size + k)]


def _told_by_size(facts: Iterable[_Told]) -> Mapping[str, _BySize]:
    """Return what was told, by aspect."""
    told: dict[str, list[tuple[CellId, Fingerprint]]] = {}
    for fact in facts:
        for name, fingerprint in fact.mark.aspects.items():
            told.setdefault(name, []).append((fact.line, fingerprint))
    return {name: _BySize(facts) for name, facts in told.items()}


class Past:
    """What all earlier releases told, ready to be compared with."""

    def __init__(self, question: Question, history: History) -> None:
        self.question = question
        self.dimensions = {d.name: d for d in question.dimensions}
        self.lines = Lines(self.dimensions)
        self.releases = tuple(self._earlier(release) for release in known(history))
        self._told = _told_by_size(
            fact for release in self.releases for fact in self.told(release)
        )
        self._versions: dict[CellId, list[Mark]] = {}
        for release in self.releases:
            for cell, mark in release.marks.items():
                self._versions.setdefault(cell, []).append(mark)

    def shown(self, marks: Marks, leaves: frozenset[CellId]) -> _Shown:
        """Return a release that shows some items, some of them leaves."""
        return _Shown(marks, tuple(self.lines.parts(marks, leaves)))

    def _earlier(self, release: EarlierRelease) -> _Shown:
        """Return an earlier release as it is compared."""
        marks = {cell: version.mark for cell, version in release.cells.items()}
        return self.shown(marks, release.leaves)

    def told(self, release: _Shown) -> Iterator[_Told]:
        """Yield what a release tells by itself: its figures, and sums along lines."""
        marks = release.marks
        for cell, mark in marks.items():
            yield _Told(cell, mark, frozenset([cell]))
        for part in release.parts:
            for line, cells in self.lines.along(part).items():
                yield _Told(
                    line, Mark.together(marks[c] for c in cells), frozenset(cells)
                )

    def tells(self, fact: _Told, k: int) -> bool:
        """Return whether an earlier release told nearly the same."""
        return any(
            overlapping(self.dimensions, fact.line, line)
            and fewer_apart_than(k, fingerprint, earlier)
            for name, fingerprint in fact.mark.aspects.items()
            if name in self._told
            for line, earlier in self._told[name].within(fingerprint.subjects, k)
        )

    def told_in_common(self, now: _Shown, k: int) -> Iterator[_Told]:
        """Yield sums of items that an earlier release showed too, if close."""
        for before, one, other in self._pairs(now):
            for line, cells in self.lines.along(one & other).items():
                mark = Mark.together(now.marks[cell] for cell in cells)
                then = Mark.together(before.marks[cell] for cell in cells)
                if mark.near(then, k):
                    yield _Told(line, mark, frozenset(cells))

    def told_by_rests(self, now: _Shown, k: int) -> Iterator[_Told]:
        """
        Yield sums that tell too much once cells are subtracted that both show.

        Such a rest is compared with the same rest of the earlier sum; and, where
        nobody is in two cells, with the earlier cells that are in it.
        """
        additive = self.question.one_cell_per_subject
        for before, one, other in self._pairs(now):
            there = self.lines.along(other)
            for line, cells in self.lines.along(one).items():
                if (whole := now.marks.get(line)) is None:
                    continue
                beneath = there.get(line, [])
                common = set(cells) & set(beneath)
                rest = whole.without(now.marks[cell] for cell in common)
                then = []
                if additive:
                    others = [before.marks[c] for c in beneath if c not in common]
                    nobody = rest.without([rest])
                    then.append(Mark.together(others) if others else nobody)
                if line in before.marks:
                    marks = (before.marks[cell] for cell in common)
                    then.append(before.marks[line].without(marks))
                if any(rest.near(mark, k) for mark in then):
                    yield _Told(line, rest, frozenset([line, *common]))

    def _pairs(
        self, now: _Shown
    ) -> Iterator[tuple[_Shown, frozenset[CellId], frozenset[CellId]]]:
        """Yield every earlier release with parts of it and now that are comparable."""
        for before in self.releases:
            for one in now.parts:
                for other in before.parts:
                    if _names(one) == _names(other):
                        yield before, one, other

    def had(self, cell: CellId, mark: Mark) -> bool:
        """Return whether a cell was published once with just these people."""
        return any(mark.same(version) for version in self._versions.get(cell, ()))


def _names(part: frozenset[CellId]) -> tuple[str, ...]:
    """Return the dimensions that all items of a part have."""
    return tuple(name for name, _ in next(iter(part)))


def differencing(
    fresh: AbstractSet[CellKey],
    again: Mapping[CellKey, Mark],
    marks: Mapping[CellKey, Mark | None],
    leaves: AbstractSet[CellKey],
    past: Past,
    k: int,
) -> frozenset[CellKey]:
    """
    Return which cells' present figures must not be published.

    Args:
        fresh: Cells whose present figures would be published.
        again: Cells that would be shown as they were, with their marks then.
        marks: The mark of each; a cell without one is refused.
        leaves: Which keys are leaves.
        past: What earlier releases told.
        k: Fewest subjects that two figures may differ by.
    """
    if not past.releases:
        return frozenset()
    question = past.question
    refused = {key for key in fresh if marks.get(key) is None}
    ids = {cell_id(question, key): key for key in fresh - refused}
    new = {cell: mark for cell, key in ids.items() if (mark := marks[key]) is not None}
    shown = {cell_id(question, key): mark for key, mark in again.items()} | new
    now = past.shown(shown, frozenset(cell_id(question, key) for key in leaves))
    changed = {cell for cell, mark in new.items() if not past.had(cell, mark)}
    told = (fact for fact in past.told(now) if past.tells(fact, k))
    for fact in (*told, *past.told_in_common(now, k)):
        concerned = fact.cells & new.keys()
        refused |= {ids[cell] for cell in concerned & changed or concerned}
    for fact in past.told_by_rests(now, k):
        # Without the sum there is nothing to subtract from; the cells may stay.
        whole = {fact.line} & changed
        concerned = fact.cells & new.keys()
        refused |= {ids[cell] for cell in whole or concerned & changed or concerned}
    return frozenset(refused)
