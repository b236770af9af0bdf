"""
How the values behind a sum of fingerprints were clamped.

Values are comparable if they were clamped to the same bounds, or if none was clamped at
all.  Where neither is certain, nothing tells which subjects contribute something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cleanroom_join.contract import ValueFacet
    from cleanroom_join.disclosure.model.fingerprint import Fingerprint

__all__ = ["Clamping"]


@dataclass(frozen=True, slots=True)
class Clamping:
    """How values were clamped, and how many of the subjects have one."""

    facets: frozenset[tuple[ValueFacet, bool]]
    """The columns with their bounds, and whether some value may have been clamped."""
    contents: frozenset[tuple[object, ...]]
    """A key of the values themselves: equal ones are the same figures."""
    with_value: int
    """Subjects with a value; in a difference, their net difference."""
    without_value: int
    """Subjects without one, in all terms together."""

    @classmethod
    def of_cell(
        cls, facet: ValueFacet, subjects: Fingerprint, values: Fingerprint
    ) -> Clamping:
        """Return the clamping of one cell."""
        content = (facet, *values.low_bits, values.subjects, values.hash_sum)
        return cls(
            facets=frozenset([(facet, values.clamped)]),
            contents=frozenset([content]),
            with_value=values.subjects,
            without_value=max(0, subjects.subjects - values.subjects),
        )

    @classmethod
    def total(cls, terms: Iterable[Clamping | None]) -> Clamping | None:
        """Return the clamping of a sum; None if no term has one."""
        found = [term for term in terms if term is not None]
        if not found:
            return None
        return cls(
            facets=frozenset().union(*(term.facets for term in found)),
            contents=frozenset().union(*(term.contents for term in found)),
            with_value=sum(term.with_value for term in found),
            without_value=sum(term.without_value for term in found),
        )

    @classmethod
    def difference(
        cls, one: Clamping | None, other: Clamping | None
    ) -> Clamping | None:
        """Return the clamping of the difference of two sums."""
        if one is None or other is None:
            return one or other
        both = cls.total((one, other))
        return both and cls(
            facets=both.facets,
            contents=both.contents,
            with_value=one.with_value - other.with_value,
            without_value=both.without_value,
        )

    @property
    def is_incomparable(self) -> bool:
        """Whether the values may have been clamped differently."""
        facets = {facet for facet, _ in self.facets}
        if len(facets) <= 1:
            return False
        clamped = any(clamped for _, clamped in self.facets)
        return clamped or len({facet.unit for facet in facets}) > 1
