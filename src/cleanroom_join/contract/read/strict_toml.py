"""
Strict reading of parsed TOML: every key is asked for, the rest is an error.

A `Table` hands out typed values and collects what is wrong instead of stopping,
so that one run of the parser names every fault of a contract.  A value that is
wrong is replaced by a harmless one of the right type; nothing made from a
document with problems is ever returned to a caller.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from cleanroom_join.errors import Problem, did_you_mean, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "ANYTHING",
    "COLUMN_NAME",
    "NAME",
    "SLUG",
    "TABLE_NAME",
    "Pattern",
    "Table",
    "small",
]

EnumT = TypeVar("EnumT", bound=Enum)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A form that a text must have, with its description for people."""

    regex: str
    description: str

    def fits(self, text: str) -> bool:
        """Return whether the whole of *text* has this form."""
        return re.fullmatch(self.regex, text, re.ASCII) is not None


NAME = Pattern(
    r"[a-z][a-z0-9_]{0,62}", "a lower-case name (letters, digits, _; at most 63)"
)
SLUG = Pattern(
    r"[a-z0-9][a-z0-9_-]{2,62}", "3 to 63 lower-case letters, digits, - or _"
)
COLUMN_NAME = Pattern(
    r"[A-Za-z_][A-Za-z0-9_]{0,126}", "a column name (letters, digits, _)"
)
TABLE_NAME = Pattern(
    r"[A-Za-z_][A-Za-z0-9_]{0,126}\.[A-Za-z_][A-Za-z0-9_]{0,126}",
    '"schema.table" (letters, digits, _)',
)
ANYTHING = Pattern(r"[^\x00-\x1f\x7f]{1,200}", "1 to 200 printable characters")

_MISSING = object()


def small(value: int | Decimal) -> bool:
    """Return whether a number is finite and can be worked with cheaply."""
    number = Decimal(value)
    return number.is_finite() and abs(number.adjusted()) <= _MAX_DIGITS


_MAX_DIGITS = 18
"""Largest order of magnitude read: ``1e999999999`` would take minutes to expand."""


