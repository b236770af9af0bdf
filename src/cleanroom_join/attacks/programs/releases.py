"""Attacks by subtraction: between days, and between filters and groups."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean
from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.game import TARGET, crowd, member, patient
from cleanroom_join.attacks.programs.groups import others, sick
from cleanroom_join.attacks.protection_mode import Mode
from cleanroom_join.attacks.query import RATE, AttackQuery
from cleanroom_join.contract import Reveal

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Game, Row, Rows
    from cleanroom_join.attacks.query import AttackedRoom, Observation

__all__ = ["ATTACKS"]

_ILL = "whether the target is ill"
_BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))


def _today(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [[*others(game), patient(TARGET, ill=secret)]]


def _opted_out(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    (today,) = _today(game, secret)
    return [today, others(game)]


def _everybody(game: Game) -> list[Row]:
    """Return the attacker's rows of the target and of all others, in one club."""
    return [member(p) for p in (*crowd(game.size), TARGET)]


def _difference(
    game: Game, before: Observation, after: Observation, after_name: str
) -> bool:
    """Subtract one release's ill people from another's, one person fewer."""
    one = before.whole("rate", game.size + 1, club="g1")
    other = after.whole(after_name, game.size, club="g1")
    same = before.figure("rate", club="g1") == after.figure(after_name, club="g1")
    if one is None or other is None or same:
        return game.coin()
    return one > other


# --- 7, 20, 21: the same question on two days --------------------------------------


def _day_by_day(game: Game, room: AttackedRoom) -> bool:
    before = room.ask(_BY_CLUB, _everybody(game))
    room.next_day()
    after = room.ask(_BY_CLUB, _everybody(game))
    return _difference(game, before, after, "rate")


def _again_and_again(game: Game, room: AttackedRoom) -> bool:
    """Ask five times a day, so that any noise averages out."""
    ill: list[float] = []
    for people in (game.size + 1, game.size):
        answers = [room.ask(_BY_CLUB, _everybody(game)) for _ in range(5)]
        rates = [r for a in answers if (r := a.figure("rate", club="g1")) is not None]
        if not rates or mean(rates) in [i / (game.size + 1) for i in ill]:
            return game.coin()
        ill.append(mean(rates) * people)
        if people > game.size:
            room.next_day()
    return ill[0] - ill[1] > 0.5  # noqa: PLR2004 - half a person


def _under_another_name(game: Game, room: AttackedRoom) -> bool:
    """Register the question again under other names, so that it seems a new one."""
    before = room.ask(_BY_CLUB, _everybody(game))
    room.next_day()
    renamed = AttackQuery(
        group_by=("club",), figures=(replace(RATE, name="share"),), name="renewed"
    )
    after = room.ask(renamed, _everybody(game))
    return _difference(game, before, after, "share")


def _reweighted(game: Game, room: AttackedRoom) -> bool:
    """Ask twice about the same people, the target repeated the second time."""
    before = room.ask(_BY_CLUB, _everybody(game))
    extra = game.size // 5
    after = room.ask(_BY_CLUB, [*_everybody(game), *[member(TARGET)] * extra])
    one = before.whole("rate", game.size + 1, club="g1")
    other = after.whole("rate", game.size + 1 + extra, club="g1")
    return game.coin() if one is None or other is None else other - one > extra / 2


def _from_one_ledger(game: Game, room: AttackedRoom) -> bool:
    """Run twice before anything is appended, without the target the second time."""
    before = room.ask(_BY_CLUB, _everybody(game))
    room.rewind()
    after = room.ask(_BY_CLUB, [member(p) for p in crowd(game.size)])
    return _difference(game, before, after, "rate")


# --- 8: overlapping filters --------------------------------------------------------


def _two_filters(game: Game, room: AttackedRoom) -> bool:
    """Ask about a club, and about a tag that all of the club have but one."""
    own = [member(p, tag="t1") for p in crowd(game.size)]
    own.append(member(TARGET, tag=None))
    before = room.ask(_BY_CLUB, own)
    after = room.ask(AttackQuery(group_by=("tag",), figures=(RATE,)), own)
    one = before.whole("rate", game.size + 1, club="g1")
    other = after.whole("rate", game.size, tag="t1")
    return game.coin() if one is None or other is None else one > other


