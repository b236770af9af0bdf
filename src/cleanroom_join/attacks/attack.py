"""An attack: a world with a secret, and a program that tries to learn it."""

from __future__ import annotations

from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import TYPE_CHECKING

from cleanroom_join.attacks.fixture import Fixture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cleanroom_join.attacks.game import Game, Rows
    from cleanroom_join.attacks.protection_mode import Mode
    from cleanroom_join.attacks.query import AttackedRoom
    from cleanroom_join.contract import Reveal

__all__ = ["Attack", "Limit"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """Why an attack is known to get through threshold mode."""

    promise: str
    """The promise that is not made: a heading of ``docs/explanation/limits.md``."""
    stopped_by: Mode | Reveal | None
    """
    The first mode that stops it, or the contract's setting for the ledger.

    None if nothing in this version stops it.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Attack:
    """
    One attack of the catalogue, as a program.

    The two worlds of a game differ in the target only, or in what the target's group
    has in common; an attacker that can tell them apart has learned it.
    """

    id: str
    """Its number in the catalogue, and a letter where there are several programs."""
    title: str
    """What the attacker does, for lay readers."""
    learns: str
    """What it knows about the target if it succeeds."""
    world: Callable[[Game, bool], Sequence[Rows]]
    """The victim's table, day by day, in the world with this secret."""
    guess: Callable[[Game, AttackedRoom], bool]
    """The attacker: what it believes the secret to be."""
    fixture: Fixture = field(default_factory=Fixture)
    limit: Limit | None = None

    @property
    def number(self) -> int:
        """Return its number in the catalogue."""
        return int(self.id.rstrip(ascii_lowercase))
