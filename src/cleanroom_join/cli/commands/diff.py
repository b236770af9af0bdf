"""The ``diff`` command: in which keys two contracts differ."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads annotations
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from cleanroom_join.cli.console import print_json, wide_console
from cleanroom_join.cli.documents.differences import differences_json
from cleanroom_join.cli.exits import (
    EXIT_NOT_APPROVED,
    errors_as_exit_codes,
    exit_codes,
)
from cleanroom_join.contract import Contract
from cleanroom_join.contract.contract import contract_text
from cleanroom_join.contract.differences import differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.contract.differences import Difference

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command to *app*."""
    codes = exit_codes({0: "they are the same contract", 1: "they differ"})
    app.command(epilog=codes)(diff)


def diff(
    ours: Annotated[Path, typer.Argument(help="One contract's TOML file.")],
    theirs: Annotated[Path, typer.Argument(help="The other's, or another revision.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare two contracts key by key: what differs if their digests do."""
    with errors_as_exit_codes():
        contracts = [Contract.load(file) for file in (ours, theirs)]
        found = differences(contract_text(ours), contract_text(theirs))
    if json:
        print_json(differences_json(contracts, found))
    else:
        _print(contracts, found)
    if found:
        raise typer.Exit(EXIT_NOT_APPROVED)


def _print(contracts: Sequence[Contract], found: Sequence[Difference]) -> None:
    """Print the differences as a table, under both digests."""
    console = wide_console()
    for contract in contracts:
        named = f"{contract.terms.id} revision {contract.terms.revision}"
        console.print(f"{escape(named)}, digest {contract.digest}", soft_wrap=True)
    if not found:
        console.print("They are the same contract.")
        return
    # Nothing is cut off: half of a value is no value.
    table = Table(*(Column(h, overflow="fold") for h in ("key", "first", "second")))
    for one in found:
        table.add_row(escape(one.path), escape(one.first), escape(one.second))
    console.print(table)
