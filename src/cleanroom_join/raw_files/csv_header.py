"""The first line of a CSV file: names of columns, and the separator between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.errors import FileRefused
from cleanroom_join.raw_files.csv_records import QuoteFault, records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.raw_files.csv_options import CsvOptions
    from cleanroom_join.raw_files.encodings import Encoding

__all__ = ["Header", "read_header"]

_DELIMITERS = (",", ";", "\t", "|")
"""Separators that are found without being told."""
_EXCEL = re.compile(r'"?sep=.?"?[\r\n]*', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """The first record of a file, and how it was read."""

    names: tuple[str, ...]
    """As they are in the file."""
    delimiter: str
    encoding: Encoding


def read_header(
    file: str, lines: Sequence[str], encoding: Encoding, options: CsvOptions
) -> Header:
    """
    Return the first record, separated by the one character that fits.

    A character fits if it makes two or more names, and the quotes are those of RFC
    4180.  The caller's separator goes first.

    Args:
        file: The file's name, for messages.
        lines: Its first lines, with their ends.
        encoding: The encoding of these lines.
        options: What the caller says about files.

    Raises:
        FileRefused: If several characters fit, or there is no record.
        NulFound: If a line has a NUL.
    """
    if not any(line.strip("\r\n") for line in lines):
        raise FileRefused.header(file, "is empty", "export the table again")
    if _EXCEL.fullmatch(lines[0]):
        fault = "begins with a line sep=…, which only Excel understands"
        raise FileRefused.header(file, fault, "delete that line")
    tried = dict.fromkeys((options.delimiter or ",", *_DELIMITERS))
    first = {delimiter: _first_record(lines, delimiter) for delimiter in tried}
    found = {
        d: names for d, names in first.items() if not isinstance(names, QuoteFault)
    }
    if not found:
        raise next(fault for fault in first.values() if isinstance(fault, QuoteFault))
    several = [delimiter for delimiter, names in found.items() if len(names) > 1]
    if options.delimiter in several:
        several = [options.delimiter]
    if len(several) > 1:
        raise FileRefused.delimiters(file, several)
    delimiter = several[0] if several else next(iter(found))
    return Header(names=found[delimiter], delimiter=delimiter, encoding=encoding)


def _first_record(lines: Sequence[str], delimiter: str) -> tuple[str, ...] | QuoteFault:
    """Return the fields of the first record, or what is wrong with its quotes."""
    try:
        _, names = next(records(lines, delimiter))
    except QuoteFault as fault:
        return fault
    return tuple(names)
