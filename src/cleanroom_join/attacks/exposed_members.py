"""What the objects of a clean room offer to a notebook, read from their source."""

from __future__ import annotations

import ast
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["doors_to_rows"]

_MODULES = (
    "spark/room/clean_room.py",
    "spark/room/query_builder.py",
    "spark/room/release.py",
)
"""Where the classes are that a notebook holds; importing them would need PySpark."""

_FRAMES = frozenset({"DataFrame", "Column", "RDD", "Row"})

_METHODS = frozenset(
    {
        *("collect", "show", "display", "head", "take", "first", "write", "writeTo"),
        *("toPandas", "toArrow", "toLocalIterator", "foreach", "rdd", "schema"),
        *("cache", "persist", "sql", "select", "filter", "where", "explain"),
        *("__getattr__", "__iter__"),
    }
)
"""Methods by which a DataFrame, or what passes calls on to one, gives rows away."""


def doors_to_rows() -> tuple[str, ...]:
    """
    Return the public members through which rows could leave unguarded, by name.

    Looked at is every class of the room and the release: members that are called
    like those of a DataFrame, and members that are declared to return one.
    """
    package = files("cleanroom_join")
    return tuple(
        name
        for module in _MODULES
        for name in _suspects(ast.parse(package.joinpath(module).read_text("utf-8")))
    )


def _suspects(tree: ast.Module) -> Iterator[str]:
    """Yield the suspicious public members of a module's classes."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for part in node.body:
            if isinstance(part, ast.FunctionDef):
                name, declared = part.name, part.returns
            elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                name, declared = part.target.id, part.annotation
            else:
                continue
            called = name in _METHODS or name.startswith("create")
            public = called or not name.startswith("_")
            if public and (called or _names(declared) & _FRAMES):
                yield f"{node.name}.{name}"


def _names(annotation: ast.expr | None) -> set[str]:
    """Return every name in an annotation."""
    if annotation is None:
        return set()
    return {n.id for n in ast.walk(annotation) if isinstance(n, ast.Name)}
