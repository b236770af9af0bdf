"""SQL of a shared table: which versions it has, and its rows at one."""

from __future__ import annotations

__all__ = ["newest_versions", "rows_at_version"]


def newest_versions(table: str, count: int) -> str:
    """
    Return the statement that lists the newest versions of a Delta table.

    The result has columns ``version`` and ``timestamp``, besides others.

    Args:
        table: Name of the table, quoted as `qualified` does.
        count: How many versions; there may be fewer.
    """
    return f"DESCRIBE HISTORY {table} LIMIT {count:d}"


def rows_at_version(table: str, version: int) -> str:
    """
    Return the query of all rows that a Delta table had at a version.

    As a clause: a reader that does not know the option ``versionAsOf`` ignores it.

    Examples:
        >>> rows_at_version("`acme`.`signals`.`payments`", 3)
        'SELECT * FROM `acme`.`signals`.`payments` VERSION AS OF 3'
    """
    return f"SELECT * FROM {table} VERSION AS OF {version:d}"  # noqa: S608 - see `qualified`
