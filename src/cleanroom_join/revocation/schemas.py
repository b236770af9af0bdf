"""
Columns of the three consent tables of a party, as Spark writes schemas.

No column holds a token or a raw line.  Only `batch` has statistics in the Delta log:
whatever has them stays there after an erasure.
"""

from __future__ import annotations

__all__ = [
    "BATCHES",
    "BATCH_COLUMNS",
    "EVENTS",
    "EVENT_COLUMNS",
    "HEARTBEAT",
    "STATE",
    "STATE_COLUMNS",
]

EVENTS, STATE, BATCHES = "consent_events", "consent_state", "consent_batches"
"""Names of the tables."""

EVENT_COLUMNS = (
    "stream string, batch bigint, position string, event_id string, scope string,"
    " key string, key_id string, action string, event_time timestamp,"
    " source_seq bigint, restrictiveness int, received_at timestamp,"
    " ingested_at timestamp, legal_basis string, jurisdiction string,"
    " evidence_digest string, schema_version int, quarantine string"
)
"""
Append-only: every line that ever came, in the batch it came with.

``quarantine`` is NULL for a good event, else the reason; a quarantined line with an
action is an inferred opt-out, and counts in the state; one without has no effect.
``position`` is where the line is at its source.  ``action`` and ``scope`` are values of
the enums in `event`.
"""

STATE_COLUMNS = (
    "scope string, key string, key_id string, action string, event_time timestamp,"
    " source_seq bigint, restrictiveness int, event_id string, received_at timestamp"
)
"""
One row per subject, party and dataset, and one row of scope `HEARTBEAT`.

The heartbeat has an empty key, and in ``event_time`` the time up to which the job has
applied everything that was at its source; in ``event_id`` the stream of that source.
"""

HEARTBEAT = "heartbeat"
"""Scope of the row that says how fresh the state is."""

BATCH_COLUMNS = (
    "stream string, batch bigint, lines bigint, quarantined bigint, inferred bigint,"
    " started_at timestamp, applied_at timestamp"
)
"""
Append-only: one row per batch, once every Gold table is without its subjects.

A batch that came again with more lines has another row, with these alone.
"""
