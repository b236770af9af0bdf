"""The suite: every attack against the plain filter and against a policy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from cleanroom_join.attacks.catalogue import ATTACKS
from cleanroom_join.attacks.judge import against_policy, against_the_filter
from cleanroom_join.errors import UnknownAttack

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cleanroom_join.attacks.attack import Attack
    from cleanroom_join.attacks.judge import Score
    from cleanroom_join.contract import Policy, Protection

__all__ = ["Outcome", "Result", "attacks_numbered", "play", "playable"]

_LARGEST_K, _LARGEST_M = 500, 125
"""People are made by hand: more of them take minutes, and show nothing else."""


class Outcome(Enum):
    """What a policy makes of an attack."""

    STOPPED = "stopped"
    """The attacker does not know more than by guessing."""
    KNOWN_LIMIT = "known limit"
    """It succeeds, and the documentation says that this protection does not stop it."""
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
    """Against the protection that stops what this one does not, if there is one."""


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
            outcome=_outcome(attack, score, policy.protection),
            remedy=_remedy(attack, held, ledger=ledger),
        )


def _outcome(attack: Attack, score: Score, protection: Protection) -> Outcome:
    """Return what a score means under a protection."""
    if not score.succeeded:
        return Outcome.STOPPED
    limit = attack.limit
    if limit is not None and limit.stopped_by is not protection:
        return Outcome.KNOWN_LIMIT
    return Outcome.SUCCEEDED


def _remedy(attack: Attack, policy: Policy, *, ledger: bool) -> Score | None:
    """Play against the protection that is said to stop the attack, if another."""
    stopped_by = attack.limit.stopped_by if attack.limit is not None else None
    if stopped_by is None or stopped_by is policy.protection:
        return None
    return against_policy(attack, replace(policy, protection=stopped_by), ledger=ledger)
