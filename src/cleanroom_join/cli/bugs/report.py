"""
A bug as text: types of errors, places in the code, versions; nothing that anybody said.

The text of an error, an argument and a local variable may be a row, a key or a path.
So only names that stand in code are here, and each only if it looks like one.
"""

from __future__ import annotations

import platform
import re
import traceback
from importlib import metadata
from typing import TYPE_CHECKING

from cleanroom_join.errors import CleanRoomJoinError, InternalError
from cleanroom_join.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

__all__ = ["bug_report", "innermost", "type_name"]

_NAME = re.compile(r"[A-Za-z_<][A-Za-z0-9_.<>]{0,119}", re.ASCII)
_CONDITION = re.compile(r"[A-Z][A-Z0-9_.]{2,99}", re.ASCII)
_CODE = re.compile(r"E[0-9]{3}", re.ASCII)

_PACKAGES = ("pyspark", "delta-spark", "typer", "rich", "jinja2", "highspy", "pandas")
"""Packages whose versions decide what happens."""

_MOST_FRAMES = 60
_MOST_CAUSES = 10
_OURS = "cleanroom_join"


def bug_report(error: BaseException) -> str:
    """
    Return what a maintainer needs to find a bug, without any value.

    Args:
        error: What was raised; what caused it is told as well.
    """
    lines = [
        "Bug report of cleanroom_join",
        "It has types of errors, places in the code and versions, and no data.",
        "",
        *(f"{name}: {version}" for name, version in _versions()),
    ]
    for number, one in enumerate(_chain(error)):
        lines += ["", f"{'caused by' if number else 'error'}: {type_name(one)}"]
        lines += [f"{name}: {text}" for name, text in _constants(one)]
        lines += [f"  {frame}" for frame in _frames(one.__traceback__)]
    return "\n".join(lines) + "\n"


def type_name(error: BaseException) -> str:
    """
    Return the full name of an error's type.

    Examples:
        >>> type_name(KeyError("4000012345678901"))
        'builtins.KeyError'
    """
    return _name(f"{type(error).__module__}.{type(error).__qualname__}")


def innermost(error: BaseException) -> str:
    """Return the innermost place in our own code at which an error was raised."""
    frames = [f for f in _frames(error.__traceback__) if f.startswith(_OURS)]
    return frames[-1] if frames else "an unknown place"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what caused it, even if that is not to be shown."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen and len(seen) < _MOST_CAUSES:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _constants(error: BaseException) -> Iterator[tuple[str, str]]:
    """Yield the code of an error of ours, and Spark's condition of one of Spark's."""
    if isinstance(error, CleanRoomJoinError):
        code = str(error.code)
        yield "code", code if _CODE.fullmatch(code) else CleanRoomJoinError.code
    else:
        yield "code", InternalError.code
    for method in ("getCondition", "getErrorClass"):
        ask = getattr(error, method, None)
        condition = _answer(ask) if callable(ask) else None
        if isinstance(condition, str) and _CONDITION.fullmatch(condition):
            yield "condition", condition
            return


def _answer(ask: object) -> object:
    """Return what a method of a foreign error gives, or nothing if it fails."""
    try:
        return ask() if callable(ask) else None
    except Exception:  # noqa: BLE001 - a report must not fail over an error's own method
        return None


def _frames(trace: TracebackType | None) -> list[str]:
    """Return the places that an error passed, the innermost last."""
    found = [
        f"{_name(frame.f_globals.get('__name__'))}:{line}"
        f" in {_name(frame.f_code.co_name)}"
        for frame, line in traceback.walk_tb(trace)
    ]
    return found[-_MOST_FRAMES:]


def _name(text: object) -> str:
    """Return a name that stands in code; of anything else only that it is something."""
    return text if isinstance(text, str) and _NAME.fullmatch(text) else "?"


def _versions() -> Iterator[tuple[str, str]]:
    """Yield what runs, with its version."""
    yield "cleanroom_join", __version__
    yield "Python", f"{platform.python_implementation()} {platform.python_version()}"
    yield "system", f"{platform.system()} {platform.machine()}"
    for name in _PACKAGES:
        yield name, _version_of(name)


def _version_of(package: str) -> str:
    """Return the version of an installed package."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
