"""The ``advise`` command, and what it prints."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads annotations
from typing import Annotated

import typer

from cleanroom_join.advice import advice_lines
from cleanroom_join.cli.console import print_json
from cleanroom_join.cli.documents.advice import advice_json
from cleanroom_join.cli.exits import errors_as_exit_codes
from cleanroom_join.cli.options.memory import DEFAULT_MEMORY, Memory

__all__ = ["add_to"]

_MOST = 24
"""Changes that are tried unless the caller says how many."""


def add_to(app: typer.Typer) -> None:
    """Add the command to *app*."""
    app.command()(advise)


def advise(
    contract: Annotated[Path, typer.Argument(help="The collaboration's TOML file.")],
    *,
    data: Annotated[
        Path, typer.Option(help="Raw tables: <party>/<asset>.csv or .parquet.")
    ],
    limit: Annotated[
        int, typer.Option("--try", min=0, help="Try so many changes at most.")
    ] = _MOST,
    memory: Memory = DEFAULT_MEMORY,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Try changes of a contract on test data; print what would publish more."""
    with errors_as_exit_codes():
        # Imported late: PySpark takes a second, and is an extra.
        from cleanroom_join.cli.rehearse import try_changes  # noqa: PLC0415

        advice = try_changes(contract, data=data, limit=limit, memory=memory)
    if json:
        print_json(advice_json(advice))
        return
    for line in advice_lines(advice):
        sys.stdout.write(f"{line}\n")
