"""Formats that are not what a file's name says, known by their first bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors import FileRefused

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["refuse_other_format", "refuse_unless_parquet"]

_PARQUET = (b"PAR1", b"PARE")
_EXPORT = "save it as CSV in UTF-8"
_OTHERS = (
    (b"\x1f\x8b", "is compressed (gzip)", "unpack it"),
    (b"BZh", "is compressed (bzip2)", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "is compressed (zstd)", "unpack it"),
    (b"PK\x03\x04", "is a workbook of Excel, or another zip archive", _EXPORT),
    (b"\xd0\xcf\x11\xe0", "is a workbook of Excel", _EXPORT),
    (b"PAR1", "is Parquet", "let its name end with .parquet"),
    (b"PARE", "is Parquet, encrypted", "decrypt it where it was made"),
    (b"<", "is HTML or XML", _EXPORT),
    (b"{", "is JSON", _EXPORT),
    (b"[", "is JSON", _EXPORT),
)
"""Beginnings of files, what they mean, and what to do; each fits ``"x" …``."""


def refuse_other_format(file: str, first: bytes) -> None:
    """
    Refuse a file that is called CSV and begins like something else.

    Raises:
        FileRefused: If it is empty, or of a format that is known.
    """
    if not first:
        raise FileRefused.header(file, "is empty", "export the table again")
    for beginning, found, cure in _OTHERS:
        if first.startswith(beginning):
            raise FileRefused.other_format(file, found, cure)


def refuse_unless_parquet(path: Path) -> None:
    """
    Refuse a file that is called Parquet and is not; a folder is left to Spark.

    Raises:
        FileRefused: If it is empty, or begins otherwise.
    """
    if path.is_dir():
        if not any(p.name[0] not in "._" for p in path.iterdir()):
            raise FileRefused.other_format(
                path.name, "is an empty folder", "write the table again"
            )
        return
    with path.open("rb") as raw:
        first = raw.read(4)
    if not first:
        raise FileRefused.other_format(path.name, "is empty", "write the table again")
    if first not in _PARQUET:
        raise FileRefused.other_format(
            path.name, "is not Parquet", "let its name end with .csv if it is CSV"
        )
