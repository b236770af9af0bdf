"""The state made anew from all events: what a batch-wise run must have come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.revocation.schemas import HEARTBEAT
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.statements import run_on_frame
from cleanroom_join.spark.revocation.conflicts import retried
from cleanroom_join.spark.revocation.state_merge import last_events, merge_state
from cleanroom_join.sql.consent_tables import overwrite_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from cleanroom_join.spark.revocation.consent_store import ConsentStore

__all__ = ["rebuild_state"]


def rebuild_state(store: ConsentStore) -> bool:
    """
    Replace the state by what follows from the events, if it is another.

    The heartbeat stays.  A job may run meanwhile: what it merged while this looked at
    the events is merged once more.

    Returns:
        Whether the state was another.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    spark, events = store.spark, store.frame(store.events)
    right = last_events(events)
    is_beat = F.col("scope") == HEARTBEAT
    there = store.frame(store.state)
    differs = _differ(right, there.where(~is_beat))
    if differs:
        rows = right.unionByName(there.where(is_beat))
        statement = overwrite_rows(store.state)
        retried(lambda: run_on_frame(spark, "replacing the state", statement, rows))
    retried(lambda: merge_state(spark, store.state, store.frame(store.events)))
    return differs


def _differ(one: DataFrame, other: DataFrame) -> bool:
    """Return whether two frames have different rows."""
    pairs = ((one, other), (other, one))
    return any(
        look("comparing the state", a.exceptAll(b.select(*a.columns)).limit(1))
        for a, b in pairs
    )
