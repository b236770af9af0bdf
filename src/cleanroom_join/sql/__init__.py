"""SQL as text, built by quoting functions only."""

from __future__ import annotations

from cleanroom_join.sql.quoting import identifier, qualified, string
from cleanroom_join.sql.release_table import (
    add_cohort_constraint,
    create_ledger_table,
    create_release_table,
    drop_release_table,
)

__all__ = [
    "add_cohort_constraint",
    "create_ledger_table",
    "create_release_table",
    "drop_release_table",
    "identifier",
    "qualified",
    "string",
]
