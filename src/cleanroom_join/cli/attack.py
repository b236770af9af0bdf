"""The ``attack`` command: the policy to attack, the games, and their progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track

from cleanroom_join.attacks import attacks_numbered, play
from cleanroom_join.contract import Contract, Policy, Reveal

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from cleanroom_join.attacks import Attack, Result

__all__ = ["chosen", "policy_of", "run"]


def policy_of(contract: Path | None) -> tuple[Policy, Reveal | None]:
    """
    Return the policy to attack, and when releases are shown; None without a ledger.

    Without a contract it is the default policy, with a ledger.

    Raises:
        ContractError: If the contract cannot be read.
    """
    if contract is None:
        return Policy(), Reveal.AT_ONCE
    agreed = Contract.load(contract)
    terms = agreed.terms.ledger
    return agreed.policy, None if terms is None else terms.reveal


def chosen(only: Collection[str] | None) -> tuple[Attack, ...]:
    """
    Return the attacks that *only* names; all if it names none.

    Raises:
        UnknownName: If *only* names an attack that does not exist.
    """
    return attacks_numbered(only or ())


def run(
    policy: Policy, *, reveal: Reveal | None, only: Collection[str] | None
) -> tuple[Result, ...]:
    """
    Play the attacks with progress on standard error.

    Raises:
        UnknownName: If *only* names an attack that does not exist.
    """
    attacks = chosen(only)
    console = Console(stderr=True)
    games = track(
        play(
            attacks,
            policy,
            ledger=reveal is not None,
            confirmed=reveal is Reveal.CONFIRMED,
        ),
        "attacking …",
        total=len(attacks),
        console=console,
        # In a log, a progress bar and the empty line after it are only in the way.
        disable=not console.is_terminal,
        transient=True,
    )
    return tuple(games)
