"""
Groups that overlap evenly, so that their sums determine every block of subjects.

The sets of a quadratic residue design: with a prime *p* of the form 4*n* + 3 there are
*p* blocks and *p* groups of (*p* - 1) / 2 blocks, and any two groups have
(*p* - 3) / 4 blocks in common.  Colbourn and Dinitz, "Handbook of combinatorial
designs", 2nd edition, 2007, chapter VI.18 (difference sets of Paley type).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import mean
from typing import TYPE_CHECKING

from cleanroom_join.attacks.game import TARGET, made_up_subjects

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LARGEST", "GroupDesign"]

_PRIMES = (43, 83, 127, 211)
LARGEST = _PRIMES[-1]
"""Most groups of a design here: more take minutes and show the same."""


@dataclass(frozen=True)
class GroupDesign:
    """A design; the target is the last subject of the last block."""

    groups: int
    """How many groups there are, and how many blocks."""
    width: int
    """Subjects of a block."""

    @classmethod
    def of(cls, subjects: int, width: int) -> GroupDesign:
        """
        Return a design of so many subjects at least.

        Blocks are wider than *width* only if the largest design has too few of them.
        """
        groups = next((p for p in _PRIMES if p * width >= subjects), LARGEST)
        return cls(groups, max(width, -(-subjects // groups)))

    @cached_property
    def others(self) -> list[str]:
        """All subjects but the target, block after block."""
        return made_up_subjects(self.groups * self.width - 1)

    @property
    def subjects(self) -> list[str]:
        """Return all subjects, the target last."""
        return [*self.others, TARGET]

    def contains(self, group: int, index: int) -> bool:
        """Return whether the subject with this index is in a group."""
        return (group - index // self.width) % self.groups in self._squares

    def members(self, group: int) -> list[str]:
        """Return the subjects of a group."""
        return [s for i, s in enumerate(self.subjects) if self.contains(group, i)]

    def target_block(self, sums: Mapping[int, float], crowd: float = 0) -> float | None:
        """
        Return what the target's block adds up to, by the groups that are known.

        The mean of its groups less the mean of the others: whatever all groups have in
        common cancels.  It is exact if every group is known, and the crowd's sum.

        Args:
            sums: What groups add up to.
            crowd: About what a crowd in every group adds up to; half the number of
                groups divides an error.

        Returns:
            None if the known groups say nothing about it.
        """
        last = self.groups * self.width - 1
        inside = [n for group, n in sums.items() if self.contains(group, last)]
        outside = [n for group, n in sums.items() if not self.contains(group, last)]
        if not inside or not outside:
            return None
        contrast = (mean(inside) - mean(outside)) * (self.groups - 1)
        # All subjects together: each is in the same number of groups.
        total = 2 * self.groups * (mean(sums.values()) - crowd) / (self.groups - 1)
        return (contrast + total) / self.groups

    @cached_property
    def _squares(self) -> frozenset[int]:
        """The squares modulo *p*, but for zero."""
        return frozenset(i * i % self.groups for i in range(1, self.groups))
