"""Tables that several attacks use: the victim's world, and the attacker's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.game import TARGET, made_up_subjects, member, patient

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Game, Row, Rows

__all__ = [
    "IS_ILL",
    "all_in_one_club",
    "ill_by_chance",
    "nearly_uniform",
    "others",
    "target_and_others",
]

IS_ILL = "whether the target is ill"
"""What most of the attackers want to learn."""


def ill_by_chance(game: Game, count: int, name: str = "p") -> list[Row]:
    """Return *count* patients, of whom about half are ill."""
    chance = game.nature()
    return [
        patient(p, ill=chance.random() < 0.5, spend=chance.randint(100, 900))  # noqa: PLR2004
        for p in made_up_subjects(count, name)
    ]


def others(game: Game) -> list[Row]:
    """Return a group that passes every rule; the attacker may know its members."""
    return ill_by_chance(game, game.size)


def target_and_others(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    """Return a world whose secret is whether the target is ill."""
    return [[*others(game), patient(TARGET, ill=secret)]]


def nearly_uniform(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    """Make all alike but a few, just under m, whom the attacker knows."""
    group = [TARGET, *made_up_subjects(game.size)]
    last = len(group) - game.few
    return [[patient(p, ill=(i < last) is secret) for i, p in enumerate(group)]]


def all_in_one_club(game: Game) -> list[Row]:
    """Return the attacker's rows of all others and of the target, in one club."""
    return [member(p) for p in (*made_up_subjects(game.size), TARGET)]
