"""Errors of raw files: absent, of another format or encoding, with broken rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors.base import (
    CleanRoomJoinError,
    did_you_mean,
    printable,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["FileRefused"]

_FEW = 100
"""No error states a smaller count."""
_LISTED = 5
"""Names of a folder that an error lists."""


class FileRefused(CleanRoomJoinError):
    """
    A raw file cannot be read without doubt: put it elsewhere, or write it anew.

    Names of files, folders and formats are quoted, and numbers of lines.  Nothing that
    a file holds is: its first line may be data.
    """

    code = "E300"

    @classmethod
    def missing_folder(cls, folder: str) -> FileRefused:
        """Say that a folder of raw tables is not there."""
        return cls(
            f'there is no folder "{printable(folder)}".',
            hint="raw tables lie as <data>/<party>/<asset>.csv or .parquet.",
        )

    @classmethod
    def missing_party(
        cls, party: str, asset: str, folder: str, found: Iterable[str]
    ) -> FileRefused:
        """Say that a party has no folder, and what is there instead."""
        wanted = f"{printable(party)}/{printable(asset)}"
        return cls(
            f'there is no folder "{printable(party)}" in "{printable(folder)}"; '
            f"there is {_some(found)}.",
            hint=f"the raw table is {wanted}.csv or .parquet, named exactly as the "
            "contract names party and asset.",
        )

    @classmethod
    def missing_file(cls, asset: str, folder: str, found: Iterable[str]) -> FileRefused:
        """Say that an asset has no file, and which files there are."""
        name = printable(asset)
        return cls(
            f'there is neither {name}.csv nor {name}.parquet in "{printable(folder)}"; '
            f"there is {_some(found)}.",
            hint="name it exactly as the contract names the asset.",
        )

    @classmethod
    def absent(cls, file: str, folder: str, found: Iterable[str]) -> FileRefused:
        """Say that a file that was named is not there, and which one is meant."""
        near = did_you_mean(file, found) or "."
        return cls(f'there is no "{printable(file)}" in "{printable(folder)}"{near}')

    @classmethod
    def two_files(cls, asset: str, folder: str) -> FileRefused:
        """Refuse to choose between CSV and Parquet."""
        name = printable(asset)
        return cls(
            f'there are both {name}.csv and {name}.parquet in "{printable(folder)}".',
            hint="remove the one that is out of date.",
        )

    @classmethod
    def other_format(cls, file: str, found: str, cure: str) -> FileRefused:
        """Say what a file is instead of what its name says."""
        return cls(f'"{printable(file)}" {found}.', hint=f"{cure}.", code="E307")

    @classmethod
    def other_encoding(
        cls, file: str, line: int, cause: str, encoding: str
    ) -> FileRefused:
        """
        Say where a file stops being UTF-8, and what it probably is.

        Args:
            file: The file's name.
            line: The line that has the first wrong byte.
            cause: What the bytes look like.
            encoding: The value of ``--encoding`` to try.
        """
        return cls(
            f'"{printable(file)}" is not UTF-8, first in line {line:,}: {cause}.',
            hint=f"write it as UTF-8, or pass --encoding {encoding}.",
            code="E307",
        )

    @classmethod
    def undecodable(cls, file: str, line: int, encoding: str) -> FileRefused:
        """Say that a file is not in the encoding that its mark or the caller names."""
        return cls(
            f'"{printable(file)}" is not {printable(encoding)}, first in or after '
            f"line {line:,}.",
            hint="write it as UTF-8.",
            code="E307",
        )

    @classmethod
    def nul(cls, file: str, line: int) -> FileRefused:
        """Say that a file has a NUL among its text."""
        return cls(
            f'"{printable(file)}" has a NUL byte in line {line:,}.',
            hint="the file is damaged, or a program padded a field: export it again.",
            code="E307",
        )

    @classmethod
    def delimiters(cls, file: str, found: Sequence[str]) -> FileRefused:
        """Say that the first line could be separated by several characters."""
        shown = " or ".join(_visible(one) for one in found)
        return cls(
            f'the first line of "{printable(file)}" could be separated by {shown}.',
            hint=f"say by which, such as --delimiter {_visible(found[0])}.",
            code="E307",
        )

    @classmethod
    def quotes(cls, file: str, line: int, cause: str) -> FileRefused:
        """Say in which record the quotes are not those of RFC 4180."""
        return cls(
            f'the quotes of "{printable(file)}" are not those of RFC 4180 from line '
            f"{line:,} on: {cause}.",
            hint="a field with a quote, a separator or a line end stands in quotes, "
            "and each quote inside of it is doubled.",
            code="E309",
        )

    @classmethod
    def row_lengths(
        cls, file: str, *, short: int, long: int, line: int, names: int
    ) -> FileRefused:
        """
        Say how many rows have fewer or more fields than the first line has names.

        Args:
            file: The file's name.
            short: Rows with fewer fields.
            long: Rows with more.
            line: The line of the first of them.
            names: Names in the first line.
        """
        parts = [
            *([f"{_rows(short)} with fewer"] if short else []),
            *([f"{_rows(long)} with more"] if long else []),
        ]
        likely = (
            "most often a separator or a line end in a field without quotes"
            if long
            else "most often a line end in a field without quotes, or a line of totals "
            "at the end"
        )
        if names == 1:
            likely = "most often a title above the line of names"
        return cls(
            f'"{printable(file)}" names {names:,} columns, and has '
            f"{' and '.join(parts)} fields, the first in line {line:,}.",
            hint=f"{likely}.",
            code="E309",
        )

    @classmethod
    def repeated_header(cls, file: str, line: int) -> FileRefused:
        """Say that the line of names comes twice, so that one would be a row."""
        return cls(
            f'"{printable(file)}" repeats its first line, first in line {line:,}.',
            hint="most often several exports were put together: keep one line of "
            "names.",
            code="E309",
        )

    @classmethod
    def other_reading(cls, file: str) -> FileRefused:
        """Say that Spark reads other fields in a file than RFC 4180 does."""
        return cls(
            f'Spark does not read the fields of "{printable(file)}" that are in it.',
            hint="most often it mixes line ends (CR, LF, CRLF) or changed meanwhile: "
            "write it anew, with one line end.",
            code="E309",
        )

    @classmethod
    def nanoseconds(cls, file: str) -> FileRefused:
        """Say that Spark does not read timestamps in nanoseconds."""
        return cls(
            f'"{printable(file)}" has timestamps in nanoseconds, which Spark does not '
            "read.",
            hint='write microseconds: with pandas, to_parquet(…, coerce_timestamps="us"'
            ", allow_truncated_timestamps=True).",
            code="E307",
        )

    @classmethod
    def header(cls, file: str, fault: str, cure: str) -> FileRefused:
        """Say what is wrong with a file's first line; no name in it is quoted."""
        text = f'"{printable(file)}" {fault}.'
        return cls(text, hint=f"{cure}.", code="E320")


def _some(names: Iterable[str]) -> str:
    """Return names quoted, the first few of many."""
    known = sorted(names)
    if not known:
        return "nothing"
    more = f" and {len(known) - _LISTED:,} more" if len(known) > _LISTED else ""
    return f"{quoted(known[:_LISTED])}{more}"


def _rows(count: int) -> str:
    """Return a count in words, if it is not small."""
    return f"{count:,} rows" if count >= _FEW else f"fewer than {_FEW} rows"


def _visible(delimiter: str) -> str:
    """Return a separator as one passes it to a command."""
    return "tab" if delimiter == "\t" else f"'{printable(delimiter)}'"
