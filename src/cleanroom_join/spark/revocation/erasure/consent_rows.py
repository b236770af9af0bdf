"""Whom an erasure is about, read from one version of each consent table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pyspark.sql import functions as F

from cleanroom_join.revocation import Action, Scope
from cleanroom_join.revocation.erasure import ErasedSubjects
from cleanroom_join.spark.common.consent_state import KEY
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.statements import query_frame
from cleanroom_join.spark.revocation.erasure.delta_table import newest_version
from cleanroom_join.sql import rows_at_version

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["ConsentTables", "Erased", "read_erased"]


class ConsentTables(Protocol):
    """Quoted names of a party's consent tables, and the session that reads them."""

    @property
    def spark(self) -> SparkSession:
        """The session."""

    @property
    def events(self) -> str:
        """Every line that ever came."""

    @property
    def state(self) -> str:
        """One row for each subject."""

    @property
    def batches(self) -> str:
        """One row for each applied batch."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Erased:
    """The erased subjects, for Spark and for the search of files."""

    frame: DataFrame
    """One column ``key``, each once."""
    subjects: ErasedSubjects
    events_version: int
    state_version: int


def read_erased(store: ConsentTables) -> Erased:
    """
    Return every subject that asked for erasure, save those who came back since.

    Whoever opts in after an erasure has the same token again, and rows that may be
    there.  An opt-out after an erasure takes none of it back.

    The digests are collected: 64 characters a subject, and none is a token.

    Raises:
        SparkFailure: If Spark cannot read the tables; its own text is replaced.
        InternalError: If a subject has no digest or no key id.
    """
    step = "reading the consent tables"
    spark = store.spark
    events = newest_version(spark, store.events)
    state = newest_version(spark, store.state)
    subject = F.col("scope") == Scope.SUBJECT.value
    asked = query_frame(spark, step, rows_at_version(store.events, events)).where(
        subject & (F.col("action") == Action.ERASE.value)
    )
    back = query_frame(spark, step, rows_at_version(store.state, state)).where(
        subject & (F.col("action") == Action.OPT_IN.value)
    )
    rows = asked.select(KEY, "key_id").distinct().join(back, KEY, "left_anti")
    collected = without_spark_text(step, rows.collect)
    return Erased(
        frame=rows.select(KEY).distinct(),
        subjects=ErasedSubjects.of((row["key_id"], row[KEY]) for row in collected),
        events_version=events,
        state_version=state,
    )
