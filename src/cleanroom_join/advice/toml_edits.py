"""
Edits of a contract's text: one value set or removed, everything else as it was.

The result is text that a person could have written: where a value is in an inline
table, that table's line is written anew; where a table has its own header, its lines
are.  `hunks` says which lines differ, so that they can be pasted.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from cleanroom_join.advice.toml_statements import statements
from cleanroom_join.contract.document.toml_text import parse_toml
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.advice.toml_statements import Path, Statement

__all__ = ["Hunk", "hunks", "value_at", "with_value", "without"]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 88
"""Characters above which an array is written over several lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hunk:
    """Neighbouring lines that an edit replaces."""

    table: str
    """The header above them as the text has it; empty at the top."""
    line: int
    """Number of the first line that is replaced, or before which lines are added."""
    removed: tuple[str, ...]
    added: tuple[str, ...]


def value_at(text: str, path: Path) -> object:
    """Return the value of a document at *path*; None if there is none."""
    value: object = parse_toml(text)[0]
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def with_value(text: str, path: Path, value: object) -> str:
    """
    Return a document in which *path* has another value, or one at all.

    Args:
        text: The document.
        path: Keys from the top down; no list may be on the way.
        value: Text, number, boolean, list or table.
    """
    found = statements(text)
    lines = text.split("\n")
    if any(len(s.path) > len(path) and s.path[: len(path)] == path for s in found):
        return with_value(without(text, path), path, value)
    for said in found:
        if said.key and path[: len(said.path)] == said.path:
            inner = _set(said.value, path[len(said.path) :], value)
            return _replaced(lines, said, _assignment(said.spelling, inner))
    return _added(lines, found, path, value)


def without(text: str, *paths: Path) -> str:
    """Return a document without some paths and all that is below them."""
    lines = text.split("\n")
    dropped = set(paths)
    new: dict[int, list[str]] = {}
    for said in statements(text):
        whole = range(said.first, said.last + 1)
        if any(said.path[:size] in dropped for size in range(1, len(said.path) + 1)):
            new |= {line: [] for line in whole}
        elif isinstance(said.value, dict):
            inner: object = said.value
            for path in paths:
                if path[: len(said.path)] == said.path:
                    inner = _removed(inner, path[len(said.path) :])
            if inner != said.value:
                new |= {line: [] for line in whole}
                new[said.first] = _assignment(said.spelling, inner)
    return "\n".join(
        kept for i, line in enumerate(lines) for kept in new.get(i, [line])
    )


def hunks(before: str, after: str) -> tuple[Hunk, ...]:
    """Return which lines differ between two texts, from the top down."""
    old, new = before.split("\n"), after.split("\n")
    headers = {s.first: old[s.first].strip() for s in statements(before) if not s.key}
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    return tuple(
        Hunk(
            table=_header_above(headers, start),
            line=start + 1,
            removed=tuple(old[start:end]),
            added=tuple(new[new_start:new_end]),
        )
        for tag, start, end, new_start, new_end in matcher.get_opcodes()
        if tag != "equal"
    )


def _header_above(headers: Mapping[int, str], line: int) -> str:
    """Return the last header before a line."""
    above = [index for index in headers if index < line]
    return headers[max(above)] if above else ""


def _added(
    lines: Sequence[str], found: Sequence[Statement], path: Path, value: object
) -> str:
    """Return a document with a value that it did not have."""
    parent = path[:-1]
    if not parent:  # before any header
        return "\n".join([*_assignment(_key_text(path[-1]), value), *lines])
    below = [s for s in found if s.path[: len(parent)] == parent]
    inside = [s for s in below if s.table == parent]
    dotted = [s for s in below if len(s.table) < len(parent)]
    beside = inside or dotted
    if not beside:
        header = f"[{'.'.join(map(_key_text, parent))}]"
        new = _assignment(_key_text(path[-1]), value)
        return "\n".join([*lines, header, *new, ""])
    last = beside[-1]
    key = ".".join(map(_key_text, path[len(last.table) :]))
    new = _assignment(key, value)
    return "\n".join([*lines[: last.last + 1], *new, *lines[last.last + 1 :]])


def _replaced(lines: Sequence[str], said: Statement, new: Sequence[str]) -> str:
    """Return the document with other lines for a statement."""
    return "\n".join([*lines[: said.first], *new, *lines[said.last + 1 :]])


def _set(found: object, path: Path, value: object) -> object:
    """Return a table in which *path* has another value; the value itself if empty."""
    if not path:
        return value
    table = _table(found)
    return {**table, path[0]: _set(table.get(path[0], {}), path[1:], value)}


def _removed(found: object, path: Path) -> object:
    """Return a table without *path*."""
    table = _table(found)
    others = {key: value for key, value in table.items() if key != path[0]}
    if len(path) == 1 or path[0] not in table:
        return others
    return {**table, path[0]: _removed(table[path[0]], path[1:])}


def _table(found: object) -> dict[str, object]:
    """Return an inline table."""
    if not isinstance(found, dict):
        raise InternalError.of("a path of a contract leads into a value")
    return found


def _assignment(key: str, value: object) -> list[str]:
    """Return the lines of a key with its value."""
    line = f"{key} = {_value_text(value)}"
    if len(line) <= _WIDTH or not isinstance(value, list):
        return [line]
    lines = [f"{key} = ["]
    row = " "
    for item in map(_value_text, value):
        if len(row) + len(item) + 2 > _WIDTH and row != " ":
            lines.append(row)
            row = " "
        row += f" {item},"
    return [*lines, row, "]"]


def _key_text(key: str) -> str:
    """Return a key, quoted if it must be."""
    return key if _BARE_KEY.fullmatch(key) else _value_text(key)


def _value_text(value: object) -> str:
    """
    Return a value as TOML writes it.

    Raises:
        InternalError: For a kind of value that no change of a contract sets or keeps.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A basic string has the escapes of JSON; nothing else in a contract needs one.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list):
        return f"[{', '.join(map(_value_text, value))}]"
    if isinstance(value, dict):
        items = (f"{_key_text(k)} = {_value_text(v)}" for k, v in value.items())
        return f"{{ {', '.join(items)} }}" if value else "{}"
    raise InternalError.of("a value of a contract is of no known kind")
