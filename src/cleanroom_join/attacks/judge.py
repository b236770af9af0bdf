"""
The judge: whether an attacker knows more than chance would.

Every game is played in two worlds that differ in the secret; the attacker learns
neither which world it is in, nor whether its guess was right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import comb
from typing import TYPE_CHECKING

from cleanroom_join.attacks.game import Game
from cleanroom_join.attacks.plain_filter import PlainFilterRoom
from cleanroom_join.attacks.policy_room import PolicyRoom
from cleanroom_join.contract import COHORT_FLOOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.attacks.attack import Attack
    from cleanroom_join.attacks.query import AttackedRoom
    from cleanroom_join.contract import Policy

__all__ = [
    "SEEDS",
    "Score",
    "against_policy",
    "against_the_filter",
    "learned",
    "least_right",
    "succeeds",
]

SEEDS = 10
"""Pairs of worlds that an attack is judged by."""

_CHANCE = 1e-3
"""Largest probability that an attacker who guesses is taken for one who learned."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """How an attack did against one room."""

    right: int
    games: int
    stops: tuple[str, ...] = ()
    """The rules and error codes that it met, the most frequent first."""

    @property
    def succeeded(self) -> bool:
        """Whether it learned something."""
        return learned(self.right, self.games)


def learned(right: int, games: int) -> bool:
    """
    Return whether *right* answers in so many games are more than chance.

    Examples:
        >>> learned(18, 20), learned(17, 20)
        (True, False)
    """
    lucky = sum(comb(games, n) for n in range(right, games + 1))
    return bool(lucky < _CHANCE * 2**games)


def least_right(games: int) -> int | None:
    """
    Return how often an attacker must be right to have learned something.

    Examples:
        >>> least_right(20)
        18
    """
    return next((n for n in range(games + 1) if learned(n, games)), None)


def against_the_filter(attack: Attack, policy: Policy) -> Score:
    """Play an attack against the plain filter, which has its own k."""
    right = 0
    for game, secret in _games(replace(policy, min_cohort=COHORT_FLOOR)):
        room = PlainFilterRoom(attack.world(game, secret))
        right += _is_right(attack, game, room, secret=secret)
    return Score(right=right, games=2 * SEEDS)


def against_policy(
    attack: Attack, policy: Policy, *, ledger: bool = True, confirmed: bool = False
) -> Score:
    """Play an attack against the guard under *policy*."""
    right = 0
    met: dict[str, int] = {}
    for game, secret in _games(policy):
        room = _room(attack, game, secret=secret, ledger=ledger, confirmed=confirmed)
        right += _is_right(attack, game, room, secret=secret)
        for stop in room.stops:
            met[stop] = met.get(stop, 0) + 1
    stops = sorted(met, key=lambda stop: (-met[stop], stop))
    return Score(right=right, games=2 * SEEDS, stops=tuple(stops))


def succeeds(
    attack: Attack, policy: Policy, *, ledger: bool = True, confirmed: bool = False
) -> bool:
    """
    Return whether an attack against the guard succeeds, after as few games as decide.

    The same as `against_policy(…).succeeded`; of an attack that is stopped, two or
    three games are enough.
    """
    games = _games(policy)
    least = least_right(len(games))
    right = 0
    for played, (game, secret) in enumerate(games):
        if least is None or right + len(games) - played < least:
            return False
        room = _room(attack, game, secret=secret, ledger=ledger, confirmed=confirmed)
        right += _is_right(attack, game, room, secret=secret)
    return least is not None and right >= least


def _room(
    attack: Attack, game: Game, *, secret: bool, ledger: bool, confirmed: bool
) -> PolicyRoom:
    """Return the room of a game in one of its worlds."""
    days = attack.world(game, secret)
    return PolicyRoom(attack.fixture, days, game, ledger=ledger, confirmed=confirmed)


def _games(policy: Policy) -> Sequence[tuple[Game, bool]]:
    """Return every game: each seed in both worlds."""
    games = [Game(policy=policy, seed=seed) for seed in range(SEEDS)]
    return [(game, secret) for game in games for secret in (False, True)]


def _is_right(attack: Attack, game: Game, room: AttackedRoom, *, secret: bool) -> bool:
    """Return whether the attacker's guess is the secret."""
    return attack.guess(game, room) is secret
