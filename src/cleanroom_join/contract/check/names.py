"""Whether a name is one that the contract declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors import Problem, did_you_mean, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["check_declared"]


def check_declared(
    name: str, declared: Iterable[str], what: str, path: str
) -> Iterator[Problem]:
    """Yield that *name* is not one of the *declared* names."""
    names = list(declared)
    if name not in names:
        near = did_you_mean(name, names)
        yield Problem(path, f'"{printable(name)}" is no declared {what}{near}', "E115")
