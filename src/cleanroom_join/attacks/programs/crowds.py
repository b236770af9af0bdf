"""Attacks with crowds of strangers, which differ from figure to figure."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.fixture import ASSETS, Fixture
from cleanroom_join.attacks.game import TARGET, made_up_subjects, member, patient
from cleanroom_join.attacks.programs.worlds import IS_ILL, ill_by_chance
from cleanroom_join.attacks.protection_mode import Mode
from cleanroom_join.attacks.query import RATE, AttackQuery, Figure

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Game, Rows
    from cleanroom_join.attacks.query import AttackedRoom

__all__ = ["ATTACKS"]

_BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))


# --- 8e: two groups and their union ------------------------------------------------


def _two_groups(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [[*ill_by_chance(game, 2 * game.size), patient(TARGET, ill=secret)]]


def _union_and_one(game: Game, room: AttackedRoom) -> bool:
    """Ask in one release for two groups, and for both together with the target."""
    subjects = made_up_subjects(2 * game.size)
    groups = {
        "g1": subjects[: game.size],
        "g2": subjects[game.size :],
        "g3": [*subjects, TARGET],
    }
    own = [member(s, club=club) for club, group in groups.items() for s in group]
    seen = room.release(_BY_CLUB, own)
    one, two, both = (
        seen.numerator("rate", len(group), club=club) for club, group in groups.items()
    )
    if one is None or two is None or both is None:
        return game.coin()
    return both > one + two


# --- 24h: strangers around the target ----------------------------------------------

_CROWDS = 64
"""Groups with the target."""


def _strangers(game: Game) -> list[str]:
    """Return the names of all others."""
    return made_up_subjects(_CROWDS * game.size)


def _spends_much(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    """Make a target who spends far more, or far less, than all others."""
    chance = game.nature()
    others = [patient(s, spend=chance.randint(400, 600)) for s in _strangers(game)]
    return [[*others, patient(TARGET, spend=1000 if secret else 0)]]


def _mean_of_many_crowds(game: Game, room: AttackedRoom) -> bool:
    """Put the target among other strangers in each of many groups, and average."""
    clubs = [f"g{club}" for club in range(_CROWDS)]
    own = [member(s, club=clubs[i % _CROWDS]) for i, s in enumerate(_strangers(game))]
    own += [member(TARGET, club=club) for club in clubs]
    spend = Figure(name="mean_spend", function="mean", column="spend")
    seen = room.release(AttackQuery(group_by=("club",), figures=(spend,)), own)
    found = [seen.figure("mean_spend", club=club) for club in clubs]
    means = [value for value in found if value is not None]
    return mean(means) > 500 if means else game.coin()  # noqa: PLR2004 - of the others


ATTACKS = (
    Attack(
        id="8e",
        title="two groups, and both together with the target, in one answer",
        learns=IS_ILL,
        world=_two_groups,
        guess=_union_and_one,
        limit=Limit(promise="Unusual unions", stopped_by=Mode.PERTURBED),
    ),
    Attack(
        id="24h",
        title="the target in many groups, each of other strangers",
        learns="whether the target spends much or little",
        world=_spends_much,
        guess=_mean_of_many_crowds,
        fixture=Fixture(
            clubs=tuple(f"g{club}" for club in range(_CROWDS)), known=ASSETS
        ),
        limit=Limit(promise="Many figures about the same people", stopped_by=None),
    ),
)
