"""Attacks on exact counts that decide whether a cell is shown: the edge of m."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.game import TARGET, made_up_subjects, member, patient
from cleanroom_join.attacks.programs.worlds import IS_ILL, ill_by_chance
from cleanroom_join.attacks.query import RATE, AttackQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.attacks.game import Game, Row, Rows
    from cleanroom_join.attacks.query import AttackedRoom

__all__ = ["ATTACKS"]

_BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))


# --- 2: known subjects at the edge -------------------------------------------------


def _one_short_of_m(game: Game, name: str) -> list[Row]:
    """Return a group of whom m - 1 are ill, all of them known to the attacker."""
    ill = game.policy.min_opposite - 1
    return [
        patient(p, ill=i < ill) for i, p in enumerate(made_up_subjects(game.size, name))
    ]


def _known_but_one(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    """Make two known groups, with the target in the first."""
    target = patient(TARGET, ill=secret)
    return [[*_one_short_of_m(game, "p"), target, *_one_short_of_m(game, "q")]]


def _is_there_a_cell(game: Game, room: AttackedRoom) -> bool:
    """Add the target to m - 1 ill patients; a second group shows what m does."""
    own = [member(p) for p in (TARGET, *made_up_subjects(game.size))]
    second = [member(p, club="g2") for p in made_up_subjects(game.size, "q")]
    seen = room.release(_BY_CLUB, [*own, *second])
    found = seen.numerator("rate", len(own), club="g1")
    if found is None or seen.figure("rate", club="g2") is None:
        return found is not None
    return found >= game.policy.min_opposite


# --- 20: nobody is known -----------------------------------------------------------


def _published_size(game: Game) -> int:
    """Return how many subjects the group has that is shown first."""
    return game.size + 3 * game.k // 4


def _some_are_ill(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    """Make a group of whom m + 1 are ill, and an ordinary one."""
    size = _published_size(game)
    ill = set(game.nature().sample(range(size), game.policy.min_opposite + 1))
    group = [patient(p, ill=i in ill) for i, p in enumerate(made_up_subjects(size))]
    others = ill_by_chance(game, game.size, "q")
    return [[*group, *others, patient(TARGET, ill=secret)]]


def _over_the_edge(game: Game, room: AttackedRoom) -> bool:
    """
    Find subjects of whom m - 1 are ill by leaving some out of a group; add the target.

    The whole group is asked for before each smaller one: if a cell that is close to it
    repeats its figures, then every smaller group is shown if m are ill, and is not
    there otherwise.
    """
    group = made_up_subjects(_published_size(game))

    def rate(subjects: Sequence[str]) -> float | None:
        """Return the rate of some subjects, right after that of the whole group."""
        for asked in (group, subjects):
            own = [member(p) for p in asked]
            others = [member(p, club="g2") for p in made_up_subjects(game.size, "q")]
            found = room.release(_BY_CLUB, [*own, *others]).figure("rate", club="g1")
        return found

    low, high = game.size, len(group)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if rate(group[:middle]) is None else (low, middle)
    base = group[: high - 1]
    without, within = rate(base), rate([*base, TARGET])
    if without is None:
        return within is not None
    if within is None or within == without:
        return game.coin()
    return within * (len(base) + 1) - without * len(base) > 0.5  # noqa: PLR2004


ATTACKS = (
    Attack(
        id="2c",
        title="all but one are known, and m - 1 of them are ill: is there a cell?",
        learns=IS_ILL,
        world=_known_but_one,
        guess=_is_there_a_cell,
        limit=Limit(promise="The edge of *m*", stopped_by=None),
    ),
    Attack(
        id="20c",
        title="one person after the other at the edge of m, near a group that is shown",
        learns=IS_ILL,
        world=_some_are_ill,
        guess=_over_the_edge,
    ),
)
