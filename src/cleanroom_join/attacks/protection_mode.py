"""Modes of protection: how much a policy hides, from the least to the most."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from cleanroom_join.contract import Protection, Reveal

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy

__all__ = ["Mode", "remedy_toml"]


class Mode(Enum):
    """What a policy does about figures; each mode adds to those before it."""

    THRESHOLD = "threshold"
    """Rules and rounding."""
    PERTURBED = "perturbed"
    """Rules, noise and rounding."""
    BOUNDED = "bounded"
    """As perturbed, with contributions bounded, and noise scaled to the bound."""

    @classmethod
    def of(cls, policy: Policy) -> Mode:
        """Return the mode of a policy."""
        if policy.contribution_bounded:
            return cls.BOUNDED
        return cls(policy.protection.value)

    def includes(self, other: Mode | Reveal | None) -> bool:
        """Return whether this is *other*, or a mode that adds to it."""
        if other is None or isinstance(other, Reveal):
            return False  # no mode of figures protects the ledger
        modes = list(Mode)
        return modes.index(self) >= modes.index(other)

    def applied(self, policy: Policy) -> Policy:
        """
        Return *policy* in this mode, with all other settings as they are.

        Where it has no bound it gets the least one, since noise grows with the bound.
        """
        if self is Mode.BOUNDED:
            return replace(
                policy,
                protection=Protection.PERTURBED,
                contribution_rows=policy.contribution_rows or 1,
            )
        return replace(policy, protection=Protection(self.value), contribution_rows=0)

    def toml(self, policy: Policy) -> str:
        """Return the lines of a contract that set this mode, on one line."""
        applied = self.applied(policy)
        lines = f'protection = "{applied.protection.value}"'
        if applied.contribution_bounded:
            lines += f", contribution = {{ rows = {applied.contribution_rows} }}"
        return lines


def remedy_toml(remedy: Mode | Reveal, policy: Policy) -> str:
    """Return the lines of a contract that stop an attack, on one line."""
    if isinstance(remedy, Mode):
        return remedy.toml(policy)
    return f'[ledger] reveal = "{remedy.value}"'
