"""
Tables with declared keys: what each key is called, means and takes.

A `Record` reads a table key by key and gives the values to whatever makes a term of
them; a key that it does not declare is a fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar

from cleanroom_join.contract.document.keys import Keys, as_meant
from cleanroom_join.contract.document.node import Node
from cleanroom_join.contract.document.scalars import plain
from cleanroom_join.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cleanroom_join.contract.document.scalars import Schema, Value
    from cleanroom_join.contract.terms.names import Pattern

__all__ = [
    "REQUIRED",
    "AnyRecord",
    "Field",
    "NamedRecords",
    "Record",
    "RecordList",
]

T = TypeVar("T")


class _Required(Enum):
    """A type beside None, which is a default like any other."""

    REQUIRED = "required"


REQUIRED = _Required.REQUIRED
"""Stands where a default would: the key must be there."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a table."""

    name: str
    value: Value
    meaning: str
    """One sentence for those who write or sign a contract."""
    default: object = REQUIRED
    into: str = ""
    """The argument of the record's maker; the key's own name if empty."""
    stricter: str = ""
    """Which direction protects more, where there is one: "higher"."""
    called: tuple[str, ...] = ()
    """What people often call the key, in lower case; an error suggests the key."""

    def read(self, table: Node, content: Mapping[str, object]) -> object:
        """Return the value at this key of *table*; the default if there is none."""
        node = table.at(self.name, content.get(self.name))
        value = self.value.read(node) if self.name in content else None
        if value is not None:
            return value
        if self.default is not REQUIRED:
            return self.default
        if self.name not in content:
            node.report(f"is missing; expected {self.value.expected}", "E111")
        return self.value.substitute

    def schema(self) -> Schema:
        """Return the value's schema with the sentence and the default."""
        direction = (
            f" The {self.stricter} value is the stricter." if self.stricter else ""
        )
        schema = {**self.value.schema(), "description": self.meaning + direction}
        default = self.default_json()
        return schema if default is None else {**schema, "default": default}

    def default_json(self) -> str | int | float | None:
        """Return the default as JSON has it; None if there is none to show."""
        default = self.default
        if default is not REQUIRED and isinstance(default, Enum):
            return str(default.value)
        if isinstance(default, Decimal):
            return plain(default)
        return default if isinstance(default, (str, int)) else None


class AnyRecord(Protocol):
    """A table that is read under a name, or as one of a list."""

    def read(self, node: Node, /, **given: object) -> object:
        """Return what the table says; *given* goes to its maker too."""

    def schema(self) -> Schema:
        """Return the JSON Schema of the table."""

    def names(self) -> tuple[str, ...]:
        """Return the keys that it may have."""


@dataclass(frozen=True, slots=True)
class Record(Generic[T]):
    """A table of declared keys."""

    make: Callable[..., T]
    """Makes a term of the values, which it is given by the names of the keys."""
    fields: tuple[Field, ...]
    refused: Mapping[str, str] = field(default_factory=dict)
    """Keys of similar tables, and the text of the fault if they stand in this one."""
    expected: ClassVar[str] = "a table"

    @property
    def substitute(self) -> T:
        """What is made of an empty table."""
        return self.read(Node.nothing())

    def read(self, node: Node, /, **given: object) -> T:
        """Return what the table says, and report every key that is not declared."""
        content = node.typed(dict, self.expected)
        if content is None:
            return self.read(Node.nothing(), **given)
        meant = as_meant(content, self._keys())
        values = {f.into or f.name: f.read(node, meant) for f in self.fields}
        for key in content:
            if key in self.refused:
                node.at(key).report(self.refused[key], "E116")
            elif key not in self.names():
                node.at(key).report(f"unknown key{self._suggestion(key)}", "E110")
        return self.make(**given, **values)

    def names(self) -> tuple[str, ...]:
        """Return the keys that it may have."""
        return tuple(f.name for f in self.fields)

    def _keys(self) -> Keys:
        """Return the keys that may stand here; not suggested are those refused."""
        called = {word: f.name for f in self.fields for word in f.called}
        return Keys(self.names(), called, tuple(self.refused))

    def _suggestion(self, key: str) -> str:
        """Return which key of this table was meant, or of a table in it."""
        inner = {
            word: f"{f.name}.{below.name}"
            for f in self.fields
            if isinstance(f.value, Record)
            for below in f.value.fields
            for word in (below.name, *below.called)
        }
        keys = self._keys()
        if key.lower() in keys.called or key.lower() not in inner:
            return did_you_mean(key, keys.names, keys.called)
        return did_you_mean(key, inner.values(), inner)

    def schema(self) -> Schema:
        """Return the keys, and that there are no others."""
        return {
            "type": "object",
            "properties": {f.name: f.schema() for f in self.fields},
            "required": [f.name for f in self.fields if f.default is REQUIRED],
            "additionalProperties": False,
        }

    def description(self) -> str:
        """Return what it is."""
        return "table"


@dataclass(frozen=True, slots=True)
class NamedRecords:
    """A table of tables with names of the contract's own."""

    pattern: Pattern
    record: AnyRecord
    otherwise: str = ""
    """What to do if a name is not of that form: the end of the error."""
    expected: ClassVar[str] = "a table"
    substitute: ClassVar[Mapping[str, object]] = MappingProxyType({})

    def read(self, node: Node) -> Mapping[str, object] | None:
        """Return what each table says, by its name."""
        content = node.typed(dict, self.expected)
        if content is None:
            return None
        if not content:
            node.report("must not be empty", "E113")
        found = {}
        for name, value in content.items():
            here = node.at(name, value)
            if not self.pattern.fits(name):
                text = f"is not {self.pattern.description}{self.otherwise}"
                here.report(text, "E112")
            found[name] = self.record.read(here, name=name)
        return MappingProxyType(found)

    def schema(self) -> Schema:
        """Return the form of names, and what is under each."""
        return {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": self.pattern.anchored},
            "additionalProperties": self.record.schema(),
        }

    def description(self) -> str:
        """Return the form of names."""
        return f"tables, each under {self.pattern.description}"


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list of tables."""

    record: AnyRecord
    expected: ClassVar[str] = "a list of tables"
    substitute: ClassVar[tuple[object, ...]] = ()

    def read(self, node: Node) -> tuple[object, ...] | None:
        """Return what each table says, in order, and leave out what is no table."""
        if node.typed(list, self.expected) is None:
            return None
        tables = [i for i in node.items() if i.typed(dict, "a table") is not None]
        return tuple(self.record.read(table) for table in tables)

    def schema(self) -> Schema:
        """Return what each item is."""
        return {"type": "array", "items": self.record.schema()}

    def description(self) -> str:
        """Return what it is."""
        return "list of tables"
