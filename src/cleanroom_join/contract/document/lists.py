"""Kinds of values with items: lists, one value or several, tables of texts."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from cleanroom_join.contract.document.scalars import Text
from cleanroom_join.contract.terms.names import ANYTHING
from cleanroom_join.errors import named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cleanroom_join.contract.document.node import Node
    from cleanroom_join.contract.document.scalars import Schema, Value
    from cleanroom_join.contract.terms.names import Pattern

__all__ = ["ListOf", "OneOrMore", "TextTable"]


def _complete(item: Value, values: Iterable[object]) -> tuple[object, ...]:
    """Return *values* with a substitute for each that could not be read."""
    return tuple(item.substitute if value is None else value for value in values)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of different scalars, at least one."""

    item: Value
    expected: str
    substitute: ClassVar[tuple[object, ...]] = ()

    def read(self, node: Node) -> tuple[object, ...] | None:
        """Return the items in their order."""
        items = node.typed(list, self.expected)
        if items is None:
            return None
        if not items:
            node.report("must not be empty", "E113")
        values = [self.item.read(item) for item in node.items()]
        seen: set[object] = set()
        for item, value in zip(node.items(), values, strict=True):
            if value is not None and value in seen:
                item.report(f"{named(str(value))} is named twice", "E116")
            seen.add(value)
        return _complete(self.item, values)

    def schema(self) -> Schema:
        """Return the type, and that items differ."""
        items = self.item.schema()
        return {"type": "array", "items": items, "minItems": 1, "uniqueItems": True}

    def description(self) -> str:
        """Return what the items are."""
        return f"list, each {self.item.description()}"


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """A value, or a list of values that may repeat."""

    item: Value
    most: int
    expected: ClassVar[str] = "a string or a list"

    @property
    def substitute(self) -> tuple[object, ...]:
        """One substitute."""
        return (self.item.substitute,)

    def read(self, node: Node) -> tuple[object, ...] | None:
        """Return the items, of which a single value is one."""
        if not isinstance(node.value, (str, list)):
            node.typed(str, self.expected)
            return None
        items = _complete(self.item, [self.item.read(item) for item in node.items()])
        if not items:
            node.report("must not be empty", "E113")
            return None
        if len(items) > self.most:
            node.report(f"has more than {self.most} items", "E113")
        return items

    def schema(self) -> Schema:
        """Return both forms."""
        item = self.item.schema()
        several = {
            "type": "array",
            "items": item,
            "minItems": 1,
            "maxItems": self.most,
        }
        return {"anyOf": [item, several]}

    def description(self) -> str:
        """Return both forms in words."""
        return f"{self.item.description()}; or a list of up to {self.most} of these"


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of texts by keys of the contract's own."""

    names: Pattern = ANYTHING
    """The form of its keys."""
    item: Text = Text()  # noqa: RUF009 - frozen
    expected: ClassVar[str] = "a table"
    substitute: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def read(self, node: Node) -> Mapping[str, str] | None:
        """Return the texts by their keys."""
        table = node.typed(dict, self.expected)
        if table is None:
            return None
        texts = {}
        for key, value in table.items():
            here = node.at(key, value)
            if not self.names.fits(key):
                here.report(f"is not {self.names.description}", "E112")
            texts[key] = self.item.read(here) or ""
        return MappingProxyType(texts)

    def schema(self) -> Schema:
        """Return the form of keys and of texts."""
        schema: Schema = {
            "type": "object",
            "additionalProperties": self.item.schema(),
        }
        if self.names is not ANYTHING:
            schema["propertyNames"] = {"pattern": self.names.anchored}
        return schema

    def description(self) -> str:
        """Return what is in it."""
        if self.names is ANYTHING:
            return "table of strings"
        return f"table: {self.item.description()}, under {self.names.description}"
