"""
SQL of a party's three consent tables: create, describe, add rows, merge, replace.

``{source}`` in a statement stands for a frame, which `SparkSession.sql` puts there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.sql.quoting import string

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "create_consent_table",
    "insert_rows",
    "merge_latest",
    "overwrite_rows",
    "table_detail",
]


def create_consent_table(
    table: str, columns: str, properties: Mapping[str, str]
) -> str:
    """
    Return the statement that creates an empty Delta table unless there is one.

    Args:
        table: Its quoted name.
        columns: As Spark writes a schema.
        properties: Of the table, from its first version on: statistics that an earlier
            version collected would stay in the log.
    """
    listed = ", ".join(f"{string(n)} = {string(v)}" for n, v in properties.items())
    return (
        f"CREATE TABLE IF NOT EXISTS {table} ({columns}) USING DELTA"
        f" TBLPROPERTIES ({listed})"
    )


def table_detail(table: str) -> str:
    """Return the statement that gives a table's format and properties."""
    return f"DESCRIBE DETAIL {table}"


def insert_rows(table: str) -> str:
    """Return the statement that appends the rows of a frame."""
    return f"INSERT INTO {_literal(table)} SELECT * FROM {{source}}"  # noqa: S608 - quoted


def overwrite_rows(table: str) -> str:
    """Return the statement that replaces all rows by those of a frame."""
    return f"INSERT OVERWRITE {_literal(table)} SELECT * FROM {{source}}"  # noqa: S608 - quoted


def merge_latest(table: str, keys: Sequence[str], order: Sequence[str]) -> str:
    """
    Return the statement after which the last writer of every key has its row.

    The frame has at most one row for each key: Delta refuses a MERGE in which two rows
    match one, even if the condition lets only one of them act.

    Args:
        table: Quoted name of the state.
        keys: Columns that tell rows apart.
        order: Columns that events of one key are ordered by.
    """
    new, old = (", ".join(f"{side}.{column}" for column in order) for side in "st")
    return (
        f"MERGE INTO {_literal(table)} AS t USING {{source}} AS s ON {_equal(keys)}"
        f" WHEN MATCHED AND struct({new}) > struct({old}) THEN UPDATE SET *"
        " WHEN NOT MATCHED THEN INSERT *"
    )


def _equal(keys: Sequence[str]) -> str:
    """Return the condition that both sides have the same keys."""
    return " AND ".join(f"t.{key} = s.{key}" for key in keys)


def _literal(table: str) -> str:
    """Return a name for a statement in which braces stand for frames."""
    return table.replace("{", "{{").replace("}", "}}")
