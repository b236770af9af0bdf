"""The limits of the primary rules that a release was decided under."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.settings import SETTINGS, Setting, Stricter
from cleanroom_join.errors import assert_never

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract import Policy

__all__ = ["PrimaryLimits"]

_LIMITS = (
    "min_cohort",
    "min_opposite",
    "l_diversity",
    "max_clamped_share",
    "dominance_n",
    "dominance_share",
    "dominance_p",
)
"""
The settings of the policy that decide whether a cell passes the primary rules.

Noise and rounding are not among them: they change a figure that is computed, and an
earlier figure is not computed again.
"""

_SETTINGS = tuple(setting for setting in SETTINGS if setting.name in _LIMITS)


@dataclass(frozen=True, slots=True)
class PrimaryLimits:
    """The limits in force at a release, by the names of their fields in `Policy`."""

    values: Mapping[str, Decimal]

    @classmethod
    def of(cls, policy: Policy) -> PrimaryLimits:
        """Return the limits of a policy."""
        return cls({s.name: Decimal(getattr(policy, s.name)) for s in _SETTINGS})

    def is_as_strict_as(self, other: PrimaryLimits) -> bool:
        """Return whether no limit is less strict than the other's; unknown ones are."""
        return all(_is_as_strict(s, self.values, other.values) for s in _SETTINGS)


def _is_as_strict(
    setting: Setting, limits: Mapping[str, Decimal], others: Mapping[str, Decimal]
) -> bool:
    """Return whether one limit is no less strict than another."""
    one, other = limits.get(setting.name), others.get(setting.name)
    if one is None or other is None:
        return False
    if setting.stricter is Stricter.HIGHER:
        return one >= other
    if setting.stricter is Stricter.LOWER:
        return one <= other
    return assert_never(setting.stricter)
