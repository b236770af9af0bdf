"""
The statements of a TOML text: which lines say what.

A statement is a table's header, or a key with its value, over one or more lines.  TOML
ends it at the first line end at which it is complete, so the contract's own parser
finds its end: the shortest run of lines that it can read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cleanroom_join.contract.document.toml_text import parse_toml
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Path", "Statement", "statements"]

Path = tuple[str, ...]
"""Keys from the top of the document down."""

_CLOSERS = ("]", "}", '"""', "'''")
"""A value that goes on over a line end is complete in a line with one of these."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A header, or a key with its value."""

    table: Path
    """The table of the last header."""
    key: Path
    """Below `table`; empty for the header itself."""
    spelling: str
    """The key as the text writes it."""
    value: object
    """None for a header."""
    first: int
    """Index of its first line."""
    last: int
    """Index of its last line."""

    @property
    def path(self) -> Path:
        """The keys from the top of the document down."""
        return self.table + self.key


@lru_cache(maxsize=64)
def statements(text: str) -> tuple[Statement, ...]:
    """
    Return the statements of a TOML document, in their order; cached.

    Args:
        text: A document that the contract's reader can parse.

    Raises:
        InternalError: If it cannot.
    """
    return tuple(_statements(text.split("\n")))


def _statements(lines: Sequence[str]) -> Iterator[Statement]:
    """Yield the statements; blank lines and comments belong to none."""
    table: Path = ()
    index = 0
    while index < len(lines):
        start = lines[index].strip()
        if not start or start.startswith("#"):
            index += 1
            continue
        if start.startswith("["):
            table = tuple(_single_keys(_parsed(lines[index])))
            yield Statement(
                table=table, key=(), spelling="", value=None, first=index, last=index
            )
        else:
            statement = _key_and_value(lines, index, table)
            index = statement.last
            yield statement
        index += 1


def _key_and_value(lines: Sequence[str], first: int, table: Path) -> Statement:
    """Return the statement that begins at a line."""
    for last in range(first, len(lines)):
        if last > first and not any(closer in lines[last] for closer in _CLOSERS):
            continue
        text = "\n".join([*lines[first : last + 1], ""])  # a lone CR is no line end
        document, problems = parse_toml(text)
        if problems:
            continue
        spelling, key = _key(text)
        value: object = document
        for name in key:
            value = value[name] if isinstance(value, dict) else None
        return Statement(
            table=table,
            key=key,
            spelling=spelling,
            value=value,
            first=first,
            last=last,
        )
    raise InternalError.of("a statement of a contract has no end")


def _key(text: str) -> tuple[str, Path]:
    """Return the key before the first equals sign outside quotation marks."""
    end = text.find("=")
    while end >= 0:
        document, problems = parse_toml(f"{text[:end]}= 0")
        if not problems:
            return text[:end].strip(), tuple(_single_keys(document))
        end = text.find("=", end + 1)
    raise InternalError.of("a statement of a contract has no key")


def _single_keys(document: object) -> Iterator[str]:
    """Yield the keys of tables that have one key each, from the top down."""
    while isinstance(document, dict) and len(document) == 1:
        ((key, document),) = document.items()
        yield key


def _parsed(line: str) -> Mapping[str, object]:
    """Return a parsed header."""
    document, problems = parse_toml(f"{line}\n")
    if problems:
        raise InternalError.of("a header of a contract is none")
    return document
