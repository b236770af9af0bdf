"""What an attacker knows and must not find out: linear equations over counts."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Equation", "Protected"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Equation:
    """A sum of unknowns that is known, or that is known to be another's."""

    unknowns: frozenset[int]
    total: float
    less: frozenset[int] = frozenset()
    """Unknowns that are taken away from it; the total then bounds none of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Protected:
    """A sum of unknowns that must not be known too well."""

    unknowns: frozenset[int]
    safety_interval: float
    """Smallest acceptable distance between its lower and its upper limit."""
