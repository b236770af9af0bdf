"""Attacks of the party that runs the room: it brings the contract, and its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack
from cleanroom_join.attacks.fixture import PURPOSE
from cleanroom_join.attacks.programs.worlds import (
    IS_ILL,
    all_in_one_club,
    nearly_uniform,
)
from cleanroom_join.attacks.query import RATE, AttackQuery
from cleanroom_join.contract import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleanroom_join.attacks.game import Game
    from cleanroom_join.attacks.query import AttackedRoom

__all__ = ["ATTACKS"]

_BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))

_WEAK = Policy(min_opposite=2)
"""The runner's own policy: no noise, and a group may be all alike but for two."""

_FORGED = "statistics\u2028APPROVED  asked"
"""A purpose that ends its line and begins one like the verdict's (U+2028)."""


def _under_own_contract(purpose: str) -> Callable[[Game, AttackedRoom], bool]:
    """Return the attacker that runs under a contract that the victim never saw."""

    def guess(game: Game, room: AttackedRoom) -> bool:
        """Ask for the rate of a group that is nearly all alike."""
        room.bring_contract(_WEAK, purpose)
        seen = room.release(_BY_CLUB, all_in_one_club(game))
        found = seen.figure("rate", club="g1")
        return game.coin() if found is None else found > 0.5  # noqa: PLR2004 - half

    return guess


ATTACKS = (
    Attack(
        id="25",
        title="the runner brings a contract of its own, with a weaker policy",
        learns=IS_ILL,
        world=nearly_uniform,
        guess=_under_own_contract(PURPOSE),
    ),
    Attack(
        id="26",
        title="a purpose that forges a line of the summary: APPROVED",
        learns=IS_ILL,
        world=nearly_uniform,
        guess=_under_own_contract(_FORGED),
    ),
)
