"""What the attack suite prints: for each attack, what the attacker learned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from cleanroom_join.attacks import (
    Cause,
    Mode,
    Outcome,
    least_right,
    playable,
    remedy_toml,
)
from cleanroom_join.cli.console import print_json, wide_console
from cleanroom_join.cli.documents.attacks import catalogue_json, results_json
from cleanroom_join.contract import COHORT_FLOOR
from cleanroom_join.contract.terms.policy import Policy, weaker_settings
from cleanroom_join.disclosure import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from cleanroom_join.attacks import Attack, Result, Score

__all__ = ["catalogue", "exposed", "results"]

_INTRODUCTION = (
    "A hostile partner attacks made-up people; the command reads no real data. It plays"
    " each attack in pairs of worlds that differ only in one secret about one person."
)
_LEGEND = (
    " Each outcome has the number of worlds in which the attacker is right. Guessing is"
    " right in {guess} of {games}; an attack succeeds if it is right in {least} or"
    " more. A number in between means that the figures blur the secret but do not hide"
    " it."
)
_NO_LEDGER = (
    "This contract has no ledger, so the review approves no release, and a person at"
    " each party must decide. The results show what an attacker learns if both agree:"
    " nothing records earlier releases."
)

_RULES = frozenset(rule.value for rule in Rule)
_CODE = re.compile(r"E\d{3}")

_MARK = {
    Outcome.STOPPED: "[green]✓ stopped[/]",
    Outcome.KNOWN_LIMIT: "[yellow]! known limit[/]",
    Outcome.SUCCEEDED: "[bold red]✗ SUCCEEDED[/]",
}
_BECAUSE = {
    Cause.POLICY: "{learned}: the policy is too weak.",
    Cause.REMEDY: "{learned}. It is a known limit, but {remedy} does not stop it with"
    " these settings: the policy is too weak.",
    Cause.LEDGER: "{learned}: the cause is the missing ledger, not the policy.",
}


def catalogue(attacks: Sequence[Attack], *, as_json: bool) -> None:
    """Print the attacks without playing them."""
    if as_json:
        print_json(catalogue_json(attacks))
        return
    table = Table("#", "attack", "learns", "known limit")
    for attack in attacks:
        limit = attack.limit
        table.add_row(
            attack.id,
            escape(attack.title),
            escape(attack.learns),
            "" if limit is None else escape(_limit(limit.promise)),
        )
    wide_console().print(table)


def exposed(found: Sequence[Result]) -> tuple[Result, ...]:
    """Return the attacks that succeeded although the policy should stop them."""
    return tuple(r for r in found if r.outcome is Outcome.SUCCEEDED)


def results(
    found: Sequence[Result], policy: Policy, *, ledger: bool, as_json: bool
) -> None:
    """Print the outcome of every attack."""
    if as_json:
        print_json(results_json(found, policy, ledger=ledger))
        return
    console = wide_console()
    console.print(_INTRODUCTION + _legend(found))
    if not ledger:
        console.print(f"[yellow]{_NO_LEDGER}[/]")
    if playable(policy) != policy:
        console.print(f"Played with k = {playable(policy).min_cohort}, for speed.")
    _weaker(console, policy)
    plain, ours = f"count(*) >= {COHORT_FLOOR}", f"policy ({Mode.of(policy).value})"
    table = Table("#", "attack", plain, ours, "why")
    for result in found:
        table.add_row(
            result.attack.id,
            escape(result.attack.title),
            _learned(result, result.plain),
            f"{_MARK[result.outcome]}\n{_right(result.policy)}",
            _why(result, policy),
            style="red" if result.outcome is Outcome.SUCCEEDED else None,
        )
    console.print(table)
    for result in exposed(found):
        console.print(f"[bold red]✗ {escape(_exposed(result, policy))}[/]")
    console.print(_count(found))


def _legend(found: Sequence[Result]) -> str:
    """Return what the numbers beside an outcome mean."""
    games = max((result.policy.games for result in found), default=0)
    return _LEGEND.format(least=least_right(games), games=games, guess=games // 2)


def _weaker(console: Console, policy: Policy) -> None:
    """Print which settings are weaker than the defaults: attacks may not show it."""
    weaker, usual = weaker_settings(policy), Policy()
    if not weaker:
        console.print("No setting is weaker than the default.")
        return
    table = Table("weaker than the default", "here", "default", style="yellow")
    for setting in weaker:
        values = (str(getattr(p, setting.name)) for p in (policy, usual))
        table.add_row(".".join(setting.path), *values)
    console.print(table)


def _right(score: Score) -> str:
    """Return in how many worlds an attacker was right."""
    return f"{score.right} of {score.games}"


def _learned(result: Result, score: Score) -> str:
    """Return what an attacker learned, and in how many worlds it was right."""
    if not score.succeeded:
        return f"nothing ({_right(score)})"
    return f"[red]{escape(result.attack.learns)}[/] ({_right(score)})"


def _limit(promise: str) -> str:
    """Return the name of a known limit without the marks of its text's emphasis."""
    return promise.replace("*", "")


def _why(result: Result, policy: Policy) -> str:
    """Return what stopped an attack, or why nothing did."""
    score, limit = result.policy, result.attack.limit
    if result.outcome is Outcome.STOPPED:
        return escape(", ".join(map(_stop, score.stops)) or _unmet(result))
    if limit is not None and limit.stopped_by is None:
        promise = escape(_limit(limit.promise))
        return f'[red]learned here too[/] ("{promise}"); nothing stops it yet'
    if limit is None or limit.stopped_by is None or result.remedy is None:
        return "[red]learned here too[/]"
    stops = "does not stop it here" if result.remedy.succeeded else "stops it"
    return (
        f'[red]learned here too[/] ("{escape(_limit(limit.promise))}");'
        f" [green]{escape(remedy_toml(limit.stopped_by, policy))}[/] {stops}"
        f" ({_right(result.remedy)})"
    )


def _exposed(result: Result, policy: Policy) -> str:
    """Return what an attack learned that it should not, and the cause."""
    limit, cause = result.attack.limit, result.cause or Cause.POLICY
    stopped_by = None if limit is None else limit.stopped_by
    remedy = "" if stopped_by is None else remedy_toml(stopped_by, policy)
    learned = f"attack {result.attack.id} learned {result.attack.learns}"
    return _BECAUSE[cause].format(learned=learned, remedy=remedy)


def _stop(stop: str) -> str:
    """Return what stopped an attack: a rule by its name, an error by its code."""
    if _CODE.fullmatch(stop):
        return f"refused ({stop})"
    return f"rule {stop}" if stop in _RULES else stop


def _unmet(result: Result) -> str:
    """Return what stopped an attack although no rule suppressed a cell."""
    limit = result.attack.limit
    return "rounding" if limit is None else "noise"


def _count(found: Sequence[Result]) -> str:
    """Return the number of attacks by outcome."""
    ends = [result.outcome for result in found]
    plain = sum(not result.plain.succeeded for result in found)
    return (
        f"{len(found)} attack{'' if len(found) == 1 else 's'}:"
        f" the plain filter stops {plain}; this policy stops"
        f" {ends.count(Outcome.STOPPED)}, known limits"
        f" {ends.count(Outcome.KNOWN_LIMIT)}, succeeded"
        f" {ends.count(Outcome.SUCCEEDED)}."
    )
