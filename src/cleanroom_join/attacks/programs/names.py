"""
Attacks that give one thing another name: a table, a column, a key, a contract.

The attacker writes a revision, or a further contract of the same two companies, and the
victim signs it.  If releases are known by names, those before are forgotten.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import mean
from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.game import TARGET, patient
from cleanroom_join.attacks.programs.worlds import (
    IS_ILL,
    all_in_one_club,
    others,
    target_and_others,
)
from cleanroom_join.attacks.protection_mode import Mode
from cleanroom_join.attacks.query import RATE, AttackQuery, Figure, SignedTerms

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleanroom_join.attacks.game import Game, Rows
    from cleanroom_join.attacks.query import AttackedRoom

__all__ = ["ATTACKS"]

_BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))
_SPENT = AttackQuery(
    group_by=("club",),
    figures=(Figure(name="spent", function="sum", column="spend"),),
)

_NAMES = 60
"""Asset names of one table: the mean of so many independent draws is nearly exact."""

_LARGEST = 1000
"""Most that anybody spends."""


# --- another name for what is compared ---------------------------------------------


def _left_out(
    signed: SignedTerms,
) -> Callable[[Game, AttackedRoom], bool]:
    """Return the attacker who leaves the target out once *signed* is in force."""

    def guess(game: Game, room: AttackedRoom) -> bool:
        own = all_in_one_club(game)
        before = room.release(_BY_CLUB, own)
        after = room.release(replace(_BY_CLUB, signed=signed), own[:-1])
        one = before.numerator("rate", len(own), club="g1")
        other = after.numerator("rate", len(own) - 1, club="g1")
        same = before.figure("rate", club="g1") == after.figure("rate", club="g1")
        return game.coin() if one is None or other is None or same else one > other

    return guess


def _spends(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    """Return two days: in one world the target begins to spend."""
    later = _LARGEST if secret else 0
    return [[*others(game), patient(TARGET, spend=spent)] for spent in (0, later)]


def _compared_sums(
    signed: SignedTerms,
) -> Callable[[Game, AttackedRoom], bool]:
    """Return the attacker who compares two days' sums, the second under *signed*."""

    def guess(game: Game, room: AttackedRoom) -> bool:
        own = all_in_one_club(game)
        before = room.release(_SPENT, own).figure("spent", club="g1")
        room.next_day()
        after = room.release(replace(_SPENT, signed=signed), own)
        found = after.figure("spent", club="g1")
        if before is None or found is None:
            return game.coin()
        return found - before > _LARGEST / 2

    return guess


# --- another name for what noise is drawn from --------------------------------------


def _averaged(game: Game, room: AttackedRoom) -> bool:
    """Ask under a new name of the table each time, and average the figures."""
    own = all_in_one_club(game)
    found = []
    for i in range(_NAMES):
        renamed = replace(_BY_CLUB, signed=SignedTerms(asset=f"patients{i}"))
        rate = room.release(renamed, own).figure("rate", club="g1")
        if rate is not None:
            found.append(rate * len(own))
    if not found:
        return game.coin()
    known = sum(row["ill"] is True for row in others(game))
    return mean(found) - known > 0.5  # noqa: PLR2004 - half a subject


ATTACKS = (
    Attack(
        id="21b",
        title="one person's value changes, and the table has another asset name",
        learns="whether the target begins to spend",
        world=_spends,
        guess=_compared_sums(SignedTerms(asset="renamed")),
    ),
    Attack(
        id="21c",
        title="all but one are known, and every revision has another asset name",
        learns=IS_ILL,
        world=target_and_others,
        guess=_averaged,
        limit=Limit(promise="Collusion", stopped_by=Mode.PERTURBED),
    ),
    Attack(
        id="21d",
        title="one person's value changes, and the column has another bound",
        learns="whether the target begins to spend",
        world=_spends,
        guess=_compared_sums(SignedTerms(most_spend=_LARGEST + 1)),
    ),
    Attack(
        id="21e",
        title="a second contract of the same companies, without the target",
        learns=IS_ILL,
        world=target_and_others,
        guess=_left_out(SignedTerms(contract_id="another-project")),
    ),
    Attack(
        id="21f",
        title="a second contract with tokens of its own, without the target",
        learns=IS_ILL,
        world=target_and_others,
        guess=_left_out(
            SignedTerms(contract_id="another-project", partnership="another-project")
        ),
    ),
    Attack(
        id="21g",
        title="the same people by their devices, without the target",
        learns=IS_ILL,
        world=target_and_others,
        guess=_left_out(SignedTerms(subject="device")),
    ),
    Attack(
        id="21h",
        title="the key changes, and the target is left out under the new one",
        learns=IS_ILL,
        world=target_and_others,
        guess=_left_out(SignedTerms(key_id="k2")),
    ),
    Attack(
        id="21i",
        title="the key changes, and both parties accept what is not compared",
        learns=IS_ILL,
        world=target_and_others,
        guess=_left_out(SignedTerms(key_id="k2", uncompared_through=1)),
        limit=Limit(promise="A key change", stopped_by=Mode.PERTURBED),
    ),
)
