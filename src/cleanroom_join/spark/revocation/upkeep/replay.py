"""The state computed anew from all events: a check, and a repair if they differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.revocation.schemas import HEARTBEAT
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.statements import run_on_frame
from cleanroom_join.spark.revocation.state_merge import COLUMNS, KEYS, last_events
from cleanroom_join.sql.consent_tables import overwrite_rows

if TYPE_CHECKING:
    from cleanroom_join.spark.revocation.consent_store import ConsentStore

__all__ = ["Replay", "replay"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Replay:
    """What a replay found; the counts are exact, so no text of it shows them."""

    rows: int
    """Rows of the state that follow from the events."""
    different: int
    """Subjects, parties and tables whose row is absent, superfluous or another one."""


def replay(store: ConsentStore) -> Replay:
    """
    Compute the state from all events, and replace the table if it differs.

    The heartbeat stays.  Events of a batch that the job has not applied yet are in the
    new state; the job merges them again, which changes nothing.

    Args:
        store: The consent tables; no job may run meanwhile.

    Raises:
        ConsentRefused: If the tables are not those of the store (E601).
        SparkFailure: If Spark fails; its own text is not shown.
    """
    store.check()
    events, state = store.frame(store.events), store.frame(store.state)
    heartbeat = state.where(F.col("scope") == HEARTBEAT)
    wanted = last_events(events).select(*COLUMNS)
    there = state.where(F.col("scope") != HEARTBEAT)
    joined = wanted.select(*KEYS, F.struct(*COLUMNS).alias("wanted")).join(
        there.select(*KEYS, F.struct(*COLUMNS).alias("there")), list(KEYS), "full"
    )
    same = reduce(
        lambda one, other: one & other,
        (F.col(f"wanted.{c}").eqNullSafe(F.col(f"there.{c}")) for c in COLUMNS),
    )
    counted = joined.agg(F.count("wanted"), F.count(F.when(~same, 1)))
    (row,) = look("comparing the state with the events", counted)
    found = Replay(rows=row[0], different=row[1])
    if found.different:
        rows = wanted.unionByName(heartbeat.select(*COLUMNS))
        statement = overwrite_rows(store.state)
        run_on_frame(store.spark, "replacing the state", statement, rows)
    return found
