"""
What belongs to each member of an enum: one file, found by the member's value.

Token kinds, output functions and disclosure rules are added by writing one file.  A
member without its file, and a file without its object, stop the import: nothing that
is unknown is ever guessed (`docs/adr/0024-one-file-per-member.md`).
"""

from __future__ import annotations

from enum import Enum
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["load_members"]

M = TypeVar("M", bound=Enum)
T = TypeVar("T")


def load_members(
    members: Iterable[M], package: str, name: str, kind: type[T]
) -> Mapping[M, T]:
    """
    Return the object of each member, in order.

    Args:
        members: Members of an enum; the value of each is the name of a module.
        package: Dotted name of the folder that has these modules.
        name: What each module calls its object.
        kind: What the object must be an instance of.

    Raises:
        InternalError: If a member has no module, or its module no such object.
    """
    found: dict[M, T] = {}
    for member in members:
        module = f"{package}.{member.value}"
        try:
            part = getattr(import_module(module), name, None)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            part = None
        if not isinstance(part, kind):
            message = f"{type(member).__name__} {member.name} has no {name} in {module}"
            raise InternalError.of(message)
        found[member] = part
    return MappingProxyType(found)
