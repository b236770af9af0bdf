"""The suite: every attack against the plain filter and against a policy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from cleanroom_join.attacks.catalogue import ATTACKS
from cleanroom_join.attacks.judge import against_policy, against_the_filter
from cleanroom_join.attacks.protection_mode import Mode
from cleanroom_join.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cleanroom_join.attacks.attack import Attack
    from cleanroom_join.attacks.judge import Score
    from cleanroom_join.contract import Policy

__all__ = ["Cause", "Outcome", "Result", "attacks_numbered", "play", "playable"]

_LARGEST_K, _LARGEST_M = 500, 125
"""Largest k and m that are played: more subjects take minutes and show the same."""


class Outcome(Enum):
    """What a policy makes of an attack."""

    STOPPED = "stopped"
    """It is right in fewer worlds than chance excludes: below 18 of 20.  Noise may only
    blur: an attacker that is right in 14 knows a little."""
    KNOWN_LIMIT = "known limit"
    """It succeeds, the documentation says that this mode does not stop it, and the
    mode that is documented to stop it does, with all other settings as they are; or
    the documentation says that nothing stops it."""
    SUCCEEDED = "succeeded"
    """It succeeds, and should not; see `Cause`."""


class Cause(Enum):
    """Why an attack succeeded that should not."""

    POLICY = "policy"
    """The policy is too weak, or the guard has a fault."""
    REMEDY = "remedy"
    """It is a known limit, but the mode that is documented to stop it does not under
    this policy."""
    LEDGER = "ledger"
    """There is no record of earlier releases; with one it would not succeed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What an attacker learned from each room."""

    attack: Attack
    plain: Score
    policy: Score
    outcome: Outcome
    remedy: Score | None
    """Against the documented remedy, if the policy has not applied it already."""
    cause: Cause | None = None
    """Why it succeeded, if it did and should not have."""


def attacks_numbered(numbers: Collection[str]) -> tuple[Attack, ...]:
    """
    Return the attacks with these numbers, or all if no number is given.

    ``7`` is every attack of that number, ``7a`` one of them, ``7b,12C`` two; small and
    capital letters are the same.

    Raises:
        UnknownName: If a number has no attack.
    """
    known = {n for a in ATTACKS for n in (a.id, str(a.number))}
    wanted = {part.strip().lower() for given in numbers for part in given.split(",")}
    for number in sorted(wanted - known):
        raise UnknownName.attack(number, [attack.id for attack in ATTACKS])
    return tuple(
        attack
        for attack in ATTACKS
        if not wanted or attack.id in wanted or str(attack.number) in wanted
    )


def playable(policy: Policy) -> Policy:
    """
    Return a policy with k and m small enough to play in seconds.

    All groups grow with k and m, so a smaller one shows the same.
    """
    return replace(
        policy,
        min_cohort=min(policy.min_cohort, _LARGEST_K),
        min_opposite=min(policy.min_opposite, _LARGEST_M),
    )


def play(
    attacks: Collection[Attack],
    policy: Policy,
    *,
    ledger: bool = True,
    confirmed: bool = False,
) -> Iterator[Result]:
    """
    Play each attack in turn.

    Args:
        attacks: Which of them.
        policy: The policy in force.
        ledger: Whether the contract names a ledger.
        confirmed: Whether the other party confirms answers before they are shown.
    """
    for attack in attacks:
        result = _played(attack, policy, ledger=ledger, confirmed=confirmed)
        if result.outcome is Outcome.SUCCEEDED and not ledger:
            recorded = _played(attack, policy, ledger=True, confirmed=confirmed)
            if recorded.outcome is not Outcome.SUCCEEDED:
                result = replace(result, cause=Cause.LEDGER)
        yield result


def _played(attack: Attack, policy: Policy, *, ledger: bool, confirmed: bool) -> Result:
    """Play one attack against the filter, the policy, and the documented remedy."""
    played = playable(policy)
    score = against_policy(attack, played, ledger=ledger, confirmed=confirmed)
    remedy = _remedy(attack, played, ledger=ledger, confirmed=confirmed)
    cause = _cause(attack, score, remedy)
    outcome = Outcome.SUCCEEDED
    if cause is None:
        outcome = Outcome.KNOWN_LIMIT if score.succeeded else Outcome.STOPPED
    return Result(
        attack=attack,
        plain=against_the_filter(attack, played),
        policy=score,
        outcome=outcome,
        remedy=remedy,
        cause=cause,
    )


def _cause(attack: Attack, score: Score, remedy: Score | None) -> Cause | None:
    """Return why an attack succeeded that should not; None if it is as documented."""
    if not score.succeeded:
        return None
    if attack.limit is not None and attack.limit.stopped_by is None:
        return None
    if remedy is None:
        return Cause.POLICY
    return Cause.REMEDY if remedy.succeeded else None


def _remedy(
    attack: Attack, policy: Policy, *, ledger: bool, confirmed: bool
) -> Score | None:
    """Play under the documented remedy, unless the policy has applied it already."""
    limit = attack.limit
    if limit is None or limit.stopped_by is None:
        return None
    if isinstance(limit.stopped_by, Mode):
        if Mode.of(policy).includes(limit.stopped_by):
            return None
        applied = limit.stopped_by.applied(policy)
        return against_policy(attack, applied, ledger=ledger, confirmed=confirmed)
    if confirmed:
        return None
    return against_policy(attack, policy, ledger=ledger, confirmed=True)
