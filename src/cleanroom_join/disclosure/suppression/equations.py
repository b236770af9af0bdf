"""The attacker's problem: linear equations over counts, and what they must not show."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Equation", "Protected"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Equation:
    """
    One thing that the attacker knows: a sum of unknowns equals a total.

    An unknown is a suppressed quantity, by its number.
    """

    unknowns: frozenset[int]
    """Unknowns with coefficient 1."""
    total: float
    less: frozenset[int] = frozenset()
    """Unknowns with coefficient -1; with some, the total bounds no unknown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Protected:
    """A sum of unknowns that the attacker must not know too precisely."""

    unknowns: frozenset[int]
    safety_interval: float
    """Smallest acceptable distance between its lower and its upper limit."""
