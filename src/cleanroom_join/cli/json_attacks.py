"""What the attack suite tells machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks import Outcome
from cleanroom_join.cli.show_contract import policy_json
from cleanroom_join.contract.terms.policy import Policy, weaker_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.attacks import Attack, Result, Score

__all__ = ["catalogue_json", "results_json"]


def results_json(
    found: Sequence[Result], policy: Policy, *, ledger: bool
) -> dict[str, object]:
    """Return what became of every attack."""
    usual = Policy()
    return {
        "policy": policy_json(policy),
        "weaker": [
            {
                "name": ".".join(setting.path),
                "value": str(getattr(policy, setting.name)),
                "default": str(getattr(usual, setting.name)),
            }
            for setting in weaker_settings(policy)
        ],
        "ledger": ledger,
        "attacks": [_result(result) for result in found],
        "exposed": [r.attack.id for r in found if r.outcome is Outcome.SUCCEEDED],
    }


def catalogue_json(attacks: Sequence[Attack]) -> list[dict[str, object]]:
    """Return what there is to play."""
    return [_attack(attack) for attack in attacks]


def _attack(attack: Attack) -> dict[str, object]:
    """Return an attack without what became of it."""
    limit = attack.limit
    return {
        "id": attack.id,
        "number": attack.number,
        "title": attack.title,
        "learns": attack.learns,
        "limit": limit.promise if limit is not None else None,
        "stopped_by": limit.stopped_by.value if limit is not None else None,
    }


def _result(result: Result) -> dict[str, object]:
    """Return one attack and what became of it."""
    return {
        **_attack(result.attack),
        "outcome": result.outcome.value,
        "cause": result.cause.value if result.cause is not None else None,
        "plain_filter": _score(result.plain),
        "policy": _score(result.policy),
        "remedy": _score(result.remedy) if result.remedy is not None else None,
    }


def _score(score: Score) -> dict[str, object]:
    """Return a score; whoever guesses is right in half of the games."""
    return {
        "right": score.right,
        "games": score.games,
        "learned": score.succeeded,
        "stops": list(score.stops),
    }
