"""Commands about tokens: keys, vectors, token manifests and the doctor."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanroom_join.cli import show_tokens
from cleanroom_join.cli.exits import (
    EXIT_NOT_APPROVED,
    errors_as_exit_codes,
    exit_codes,
)
from cleanroom_join.cli.options.commands import Commands
from cleanroom_join.cli.secret import read_key
from cleanroom_join.contract import Contract
from cleanroom_join.contract.clock import utc_today
from cleanroom_join.errors import (
    TokenError,
    VectorMismatch,
    WriteFailed,
    printable,
)
from cleanroom_join.tokens import check_vectors
from cleanroom_join.tokens.doctor import diagnose, read_manifest, save_manifest
from cleanroom_join.tokens.vectors import vectors_bytes, verifier_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleanroom_join.errors import CleanRoomJoinError
    from cleanroom_join.tokens.doctor import TokenManifest

__all__ = ["add_to"]

_keys = Commands(
    help="Make a key, or compare keys.", no_args_is_help=True, epilog=exit_codes()
)
_vectors = Commands(
    help="Agree on tokens by example.", no_args_is_help=True, epilog=exit_codes()
)

_Contract = Annotated[Path, typer.Argument(help="The collaboration's TOML file.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_KeyEnv = Annotated[
    str | None,
    typer.Option(help="Environment variable with the key; else standard input."),
]

_KEY_BYTES = 32


def add_to(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.add_typer(_keys, name="key")
    app.add_typer(_vectors, name="vectors")
    app.command()(manifest)
    app.command(
        epilog=exit_codes({0: "all tokens match", EXIT_NOT_APPROVED: "some do not"})
    )(doctor)


@_keys.command("new")
def new_key() -> None:
    """Print a new key as base64: pipe it into your secret store."""
    if sys.stdout.isatty():
        sys.stderr.write(
            "This is the secret key. Better pipe it into a secret store than read it.\n"
        )
    sys.stdout.write(base64.b64encode(os.urandom(_KEY_BYTES)).decode("ascii") + "\n")


@_keys.command("check")
def check_key(contract: _Contract, *, key_env: _KeyEnv = None) -> None:
    """Print the key check value: equal on both sides if the keys are."""
    with errors_as_exit_codes():
        agreed = Contract.load(contract)
        value = read_key(key_env).check_value(agreed.terms.partnership)
    sys.stdout.write(f"{value}\n")


@_vectors.command("check")
def check_vector_file(
    file: Annotated[
        Path | None, typer.Argument(help="A partner's file; else the installed one.")
    ] = None,
) -> None:
    """Run every token vector with this installation."""
    with errors_as_exit_codes():
        data = None if file is None else _bytes(file, VectorMismatch.unreadable)
        count = check_vectors(data)
    sys.stdout.write(f"{count:,} token vectors pass\n")


@_vectors.command("export")
def export_vectors(
    folder: Annotated[Path, typer.Argument(help="New folder for the files.")],
) -> None:
    """Write the vectors and a verifier that needs nothing but Python."""
    with errors_as_exit_codes():
        check_vectors()
        if folder.exists():
            raise WriteFailed.exists(f'folder "{printable(folder.name)}"')
        folder.mkdir(parents=True)
        (folder / "token_v1.json").write_bytes(vectors_bytes())
        (folder / "verify_token_v1.py").write_bytes(verifier_bytes())
    sys.stdout.write(
        f"wrote token_v1.json and verify_token_v1.py; run: python {folder}"
        f"/verify_token_v1.py {folder}/token_v1.json\n"
    )


def manifest(
    contract: _Contract,
    *,
    asset: Annotated[str, typer.Option(help="Which of its tables.")],
    data: Annotated[Path, typer.Option(help="The raw table: CSV or Parquet.")],
    output: Annotated[Path, typer.Option(help="New file for the manifest.")],
    shared: Annotated[
        Path | None,
        typer.Option(help="The table as shared (Parquet), if you made its tokens."),
    ] = None,
    key_env: _KeyEnv = None,
) -> None:
    """Write the token manifest of one table, for the other party."""
    with errors_as_exit_codes():
        # Imported late: PySpark takes a second, and is an extra.
        from cleanroom_join.cli.manifest import make  # noqa: PLC0415

        agreed = Contract.load(contract)
        agreed.refuse_if_expired(utc_today())
        if output.exists():
            raise WriteFailed.exists(f'file "{printable(output.name)}"')
        made = make(agreed.asset(asset), read_key(key_env), data=data, shared=shared)
        save_manifest(made, output)
    sys.stdout.write(f"wrote {output}: no identifier, no token, no count below k\n")


def doctor(
    ours: Annotated[Path, typer.Argument(help="One party's token manifest.")],
    theirs: Annotated[Path, typer.Argument(help="The other party's.")],
    *,
    json: _Json = False,
) -> None:
    """Say why two tables' tokens do not match, from both token manifests."""
    with errors_as_exit_codes():
        left, right = _manifest("first", ours), _manifest("second", theirs)
        found = diagnose(left, right)
        if not found:
            raise TokenError.manifest("the manifests", "have no subject in common")
    show_tokens.diagnoses(found, (left, right), as_json=json)
    if not all(diagnosis.healthy for diagnosis in found):
        raise typer.Exit(EXIT_NOT_APPROVED)


def _manifest(which: str, file: Path) -> TokenManifest:
    """Return the token manifest of a file; an error says which of the two it is."""
    try:
        return read_manifest(_bytes(file, _unreadable))
    except TokenError as error:
        raise error.in_file(which, file.name) from None


def _unreadable(problem: str) -> TokenError:
    """Return the error of a file that cannot be read."""
    return TokenError.manifest("it", f"cannot be read ({problem})")


def _bytes(file: Path, error: Callable[[str], CleanRoomJoinError]) -> bytes:
    """Return a file's bytes, or raise *error* of the name of the problem."""
    try:
        return file.read_bytes()
    except OSError as problem:
        raise error(type(problem).__name__) from None
