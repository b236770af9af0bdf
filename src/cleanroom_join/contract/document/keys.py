"""The keys of a table as they should be, and what people write instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Keys", "as_meant"]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a table, and words that people often write for them."""

    names: tuple[str, ...]
    called: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    """Keys that are wrong here although they are spelt as they should be."""

    def meant(self, key: str) -> str | None:
        """Return the key that a wrong one stands for; None for a right one."""
        if key in self.names or key in self.refused:
            return None
        return nearest(key, self.names, self.called)


def as_meant(content: Mapping[str, object], keys: Keys) -> Mapping[str, object]:
    """
    Return a table with what is under a misspelt key under the key that was meant.

    A misspelt key is a fault of its own; that the right one is missing is none, and
    nothing that refers to it is.
    """
    meant = dict(content)
    for key, value in content.items():
        name = keys.meant(key)
        if name is not None:
            meant[name] = _merged(meant[name], value) if name in meant else value
    return meant


def _merged(one: object, other: object) -> object:
    """Return two tables as one, the first with precedence; else the first value."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return one
    common = one.keys() & other.keys()
    return {**other, **one, **{key: _merged(one[key], other[key]) for key in common}}
