"""One pass over a CSV file: how it is written, and what any reader must find."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from cleanroom_join.errors import FileRefused
from cleanroom_join.raw_files.column_names import readable_names
from cleanroom_join.raw_files.csv_header import Header, read_header
from cleanroom_join.raw_files.csv_options import CsvOptions
from cleanroom_join.raw_files.csv_records import NulFound, QuoteFault, records
from cleanroom_join.raw_files.encodings import UTF_8, marked_encoding
from cleanroom_join.raw_files.formats import refuse_other_format
from cleanroom_join.raw_files.text_lines import NotDecoded, TextLines, first_wrong_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cleanroom_join.raw_files.encodings import Encoding

__all__ = ["FIELD_END", "CsvScan", "csv_names", "scan_csv"]

FIELD_END = "\x1f"
"""What stands between the fields of a row whose checksum is taken: a unit separator."""

_HEAD = 2**16
"""Bytes at the beginning that tell the format and the encoding."""
_OFTEN = 10
"""One byte in so many is NUL, or more, in UTF-16 of letters and digits."""
_NO_OPTIONS = CsvOptions()

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class CsvScan:
    """How a file is written, and its rows as RFC 4180 has them."""

    header: Header
    spans_lines: bool
    """Whether a field has a line end, so that a line is no record."""
    rows: int
    checksum: int
    """
    The sum over all rows of the CRC-32 of their fields.

    Fields are joined by `FIELD_END`, line ends in them are LF, and the text is UTF-8.
    The sum does not depend on the order in which a reader finds the rows.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return readable_names(self.header.names)

    @property
    def is_padded(self) -> bool:
        """Whether names have blanks around them, so that values have them too."""
        return any(name != name.strip() for name in self.header.names)


def csv_names(path: Path, options: CsvOptions = _NO_OPTIONS) -> tuple[str, ...]:
    """
    Return the names of a CSV file's columns; only its beginning is read.

    Args:
        path: A file, or a folder of files with one first line.
        options: What the caller says about it.

    Raises:
        FileRefused: If it is no CSV, or its first line cannot be read without doubt.
    """
    file = _parts(path)[0]
    header = _read(file, options, partial(_header, file, options))
    return readable_names(header.names)


def scan_csv(path: Path, options: CsvOptions = _NO_OPTIONS) -> CsvScan:
    """
    Read the whole of a CSV file once, and return what is true of it.

    Args:
        path: A file, or a folder of files with one first line.
        options: What the caller says about it.

    Raises:
        FileRefused: If it is no CSV, or anything of it is in doubt.
    """
    scans = [_read(f, options, partial(_scan, f, options)) for f in _parts(path)]
    if len({scan.header for scan in scans}) > 1:
        raise FileRefused.other_format(
            path.name,
            "has parts that are written differently",
            "write all with one first line, separator and encoding",
        )
    return CsvScan(
        header=scans[0].header,
        spans_lines=any(scan.spans_lines for scan in scans),
        rows=sum(scan.rows for scan in scans),
        checksum=sum(scan.checksum for scan in scans),
    )


def _parts(path: Path) -> list[Path]:
    """Return the file, or the files of a folder that Spark reads."""
    if not path.is_dir():
        return [path]
    parts = [p for p in sorted(path.iterdir()) if not p.name.startswith((".", "_"))]
    if not parts or not all(part.is_file() for part in parts):
        raise FileRefused.other_format(
            path.name,
            "is a folder that holds no files, or more folders",
            "put one CSV file there, or a folder of CSV files",
        )
    return parts


def _read(
    file: Path, options: CsvOptions, action: Callable[[TextLines, Encoding], T]
) -> T:
    """Run *action* on the lines of a file, in the encoding that they are in."""
    with file.open("rb") as raw:
        first = raw.read(_HEAD)
    refuse_other_format(file.name, first)
    marked = marked_encoding(first)
    found = _attempt(file, marked or UTF_8, action)
    encoding = options.encoding
    if isinstance(found, _Unreadable) and marked is None and encoding is not None:
        found = _attempt(file, encoding, action)
    if isinstance(found, _Unreadable):
        raise _refusal(file, found, first, is_marked=marked is not None)
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class _Unreadable:
    """A file is not in an encoding."""

    encoding: Encoding
    line: int
    has_nul: bool


def _attempt(
    file: Path, encoding: Encoding, action: Callable[[TextLines, Encoding], T]
) -> T | _Unreadable:
    """Run *action* on the lines of a file, if it is in an encoding."""
    try:
        with file.open(encoding=encoding.python, newline="") as text:
            return action(TextLines(text), encoding)
    except (NulFound, NotDecoded) as error:
        has_nul = isinstance(error, NulFound)
        return _Unreadable(encoding=encoding, line=error.line, has_nul=has_nul)
    except QuoteFault as error:
        refusal = FileRefused.quotes(file.name, error.line, error.cause)
    raise refusal


def _refusal(
    file: Path, found: _Unreadable, first: bytes, *, is_marked: bool
) -> FileRefused:
    """Return the refusal of a file that is in none of the encodings to try."""
    if is_marked or found.encoding != UTF_8:
        return FileRefused.undecodable(file.name, found.line, found.encoding.python)
    if first.count(b"\0") * _OFTEN > len(first):
        likely = "utf-16-le" if first.find(b"\0") % 2 else "utf-16-be"
        cause = "it has NUL bytes, as UTF-16 without a byte order mark does"
        return FileRefused.other_encoding(file.name, 1, cause, likely)
    if found.has_nul:
        return FileRefused.nul(file.name, found.line)
    line = first_wrong_line(file)
    cause = "it may be Windows-1252 or Latin-1, which Excel writes"
    return FileRefused.other_encoding(file.name, line, cause, "cp1252")


def _header(
    file: Path, options: CsvOptions, lines: TextLines, encoding: Encoding
) -> Header:
    """Return the first record of a file, and how it is read."""
    return read_header(file.name, lines.first(), encoding, options)


def _scan(
    file: Path, options: CsvOptions, lines: TextLines, encoding: Encoding
) -> CsvScan:
    """Count and sum all rows; refuse those that have not one field for each name."""
    header = _header(file, options, lines, encoding)
    names, found = list(header.names), records(lines, header.delimiter)
    next(found)
    width, spans = len(names), _has_line_end(FIELD_END.join(names))
    rows = checksum = short = long = wrong_line = repeated_line = 0
    for line, fields in found:
        if len(fields) != width:
            wrong_line = wrong_line or line
            short, long = short + (len(fields) < width), long + (len(fields) > width)
            continue
        if fields == names:
            repeated_line = repeated_line or line
        text = FIELD_END.join(fields)
        if _has_line_end(text):
            spans = True
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        checksum += zlib.crc32(text.encode())
        rows += 1
    if wrong_line:
        raise FileRefused.row_lengths(
            file.name, short=short, long=long, line=wrong_line, names=width
        )
    if repeated_line:
        raise FileRefused.repeated_header(file.name, repeated_line)
    return CsvScan(header=header, spans_lines=spans, rows=rows, checksum=checksum)


def _has_line_end(text: str) -> bool:
    """Return whether a text has LF or CR in it."""
    return "\n" in text or "\r" in text
