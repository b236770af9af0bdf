"""Whether checkpoint, consent tables and source files are of one another."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from pyspark.sql import functions as F

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.revocation.checkpoint import local_file
from cleanroom_join.revocation.schemas import HEARTBEAT
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.revocation.intake import events_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.revocation.checkpoint import Checkpoint
    from cleanroom_join.spark.revocation.consent_store import ConsentStore

__all__ = ["refuse_misfit"]

_PATTERN = str.maketrans({char: f"\\{char}" for char in "\\{}[]*?"})
"""Spark reads these characters of a path as a pattern."""


def refuse_misfit(checkpoint: Checkpoint, store: ConsentStore, stream: str) -> None:
    """
    Refuse to go on where lines would be left out.

    - A committed batch that the tables do not have: they were made again or restored,
      and what the checkpoint calls read is not in them.
    - A heartbeat of another stream since: each job would say that the state is fresh,
      and know of its own source alone.
    - A batch that was begun and is not in the events, whose source files are gone:
      Spark would read nothing, and commit that.

    Raises:
        RevocationRefused: E603, E604.
        SparkFailure: If Spark fails; its own text is replaced.
    """
    committed = checkpoint.newest_commit()
    if committed is not None:
        batches = store.frame(store.batches)
        of = (F.col("batch") == committed) & (F.col("stream") == stream)
        if not _has_rows(batches.where(of)):
            raise RevocationRefused.damaged_checkpoint(
                "the consent tables lack a batch that it calls applied, so they were"
                " made again or restored"
            )
        if _is_overtaken(store, batches, stream):
            raise RevocationRefused.damaged_checkpoint(
                "the consent tables follow another checkpoint since, and have one"
                " source: unite the frames of several"
            )
    begun = checkpoint.begun()
    if begun is None or _has_rows(events_of(store.spark, store.events, stream, begun)):
        return
    if not all(_is_there(store.spark, file) for file in checkpoint.files_of(begun)):
        raise RevocationRefused.missing_sources()


def _is_overtaken(store: ConsentStore, batches: DataFrame, stream: str) -> bool:
    """Return whether another stream has set the heartbeat since the last batch."""
    own = batches.where(F.col("stream") == stream).agg(F.max("applied_at").alias("own"))
    beats = store.frame(store.state).where(F.col("scope") == HEARTBEAT)
    others = beats.where(~F.col("event_id").isin("", stream)).crossJoin(own)
    later = others.where(F.col("event_time") > F.col("own")).select("event_id")
    return bool(look("looking for a heartbeat", later.limit(1)))


def _has_rows(frame: DataFrame) -> bool:
    """Return whether a frame has a row."""
    return bool(look("looking for a batch", frame.select("batch").limit(1)))


def _is_there(spark: SparkSession, file: str) -> bool:
    """Return whether a source file is where it was; Spark looks at remote ones."""
    local = local_file(file)
    if local is not None and local.exists():
        return True
    try:
        spark.read.text(unquote(file).translate(_PATTERN)).columns  # noqa: B018 - Spark looks here
    except Exception:  # noqa: BLE001 - whatever the reason, it cannot be read
        return False
    return True
