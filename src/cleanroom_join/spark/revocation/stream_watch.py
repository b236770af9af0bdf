"""
Waiting for a streaming query, and learning why it stopped without Spark's text.

A `StreamingQueryException` quotes what was raised in the batch, plans and predicates.
And on Spark Connect the wait does not end when the server dies.  So another thread asks
again and again, and its silence is an answer too.
"""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.errors import EVIDENCE, RevocationRefused
from cleanroom_join.spark.common.safe_errors import condition_of, without_spark_text
from cleanroom_join.spark.revocation.kafka_source import is_lost_at_kafka

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyspark.sql.streaming.query import StreamingQuery

__all__ = ["StreamWatch", "last_progress", "stopped_stream"]

_ASK_SECONDS = 1
_LOOK_SECONDS = 0.2

_OURS = re.compile(
    r"\[(E[0-9]{3})\] Spark failed while ([A-Za-z ]{3,50}):"
    r" ([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)"
)
"""The form of our own error in Spark's text: a code, a step, a condition."""

_TWO_RUNS = "another run uses the same checkpoint"
_CAUSES = {
    "STREAMING_CHECKPOINT_MISSING_METADATA_FILE": "the checkpoint lacks `metadata`",
    "CONCURRENT_STREAM_LOG_UPDATE": _TWO_RUNS,
    "Multiple streaming queries are concurrently": _TWO_RUNS,
    "Wrong basePath": "the checkpoint is of another source",
    "DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE": (
        "the source is another Delta table than the checkpoint's"
    ),
    "STREAMING_SOURCE_EVOLUTION": "the checkpoint is of another source",
    "CF_FILE_NOT_FOUND": "a source file is missing",
    "FILE_NOT_EXIST": "a source file is missing",
    "Incomplete log file": "a file of the checkpoint is cut off",
}
"""What Spark's text has in it, and what it means; no part of that text is shown."""


def stopped_stream(error: Exception) -> RevocationRefused:
    """
    Return the error to raise for one of a streaming query.

    Only words of ours come out of its text: a step with a condition in exactly the form
    of our own error, or one of the causes that are known.
    """
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - asking a JVM that is not there any more
        text = ""
    if is_lost_at_kafka(text):
        return RevocationRefused.lost_at_kafka()
    ours = _OURS.search(text)
    if ours and ours[1] in EVIDENCE:
        return RevocationRefused.stopped_stream(f"{ours[1]} while {ours[2]}, {ours[3]}")
    for mark, cause in _CAUSES.items():
        if mark in text:
            return RevocationRefused.stopped_stream(cause)
    return RevocationRefused.stopped_stream(condition_of(error))


def last_progress(query: StreamingQuery) -> Mapping[str, object]:
    """Return the newest progress of a query, as JSON has it; empty if there is none."""
    found = without_spark_text("asking for progress", lambda: query.lastProgress)
    if found is None:
        return {}
    # A dictionary in Spark 3.5; later an object that has the JSON it was made of.
    text = getattr(found, "json", None)
    return json.loads(text) if isinstance(text, str) else found


@dataclass(kw_only=True, repr=False)
class StreamWatch:
    """
    Waits for one streaming query.

    Attributes:
        query: It has been started.
        patience: Seconds after which Spark's silence counts as its end.
    """

    query: StreamingQuery
    patience: float
    _heard: float = field(default_factory=time.monotonic, init=False)
    _ended: threading.Event = field(default_factory=threading.Event, init=False)
    _failure: RevocationRefused | None = field(default=None, init=False)

    def until_it_ends(self) -> Iterator[None]:
        """
        Yield several times a second, until the query has ended.

        Raises:
            RevocationRefused: If it failed (E606), or if Spark does not answer (E605).
        """
        # A daemon: a thread that waits for a dead server must not keep Python alive.
        threading.Thread(target=self._ask, daemon=True).start()
        while not self._ended.wait(_LOOK_SECONDS):
            if time.monotonic() - self._heard > self.patience:
                raise RevocationRefused.silent_engine(self.patience)
            yield
        if self._failure is not None:
            raise self._failure

    def _ask(self) -> None:
        """Ask whether the query has ended, until it has."""
        try:
            while not self.query.awaitTermination(_ASK_SECONDS):
                self._heard = time.monotonic()
        except Exception as error:  # noqa: BLE001 - its text quotes rows
            self._failure = stopped_stream(error)
        self._ended.set()
