"""Attacks on noise that changes with the revisions of a contract."""

from __future__ import annotations

from decimal import Decimal
from statistics import mean
from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.programs.worlds import (
    IS_ILL,
    all_in_one_club,
    others,
    target_and_others,
)
from cleanroom_join.attacks.protection_mode import Mode
from cleanroom_join.attacks.query import RATE, AttackQuery
from cleanroom_join.disclosure.perturbation.ptable import ptable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.attacks.game import Game
    from cleanroom_join.attacks.query import AttackedRoom
    from cleanroom_join.disclosure.perturbation.ptable import PTable

__all__ = ["ATTACKS"]

_BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))

_REVISIONS = ((1, 10), (2, 10), (9, 12), (16, 20), (25, 25), (36, 30))
"""Variance and largest noise of each revision."""

_DRAWS = 2**32


def _under_every_variance(game: Game, room: AttackedRoom) -> bool:
    """
    Ask again under every revision, and look which secret explains all answers.

    The ptable is public.  If one draw is looked up in all of them, then every answer
    restricts the draw to an interval, and under the wrong secret these do not meet.
    """
    own = all_in_one_club(game)
    policy = game.policy
    noise = [(policy.perturbation_variance, policy.max_noise)]
    noise += [(Decimal(variance), bound) for variance, bound in _REVISIONS]
    found = []
    for variance, bound in noise:
        room.revise_noise(variance, bound)
        rate = room.release(_BY_CLUB, own).figure("rate", club="g1")
        if rate is None:
            return game.coin()
        found.append(rate * len(own))
    known = sum(row["ill"] is True for row in others(game))
    if len(set(found)) == 1:  # one view of the draw, or no noise at all
        return found[0] > known + 0.5
    tables = [
        ptable(variance=variance, bound=bound, floor=policy.min_cohort)
        for variance, bound in noise
    ]
    draws = [_draws(found, tables, known + ill) for ill in (0, 1)]
    if draws[0] == draws[1]:
        return mean(found) > known + 0.5
    return draws[1] > draws[0]


def _draws(found: Sequence[float], tables: Sequence[PTable], true: int) -> int:
    """Return how many draws explain all totals that were found, if *true* is right."""
    low, high = 0, _DRAWS
    for total, table in zip(found, tables, strict=True):
        noise = round(total) - true
        low = max(low, _first_draw(table, noise))
        high = min(high, _first_draw(table, noise + 1))
    return max(0, high - low)


def _first_draw(table: PTable, noise: int) -> int:
    """Return the first draw with at least so much noise; noise grows with the draw."""
    low, high = 0, _DRAWS
    while low < high:
        middle = (low + high) // 2
        if table.noise(middle, table.floor + table.bound) >= noise:
            high = middle
        else:
            low = middle + 1
    return low


ATTACKS = (
    Attack(
        id="20d",
        title="all members but one are known, and every revision has other noise",
        learns=IS_ILL,
        world=target_and_others,
        guess=_under_every_variance,
        limit=Limit(promise="Collusion", stopped_by=Mode.PERTURBED),
    ),
)
