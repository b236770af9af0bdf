"""What a game is played with: the policy in force, made-up people, and chance."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cleanroom_join.contract import Policy

__all__ = ["TARGET", "Game", "Row", "Rows", "crowd", "member", "patient"]

Row = Mapping[str, object]
Rows = Sequence[Row]

TARGET = "target"
"""The one person whom every attack is about."""

_USUAL_M = Policy().min_opposite
"""What m is if nobody asks for another."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Game:
    """One game: both sides know the contract, so both know the policy."""

    policy: Policy
    seed: int

    @property
    def k(self) -> int:
        """Fewest people behind a published cell."""
        return self.policy.min_cohort

    @property
    def size(self) -> int:
        """People in a group that has nothing to hide: it passes every rule."""
        return max(self.k, 4 * self.policy.min_opposite) + 20

    @property
    def few(self) -> int:
        """
        People on the small side of a group whom m is there to stop.

        One fewer than the contract's m, and never fewer than the default m stops: a
        contract with a smaller one shall see what it lets through.
        """
        return max(self.policy.min_opposite, _USUAL_M) - 1

    def nature(self) -> random.Random:
        """Return the chance that made the people; always from its beginning."""
        return random.Random(f"nature {self.seed}")  # noqa: S311 - made-up people

    def attacker(self) -> random.Random:
        """Return the attacker's own chance, which knows nothing of nature's."""
        return random.Random(f"attacker {self.seed}")  # noqa: S311 - made-up people

    def coin(self) -> bool:
        """Return the guess of an attacker who learned nothing."""
        return self.attacker().random() < 0.5  # noqa: PLR2004 - a fair coin


def crowd(count: int, name: str = "p") -> list[str]:
    """Return the names of so many people."""
    return [f"{name}{i}" for i in range(count)]


def patient(person: str, **facts: object) -> Row:
    """Return a row of the victim's table; what is not said is ordinary."""
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
    """Return a row of the attacker's table, which may say anything of anybody."""
    ordinary = {"person": person, "club": "g1", "tag": "t1", "score": 1}
    return ordinary | facts
