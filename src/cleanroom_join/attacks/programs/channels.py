"""Attacks past the answer: what is printed beside it, and other ways to the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack
from cleanroom_join.attacks.game import TARGET, crowd, member, patient
from cleanroom_join.attacks.programs.groups import others
from cleanroom_join.attacks.query import COUNT, AttackQuery

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Game, Rows
    from cleanroom_join.attacks.query import AttackedRoom

__all__ = ["ATTACKS"]


def _segment(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    segment = "b" if secret else "a"
    return [[*others(game), patient(TARGET, segment=segment)]]


def _everybody(game: Game) -> Rows:
    return [member(p) for p in (*crowd(game.size), TARGET)]


def _dropped_groups(game: Game, room: AttackedRoom) -> bool:
    """Read in what is printed whether some group was too small to be shown."""
    query = AttackQuery(group_by=("segment",), figures=(COUNT,))
    text = room.ask(query, _everybody(game)).text
    told = {n: f" {n} groups dropped" in text for n in (0, 1)}
    return told[1] if any(told.values()) else game.coin()


def _is_a_patient(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    rows = others(game)
    return [[*rows, patient(TARGET)] if secret else rows]


def _beside_the_answer(game: Game, room: AttackedRoom) -> bool:
    """Leave the target out, and compare all but the figures: did somebody go?"""
    query = AttackQuery(group_by=("club",), figures=(COUNT,))
    told = []
    for own in (_everybody(game), _everybody(game)[:-1]):
        seen = room.ask(query, own)
        told.append((seen.text, len(seen.rows), room.entry_bytes()))
    return told[0] != told[1]


def _take_the_rows(game: Game, room: AttackedRoom) -> bool:
    """Call whatever gives the joined rows."""
    for door in room.doors().values():
        for row in door(_everybody(game)):
            if row["person"] == TARGET:
                return row["segment"] == "b"
    return game.coin()


ATTACKS = (
    Attack(
        id="18",
        title="the number of groups that were dropped",
        learns="whether the target is alone in another segment",
        world=_segment,
        guess=_dropped_groups,
    ),
    Attack(
        id="18b",
        title="what is printed and kept beside an answer, with and without the target",
        learns="whether the target is a patient",
        world=_is_a_patient,
        guess=_beside_the_answer,
    ),
    Attack(
        id="24",
        title="a notebook that takes the joined rows",
        learns="the target's row",
        world=_segment,
        guess=_take_the_rows,
    ),
)
