"""The ``attack`` command: the policy, the games, and their progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track

from cleanroom_join.attacks import attacks_numbered, play
from cleanroom_join.contract import Contract, Policy

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from cleanroom_join.attacks import Result

__all__ = ["policy_of", "run"]


def policy_of(contract: Path | None) -> tuple[Policy, bool]:
    """
    Return the policy to attack, and whether there is a ledger.

    Raises:
        ContractError: If the contract cannot be read.
    """
    if contract is None:
        return Policy(), True
    agreed = Contract.load(contract)
    return agreed.policy, agreed.terms.ledger is not None


def run(policy: Policy, *, ledger: bool, only: Collection[str]) -> tuple[Result, ...]:
    """
    Play the attacks with progress on standard error.

    Raises:
        UnknownAttack: If *only* names an attack that there is not.
    """
    attacks = attacks_numbered(only)
    console = Console(stderr=True)
    games = track(
        play(attacks, policy, ledger=ledger),
        "attacking …",
        total=len(attacks),
        console=console,
        transient=True,
    )
    return tuple(games)
