"""
What belongs to each member of an enum: one file, found by the member's value.

A token kind, an output function or a primary rule is one file.  A member without its
file, or a file without its object, stops the import, and a look-up of anything else is
refused (`docs/adr/0024-one-file-per-rule-function-and-kind.md`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Members", "load_members"]

M = TypeVar("M", bound=Enum)
T = TypeVar("T")


class Members(Mapping[M, T]):
    """
    The object of each member, in the order of the members.

    A look-up compares by identity, and whatever is no member is an error of ours: a
    caller can neither overlook it nor replace it by a default.
    """

    def __init__(self, objects: Mapping[M, T]) -> None:
        self._objects = dict(objects)

    def __getitem__(self, member: M) -> T:
        """
        Return the object of a member.

        Raises:
            InternalError: If *member* is none of the members.
        """
        for known, its_object in self._objects.items():
            if known is member:
                return its_object
        raise InternalError.of(f"a {type(member).__name__} is no known member")

    def __contains__(self, member: object) -> bool:
        return any(known is member for known in self._objects)

    def __iter__(self) -> Iterator[M]:
        return iter(self._objects)

    def __len__(self) -> int:
        return len(self._objects)


def load_members(
    members: Iterable[M], package: str, name: str, kind: type[T]
) -> Members[M, T]:
    """
    Import the module of each member and return its object.

    Args:
        members: Members of an enum; the value of each is the name of a module.
        package: Dotted name of the folder that has these modules.
        name: Name of the object in each module.
        kind: Class that the object must be an instance of.

    Raises:
        InternalError: If a member has no module, or its module no such object.
    """
    objects: dict[M, T] = {}
    for member in members:
        module = f"{package}.{member.value}"
        try:
            found = getattr(import_module(module), name, None)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            found = None
        if not isinstance(found, kind):
            message = f"{type(member).__name__} {member.name} has no {name} in {module}"
            raise InternalError.of(message)
        objects[member] = found
    return Members(objects)
