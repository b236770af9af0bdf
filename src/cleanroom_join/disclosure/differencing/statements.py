"""
What a release tells by itself: the figures it shows, and their sums along lines.

Everything is by aspect (`marks`): people, rows, and each measure column.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.differencing.fingerprint_sums import FingerprintSum

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.disclosure.differencing.marginals import Marginals
    from cleanroom_join.disclosure.model.history import CellId
    from cleanroom_join.disclosure.model.signature import CellSignature

    Changed = Mapping[str, AbstractSet[CellId]]

__all__ = ["ReleaseStatements", "Statement", "StatementIndex", "names_of"]


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that a release tells: about which people, and of which cells."""

    facet: str
    line: CellId
    total: FingerprintSum
    cells: frozenset[CellId]
    """What must not be new if it tells too much; where there are several, all."""
    exact: bool
    """Whether nobody is in it twice, so that it is about whom its words say."""


@dataclass(frozen=True, slots=True)
class ReleaseStatements:
    """A release as it is compared."""

    facets: Mapping[str, Mapping[CellId, FingerprintSum]]
    """Traces of what it shows, by aspect."""
    parts: tuple[frozenset[CellId], ...]
    """Which of it people add up; see `Marginals.parts`."""
    lines: Marginals
    _sums: dict[tuple[str, frozenset[CellId]], Mapping[CellId, FingerprintSum]] = field(
        default_factory=dict
    )

    @classmethod
    def of(
        cls,
        signatures: Mapping[CellId, CellSignature],
        leaves: AbstractSet[CellId],
        lines: Marginals,
    ) -> ReleaseStatements:
        """Return a release that shows some items, some of them leaves."""
        facets: dict[str, dict[CellId, FingerprintSum]] = {}
        for cell, signature in signatures.items():
            for name, fingerprint in signature.facets.items():
                facets.setdefault(name, {})[cell] = FingerprintSum.alone(fingerprint)
        return cls(facets, tuple(lines.parts(signatures, leaves)), lines)

    def sums(
        self, name: str, part: frozenset[CellId]
    ) -> Mapping[CellId, FingerprintSum]:
        """Return the sum along every line of a part, if all have the aspect."""
        if (name, part) not in self._sums:
            totals = self.facets[name]
            self._sums[name, part] = {
                line: FingerprintSum.total(totals[cell] for cell in cells)
                for line, cells in self.lines.along(part).items()
                if all(cell in totals for cell in cells)
            }
        return self._sums[name, part]

    def told(
        self, once: frozenset[str], changed: Changed | None = None
    ) -> Iterator[Statement]:
        """
        Yield figures and sums along lines.

        Args:
            once: Dimensions of which nobody has two labels.
            changed: By aspect, what is to be in a fact; None for all facts.
        """
        for name, totals in self.facets.items():
            wanted = totals.keys() if changed is None else changed[name]
            for cell in wanted & totals.keys():
                yield Statement(name, cell, totals[cell], frozenset([cell]), exact=True)
            for part in self.parts:
                exact = once.issuperset(names_of(part))
                along = self.lines.along(part)
                for line, total in self.sums(name, part).items():
                    if not wanted.isdisjoint(along[line]):
                        cells = frozenset(along[line])
                        yield Statement(name, line, total, cells, exact)


def names_of(part: frozenset[CellId]) -> tuple[str, ...]:
    """Return the dimensions that all items of a part have."""
    return tuple(name for name, _ in next(iter(part)))


class StatementIndex:
    """One aspect of what was told, by the number of subjects."""

    def __init__(self, told: Iterable[Statement]) -> None:
        different = {(f.line, f.exact, f.total.identity): f for f in told}
        self._told = sorted(different.values(), key=lambda fact: fact.total.subjects)
        self._sizes = [fact.total.subjects for fact in self._told]

    def near(self, total: FingerprintSum, k: int) -> Iterator[Statement]:
        """Yield what was told of nearly the same people."""
        size = total.subjects
        low, high = (
            bisect_right(self._sizes, size - k),
            bisect_left(self._sizes, size + k),
        )
        return (f for f in self._told[low:high] if total.is_close(f.total, k))
