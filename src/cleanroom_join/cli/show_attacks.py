"""What the attack suite prints: per attack, what was learned from each room."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from cleanroom_join.attacks import Mode, Outcome, playable
from cleanroom_join.canonical import canonical_bytes
from cleanroom_join.cli.console import wide_console
from cleanroom_join.contract import COHORT_FLOOR
from cleanroom_join.contract.policy import SETTINGS
from cleanroom_join.disclosure import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.attacks import Result, Score
    from cleanroom_join.contract import Policy

__all__ = ["exposed", "results"]

_INTRODUCTION = """\
A hostile partner plays against made-up people; no real data is looked at.  Each
attack is played in pairs of worlds that differ in what is to be learned about one
person, and succeeds if it tells them apart far more often than a coin would."""

_NO_LEDGER = """\
This contract has no ledger, so every release needs a person of each party.  Shown is
what is learned if they agree: nobody remembers earlier releases."""

_RULES = frozenset(rule.value for rule in Rule)
_CODE = re.compile(r"E\d{3}")

_MARK = {
    Outcome.STOPPED: "[green]✓ stopped[/]",
    Outcome.KNOWN_LIMIT: "[yellow]! known limit[/]",
    Outcome.SUCCEEDED: "[bold red]✗ SUCCEEDED[/]",
}


def exposed(found: Sequence[Result]) -> tuple[Result, ...]:
    """Return the attacks that succeeded and should not."""
    return tuple(r for r in found if r.outcome is Outcome.SUCCEEDED)


def results(
    found: Sequence[Result], policy: Policy, *, ledger: bool, as_json: bool
) -> None:
    """Print what became of every attack."""
    if as_json:
        document = _json(found, policy, ledger=ledger)
        sys.stdout.write(canonical_bytes(document).decode() + "\n")
        return
    console = wide_console()
    console.print(_INTRODUCTION)
    if not ledger:
        console.print(f"[yellow]{_NO_LEDGER}[/]")
    if playable(policy) != policy:
        console.print(f"Played with k = {playable(policy).min_cohort}, for speed.")
    naive, ours = f"count(*) >= {COHORT_FLOOR}", f"policy ({Mode.of(policy).value})"
    table = Table("#", "attack", naive, ours, "why")
    for result in found:
        table.add_row(
            result.attack.id,
            escape(result.attack.title),
            _learned(result, result.naive),
            _MARK[result.outcome],
            _why(result, policy),
            style="red" if result.outcome is Outcome.SUCCEEDED else None,
        )
    console.print(table)
    for result in exposed(found):
        text = f"attack {result.attack.id} learned {result.attack.learns}"
        console.print(f"[bold red]✗ {escape(text)}: the policy is too weak.[/]")
    console.print(_count(found))


def _learned(result: Result, score: Score) -> str:
    """Return what an attacker learned from one room, and how surely."""
    if not score.succeeded:
        return "nothing"
    return f"[red]{escape(result.attack.learns)}[/] ({score.right} of {score.games})"


def _why(result: Result, policy: Policy) -> str:
    """Return what stopped an attack, or why nothing did."""
    score, limit = result.policy, result.attack.limit
    if result.outcome is Outcome.STOPPED:
        return escape(", ".join(map(_stop, score.stops)) or _unmet(result))
    learned = f"[red]learned as well[/] ({score.right} of {score.games})"
    if result.outcome is Outcome.SUCCEEDED or limit is None:
        return learned
    text = f'{learned}; see "{escape(limit.promise)}" in the README'
    helps = result.remedy is not None and not result.remedy.succeeded
    stops = "stops it" if helps else "does not stop it here"
    return f"{text}; [green]{escape(limit.stopped_by.toml(policy))}[/] {stops}"


def _stop(stop: str) -> str:
    """Return what stood in the way: a rule by its name, an error by its code."""
    if _CODE.fullmatch(stop):
        return f"refused ({stop})"
    return f"rule {stop}" if stop in _RULES else stop


def _unmet(result: Result) -> str:
    """Return what stopped an attack that no rule withheld anything from."""
    limit = result.attack.limit
    return "rounding" if limit is None else "noise"


def _count(found: Sequence[Result]) -> str:
    """Return how many attacks came to which end."""
    ends = [result.outcome for result in found]
    naive = sum(not result.naive.succeeded for result in found)
    return (
        f"{len(found)} attacks: the plain filter stops {naive}; this policy stops"
        f" {ends.count(Outcome.STOPPED)}, known limits"
        f" {ends.count(Outcome.KNOWN_LIMIT)}, succeeded"
        f" {ends.count(Outcome.SUCCEEDED)}."
    )


def _json(
    found: Sequence[Result], policy: Policy, *, ledger: bool
) -> dict[str, object]:
    """Return the results as JSON."""
    settings = {s.name: str(getattr(policy, s.name)) for s in SETTINGS}
    settings["protection"] = policy.protection.value
    settings["differencing"] = policy.differencing.value
    return {
        "policy": settings,
        "ledger": ledger,
        "attacks": [_result_json(result) for result in found],
        "exposed": [result.attack.id for result in exposed(found)],
    }


def _result_json(result: Result) -> dict[str, object]:
    """Return one attack as JSON."""
    limit = result.attack.limit
    return {
        "id": result.attack.id,
        "number": result.attack.number,
        "title": result.attack.title,
        "learns": result.attack.learns,
        "outcome": result.outcome.value,
        "naive": _score_json(result.naive),
        "policy": _score_json(result.policy),
        "limit": limit.promise if limit is not None else None,
        "stopped_by": limit.stopped_by.value if limit is not None else None,
        "remedy": _score_json(result.remedy) if result.remedy is not None else None,
    }


def _score_json(score: Score) -> dict[str, object]:
    """Return a score as JSON."""
    return {
        "right": score.right,
        "games": score.games,
        "learned": score.succeeded,
        "stops": list(score.stops),
    }