def _four_groups(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [[*sick(game, 8 * game.size), patient(TARGET, ill=secret)]]


def _other_unions(game: Game, room: AttackedRoom) -> bool:
    """Mix four groups anew, so that two of them together lose the target only."""
    people = crowd(8 * game.size)
    group = 2 * game.size
    ill = []
    for again in (False, True):
        own = []
        for i, person in enumerate(people):
            pair, place = divmod(i, 2 * group)
            first = place % 2 == 0 if again else place < group
            own.append(member(person, club=f"g{2 * pair + (1 if first else 2)}"))
        own.append(member(TARGET, club="g3" if again else "g2"))
        seen = room.ask(_BY_CLUB, own)
        sizes = (group, group if again else group + 1)
        parts = [
            seen.whole("rate", size, club=club)
            for size, club in zip(sizes, ("g1", "g2"), strict=True)
        ]
        if None in parts:
            return game.coin()
        ill.append(sum(part for part in parts if part is not None))
    return ill[0] > ill[1]


def _in_two_groups(game: Game, room: AttackedRoom) -> bool:
    """Put the target into both of two groups, then into neither; mix the others."""
    people = crowd(8 * game.size)
    ill = []
    for again in (False, True):
        own = [
            member(
                p, club="g1" if (i % 2 == 0 if again else 2 * i < len(people)) else "g2"
            )
            for i, p in enumerate(people)
        ]
        own += [member(TARGET, club=club) for club in ("g1", "g2") if not again]
        seen = room.ask(_BY_CLUB, own)
        size = len(own) // 2
        parts = [seen.whole("rate", size, club=club) for club in ("g1", "g2")]
        if None in parts:
            return game.coin()
        ill.append(sum(part for part in parts if part is not None))
    return ill[0] - ill[1] > 1


def _in_both_but_one(game: Game, room: AttackedRoom) -> bool:
    """Put everybody into two groups of one answer, the target into one of them."""
    people = crowd(game.size)
    own = [member(p, club=club) for p in people for club in ("g1", "g2")]
    seen = room.ask(_BY_CLUB, [*own, member(TARGET)])
    one = seen.whole("rate", game.size + 1, club="g1")
    other = seen.whole("rate", game.size, club="g2")
    return game.coin() if one is None or other is None else one > other


ATTACKS = (
    Attack(
        id="7a",
        title="the target opts out between two releases",
        learns=_ILL,
        world=_opted_out,
        guess=_day_by_day,
    ),
    Attack(
        id="7b",
        title="the same people, the target repeated in the second release",
        learns=_ILL,
        world=_today,
        guess=_reweighted,
    ),
    Attack(
        id="8a",
        title="two filters that differ by one person",
        learns=_ILL,
        world=_today,
        guess=_two_filters,
    ),
    Attack(
        id="8b",
        title="the same people mixed into other groups",
        learns=_ILL,
        world=_four_groups,
        guess=_other_unions,
        limit=Limit(promise="Unusual unions", stopped_by=Mode.PERTURBED),
    ),
    Attack(
        id="8c",
        title="the target in two groups, then in none, the others mixed",
        learns=_ILL,
        world=_four_groups,
        guess=_in_two_groups,
    ),
    Attack(
        id="8d",
        title="everybody in two groups of one answer, the target in one",
        learns=_ILL,
        world=_today,
        guess=_in_both_but_one,
    ),
    Attack(
        id="20",
        title="the same question again and again, before and after an opt-out",
        learns=_ILL,
        world=_opted_out,
        guess=_again_and_again,
    ),
    Attack(
        id="20b",
        title="two runs from one ledger, without the target the second time",
        learns=_ILL,
        world=_today,
        guess=_from_one_ledger,
        limit=Limit(promise="Two runs", stopped_by=Reveal.CONFIRMED),
    ),
    Attack(
        id="21",
        title="the question registered anew under another name",
        learns=_ILL,
        world=_opted_out,
        guess=_under_another_name,
    ),
)
