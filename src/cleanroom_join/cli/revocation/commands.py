"""The commands about consent, and their exit codes; what they do is in `run`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path  # noqa: TC003 - typer reads annotations
from typing import TYPE_CHECKING, Annotated

import typer

from cleanroom_join.cli.console import print_json
from cleanroom_join.cli.exits import (
    EXIT_ATTENTION,
    errors_as_exit_codes,
    exit_codes,
)
from cleanroom_join.cli.options.commands import Commands
from cleanroom_join.cli.options.memory import DEFAULT_MEMORY, Memory
from cleanroom_join.cli.revocation.parameters import (
    Checkpoint,
    Checkpoints,
    Connect,
    ContractFile,
    Days,
    Events,
    Folders,
    Gold,
    Json,
    Party,
    Store,
    agreed_contract,
    gold_tables,
    release_records,
)
from cleanroom_join.errors import WriteFailed, printable

if TYPE_CHECKING:
    from cleanroom_join.cli.revocation.run import Where

__all__ = ["add_to"]

_revocation = Commands(
    help="Apply opt-outs, and see whether they are in time.",
    no_args_is_help=True,
    epilog=exit_codes(),
)

_NoticeDays = Annotated[
    int,
    typer.Option(min=0, max=60, help="Alert so many days before an event is due."),
]
_ATTENTION = "a person must look: a limit, a stale state, a suspension or quarantine"
_LOOK_EXITS = exit_codes({0: "all is in time", EXIT_ATTENTION: _ATTENTION})
_APPLY_EXITS = exit_codes(
    {0: "every line is applied", EXIT_ATTENTION: "done, with lines in quarantine"}
)
_REPLAY_EXITS = exit_codes(
    {
        0: "the state is what follows from the events",
        EXIT_ATTENTION: "it differed, and is replaced",
    }
)

_ERASE_EXITS = exit_codes(
    {0: "everything is erased and searched", EXIT_ATTENTION: "not yet, or not all"}
)
_DIFFERED = "the state was not what follows from the events; it is replaced\n"
_SAME = "the state is what follows from the events\n"


def add_to(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.add_typer(_revocation, name="revocation")


@_revocation.command(epilog=_APPLY_EXITS)
def apply(
    contract: ContractFile,
    *,
    party: Party,
    events: Events,
    store: Store,
    checkpoint: Checkpoint,
    gold: Gold = None,
    connect: Connect = False,
    memory: Memory = DEFAULT_MEMORY,
    json: Json = False,
) -> None:
    """Apply the new consent events of a folder to the state and to Gold."""
    with errors_as_exit_codes():
        where = _where(contract, party, store, memory, connect=connect)
        tables = gold_tables(gold, where.contract)
        # Imported late: PySpark takes a second, and is an extra.
        from cleanroom_join.cli.revocation import run, show  # noqa: PLC0415

        report, found = run.apply(
            where, events=events, gold=tables, checkpoint=checkpoint
        )
    show.applied(report, found, as_json=json)
    if report.quarantined:
        raise typer.Exit(EXIT_ATTENTION)


@_revocation.command(epilog=_LOOK_EXITS)
def status(
    contract: ContractFile,
    *,
    party: Party,
    store: Store,
    days: Days = 30,
    notice_days: _NoticeDays = 3,
    memory: Memory = DEFAULT_MEMORY,
    json: Json = False,
) -> None:
    """Say how fresh the state is, what waits and is due, and what is in quarantine."""
    with errors_as_exit_codes():
        where = _where(contract, party, store, memory)
        from cleanroom_join.cli.revocation import run, show  # noqa: PLC0415

        found = run.look(where, days=days, notice=dt.timedelta(days=notice_days))
    show.status(found, days, as_json=json)
    if found.needs_attention:
        raise typer.Exit(EXIT_ATTENTION)


@_revocation.command(epilog=_LOOK_EXITS)
def report(
    contract: ContractFile,
    *,
    party: Party,
    store: Store,
    output: Annotated[Path, typer.Option(help="New file for the page, as HTML.")],
    days: Days = 90,
    notice_days: _NoticeDays = 3,
    memory: Memory = DEFAULT_MEMORY,
    json: Json = False,
) -> None:
    """Write a page for the privacy officer: how long opt-outs take, and the limits."""
    with errors_as_exit_codes():
        if output.exists():
            raise WriteFailed.exists(f'file "{printable(output.name)}"')
        where = _where(contract, party, store, memory)
        from cleanroom_join.cli.revocation import run  # noqa: PLC0415
        from cleanroom_join.report import render_revocation, write_page  # noqa: PLC0415

        found = run.look(where, days=days, notice=dt.timedelta(days=notice_days))
        terms = where.contract.terms
        named = f"{terms.id} revision {terms.revision}"
        write_page(render_revocation(found, contract=named, days=days), output)
    if json:
        print_json(found.as_json())
    else:
        sys.stdout.write(f"wrote {output}: for {party}'s privacy officer only\n")
    if found.needs_attention:
        raise typer.Exit(EXIT_ATTENTION)


@_revocation.command(epilog=_REPLAY_EXITS)
def replay(
    contract: ContractFile,
    *,
    party: Party,
    store: Store,
    gold: Gold = None,
    memory: Memory = DEFAULT_MEMORY,
    json: Json = False,
) -> None:
    """Compute the state from all events, replace it if it differs, and apply it."""
    with errors_as_exit_codes():
        where = _where(contract, party, store, memory)
        tables = gold_tables(gold, where.contract)
        from cleanroom_join.cli.revocation import run  # noqa: PLC0415

        differed = run.rebuild(where, tables)
    if json:
        print_json({"differed": differed})
    else:
        sys.stdout.write(_DIFFERED if differed else _SAME)
    if differed:
        raise typer.Exit(EXIT_ATTENTION)


@_revocation.command()
def recall(
    contract: ContractFile,
    *,
    party: Party,
    store: Store,
    releases: Annotated[
        Path,
        typer.Option(
            exists=True,
            file_okay=False,
            help="Folder of JSON files: each release's commit metadata.",
        ),
    ],
    memory: Memory = DEFAULT_MEMORY,
    json: Json = False,
) -> None:
    """Print a notice for the partner: which releases are older than the consent."""
    with errors_as_exit_codes():
        where = _where(contract, party, store, memory)
        records = release_records(releases)
        from cleanroom_join.cli.revocation import run  # noqa: PLC0415

        made = run.notice(where, records)
    if json:
        print_json(made.as_json())
    else:
        sys.stdout.write(made.text())


@_revocation.command(epilog=_ERASE_EXITS)
def erase(
    contract: ContractFile,
    *,
    party: Party,
    store: Store,
    output: Annotated[Path, typer.Option(help="New file for the statement, as JSON.")],
    gold: Gold = None,
    checkpoint: Checkpoints = None,
    events: Folders = None,
    archive: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="Folder of applied files; one that holds a token is deleted.",
        ),
    ] = None,
    memory: Memory = DEFAULT_MEMORY,
    json: Json = False,
) -> None:
    """Erase the subjects who asked for it from storage, and search what is left."""
    with errors_as_exit_codes():
        if output.exists():
            raise WriteFailed.exists(f'file "{printable(output.name)}"')
        where = _where(contract, party, store, memory)
        tables = gold_tables(gold, where.contract)
        from cleanroom_join.cli.revocation import run  # noqa: PLC0415

        statement = run.erased(
            where,
            gold=tables,
            checkpoints=checkpoint or (),
            landing=events or (),
            archive=archive or (),
        )
        output.write_bytes(statement.to_bytes())
    outcome = statement.outcome
    if json:
        print_json(statement.as_json())
    else:
        sys.stdout.write(f"{outcome.value}: {outcome.meaning}\nwrote {output}\n")
    if outcome.value != "ERASED":
        raise typer.Exit(EXIT_ATTENTION)


def _where(
    contract: Path, party: str, store: Path, memory: str, *, connect: bool = False
) -> Where:
    """Return the checked contract, the party, its tables and the session."""
    agreed = agreed_contract(contract, party)
    from cleanroom_join.cli.revocation.run import Where  # noqa: PLC0415

    return Where(
        contract=agreed, party=party, store=store, memory=memory, connect=connect
    )
