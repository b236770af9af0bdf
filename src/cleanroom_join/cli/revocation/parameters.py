"""What the commands about consent are given, checked before Spark starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanroom_join.contract import Contract
from cleanroom_join.contract.clock import utc_today
from cleanroom_join.errors import RevocationRefused, UnknownName
from cleanroom_join.revocation.release_record import read_release_record
from cleanroom_join.sql import qualified

if TYPE_CHECKING:
    from cleanroom_join.revocation.release_record import ReleaseRecord

__all__ = [
    "Checkpoint",
    "Checkpoints",
    "Connect",
    "ContractFile",
    "Days",
    "Events",
    "Folders",
    "Gold",
    "Json",
    "Party",
    "Store",
    "agreed_contract",
    "gold_tables",
    "release_records",
]

_DELTA_LOG = "_delta_log"

ContractFile = Annotated[Path, typer.Argument(help="The collaboration's TOML file.")]
Party = Annotated[
    str, typer.Option(metavar="NAME", help="Whose consent tables they are.")
]
Store = Annotated[
    Path, typer.Option(file_okay=False, help="Folder of the party's consent tables.")
]
Events = Annotated[
    Path,
    typer.Option(
        exists=True, file_okay=False, help="Folder of files with one event per line."
    ),
]
Checkpoint = Annotated[
    Path,
    typer.Option(
        file_okay=False, help="Folder in which the job keeps what it has read."
    ),
]
Checkpoints = Annotated[
    list[Path] | None,
    typer.Option(
        "--checkpoint",
        exists=True,
        file_okay=False,
        help="Folder of a job's checkpoint, to be searched; once for each.",
    ),
]
Folders = Annotated[
    list[Path] | None,
    typer.Option(
        "--events",
        exists=True,
        file_okay=False,
        help="Folder in which events arrive, to be searched; once for each.",
    ),
]
Gold = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ASSET=FOLDER",
        help="A Gold table, as Delta in a folder; once for each asset of the party.",
    ),
]
Days = Annotated[
    int, typer.Option(min=1, max=3_650, help="How many days to look back.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Connect = Annotated[
    bool, typer.Option("--connect", help="Use Spark Connect, as Databricks does.")
]


def agreed_contract(file: Path, party: str) -> Contract:
    """
    Return a contract that speaks of revocation and of a party.

    Raises:
        ContractError: If it is no contract, or has expired (E102).
        RevocationRefused: If it has no section ``[revocation]`` (E631).
        UnknownName: If it has no such party.
    """
    contract = Contract.load(file)
    contract.refuse_if_expired(utc_today())
    if contract.terms.revocation is None:
        raise RevocationRefused.no_section(contract.terms.id)
    if party not in contract.terms.parties:
        raise UnknownName.of("party", party, list(contract.terms.parties))
    return contract


def gold_tables(given: list[str] | None, contract: Contract) -> dict[str, str]:
    """
    Return the quoted name of each Gold table, by asset.

    Raises:
        typer.BadParameter: If one is no ``asset=folder``, is given twice, or is no
            Delta table.
        UnknownName: If the contract has no such asset.
    """
    found: dict[str, str] = {}
    for text in given or ():
        asset, equals, folder = text.partition("=")
        if not equals or not asset or not folder:
            message = "--gold takes ASSET=FOLDER, account_behavior=gold/accounts say"
            raise typer.BadParameter(message)
        contract.asset(asset)
        if asset in found:
            raise typer.BadParameter(f"--gold has {asset} twice")
        path = Path(folder).absolute()
        if not (path / _DELTA_LOG).is_dir():
            raise typer.BadParameter(f"--gold: no Delta table in {folder}")
        found[asset] = qualified("delta", str(path))
    return found


def release_records(folder: Path) -> tuple[ReleaseRecord, ...]:
    """
    Return the record of each JSON file of a folder.

    Raises:
        RevocationRefused: If a file is no commit metadata of a release (E630).
        typer.BadParameter: If the folder has no such file.
    """
    files = sorted(folder.glob("*.json"))
    if not files:
        raise typer.BadParameter(f"--releases: no .json file in {folder}")
    return tuple(read_release_record(file.read_bytes(), file.name) for file in files)
