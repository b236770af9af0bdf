"""What a game is played with: the policy in force, made-up subjects, and chance."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cleanroom_join.contract import Policy

__all__ = ["TARGET", "Game", "Row", "Rows", "made_up_subjects", "member", "patient"]

Row = Mapping[str, object]
Rows = Sequence[Row]

TARGET = "target"
"""The one subject that every attack is about."""

_USUAL_M = Policy().min_opposite
"""The default of the policy's m."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Game:
    """One game: both sides know the contract, so both know the policy."""

    policy: Policy
    seed: int

    @property
    def k(self) -> int:
        """Fewest subjects behind a published cell."""
        return self.policy.min_cohort

    @property
    def size(self) -> int:
        """Subjects of a group that passes every rule."""
        return max(self.k, 4 * self.policy.min_opposite) + 20

    @property
    def few(self) -> int:
        """
        Subjects on the small side of a group that the rule about m must stop.

        One fewer than the contract's m, and never fewer than the default m stops: a
        contract with a smaller m shall see what it lets through.
        """
        return max(self.policy.min_opposite, _USUAL_M) - 1

    def nature(self) -> random.Random:
        """Return the chance that made the subjects; always from its beginning."""
        return random.Random(f"nature {self.seed}")  # noqa: S311 - made-up subjects

    def attacker(self) -> random.Random:
        """Return the attacker's own chance, which is independent of nature's."""
        return random.Random(f"attacker {self.seed}")  # noqa: S311 - made-up subjects

    def coin(self) -> bool:
        """Return the guess of an attacker who learned nothing."""
        return self.attacker().random() < 0.5  # noqa: PLR2004 - a fair coin


def made_up_subjects(count: int, name: str = "p") -> list[str]:
    """Return the names of *count* made-up subjects."""
    return [f"{name}{i}" for i in range(count)]


def patient(person: str, **facts: object) -> Row:
    """Return a row of the victim's table, with ordinary values but for *facts*."""
    ordinary = {
        "person": person,
        "segment": "a",
        "area": "w",
        "diagnosis": "no",
        "ill": False,
        "spend": 500,
    }
    return ordinary | facts


def member(person: str, **facts: object) -> Row:
    """Return a row of the attacker's table, which the attacker may fill as it likes."""
    ordinary = {"person": person, "club": "g1", "tag": "t1", "score": 1}
    return ordinary | facts
