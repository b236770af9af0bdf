"""Commands and their arguments; what they do is elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cleanroom_join.cli import (
    advise,
    revocation,
    show,
    show_attacks,
    show_contract,
    show_draft,
    tokens,
)
from cleanroom_join.cli import attack as attack_command
from cleanroom_join.cli.commands import diff
from cleanroom_join.cli.exits import (
    EXIT_ATTACKED,
    EXIT_NOT_APPROVED,
    EXIT_REFUSED,
    errors_as_exit_codes,
    exit_codes,
)
from cleanroom_join.cli.options.commands import Commands
from cleanroom_join.cli.options.csv_files import (
    CsvDelimiter,
    CsvEncoding,
    csv_options,
)
from cleanroom_join.cli.options.memory import DEFAULT_MEMORY, Memory
from cleanroom_join.contract import Contract
from cleanroom_join.contract.clock import utc_today
from cleanroom_join.contract.terms.names import NAME
from cleanroom_join.raw_files import RawFolder
from cleanroom_join.version import __version__

__all__ = ["app"]

_ATTACK_EXITS = (
    exit_codes(
        {
            0: "the policy stops what it should",
            EXIT_REFUSED: "the contract or a number is refused",
            EXIT_ATTACKED: "an attack succeeds that it should stop",
        }
    )
    + " Known limits do not count, where another mode stops them."
)

_INIT_EXITS = (
    "Both files must be yours, such as test data: this command compares their"
    " identifiers on this machine. "
) + exit_codes(
    {
        0: "the contract is written",
        EXIT_REFUSED: "a file is refused, or something is in the way",
    }
)

_REHEARSE_EXITS = (
    "With several releases, docs/howto/run-notebooks-locally.md says what lies where. "
) + exit_codes(
    {
        0: "every output is approved and written",
        EXIT_NOT_APPROVED: "some output is not approved",
    }
)

_ALL_EXITS = (
    exit_codes(
        {
            EXIT_NOT_APPROVED: "not approved, not alike, or in need of attention",
            EXIT_ATTACKED: "attacked",
        }
    )
    + " The help of a command says more."
)
_NO_SECOND = "--opt-out needs --releases 2 or more: people opt out between releases"
_NO_TRIALS = "--try goes with one release: it tries changes before there is a second"
_CONTRACT = Path("collaboration.toml")
_SIDES = 2
_TWO_PARTIES = "give two files, each after its party: --party NAME FILE, twice"

app = Commands(
    help="Guarded statistics over the join of two companies' tables.",
    epilog=_ALL_EXITS,
    no_args_is_help=True,
    # A traceback would show local variables, and those are rows and keys.
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    """Print the version and stop."""
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[  # noqa: FBT002 - a command-line flag
        bool, typer.Option("--version", callback=_version, help="Print the version.")
    ] = False,
) -> None:
    """Guarded statistics over the join of two companies' tables."""


@app.command(epilog=_INIT_EXITS)
def init(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE FILE", help="One raw table of each party: CSV or Parquet."
        ),
    ],
    *,
    party: Annotated[
        list[str],
        typer.Option(
            metavar="NAME",
            help="Once before each file: whose it is. The first runs the room.",
        ),
    ],
    output: Annotated[
        Path, typer.Option(help="New file for the contract.")
    ] = _CONTRACT,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder in which the files are linked as `rehearse --data` expects"
            " them; `raw` beside the contract by default."
        ),
    ] = None,
    delimiter: CsvDelimiter = None,
    encoding: CsvEncoding = None,
    memory: Memory = DEFAULT_MEMORY,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Draft a first contract from two tables of test data, with comments."""
    if len(party) != len(files) or len(files) != _SIDES:
        raise typer.BadParameter(_TWO_PARTIES)
    if len(set(party)) != _SIDES or not all(map(NAME.fits, party)):
        message = f"--party takes two different names, each {NAME.description}"
        raise typer.BadParameter(message)
    csv = csv_options(delimiter, encoding)
    with errors_as_exit_codes():
        # Imported late: PySpark takes a second, and is an extra.
        from cleanroom_join.cli.init import run  # noqa: PLC0415

        written = run(party, files, output=output, data=data, memory=memory, csv=csv)
    show_draft.draft(written, as_json=json)


@app.command(epilog=exit_codes({0: "the contract is valid"}))
def check(
    contract: Annotated[Path, typer.Argument(help="The collaboration's TOML file.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check a contract; print the digests, effective policy, ledger and outputs."""
    with errors_as_exit_codes():
        agreed = Contract.load(contract)
        agreed.refuse_if_expired(utc_today())
    show_contract.contract(agreed, as_json=json)


diff.add_to(app)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a contract, with which editors complete it."""
    show_contract.schema()


@app.command(epilog=_ATTACK_EXITS)
def attack(
    contract: Annotated[
        Path | None,
        typer.Argument(
            metavar="CONTRACT",
            help="The collaboration's TOML file; the defaults without.",
        ),
    ] = None,
    *,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBERS",
            help="Play these only: 7 is all of 7, 7a one of them; 7,8b both.",
        ),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="List the attacks; play none.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Attack made-up subjects, under a contract's policy and under none."""
    with errors_as_exit_codes():
        if listed:
            attacks = attack_command.chosen(only)
            show_attacks.catalogue(attacks, as_json=json)
            return
        policy, reveal = attack_command.policy_of(contract)
        results = attack_command.run(policy, reveal=reveal, only=only)
    show_attacks.results(results, policy, ledger=reveal is not None, as_json=json)
    if show_attacks.exposed(results):
        raise typer.Exit(EXIT_ATTACKED)


@app.command(epilog=_REHEARSE_EXITS)
def rehearse(
    contract: Annotated[Path, typer.Argument(help="The collaboration's TOML file.")],
    *,
    data: Annotated[
        Path, typer.Option(help="Raw tables: <party>/<asset>.csv or .parquet.")
    ],
    output: Annotated[Path, typer.Option(help="New folder for what is written.")],
    limit: Annotated[
        int, typer.Option("--try", min=0, help="Try so many changes, for advice.txt.")
    ] = 0,
    delimiter: CsvDelimiter = None,
    encoding: CsvEncoding = None,
    releases: Annotated[
        int, typer.Option(min=1, help="So many releases in a row, with a ledger.")
    ] = 1,
    opt_out: Annotated[
        int, typer.Option(min=0, help="So many people opt out between two releases.")
    ] = 0,
    connect: Annotated[
        bool, typer.Option("--connect", help="Use Spark Connect, as Databricks does.")
    ] = False,
    memory: Memory = DEFAULT_MEMORY,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the whole collaboration on this machine, on test data."""
    folder = RawFolder(data, csv_options(delimiter, encoding))
    if releases == 1 and opt_out:
        raise typer.BadParameter(_NO_SECOND)
    if releases > 1 and limit:
        raise typer.BadParameter(_NO_TRIALS)
    with errors_as_exit_codes():
        # Imported late: PySpark takes a second, and is an extra.
        from cleanroom_join.cli import rehearse as command  # noqa: PLC0415

        where = command.Where(
            data=folder, output=output, memory=memory, connect=connect
        )
        if releases == 1:
            done = command.run(contract, where, limit=limit)
            show.rehearsal(done, as_json=json)
            approved = done.approved
        else:
            series = command.run_series(contract, where, releases, opt_out)
            show.series(series, as_json=json)
            approved = series.approved
    if not approved:
        raise typer.Exit(EXIT_NOT_APPROVED)


# After the others: help lists commands in the order in which they come.
advise.add_to(app)
tokens.add_to(app)
revocation.add_to(app)
