"""
Records of CSV by the letter of RFC 4180, section 2.

Three things differ from Python's `csv`, which is made to read whatever it can: a quote
that is neither around a field nor doubled is a fault, a record knows its line, and no
limit of the process decides which field is too large.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["NulFound", "QuoteFault", "records"]

_LONGEST = 2**24
"""Characters of a record; a quote that is never closed runs to the end of the file."""

_NOT_CLOSED = "a quote is opened and not closed"
_BACKSLASH = "a backslash stands before a quote, where quotes are doubled"
_BLANK = "a blank stands between a separator and a quote"
_STRAY = "a quote stands inside a field that is not quoted, or is not doubled"


class QuoteFault(Exception):
    """A record has quotes that RFC 4180 does not know; nothing of it is kept."""

    def __init__(self, line: int, cause: str) -> None:
        super().__init__(line, cause)
        self.line = line
        self.cause = cause


class NulFound(Exception):
    """A line has a NUL, so the text is no CSV, or is of another encoding."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Grammar:
    """The fields of a record that has quotes."""

    def __init__(self, delimiter: str) -> None:
        mark = re.escape(delimiter)
        self._between = f'"{delimiter}"'
        quoted = r'"([^"]*(?:""[^"]*)*)"'
        plain = rf'([^"{mark}\r\n]*)'
        field = rf"(?:{quoted}|{plain})"
        self._record = re.compile(rf"{field}(?:{mark}{field})*(?:\r\n|\n|\r)?")
        self._field = re.compile(rf"(?:^|{mark}){field}")
        self._blank_before = re.compile(rf'{mark}[ \t]+"')
        self._end = re.compile(r"(?:\r\n|\n|\r)\Z")

    def fields(self, record: str, line: int) -> list[str]:
        """Return the fields of a record, or raise `QuoteFault`."""
        text = self._end.sub("", record)
        # Where every field is quoted and has no quote, there is one way to read it.
        plain = text[1:-1].split(self._between)
        quotes = 2 * len(plain)
        if text[0] == text[-1] == '"' and text.count('"') == quotes:
            return plain
        if self._record.fullmatch(record) is None:
            raise QuoteFault(line, self.cause(record, _STRAY))
        return [
            found[1].replace('""', '"') if found[1] is not None else found[2]
            for found in self._field.finditer(text)
        ]

    def cause(self, record: str, otherwise: str) -> str:
        """Return the likely cause of a fault in a record."""
        if '\\"' in record:
            return _BACKSLASH
        return _BLANK if self._blank_before.search(record) else otherwise


def records(
    lines: Iterable[str], delimiter: str, *, first_line: int = 1
) -> Iterator[tuple[int, list[str]]]:
    """
    Yield the line in which each record begins, and its fields; skip empty lines.

    Args:
        lines: Lines with their ends: LF, CRLF or CR, as ``open(newline="")`` gives
            them.
        delimiter: What separates fields.
        first_line: The number of the first line.

    Raises:
        QuoteFault: At a quote that is neither around a field nor doubled.
        NulFound: At a line with a NUL.
    """
    grammar = _Grammar(delimiter)
    rest = iter(lines)
    number = first_line - 1
    for text in rest:
        number += 1
        if "\0" in text:
            raise NulFound(number)
        if '"' not in text:
            if record := text.rstrip("\r\n"):
                yield number, record.split(delimiter)
            continue
        whole, more = _whole_record(text, rest)
        if "\0" in whole:
            raise NulFound(number)
        if whole.count('"') % 2:
            raise QuoteFault(number, grammar.cause(whole, _NOT_CLOSED))
        yield number, grammar.fields(whole, number)
        number += more


def _whole_record(first: str, rest: Iterator[str]) -> tuple[str, int]:
    """Return a record to the end of the line in which its quotes are even."""
    parts, quotes, size = [first], first.count('"'), len(first)
    while quotes % 2 and size < _LONGEST:
        line = next(rest, None)
        if line is None:
            break
        parts.append(line)
        quotes += line.count('"')
        size += len(line)
    return "".join(parts), len(parts) - 1
