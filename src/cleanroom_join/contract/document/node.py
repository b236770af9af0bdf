"""One value of a document with its path, and the list that its faults go to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from cleanroom_join.errors import Problem, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Node"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Node:
    """A value as TOML has it; its reader reports here what is wrong with it."""

    value: object
    path: str
    """Dotted path into the document; empty for the document itself."""
    problems: list[Problem]

    @classmethod
    def nothing(cls) -> Node:
        """Return an empty table whose faults are discarded."""
        return cls({}, "", [])

    def report(self, text: str, code: str) -> None:
        """Record that this value is wrong."""
        self.problems.append(Problem(self.path, text, code))

    def at(self, key: str, value: object = None) -> Node:
        """Return the value at *key* of this table."""
        name = printable(key)
        path = f"{self.path}.{name}" if self.path else name
        return Node(value, path, self.problems)

    def items(self) -> Iterator[Node]:
        """Iterate over this value's items if it is a list, else over itself."""
        if not isinstance(self.value, list):
            yield self
            return
        for index, item in enumerate(self.value):
            yield Node(item, f"{self.path}[{index}]", self.problems)

    def typed(self, kind: type[T], expected: str) -> T | None:
        """Return the value if it is of *kind*; else report it and return None."""
        if isinstance(self.value, kind) and (
            kind is bool or not isinstance(self.value, bool)
        ):
            return self.value
        self.report(f"must be {expected}, got {_type_name(self.value)}", "E112")
        return None


def _type_name(value: object) -> str:
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
