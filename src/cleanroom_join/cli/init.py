"""The ``init`` command: two files in, a first contract out."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cleanroom_join.cli.progress import step
from cleanroom_join.contract.terms.names import NAME
from cleanroom_join.errors import WriteFailed, printable
from cleanroom_join.first_contract.headers import check_header
from cleanroom_join.local import local_session
from cleanroom_join.raw_files import (
    CsvOptions,
    csv_names,
    is_csv,
    refuse_unless_parquet,
    require_file,
)
from cleanroom_join.spark.first_contract.drafting import draft_contract
from cleanroom_join.spark.first_contract.raw_facts import RawTable
from cleanroom_join.spark.first_contract.token_tables import kept_in
from cleanroom_join.spark.party.raw_files import read_raw_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.spark.first_contract.drafting import FirstContract

__all__ = ["Written", "run"]

_DAYS = 365
"""How long a first contract lasts."""
_SUFFIXES = (".csv", ".parquet")


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What the command wrote."""

    first: FirstContract
    contract: Path
    data: Path
    """The folder that ``rehearse --data`` takes."""
    csv: CsvOptions
    """What ``rehearse`` has to be told about the files as well."""


def run(
    parties: Sequence[str],
    files: Sequence[Path],
    *,
    output: Path,
    data: Path | None,
    memory: str,
    csv: CsvOptions,
) -> Written:
    """
    Draft a contract of two files and write it, with progress on standard error.

    Args:
        parties: Two names, the party that will run the room first.
        files: The raw table of each, CSV or Parquet.
        output: The contract's new file.
        data: Folder in which the files are laid out for a rehearsal; by default
            ``raw`` beside the contract, or where they already lie like that.
        memory: Memory of the Spark driver.
        csv: What the caller says about CSV files.

    Raises:
        CleanRoomJoinError: If a step refuses; then nothing is written.
    """
    if output.exists():
        raise WriteFailed.kept(f'"{printable(output.name)}"')
    for file in files:
        require_file(file)
        if is_csv(file):
            check_header(file.name, csv_names(file, csv))
        else:
            refuse_unless_parquet(file)
    assets = _asset_names(parties, files)
    folder = data or _laid_out(parties, files, assets) or output.parent / "raw"
    links = _links(folder, parties, files, assets)
    first = _draft(parties, files, assets, memory, csv)
    try:
        for link, file in links:
            link.parent.mkdir(parents=True, exist_ok=True)
            _link(file, link)
        output.parent.mkdir(parents=True, exist_ok=True)
        with output.open("x", encoding="utf-8", newline="\n") as text:
            text.write(first.toml)
    except OSError:
        raise WriteFailed.unwritable(
            f'"{printable(output.name)}" or its data'
        ) from None
    return Written(first=first, contract=output, data=folder, csv=csv)


def _draft(
    parties: Sequence[str],
    files: Sequence[Path],
    assets: Sequence[str],
    memory: str,
    csv: CsvOptions,
) -> FirstContract:
    """Start a session, read both files, and draft their contract."""
    expires = dt.datetime.now(tz=dt.timezone.utc).date() + dt.timedelta(days=_DAYS)
    with tempfile.TemporaryDirectory() as scratch:
        with step("Spark starts (the first time, it downloads Delta's jars)"):
            warehouse = Path(scratch) / "warehouse"
            spark = local_session(memory=memory, warehouse=warehouse, short_lived=True)

        try:
            left, right = (
                RawTable(
                    party=party,
                    asset=asset,
                    frame=read_raw_file(spark, file, csv),
                    is_csv=is_csv(file),
                )
                for party, asset, file in zip(parties, assets, files, strict=True)
            )
            return draft_contract(
                (left, right),
                expires=expires,
                progress=step,
                keep=kept_in(Path(scratch)),
            )
        finally:
            spark.stop()


def _asset_names(parties: Sequence[str], files: Sequence[Path]) -> list[str]:
    """Return a name for each table, from its file's name."""
    names = []
    for file in files:
        words = re.sub(r"[^a-z0-9_]+", "_", file.stem.lower()).strip("_")
        names.append(words if NAME.fits(words) else "table")
    if names[0] != names[1]:
        return names
    longer = [f"{party}_{name}" for party, name in zip(parties, names, strict=True)]
    return longer if all(map(NAME.fits, longer)) else [names[0][:60], "other"]


def _laid_out(
    parties: Sequence[str], files: Sequence[Path], assets: Sequence[str]
) -> Path | None:
    """Return the folder in which the files already lie as a rehearsal expects them."""
    folders = {file.absolute().parent.parent for file in files}
    fits = all(
        file.absolute().parent.name == party and file.name == f"{asset}{_suffix(file)}"
        for party, file, asset in zip(parties, files, assets, strict=True)
    )
    return folders.pop() if fits and len(folders) == 1 else None


def _links(
    folder: Path, parties: Sequence[str], files: Sequence[Path], assets: Sequence[str]
) -> list[tuple[Path, Path]]:
    """
    Return which links are to be made to which files.

    Raises:
        WriteFailed: If something else is already in the way.
    """
    links = []
    for party, file, asset in zip(parties, files, assets, strict=True):
        for suffix in _SUFFIXES:
            link = folder / party / f"{asset}{suffix}"
            if not os.path.lexists(link):
                continue
            # A link to nothing is in the way as well.
            same = link.exists() and suffix == _suffix(file) and link.samefile(file)
            if not same:
                raise WriteFailed.kept(
                    f'"{printable(link.name)}" of {printable(party)}'
                )
        link = folder / party / f"{asset}{_suffix(file)}"
        if not link.exists():
            links.append((link, file.absolute()))
    return links


def _suffix(file: Path) -> str:
    """Return how a rehearsal wants the name of a raw table to end."""
    return ".csv" if is_csv(file) else ".parquet"


def _link(file: Path, link: Path) -> None:
    """Link to a file or folder; copy it where links are not allowed."""
    try:
        link.symlink_to(file, target_is_directory=file.is_dir())
    except OSError:
        if file.is_dir():
            shutil.copytree(file, link)
        else:
            shutil.copyfile(file, link)
