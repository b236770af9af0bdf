"""Whether a name is one that the contract declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors import Problem, did_you_mean, named, nearest, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["check_declared"]


def check_declared(
    name: str, declared: Iterable[str], what: str, path: str, where: str = ""
) -> Iterator[Problem]:
    """
    Yield that *name* is not one of the *declared* names.

    Args:
        name: What a key says.
        declared: The names that it may say.
        what: What they are the names of.
        path: Path of the key.
        where: Path of the table in which they are declared, if it is one: a misspelt
            name in it is a fault of its own.
    """
    names = list(declared)
    if name not in names:
        near = nearest(name, names)
        text = f"{named(name)} is no declared {what}{did_you_mean(name, names)}"
        about = [f"{where}.{printable(near)}"] if where and near is not None else []
        yield Problem(path, text, "E115", about)
