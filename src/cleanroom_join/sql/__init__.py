"""
Statements of SQL as text, in which quoting functions write every name and string.

No Spark session and no data may come in: nothing here runs a statement.
"""

from __future__ import annotations

from cleanroom_join.sql.engine_probes import (
    PROBES,
    Probe,
    RaisesOverflow,
    Returns,
    probe_statement,
)
from cleanroom_join.sql.ledger_table import (
    append_entry,
    confirm_run,
    parsed_table_name,
    table_description,
)
from cleanroom_join.sql.quoting import identifier, qualified, string
from cleanroom_join.sql.release_table import (
    add_cohort_constraint,
    create_ledger_table,
    create_release_table,
    drop_release_table,
    has_cohort_constraint,
    table_properties,
)
from cleanroom_join.sql.shared_table import newest_versions, rows_at_version

__all__ = [
    "PROBES",
    "Probe",
    "RaisesOverflow",
    "Returns",
    "add_cohort_constraint",
    "append_entry",
    "confirm_run",
    "create_ledger_table",
    "create_release_table",
    "drop_release_table",
    "has_cohort_constraint",
    "identifier",
    "newest_versions",
    "parsed_table_name",
    "probe_statement",
    "qualified",
    "rows_at_version",
    "string",
    "table_description",
    "table_properties",
]
