"""SQL of a shared table: which versions it has."""

from __future__ import annotations

__all__ = ["newest_versions"]


def newest_versions(table: str, count: int) -> str:
    """
    Return the statement that lists the newest versions of a Delta table.

    The result has columns ``version`` and ``timestamp``, besides others.

    Args:
        table: Name of the table, quoted as `qualified` does.
        count: How many versions; there may be fewer.
    """
    return f"DESCRIBE HISTORY {table} LIMIT {count:d}"
