"""
Reconstruction: more figures about the same subjects than there are subjects.

Dinur and Nissim, "Revealing information while preserving privacy", PODS 2003.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.fixture import Fixture
from cleanroom_join.attacks.game import TARGET, member, patient
from cleanroom_join.attacks.programs.worlds import IS_ILL, ill_by_chance
from cleanroom_join.attacks.query import RATE, AttackQuery

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Game, Row, Rows
    from cleanroom_join.attacks.query import AttackedRoom

__all__ = ["ATTACKS"]

_BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))

_GROUPS = 256
"""Groups, and blocks of subjects: every group has half of the blocks."""


def _width(game: Game) -> int:
    """
    Return how many subjects a block has: one for the least k.

    Any two groups differ by half of the blocks, which must be well above k subjects.
    """
    return -(-5 * game.k // (2 * _GROUPS))


def _in_group(group: int, block: int) -> bool:
    """Return whether a block is in a group: the sign in a Hadamard matrix."""
    return (group & block).bit_count() % 2 == 0


def _others(game: Game) -> list[Row]:
    """Return all patients but the target, who is the last one in the last block."""
    return ill_by_chance(game, _GROUPS * _width(game) - 1)


def _many_subjects(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [[*_others(game), patient(TARGET, ill=secret)]]


def _one_release_of_many_groups(game: Game, room: AttackedRoom) -> bool:
    """
    Solve as many equations as there are blocks.

    Where a block has more than one subject, the others of the target's are known.
    """
    width, known = _width(game), _others(game)
    subjects = [*(str(row["person"]) for row in known), TARGET]
    own = [
        member(subject, club=f"g{group}")
        for group in range(_GROUPS)
        for index, subject in enumerate(subjects)
        if _in_group(group, index // width)
    ]
    seen = room.release(_BY_CLUB, own)
    if not seen.rows:
        return game.coin()
    rates = {row["club"]: float(str(row["rate"])) for row in seen.rows}
    # Group 0 is everybody.  Of a group that is not shown, half are taken to be ill.
    last = sum(
        rates.get(f"g{group}", 0.5) * (1 if _in_group(group, _GROUPS - 1) else -1)
        for group in range(1, _GROUPS)
    )
    ill = width * (last + 2 * rates.get("g0", 0.5))
    companions = known[-width:][1:] if width > 1 else []
    return ill - sum(row["ill"] is True for row in companions) > 0.5  # noqa: PLR2004


ATTACKS = (
    Attack(
        id="24",
        title="one release of as many overlapping groups as there are people",
        learns=IS_ILL,
        world=_many_subjects,
        guess=_one_release_of_many_groups,
        fixture=Fixture(clubs=tuple(f"g{group}" for group in range(_GROUPS))),
        limit=Limit(promise="Many figures about the same people", stopped_by=None),
    ),
)
