"""Where raw tables lie: ``<data>/<party>/<asset>.csv`` or ``.parquet``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.errors import FileRefused
from cleanroom_join.raw_files.column_names import matched_columns, raw_column_names
from cleanroom_join.raw_files.csv_options import CsvOptions
from cleanroom_join.raw_files.csv_scan import csv_names
from cleanroom_join.raw_files.formats import refuse_unless_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from cleanroom_join.contract import Asset

__all__ = ["RawFolder", "check_raw_file", "is_csv", "require_file"]

_CSV = (".csv", ".tsv", ".txt")
_SUFFIXES = (".csv", ".parquet")
_NO_OPTIONS = CsvOptions()


@dataclass(frozen=True, slots=True)
class RawFolder:
    """The folder of a rehearsal's raw tables, and what is said of its CSV files."""

    path: Path
    csv: CsvOptions = _NO_OPTIONS

    @classmethod
    def of(cls, data: Path | RawFolder) -> RawFolder:
        """Return a folder of which nothing else is said, if it is a path."""
        return data if isinstance(data, RawFolder) else cls(data)

    def file(self, asset: Asset) -> Path:
        """
        Return where a party's raw table lies.

        Raises:
            FileRefused: If a folder or the file is not there, with the names of what
                is.
            FileRefused: If there are two.
        """
        data, folder = self.path, self.path / asset.party
        if not data.is_dir():
            raise FileRefused.missing_folder(str(data))
        # Of the listing, since some file systems find a name in another case.
        if asset.party not in (there := _listed(data)):
            raise FileRefused.missing_party(asset.party, asset.name, data.name, there)
        there = _listed(folder)
        wanted = [f"{asset.name}{suffix}" for suffix in _SUFFIXES]
        found = [name for name in wanted if name in there]
        shown = f"{data.name}/{asset.party}"
        if len(found) > 1:
            raise FileRefused.two_files(asset.name, shown)
        if not found:
            raise FileRefused.missing_file(asset.name, shown, there)
        return folder / found[0]

    def check(self, asset: Asset) -> None:
        """
        Look at a party's raw table before Spark starts, as `check_raw_file` does.

        Raises:
            FileRefused: If it is not there, of another format, or has no names.
            TableRefused: If a column that the contract names is not in it, or twice.
        """
        check_raw_file(self.file(asset), asset, self.csv)


def require_file(path: Path) -> None:
    """
    Refuse a file that is not there, with the names of what is.

    Raises:
        FileRefused: If it is not.
    """
    if not path.exists():
        folder = path.absolute().parent
        if not folder.is_dir():
            raise FileRefused.missing_folder(str(path.parent))
        raise FileRefused.absent(path.name, folder.name, _listed(folder))


def is_csv(path: Path) -> bool:
    """
    Return whether a file is CSV by its name; otherwise it is Parquet.

    Raises:
        FileRefused: If its name says neither.
    """
    suffix = path.suffix.lower()
    if suffix in _CSV:
        return True
    if suffix == ".parquet":
        return False
    raise FileRefused.other_format(
        path.name,
        "is neither CSV nor Parquet by its name",
        "let it end with .csv or .parquet",
    )


def check_raw_file(path: Path, asset: Asset, options: CsvOptions = _NO_OPTIONS) -> None:
    """
    Look at a raw table before Spark starts: its format, and the names of CSV.

    Raises:
        FileRefused: If it is not there, of another format, or has no names.
        TableRefused: If a column that the contract names is not in it, or twice.
    """
    require_file(path)
    if is_csv(path):
        names, wanted = csv_names(path, options), raw_column_names(asset)
        matched_columns(asset.name, wanted, names, may_be_data=True)
    else:
        refuse_unless_parquet(path)


def _listed(folder: Path) -> list[str]:
    """Return the names in a folder that are not hidden."""
    return sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))
