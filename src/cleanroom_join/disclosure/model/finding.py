"""Why a cell is withheld: the rule that fired first, and what it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Finding", "Rule"]


class Rule(Enum):
    """The rules of the guard, in the order in which they are asked."""

    COHORT = "cohort"
    """Fewer than k distinct subjects."""
    HOMOGENEOUS = "homogeneous"
    """Nearly everybody has the same value, so the group tells the person."""
    DOMINANCE = "dominance"
    """One or two subjects make up most of a figure."""
    BOUNDS = "bounds"
    """Too many values outside the declared bounds, or not a number."""
    DIFFERENCING = "differencing"
    """It differs from an earlier release by fewer than k subjects."""
    COMPLEMENT = "complement"
    """It, or something withheld, could be computed from what is published."""
    NOISE = "noise"
    """The contract asks for noise, and there is no joint key to draw it with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The first rule that withheld a cell; it holds names, no figures."""

    rule: Rule
    subject: str | None = None
    """Label of the counted subject, where one is concerned."""
    measure: str | None = None
    """Name of the measure column, where one is concerned."""
