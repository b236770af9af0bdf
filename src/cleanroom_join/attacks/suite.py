"""The suite: every attack against the plain filter and against a policy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from cleanroom_join.attacks.catalogue import ATTACKS
from cleanroom_join.attacks.judge import against_policy, against_the_filter
from cleanroom_join.attacks.mode import Mode
from cleanroom_join.errors import UnknownAttack

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cleanroom_join.attacks.attack import Attack, Limit
    from cleanroom_join.attacks.judge import Score
    from cleanroom_join.contract import Policy

__all__ = ["Outcome", "Result", "attacks_numbered", "play", "playable"]

_LARGEST_K, _LARGEST_M = 500, 125
"""People are made by hand: more of them take minutes, and show nothing else."""


class Outcome(Enum):
    """What a policy makes of an attack."""

    STOPPED = "stopped"
    """The attacker does not know more than by guessing."""
    KNOWN_LIMIT = "known limit"
    """It succeeds, and the documentation says that this mode does not stop it."""
    SUCCEEDED = "succeeded"
    """It succeeds, and should not: the policy is too weak, or the guard has a fault."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What an attacker learned from each room."""

    attack: Attack
    naive: Score
    policy: Score
    outcome: Outcome
    remedy: Score | None
    """Against the mode that stops what this one does not, if there is one."""


def attacks_numbered(numbers: Collection[str]) -> tuple[Attack, ...]:
    """
    Return the attacks with these numbers, or all if there are none.

    Raises:
        UnknownAttack: If there is no attack of some number.
    """
    known = {n for a in ATTACKS for n in (a.id, str(a.number))}
    for number in numbers:
        if number not in known:
            raise UnknownAttack.of(number, [attack.id for attack in ATTACKS])
    return tuple(
        attack
        for attack in ATTACKS
        if not numbers or attack.id in numbers or str(attack.number) in numbers
    )


def playable(policy: Policy) -> Policy:
    """
    Return a policy with k and m small enough to play in seconds.

    All groups grow with k and m, so a smaller one shows the same.
    """
    return replace(
        policy,
        min_cohort=min(policy.min_cohort, _LARGEST_K),
        min_minority=min(policy.min_minority, _LARGEST_M),
    )


def play(
    attacks: Collection[Attack], policy: Policy, *, ledger: bool = True
) -> Iterator[Result]:
    """Play each attack in turn."""
    held = playable(policy)
    for attack in attacks:
        score = against_policy(attack, held, ledger=ledger)
        yield Result(
            attack=attack,
            naive=against_the_filter(attack, held),
            policy=score,
            outcome=_outcome(attack, score, Mode.of(policy)),
            remedy=_remedy(attack, held, ledger=ledger),
        )


def _outcome(attack: Attack, score: Score, mode: Mode) -> Outcome:
    """Return what a score means in a mode."""
    if not score.succeeded:
        return Outcome.STOPPED
    limit = attack.limit
    if limit is not None and not _stops(mode, limit):
        return Outcome.KNOWN_LIMIT
    return Outcome.SUCCEEDED


def _stops(mode: Mode, limit: Limit) -> bool:
    """Return whether a mode is said to stop what a limit lets through."""
    return mode.stops_what(limit.stopped_by)


def _remedy(attack: Attack, policy: Policy, *, ledger: bool) -> Score | None:
    """Play in the mode that is said to stop the attack, if this one is not."""
    limit = attack.limit
    if limit is None or _stops(Mode.of(policy), limit):
        return None
    return against_policy(attack, limit.stopped_by.applied(policy), ledger=ledger)
