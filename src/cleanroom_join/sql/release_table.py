"""SQL of a release's table: create, constrain; the insert is the writer's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleanroom_join.contract import COHORT_SIZE, OutputType
from cleanroom_join.errors import assert_never
from cleanroom_join.sql.quoting import identifier, qualified, string

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract import OutputColumn

__all__ = [
    "add_cohort_constraint",
    "create_ledger_table",
    "create_release_table",
    "drop_release_table",
    "has_cohort_constraint",
    "table_properties",
]

_CONSTRAINT = "cohort_size_at_least_k"


def create_release_table(
    name: Sequence[str], columns: Sequence[OutputColumn], comment: str
) -> str:
    """
    Return the statement that creates an empty Delta table.

    Plain CREATE, without IF NOT EXISTS or OR REPLACE: the first would accept a table
    that is already there, the second silently drops its constraints.  Figures are NOT
    NULL; a dimension may be NULL, which is a group like any other.
    """
    fields = ", ".join(
        f"{identifier(c.name)} {c.type.value}{_null(c)}" for c in columns
    )
    return (
        f"CREATE TABLE {qualified(*name)} ({fields}) USING DELTA"
        f" COMMENT {string(comment)}"
    )


def create_ledger_table(name: Sequence[str], schema: str) -> str:
    """Return the statement that creates the table of one ledger entry."""
    return f"CREATE TABLE {qualified(*name)} ({schema}) USING DELTA"


def add_cohort_constraint(name: Sequence[str], k: int) -> str:
    """Return the statement after which the table itself refuses small cohorts."""
    return (
        f"ALTER TABLE {qualified(*name)} ADD CONSTRAINT {identifier(_CONSTRAINT)}"
        f" CHECK ({identifier(COHORT_SIZE)} >= {k:d})"
    )


def table_properties(name: Sequence[str]) -> str:
    """Return the statement that lists a table's properties, constraints included."""
    return f"SHOW TBLPROPERTIES {qualified(*name)}"


def has_cohort_constraint(properties: Mapping[str, str], k: int) -> bool:
    """
    Return whether a Delta table refuses cohorts of fewer than *k* subjects.

    Args:
        properties: Of the table; Delta keeps a constraint as
            ``delta.constraints.<name>``, and may space and quote it in its own way.
        k: The policy's.

    Examples:
        >>> has_cohort_constraint(
        ...     {"delta.constraints.cohort_size_at_least_k": "cohort_size>=100"}, 100
        ... )
        True
    """
    found = properties.get(f"delta.constraints.{_CONSTRAINT}", "")
    return re.sub(r"[\s`]", "", found) == f"{COHORT_SIZE}>={k:d}"


def drop_release_table(name: Sequence[str]) -> str:
    """Return the statement that removes a table whose writing failed."""
    return f"DROP TABLE IF EXISTS {qualified(*name)}"


def _null(column: OutputColumn) -> str:
    """Return ``NOT NULL`` for figures, and nothing for dimensions."""
    if column.type in (OutputType.COUNT, OutputType.FIGURE):
        return " NOT NULL"
    if column.type in (OutputType.STRING, OutputType.BOOLEAN):
        return ""
    return assert_never(column.type)
