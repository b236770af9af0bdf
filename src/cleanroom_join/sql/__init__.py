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
from cleanroom_join.sql.gold_table import (
    bucket_of,
    delete_matched,
    in_buckets,
    properties_of,
    same_subject,
    subject_key_of,
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
    "bucket_of",
    "confirm_run",
    "create_ledger_table",
    "create_release_table",
    "delete_matched",
    "drop_release_table",
    "has_cohort_constraint",
    "identifier",
    "in_buckets",
    "newest_versions",
    "parsed_table_name",
    "probe_statement",
    "properties_of",
    "qualified",
    "rows_at_version",
    "same_subject",
    "string",
    "subject_key_of",
    "table_description",
    "table_properties",
]
