"""The rules of the guard by name, and the form of their plain-language texts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Rule", "RuleText"]


class Rule(Enum):
    """The rules of the guard, in the order in which it applies them."""

    THRESHOLD = "threshold"
    """Fewer than k distinct subjects."""
    GROUP_DISCLOSURE = "group_disclosure"
    """Nearly all subjects have the same value, so the group discloses it."""
    L_DIVERSITY = "l_diversity"
    """Too few values of a sensitive dimension occur along a row or column."""
    DOMINANCE = "dominance"
    """One or two subjects contribute most of a figure."""
    CLAMPING = "clamping"
    """Too many values are outside the declared bounds, or some are not a number."""
    MISSING_NOISE = "missing_noise"
    """The contract asks for noise, and there is no joint key to draw it with."""
    BUDGET = "budget"
    """The subjects of the cell have as many figures as the budget allows."""
    DIFFERENCING = "differencing"
    """The cell differs from another published one by fewer than k subjects."""
    COMPLEMENTARY = "complementary"
    """A suppressed cell could be derived if this one were published."""

    @property
    def is_primary(self) -> bool:
        """Whether the rule judges a cell by itself, whatever else is published."""
        return self not in (Rule.BUDGET, Rule.DIFFERENCING, Rule.COMPLEMENTARY)


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleText:
    """
    What a rule does and why, in plain language.

    Texts may name limits in braces: ``{k}``, ``{m}`` and others of `policy_limits`.
    """

    does: str
    """What it suppresses, with the limits in force."""
    why: str
    """Which harm that prevents."""
    does_bounded: str | None = None
    """What it does under bounded contributions, if that differs."""
