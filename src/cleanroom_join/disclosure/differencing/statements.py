"""
What a release tells by itself: the figures it shows, and their sums along lines.

Everything is by aspect (`marks`): people, rows, and each measure column.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.differencing.fingerprint_sums import Trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.disclosure.differencing.marginals import Lines
    from cleanroom_join.disclosure.model.history import CellId
    from cleanroom_join.disclosure.model.signature import Mark

    Changed = Mapping[str, AbstractSet[CellId]]

__all__ = ["BySize", "Shown", "Told", "names_of"]


@dataclass(frozen=True, slots=True)
class Told:
    """Something that a release tells: about which people, and of which cells."""

    aspect: str
    line: CellId
    trace: Trace
    cells: frozenset[CellId]
    """What must not be new if it tells too much; where there are several, all."""
    exact: bool
    """Whether nobody is in it twice, so that it is about whom its words say."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A release as it is compared."""

    aspects: Mapping[str, Mapping[CellId, Trace]]
    """Traces of what it shows, by aspect."""
    parts: tuple[frozenset[CellId], ...]
    """Which of it people add up; see `Lines.parts`."""
    lines: Lines
    _sums: dict[tuple[str, frozenset[CellId]], Mapping[CellId, Trace]] = field(
        default_factory=dict
    )

    @classmethod
    def of(
        cls, marks: Mapping[CellId, Mark], leaves: AbstractSet[CellId], lines: Lines
    ) -> Shown:
        """Return a release that shows some items, some of them leaves."""
        aspects: dict[str, dict[CellId, Trace]] = {}
        for cell, mark in marks.items():
            for name, fingerprint in mark.aspects.items():
                aspects.setdefault(name, {})[cell] = Trace.alone(fingerprint)
        return cls(aspects, tuple(lines.parts(marks, leaves)), lines)

    def sums(self, name: str, part: frozenset[CellId]) -> Mapping[CellId, Trace]:
        """Return the sum along every line of a part, if all have the aspect."""
        if (name, part) not in self._sums:
            traces = self.aspects[name]
            self._sums[name, part] = {
                line: Trace.total(traces[cell] for cell in cells)
                for line, cells in self.lines.along(part).items()
                if all(cell in traces for cell in cells)
            }
        return self._sums[name, part]

    def told(
        self, once: frozenset[str], changed: Changed | None = None
    ) -> Iterator[Told]:
        """
        Yield figures and sums along lines.

        Args:
            once: Dimensions of which nobody has two labels.
            changed: By aspect, what is to be in a fact; None for all facts.
        """
        for name, traces in self.aspects.items():
            wanted = traces.keys() if changed is None else changed[name]
            for cell in wanted & traces.keys():
                yield Told(name, cell, traces[cell], frozenset([cell]), exact=True)
            for part in self.parts:
                exact = once.issuperset(names_of(part))
                along = self.lines.along(part)
                for line, trace in self.sums(name, part).items():
                    if not wanted.isdisjoint(along[line]):
                        cells = frozenset(along[line])
                        yield Told(name, line, trace, cells, exact)


def names_of(part: frozenset[CellId]) -> tuple[str, ...]:
    """Return the dimensions that all items of a part have."""
    return tuple(name for name, _ in next(iter(part)))


class BySize:
    """One aspect of what was told, by the number of subjects."""

    def __init__(self, told: Iterable[Told]) -> None:
        different = {(f.line, f.exact, f.trace.identity): f for f in told}
        self._told = sorted(different.values(), key=lambda fact: fact.trace.subjects)
        self._sizes = [fact.trace.subjects for fact in self._told]

    def near(self, trace: Trace, k: int) -> Iterator[Told]:
        """Yield what was told of nearly the same people."""
        size = trace.subjects
        low, high = (
            bisect_right(self._sizes, size - k),
            bisect_left(self._sizes, size + k),
        )
        return (f for f in self._told[low:high] if trace.near(f.trace, k))
