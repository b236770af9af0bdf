"""
Marks of an item: who is in it, and what each of them contributes.

Two figures about the same people tell of one person all the same if that one has
twice as many rows in one of them.  So a mark has several fingerprints, one per
*aspect*: of the people; of their rows; and, for every measure column that is read, of
the values of those who have some.  Every figure is of one aspect: in each of them two
marks must be alike, or apart by a crowd.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.fingerprint import fewer_apart_than, less, union

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cleanroom_join.disclosure.fingerprint import Fingerprint

__all__ = ["PEOPLE", "ROWS", "Mark"]

PEOPLE = "people"
"""Aspect that says who is in an item."""

ROWS = "rows"
"""Aspect that says how many rows each of them has."""


@dataclass(frozen=True, slots=True, repr=False)
class Mark:
    """Fingerprints of an item, or of several together, by aspect."""

    aspects: Mapping[str, Fingerprint]
    """
    `PEOPLE`, `ROWS`, and `Question.contents`.

    Questions that read other columns have other aspects; what both have is compared.
    """

    @classmethod
    def together(cls, marks: Iterable[Mark]) -> Mark:
        """Return the mark of several items as one, in the aspects that all have."""
        marks = list(marks)
        common = set.intersection(*(set(mark.aspects) for mark in marks))
        return cls(
            {name: union(mark.aspects[name] for mark in marks) for name in common}
        )

    def without(self, parts: Iterable[Mark]) -> Mark:
        """Return the mark of what is left of an item without parts of it."""
        if not (parts := list(parts)):
            return self
        taken = Mark.together(parts).aspects
        common = self.aspects.keys() & taken.keys()
        return Mark({name: less(self.aspects[name], taken[name]) for name in common})

    def near(self, other: Mark, k: int) -> bool:
        """Return whether few, but some, make the difference in some aspect."""
        return self._any(other, lambda one, two: fewer_apart_than(k, one, two))

    def same(self, other: Mark) -> bool:
        """Return whether nobody makes a difference, as far as can be compared."""
        return not self._any(other, lambda one, two: one != two)

    def _any(
        self, other: Mark, holds: Callable[[Fingerprint, Fingerprint], bool]
    ) -> bool:
        """Return whether something holds of an aspect that both have."""
        common = self.aspects.keys() & other.aspects.keys()
        return any(holds(self.aspects[name], other.aspects[name]) for name in common)