@dataclass(slots=True)
class Table:
    """One TOML table with its path; asks for keys and collects problems."""

    content: Mapping[str, object]
    path: str
    problems: list[Problem]
    asked: set[str] = field(default_factory=set)

    def at(self, key: str) -> str:
        """Return the path of *key*."""
        return f"{self.path}.{key}" if self.path else key

    def report(self, key: str, text: str, code: str) -> None:
        """Record that the value at *key* is wrong."""
        self.problems.append(Problem(self.at(key), text, code))

    def has(self, key: str) -> bool:
        """Return whether *key* is there, without reading it."""
        return key in self.content

    def text(
        self, key: str, pattern: Pattern = ANYTHING, default: str | None = None
    ) -> str:
        """Read a string of the form *pattern*; required without a *default*."""
        value = self._value(key, str, "a string", default)
        if not isinstance(value, str):
            return ""
        if value != default and not pattern.fits(value):
            self.report(
                key, f'"{printable(value)}" is not {pattern.description}', "E112"
            )
            return ""
        return value

    def optional_text(self, key: str, pattern: Pattern = ANYTHING) -> str | None:
        """Read a string that may be absent."""
        return self.text(key, pattern) if self._ask(key) else None

    def choice(
        self,
        key: str,
        kind: type[EnumT],
        default: EnumT | None = None,
        *,
        later: Mapping[str, str] | None = None,
    ) -> EnumT:
        """Read one of an enum's values; *later* says what is to be said of others."""
        members = {str(member.value): member for member in kind}
        fallback = default if default is not None else next(iter(kind))
        value = self._value(key, str, "a string", fallback.value if default else None)
        if isinstance(value, str) and value not in members:
            known = ", ".join(f'"{name}"' for name in members)
            more = (later or {}).get(value) or did_you_mean(value, members)
            self.report(
                key, f'"{printable(value)}" is not one of {known}{more}', "E112"
            )
        return members.get(str(value), fallback)

    def integer(
        self, key: str, minimum: int, maximum: int, default: int | None = None
    ) -> int:
        """Read a whole number from *minimum* to *maximum*."""
        value = self._value(key, int, "a whole number", default)
        if isinstance(value, bool) or not isinstance(value, int):
            return minimum
        if not minimum <= value <= maximum:
            self.report(key, f"must be from {minimum} to {maximum}", "E113")
            return minimum
        return value

    def number(self, key: str) -> Decimal:
        """Read a finite number, exactly as it is written."""
        value = self._value(key, (int, Decimal), "a number", None)
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            return Decimal(0)
        if not small(value):
            self.report(key, "must be finite and of at most 18 digits", "E113")
            return Decimal(0)
        return Decimal(value)

    def boolean(self, key: str, *, default: bool) -> bool:
        """Read a boolean."""
        return bool(self._value(key, bool, "true or false", default))

    def date(self, key: str) -> dt.date:
        """Read a date without a time."""
        value = self._value(key, dt.date, "a date such as 2030-12-31", None)
        if isinstance(value, dt.datetime):
            self.report(key, "must be a date without a time", "E112")
            return value.date()
        return value if isinstance(value, dt.date) else dt.date.min

    def texts(self, key: str, pattern: Pattern = ANYTHING) -> tuple[str, ...]:
        """Read a non-empty list of different strings."""
        value = self._value(key, list, "a list of strings", None)
        if not isinstance(value, list):
            return ()
        if not value:
            self.report(key, "must not be empty", "E113")
        for index, item in enumerate(value):
            where = f"{key}[{index}]"
            if not isinstance(item, str):
                self.report(where, f"must be a string, got {_kind(item)}", "E112")
            elif not pattern.fits(item):
                self.report(
                    where, f'"{printable(item)}" is not {pattern.description}', "E112"
                )
            elif item in value[:index]:
                self.report(where, f'"{printable(item)}" is named twice', "E116")
        return tuple(item for item in value if isinstance(item, str))

    def one_or_more(self, key: str, default: str | None = None) -> tuple[str, ...]:
        """Read a string, or a non-empty list of strings that may repeat."""
        value = self._value(key, (str, list), "a string or a list", default)
        items = value if isinstance(value, list) else [value]
        if not items:
            self.report(key, "must not be empty", "E113")
        for index, item in enumerate(items):
            if item is _MISSING:
                return ()
            if not isinstance(item, str):
                where = f"{key}[{index}]"
                self.report(where, f"must be a string, got {_kind(item)}", "E112")
            elif not ANYTHING.fits(item):
                self.report(key, f"is not {ANYTHING.description}", "E112")
        return tuple(item for item in items if isinstance(item, str))

    def raw(self, key: str) -> object:
        """Return the value as TOML has it; the caller judges it."""
        return self._value(key, object, "a value", None)

    def table(self, key: str, *, required: bool = True) -> Table:
        """Read a table; an absent one reads as empty."""
        value = self._value(key, dict, "a table", None if required else {})
        content = value if isinstance(value, dict) else {}
        return Table(content, self.at(key), self.problems)

    def tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """Iterate over a table of named tables."""
        outer = self.table(key)
        if self.has(key) and not outer.content:
            self.report(key, "must not be empty", "E113")
        for name in outer.content:
            yield name, outer.table(name)

    def list_of_tables(self, key: str) -> Iterator[Table]:
        """Iterate over a list of tables."""
        value = self._value(key, list, "a list of tables", None)
        items = value if isinstance(value, list) else []
        for index, item in enumerate(items):
            where = f"{key}[{index}]"
            if isinstance(item, dict):
                yield Table(item, self.at(where), self.problems)
            else:
                self.report(where, f"must be a table, got {_kind(item)}", "E112")

    def done(self) -> None:
        """Report every key that nobody asked for."""
        for key in self.content:
            if key not in self.asked:
                near = did_you_mean(key, self.asked)
                self.report(printable(key), f"unknown key{near}", "E110")

    def _ask(self, key: str) -> bool:
        """Note that *key* is known and return whether it is there."""
        self.asked.add(key)
        return key in self.content

    def _value(
        self,
        key: str,
        kind: type | tuple[type, ...],
        description: str,
        default: object,
    ) -> object:
        """Return the value at *key* if it is of *kind*, else report it."""
        if not self._ask(key):
            if default is None:
                self.report(key, f"is missing; expected {description}", "E111")
                return _MISSING
            return default
        value = self.content[key]
        wrong = not isinstance(value, kind)
        if wrong or (isinstance(value, bool) and kind not in (bool, object)):
            self.report(key, f"must be {description}, got {_kind(value)}", "E112")
            return _MISSING
        return value


def _kind(value: object) -> str:
    """Return the TOML name of a value's type."""
    names = {
        str: "a string",
        bool: "a boolean",
        int: "a whole number",
        Decimal: "a number",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), "a date or time")
