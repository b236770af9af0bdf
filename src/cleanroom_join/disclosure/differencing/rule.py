"""
Rule ``differencing``: two published figures never differ by fewer than k subjects.

Whoever subtracts an earlier release from this one must not learn about a few people
who came or left, or of whom there are other rows or values now.  Compared is what a
release *tells*:

- the figures of every cell, coarser cell and total it shows;
- the sums of its cells, and of its totals, along every line of the table: 150 people
  who moved from one cell to the next hide one who left in each cell, but not in
  their sum;
- what is left of a total, or of a sum, without cells beneath it, all of them that
  both releases show or any one: 150 people who came into one cell hide one who left
  another in the total, but not in the total less that cell.

All figures and sums are compared with all earlier ones, whatever their labels: who
owns a dimension can exchange its labels.  Rests are compared line by line.

What is compared of two such facts are people, rows, and the values of every measure
column that both questions read (`marks`).  Not compared are sums of any other sets of
cells: there are too many of them.

Facts in which every figure was published before, of just these people, tell nothing
that is new, so only others are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.differencing.marginals import Lines
from cleanroom_join.disclosure.differencing.residual_pairs import told_together
from cleanroom_join.disclosure.differencing.statements import BySize, Shown, Told
from cleanroom_join.disclosure.model.history import cell_id, known, overlapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellKey, Question
    from cleanroom_join.disclosure.differencing.statements import Changed
    from cleanroom_join.disclosure.model.history import CellId, EarlierRelease, History
    from cleanroom_join.disclosure.model.signature import Mark

__all__ = ["Past", "differencing"]


class Past:
    """What all earlier releases told, ready to be compared with."""

    def __init__(self, question: Question, history: History) -> None:
        self.question = question
        self.lines = Lines(question.every_dimension)
        self.releases = tuple(self._earlier(release) for release in known(history))
        self._versions = {
            (name, cell, trace.identity)
            for release in self.releases
            for name, traces in release.aspects.items()
            for cell, trace in traces.items()
        }
        told: dict[str, list[Told]] = {}
        for release in self.releases:
            for fact in release.told(question.once):
                told.setdefault(fact.aspect, []).append(fact)
        self._told = {name: BySize(facts) for name, facts in told.items()}
        self._near: dict[tuple[object, ...], bool] = {}

    def _earlier(self, release: EarlierRelease) -> Shown:
        """Return an earlier release as it is compared."""
        marks = {cell: version.mark for cell, version in release.cells.items()}
        return self.shown(marks, release.leaves)

    def shown(self, marks: Mapping[CellId, Mark], leaves: AbstractSet[CellId]) -> Shown:
        """Return a release that shows some items, some of them leaves."""
        return Shown.of(marks, leaves, self.lines)

    def changed(self, now: Shown, new: AbstractSet[CellId]) -> Changed:
        """Return which figures were never published, by aspect."""
        return {
            name: {
                cell
                for cell in new & traces.keys()
                if (name, cell, traces[cell].identity) not in self._versions
            }
            for name, traces in now.aspects.items()
        }

    def close(self, now: Shown, changed: Changed, k: int) -> Iterator[Told]:
        """Yield what a release tells of few people, alone or with an earlier one."""
        for fact in now.told(self.question.once, changed):
            if self._tells(fact, k):
                yield fact
        for before in self.releases:
            yield from told_together(now, before, changed, self.question.once, k)

    def _tells(self, fact: Told, k: int) -> bool:
        """Return whether an earlier release told nearly the same; asked once."""
        asked = (k, fact.aspect, fact.line, fact.exact, *fact.trace.identity)
        if asked not in self._near:
            facts = self._told.get(fact.aspect)
            near = () if facts is None else facts.near(fact.trace, k)
            self._near[asked] = any(self._comparable(fact, other) for other in near)
        return self._near[asked]

    def _comparable(self, one: Told, other: Told) -> bool:
        """
        Return whether two facts are about whom their words say.

        In a sum that counts people twice they leave no trace, so that sums of quite
        different people may look alike: then labels have to tell.
        """
        if one.exact and other.exact:
            return True
        return overlapping(self.question.every_dimension, one.line, other.line)


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
    changed = past.changed(now, new.keys())
    for fact in past.close(now, changed, k):
        refused |= {ids[cell] for cell in fact.cells & changed[fact.aspect]}
    return frozenset(refused)
