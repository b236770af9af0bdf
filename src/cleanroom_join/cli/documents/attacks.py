"""The results of the attack suite as JSON."""

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
    """Return the outcome of every attack."""
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
    """Return the attacks without their outcomes."""
    return [_attack(attack) for attack in attacks]


def _attack(attack: Attack) -> dict[str, object]:
    """Return an attack without its outcome."""
    limit = attack.limit
    remedy = None if limit is None else limit.stopped_by
    return {
        "id": attack.id,
        "number": attack.number,
        "title": attack.title,
        "learns": attack.learns,
        "limit": limit.promise if limit is not None else None,
        "stopped_by": None if remedy is None else remedy.value,
    }


def _result(result: Result) -> dict[str, object]:
    """Return one attack with its outcome."""
    return {
        **_attack(result.attack),
        "outcome": result.outcome.value,
        "cause": result.cause.value if result.cause is not None else None,
        "plain_filter": _score(result.plain),
        "policy": _score(result.policy),
        "remedy": _score(result.remedy) if result.remedy is not None else None,
    }


def _score(score: Score) -> dict[str, object]:
    """Return a score; guessing is right in half of the games."""
    return {
        "right": score.right,
        "games": score.games,
        "learned": score.succeeded,
        "stops": list(score.stops),
    }
