"""
The state: of all events of a subject the last one, in the order of `revocation.event`.

Delta refuses a MERGE in which two rows of the source match one of the target, even if
the condition lets only one of them act, and inserts two equal new keys twice.  So the
events are reduced to one row for each key first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.revocation.event import Action, Scope
from cleanroom_join.revocation.schemas import STATE_COLUMNS
from cleanroom_join.spark.common.statements import run_on_frame
from cleanroom_join.sql.consent_tables import merge_latest

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["excluded_subjects", "last_events", "merge_state"]

COLUMNS = tuple(column.split(" ")[0] for column in STATE_COLUMNS.split(", "))
KEYS = ("scope", "key")
ORDER = ("event_time", "source_seq", "restrictiveness", "event_id")
"""The columns of `revocation.event.order_key`, which Spark compares as it does."""


def last_events(events: DataFrame) -> DataFrame:
    """Return the row of the state for each subject, party and dataset of events."""
    rest = [column for column in COLUMNS if column not in KEYS]
    last = F.max_by(F.struct(*rest), F.struct(*ORDER)).alias("last")
    # A line in quarantine without an action has no effect.
    effective = events.where(F.col("action").isNotNull() & F.col("key").isNotNull())
    return effective.groupBy(*KEYS).agg(last).select(*KEYS, "last.*")


def merge_state(spark: SparkSession, state: str, events: DataFrame) -> bool:
    """
    Let the last event of each subject win over the state, if it is later.

    Merging the same events again changes nothing.

    Args:
        spark: The session.
        state: Quoted name of the table.
        events: Of a batch, or all.

    Returns:
        Whether a row of the state changed.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    statement = merge_latest(state, KEYS, ORDER)
    rows = run_on_frame(spark, "merging the state", statement, last_events(events))
    return any(row["num_affected_rows"] for row in rows)


def excluded_subjects(state: DataFrame, events: DataFrame | None = None) -> DataFrame:
    """
    Return the keys of subjects whose current state excludes them.

    Args:
        state: The table.
        events: Whose subjects to look at; None: all.

    Returns:
        One column ``key``, each once.
    """
    excluding = [action.value for action in Action if action.excludes]
    subjects = state.where(
        (F.col("scope") == Scope.SUBJECT.value) & F.col("action").isin(excluding)
    ).select("key")
    if events is None:
        return subjects
    touched = events.where(F.col("scope") == Scope.SUBJECT.value).select("key")
    return subjects.join(touched, "key", "left_semi")
