"""
Kinds of single values: texts, choices, numbers, booleans, dates.

Each kind of value knows how it is read, how JSON Schema says it, and how the reference
words it.  A value that cannot be read is reported and read as None; its key's default,
or a harmless substitute, takes its place, so that the rest of the document can be
looked at.  What is made from a document with problems never reaches a caller.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Protocol

from cleanroom_join.contract.terms.limits import Limits
from cleanroom_join.contract.terms.names import ANYTHING, Pattern
from cleanroom_join.contract.terms.texts import text_fault
from cleanroom_join.errors import named, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cleanroom_join.contract.document.node import Node
    from cleanroom_join.contract.terms.described import Described

__all__ = [
    "Choice",
    "Date",
    "Flag",
    "Number",
    "Option",
    "Schema",
    "Text",
    "Value",
    "described",
    "plain",
    "whole_number",
]

Schema = dict[str, object]
"""A JSON Schema, as the values that `json` writes."""


class Value(Protocol):
    """A kind of value: how it is read, checked by a schema, and put into words."""

    @property
    def expected(self) -> str:
        """What is expected, for an error: "a string"."""

    @property
    def substitute(self) -> object:
        """What stands for a value that is required and cannot be read."""

    def read(self, node: Node, /) -> object:
        """Return the value that *node* has, or report it and return None."""

    def schema(self) -> Schema:
        """Return the JSON Schema that accepts what `read` accepts."""

    def description(self) -> str:
        """Return what may be written, for the reference."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string of some form."""

    pattern: Pattern = ANYTHING
    expected: ClassVar[str] = "a string"
    substitute: ClassVar[str] = ""

    def read(self, node: Node) -> str | None:
        """Return the text."""
        text = node.typed(str, self.expected)
        if text is None:
            return None
        if not self.pattern.fits(text):
            # Not quoted: it may be a secret that was pasted into a wrong place.
            node.report(f"is not {self.pattern.description}", "E112")
            return None
        if (fault := text_fault(text)) is not None:
            node.report(fault, "E122")
            return None
        return text

    def schema(self) -> Schema:
        """Return that it is a string of this pattern."""
        return {"type": "string", "pattern": self.pattern.anchored}

    def description(self) -> str:
        """Return the form in words."""
        return self.pattern.description


@dataclass(frozen=True, slots=True)
class Option:
    """One of the texts that a choice takes."""

    value: object
    """What it is read as."""
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several texts."""

    options: Mapping[str, Option]
    refused: Mapping[str, str] = field(default_factory=dict)
    """Texts that are often tried here, and the end of the error that refuses them."""
    called: Mapping[str, str] = field(default_factory=dict)
    """What people often call an option, in lower case; an error suggests the option."""
    expected: ClassVar[str] = "a string"

    @property
    def substitute(self) -> object:
        """The first option's value."""
        return next(iter(self.options.values())).value

    def read(self, node: Node) -> object:
        """Return the value of the option that is named."""
        text = node.typed(str, self.expected)
        if text is None:
            return None
        if text in self.options:
            return self.options[text].value
        known = ", ".join(f'"{name}"' for name in self.options)
        near = self.meant(text)
        more = f'; did you mean "{near}"?' if near else self.refused.get(text, "")
        node.report(f"{named(text)} is not one of {known}{more}", "E112")
        return None if near is None else self.options[near].value

    def meant(self, text: str) -> str | None:
        """Return the option that a wrong text most likely stands for, or None."""
        if text in self.options or text in self.refused:
            return None
        return nearest(text, self.options, self.called)

    def only(self, text: str) -> Choice:
        """Return the choice of one option."""
        return Choice({text: self.options[text]})

    def schema(self) -> Schema:
        """Return the options; what each means, as Taplo reads it."""
        meanings = [option.meaning or None for option in self.options.values()]
        schema: Schema = {"type": "string", "enum": list(self.options)}
        if any(meanings):
            schema["x-taplo"] = {"docs": {"enumValues": meanings}}
        return schema

    def description(self) -> str:
        """Return the options, unless there is more to say of each than its text."""
        if any(option.meaning for option in self.options.values()):
            return "one of the texts below"
        return " or ".join(f'`"{text}"`' for text in self.options)


def described(
    members: Iterable[Described],
    refused: Mapping[str, str] | None = None,
    called: Mapping[str, str] | None = None,
) -> Choice:
    """Return the choice between members of an enum, by their values."""
    options = {m.value: Option(m, m.meaning) for m in members}
    return Choice(options, refused or {}, called or {})


@dataclass(frozen=True, slots=True)
class Number:
    """A number within limits, read exactly as it is written."""

    limits: Limits

    @property
    def expected(self) -> str:
        """What kind of number."""
        return "a whole number" if self.limits.whole else "a number"

    @property
    def substitute(self) -> int | Decimal:
        """The one nearest to zero that is allowed."""
        zero = Decimal(0)
        return self._exact(min(max(zero, self.limits.minimum), self.limits.maximum))

    def read(self, node: Node) -> int | Decimal | None:
        """Return the number: an integer if only whole ones make sense."""
        kind: type[int | Decimal] = Decimal if isinstance(node.value, Decimal) else int
        number = node.typed(kind, self.expected)
        if number is None:
            return None
        fault = self.limits.fault(number)
        if fault is None:
            return self._exact(number)
        node.report(*fault)
        return None

    def _exact(self, number: int | Decimal) -> int | Decimal:
        """Return a number in the type that these limits give."""
        return int(number) if self.limits.whole else Decimal(number)

    def schema(self) -> Schema:
        """Return the type and the range."""
        return {
            "type": "integer" if self.limits.whole else "number",
            "minimum": plain(self.limits.minimum),
            "maximum": plain(self.limits.maximum),
        }

    def description(self) -> str:
        """Return the range."""
        if self.limits.minimum == self.limits.maximum:
            return f"{plain(self.limits.minimum)}"
        kind = "whole number" if self.limits.whole else "number"
        low, high = (
            f"{plain(n):,}" for n in (self.limits.minimum, self.limits.maximum)
        )
        return f"{kind} from {low} to {high}"


def whole_number(minimum: int, maximum: int) -> Number:
    """Return a whole number from *minimum* to *maximum*."""
    return Number(
        Limits(minimum=Decimal(minimum), maximum=Decimal(maximum), whole=True)
    )


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean."""

    expected: ClassVar[str] = "true or false"
    substitute: ClassVar[bool] = False

    def read(self, node: Node) -> bool | None:
        """Return the boolean."""
        return node.typed(bool, self.expected)

    def schema(self) -> Schema:
        """Return that it is a boolean."""
        return {"type": "boolean"}

    def description(self) -> str:
        """Return both values."""
        return "`true` or `false`"


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the calendar."""

    expected: ClassVar[str] = "a date such as 2030-12-31"
    substitute: ClassVar[dt.date] = dt.date.min

    def read(self, node: Node) -> dt.date | None:
        """Return the day."""
        if isinstance(node.value, dt.datetime):
            node.report("must be a date without a time", "E112")
            return None
        return node.typed(dt.date, self.expected)

    def schema(self) -> Schema:
        """Return the form of a date in JSON, which has no type for it."""
        return {
            "type": "string",
            "format": "date",
            "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        }

    def description(self) -> str:
        """Return an example, since quotes are wrong here."""
        return "date, such as `2030-12-31`"


def plain(number: Decimal) -> int | float:
    """Return a number as JSON has it."""
    return int(number) if number == int(number) else float(number)
