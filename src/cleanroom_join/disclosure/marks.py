"""
Marks of an item: who is in it, and what each of them contributes.

Two figures about the same people tell of one person all the same if that one has
twice as many rows in one of them.  So a mark holds two fingerprints: of people, and of
*contents*, in which a word changes also with whoever contributes something else.
Marks are put together and compared as one thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.fingerprint import (
    Fingerprint,
    fewer_apart_than,
    less,
    perhaps_fewer,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Contents", "Mark"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Contents:
    """What each subject of an item contributes, as words like those of the subjects."""

    fingerprint: Fingerprint
    """Of hashes of a subject with its figures, each in the word of the subject."""
    keys: int
    """
    Sum of the upper halves of these hashes.

    Whoever contributes the same to two cells leaves no trace in the words of both, but
    here.
    """
    reads: str
    """What the figures are of (`Question.reads`); others cannot be compared."""

    @classmethod
    def together(cls, parts: Sequence[Contents | None]) -> Contents | None:
        """Return the contents of several items as one, if they are of one kind."""
        known = [part for part in parts if part is not None]
        if len(known) < len(parts) or len({part.reads for part in known}) != 1:
            return None
        return cls(
            fingerprint=union(part.fingerprint for part in known),
            keys=sum(part.keys for part in known),
            reads=known[0].reads,
        )

    def without(self, taken: Contents) -> Contents | None:
        """Return what is left without a part, if that is of the same kind."""
        if self.reads != taken.reads:
            return None
        return Contents(
            fingerprint=less(self.fingerprint, [taken.fingerprint]),
            keys=self.keys - taken.keys,
            reads=self.reads,
        )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Mark:
    """People and contents of an item, or of several together."""

    people: Fingerprint
    contents: Contents | None
    """None if the parts' contents are of different columns."""

    @classmethod
    def together(cls, marks: Iterable[Mark]) -> Mark:
        """Return the mark of several items as one."""
        marks = list(marks)
        return cls(
            people=union(mark.people for mark in marks),
            contents=Contents.together([mark.contents for mark in marks]),
        )

    def without(self, parts: Iterable[Mark]) -> Mark:
        """Return the mark of what is left of an item without parts of it."""
        if not (parts := list(parts)):
            return self
        taken = Mark.together(parts)
        contents = None
        if self.contents is not None and taken.contents is not None:
            contents = self.contents.without(taken.contents)
        return Mark(people=less(self.people, [taken.people]), contents=contents)

    def near(self, other: Mark, k: int) -> bool:
        """
        Return whether more than none, but perhaps fewer than *k*, make the difference.

        These are subjects who came or left or, where there are none, who contribute
        something else.  Whoever came or left makes a difference of contents as well;
        so *k* of them are enough, whatever the others contribute.
        """
        if self.people != other.people:
            return fewer_apart_than(k, self.people, other.people)
        one, two = self.contents, other.contents
        if one is None or two is None or one.reads != two.reads:
            return False
        differing = one.fingerprint.differing(two.fingerprint)
        if differing == 0:
            return one.keys != two.keys
        return perhaps_fewer(k, differing)

    def same(self, other: Mark) -> bool:
        """Return whether nobody makes a difference, as far as can be compared."""
        one, two = self.contents, other.contents
        unknown = one is None or two is None or one.reads != two.reads
        return self.people == other.people and (unknown or one == two)
