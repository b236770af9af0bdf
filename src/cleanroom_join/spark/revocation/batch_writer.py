"""
What happens to each batch of lines: events, then state, then Gold, then the batch.

Every step may be done again, so the job may die anywhere.  After the first one nothing
reads the source again: each look at a batch of Kafka would read the topic once more.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.errors import CleanRoomJoinError, SparkFailure
from cleanroom_join.spark.common.gold_deletion import delete_subjects
from cleanroom_join.spark.common.safe_errors import condition_of, without_spark_text
from cleanroom_join.spark.revocation.batch_rows import enter_batch
from cleanroom_join.spark.revocation.conflicts import retried
from cleanroom_join.spark.revocation.intake import append_once, events_of
from cleanroom_join.spark.revocation.state_merge import excluded_subjects, merge_state

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["BatchWriter", "GoldTable"]


@dataclass(frozen=True, kw_only=True, slots=True)
class GoldTable:
    """A Gold table that follows the state."""

    name: str
    """Quoted."""
    tokens: tuple[str, ...]
    """Its declared columns of tokens."""
    perhaps: tuple[str, ...]
    """Those of the contract's keys, which it has or has not."""

    def without(self, spark: SparkSession, excluded: DataFrame) -> None:
        """
        Delete subjects from it, again if another writer was faster.

        Args:
            spark: The session.
            excluded: One column ``key``.

        Raises:
            SparkFailure: If Spark fails; its own text is replaced.
        """
        delete = partial(delete_subjects, spark, self.name, self.tokens, excluded)
        retried(partial(delete, perhaps=self.perhaps))


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class BatchWriter:
    """
    Applies batches; Spark calls it with each.

    On Spark Connect it is pickled and runs in a Python process of the server, so it
    holds names, and no session.
    """

    stream: str
    events: str
    state: str
    batches: str
    gold: tuple[GoldTable, ...]

    def __call__(self, lines: DataFrame, batch: int) -> None:
        """
        Apply a batch.

        Spark quotes whatever is raised here to the caller, and in its log: so it is an
        error of ours, raised outside the handler, where no other is its context.

        Args:
            lines: One row per line, with the columns of the events.
            batch: Its number in the stream.

        Raises:
            CleanRoomJoinError: If a step fails.
        """
        try:
            self._apply(lines, batch)
        except CleanRoomJoinError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - its text may quote rows
            failure = SparkFailure.during("applying a batch", condition_of(error))
        else:
            return
        raise failure from None

    def _apply(self, lines: DataFrame, batch: int) -> None:
        """Do the four steps, in this order."""
        began = dt.datetime.now(tz=dt.timezone.utc)
        spark = lines.sparkSession
        retried(partial(append_once, spark, self.events, lines, self.stream, batch))
        events = events_of(spark, self.events, self.stream, batch)
        retried(lambda: merge_state(spark, self.state, events))
        state = without_spark_text("opening the state", lambda: spark.table(self.state))
        excluded = excluded_subjects(state, events.where(F.col("action").isNotNull()))
        for table in self.gold:
            table.without(spark, excluded)
        enter = partial(enter_batch, spark, self.batches, events, self.stream)
        retried(partial(enter, batch, began))
