"""Attacks on everything beside the figures: messages, and the ledger entry's size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack
from cleanroom_join.attacks.game import TARGET, patient
from cleanroom_join.attacks.programs.worlds import all_in_one_club, others
from cleanroom_join.attacks.query import COUNT, AttackQuery

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Game, Rows
    from cleanroom_join.attacks.query import AttackedRoom

__all__ = ["ATTACKS"]


def _segment(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    segment = "b" if secret else "a"
    return [[*others(game), patient(TARGET, segment=segment)]]


def _dropped_groups(game: Game, room: AttackedRoom) -> bool:
    """Read in the messages whether some group was too small to be shown."""
    query = AttackQuery(group_by=("segment",), figures=(COUNT,))
    text = room.release(query, all_in_one_club(game)).text
    printed = {n: f" {n} groups dropped" in text for n in (0, 1)}
    return printed[1] if any(printed.values()) else game.coin()


def _is_a_patient(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    rows = others(game)
    return [[*rows, patient(TARGET)] if secret else rows]


def _beside_the_answer(game: Game, room: AttackedRoom) -> bool:
    """Leave the target out, and compare everything but the figures."""
    query = AttackQuery(group_by=("club",), figures=(COUNT,))
    found = []
    for own in (all_in_one_club(game), all_in_one_club(game)[:-1]):
        seen = room.release(query, own)
        found.append((seen.text, len(seen.rows), room.entry_bytes()))
    return found[0] != found[1]


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
)
