"""Attacks by subtraction: between days, and between filters and groups."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean
from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.game import TARGET, made_up_subjects, member, patient
from cleanroom_join.attacks.programs.worlds import (
    IS_ILL,
    all_in_one_club,
    ill_by_chance,
    others,
    target_and_others,
)
from cleanroom_join.attacks.protection_mode import Mode
from cleanroom_join.attacks.query import RATE, AttackQuery
from cleanroom_join.contract import Reveal

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Game, Rows
    from cleanroom_join.attacks.query import AttackedRoom, Observation

__all__ = ["ATTACKS"]

_BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))


def _opted_out(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    (today,) = target_and_others(game, secret)
    return [today, others(game)]


def _difference(
    game: Game, before: Observation, after: Observation, after_name: str
) -> bool:
    """Subtract the ill of one release from those of one with a subject more."""
    one = before.numerator("rate", game.size + 1, club="g1")
    other = after.numerator(after_name, game.size, club="g1")
    same = before.figure("rate", club="g1") == after.figure(after_name, club="g1")
    if one is None or other is None or same:
        return game.coin()
    return one > other


# --- 7, 20, 21: the same query on two days -----------------------------------------


def _day_by_day(game: Game, room: AttackedRoom) -> bool:
    before = room.release(_BY_CLUB, all_in_one_club(game))
    room.next_day()
    after = room.release(_BY_CLUB, all_in_one_club(game))
    return _difference(game, before, after, "rate")


def _again_and_again(game: Game, room: AttackedRoom) -> bool:
    """Ask five times a day, so that any noise averages out."""
    ill: list[float] = []
    for subjects in (game.size + 1, game.size):
        answers = [room.release(_BY_CLUB, all_in_one_club(game)) for _ in range(5)]
        rates = [r for a in answers if (r := a.figure("rate", club="g1")) is not None]
        if not rates or mean(rates) in [i / (game.size + 1) for i in ill]:
            return game.coin()
        ill.append(mean(rates) * subjects)
        if subjects > game.size:
            room.next_day()
    return ill[0] - ill[1] > 0.5  # noqa: PLR2004 - half a subject


def _under_another_name(game: Game, room: AttackedRoom) -> bool:
    """Register the query again under other names, so that it seems a new one."""
    before = room.release(_BY_CLUB, all_in_one_club(game))
    room.next_day()
    renamed = AttackQuery(
        group_by=("club",), figures=(replace(RATE, name="share"),), name="renewed"
    )
    after = room.release(renamed, all_in_one_club(game))
    return _difference(game, before, after, "share")


def _reweighted(game: Game, room: AttackedRoom) -> bool:
    """Ask twice about the same subjects, the target repeated the second time."""
    before = room.release(_BY_CLUB, all_in_one_club(game))
    extra = game.size // 5
    after = room.release(_BY_CLUB, [*all_in_one_club(game), *[member(TARGET)] * extra])
    one = before.numerator("rate", game.size + 1, club="g1")
    other = after.numerator("rate", game.size + 1 + extra, club="g1")
    return game.coin() if one is None or other is None else other - one > extra / 2


def _from_one_ledger(game: Game, room: AttackedRoom) -> bool:
    """Run twice before an entry is appended, the second time without the target."""
    before = room.release(_BY_CLUB, all_in_one_club(game))
    room.rewind()
    after = room.release(_BY_CLUB, [member(p) for p in made_up_subjects(game.size)])
    return _difference(game, before, after, "rate")


# --- 8: overlapping filters --------------------------------------------------------


def _two_filters(game: Game, room: AttackedRoom) -> bool:
    """Ask about a club, and about a tag that all of the club but the target have."""
    own = [member(p, tag="t1") for p in made_up_subjects(game.size)]
    own.append(member(TARGET, tag=None))
    before = room.release(_BY_CLUB, own)
    after = room.release(AttackQuery(group_by=("tag",), figures=(RATE,)), own)
    one = before.numerator("rate", game.size + 1, club="g1")
    other = after.numerator("rate", game.size, tag="t1")
    return game.coin() if one is None or other is None else one > other


def _four_groups(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [[*ill_by_chance(game, 8 * game.size), patient(TARGET, ill=secret)]]


def _other_unions(game: Game, room: AttackedRoom) -> bool:
    """Mix four groups anew, so that two of them together lose only the target."""
    subjects = made_up_subjects(8 * game.size)
    group = 2 * game.size
    ill = []
    for again in (False, True):
        own = []
        for i, subject in enumerate(subjects):
            pair, index = divmod(i, 2 * group)
            first = index % 2 == 0 if again else index < group
            own.append(member(subject, club=f"g{2 * pair + (1 if first else 2)}"))
        own.append(member(TARGET, club="g3" if again else "g2"))
        seen = room.release(_BY_CLUB, own)
        sizes = (group, group if again else group + 1)
        parts = [
            seen.numerator("rate", size, club=club)
            for size, club in zip(sizes, ("g1", "g2"), strict=True)
        ]
        if None in parts:
            return game.coin()
        ill.append(sum(part for part in parts if part is not None))
    return ill[0] > ill[1]


def _in_two_groups(game: Game, room: AttackedRoom) -> bool:
    """Put the target into both of two groups, then into neither; mix the others."""
    subjects = made_up_subjects(8 * game.size)
    ill = []
    for again in (False, True):
        own = [
            member(
                p,
                club="g1" if (i % 2 == 0 if again else 2 * i < len(subjects)) else "g2",
            )
            for i, p in enumerate(subjects)
        ]
        own += [member(TARGET, club=club) for club in ("g1", "g2") if not again]
        seen = room.release(_BY_CLUB, own)
        size = len(own) // 2
        parts = [seen.numerator("rate", size, club=club) for club in ("g1", "g2")]
        if None in parts:
            return game.coin()
        ill.append(sum(part for part in parts if part is not None))
    return ill[0] - ill[1] > 1


def _in_both_but_one(game: Game, room: AttackedRoom) -> bool:
    """Put all subjects into two groups of one answer, the target into one of them."""
    own = [
        member(p, club=club)
        for p in made_up_subjects(game.size)
        for club in ("g1", "g2")
    ]
    seen = room.release(_BY_CLUB, [*own, member(TARGET)])
    one = seen.numerator("rate", game.size + 1, club="g1")
    other = seen.numerator("rate", game.size, club="g2")
    return game.coin() if one is None or other is None else one > other


ATTACKS = (
    Attack(
        id="7a",
        title="the target opts out between two releases",
        learns=IS_ILL,
        world=_opted_out,
        guess=_day_by_day,
    ),
    Attack(
        id="7b",
        title="the same people, the target repeated in the second release",
        learns=IS_ILL,
        world=target_and_others,
        guess=_reweighted,
    ),
    Attack(
        id="8a",
        title="two filters that differ by one person",
        learns=IS_ILL,
        world=target_and_others,
        guess=_two_filters,
    ),
    Attack(
        id="8b",
        title="the same people mixed into other groups",
        learns=IS_ILL,
        world=_four_groups,
        guess=_other_unions,
        limit=Limit(promise="Unusual unions", stopped_by=Mode.PERTURBED),
    ),
    Attack(
        id="8c",
        title="the target in two groups, then in none, the others mixed",
        learns=IS_ILL,
        world=_four_groups,
        guess=_in_two_groups,
    ),
    Attack(
        id="8d",
        title="everybody in two groups of one answer, the target in one",
        learns=IS_ILL,
        world=target_and_others,
        guess=_in_both_but_one,
    ),
    Attack(
        id="20",
        title="the same query again and again, before and after an opt-out",
        learns=IS_ILL,
        world=_opted_out,
        guess=_again_and_again,
    ),
    Attack(
        id="20b",
        title="two runs from one ledger, without the target the second time",
        learns=IS_ILL,
        world=target_and_others,
        guess=_from_one_ledger,
        limit=Limit(promise="Two runs", stopped_by=Reveal.CONFIRMED),
    ),
    Attack(
        id="21",
        title="the query registered anew under another name",
        learns=IS_ILL,
        world=_opted_out,
        guess=_under_another_name,
    ),
)
