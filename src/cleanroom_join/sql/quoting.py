"""Quoting for Spark SQL: the only way a name or a text gets into a statement."""

from __future__ import annotations

from cleanroom_join.errors import InternalError

__all__ = ["identifier", "qualified", "string"]


def identifier(name: str) -> str:
    """
    Return *name* as one quoted identifier.

    Examples:
        >>> identifier("a`b")
        '`a``b`'
    """
    if not name or not name.isprintable():
        raise InternalError.of("an empty or unprintable name reached SQL")
    return "`" + name.replace("`", "``") + "`"


def qualified(*names: str) -> str:
    """
    Return names as one qualified name, each quoted.

    Examples:
        >>> qualified("catalog", "schema", "table")
        '`catalog`.`schema`.`table`'
    """
    return ".".join(identifier(name) for name in names)


def string(text: str) -> str:
    r"""
    Return *text* as a quoted string literal.

    Spark reads backslash escapes in literals, so backslash is escaped first.

    Examples:
        >>> string("it's")
        "'it\\'s'"
    """
    if not text.isprintable():
        raise InternalError.of("an unprintable text reached SQL")
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
