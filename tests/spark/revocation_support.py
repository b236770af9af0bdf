"""Consent events as lines, a directory that streams them, and a job that reads it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.party import ConsentStore, RevocationJob
from cleanroom_join.revocation import Action, ConsentEvent, Scope
from cleanroom_join.testing import contract
from tests.spark.support import token

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

DAY = dt.datetime(2026, 3, 1, tzinfo=dt.timezone.utc)
PARTY, ASSET = "acme", "payments"


def key_of(name: str) -> str:
    """Return the key of a made-up subject in the consent tables."""
    return hashlib.sha256(token(name).encode()).hexdigest()


def event(name: str, action: Action, hour: int, seq: int = 0) -> ConsentEvent:
    """Return an event of a made-up subject, some hours after a day."""
    at = DAY + dt.timedelta(hours=hour)
    return ConsentEvent(
        event_id=f"{name}-{action.value}-{hour}-{seq}",
        scope=Scope.SUBJECT,
        key=name,
        action=action,
        event_time=at,
        source_seq=seq,
        received_at=at,
    )


def line(event: ConsentEvent) -> str:
    """Return an event as a line of the wire format."""
    fields = {
        "schema_version": 1,
        "event_id": event.event_id,
        "scope": "subject",
        "token": token(event.key),
        "action": event.action.value,
        "event_time": event.event_time.isoformat().replace("+00:00", "Z"),
        "source_seq": event.source_seq,
        "received_at": event.received_at.isoformat().replace("+00:00", "Z"),
    }
    if not event.action.excludes:
        fields["evidence_digest"] = "e" * 64
    return json.dumps(fields)


def lines(*events: ConsentEvent) -> list[str]:
    """Return events as lines."""
    return [line(one) for one in events]


@dataclass
class Place:
    """A folder with consent tables, a source of files, and a checkpoint."""

    spark: SparkSession
    folder: Path
    gold: str | None = None

    def __post_init__(self) -> None:
        """Make the tables and the folder of the source."""
        self.source.mkdir(parents=True, exist_ok=True)
        self.store.create()

    @property
    def source(self) -> Path:
        """The folder of text files that is streamed."""
        return self.folder / "source"

    @property
    def checkpoint(self) -> Path:
        """The folder of the checkpoint."""
        return self.folder / "checkpoint"

    @property
    def store(self) -> ConsentStore:
        """The consent tables."""
        return ConsentStore.in_folder(self.spark, str(self.folder / "consent"))

    def put(self, name: str, texts: Iterable[str]) -> None:
        """Write a file of lines, which appears at once."""
        hidden = self.source / f".{name}"
        hidden.write_text("".join(f"{text}\n" for text in texts))
        # Spark reads files by their times; those of one millisecond in any order.
        written = time.time() - 600 + len(list(self.source.iterdir()))
        os.utime(hidden, (written, written))
        hidden.rename(self.source / name)

    def lines(self) -> DataFrame:
        """Return the source as a streaming frame, a file a batch."""
        reader = self.spark.readStream.option("maxFilesPerTrigger", 1)
        return reader.text(str(self.source))

    def job(self, **other) -> RevocationJob:
        """Return a job on these tables."""
        given = {
            "store": self.store,
            "contract": contract(),
            "party": PARTY,
            "gold": {} if self.gold is None else {ASSET: self.gold},
            "checkpoint": str(self.checkpoint),
            **other,
        }
        return RevocationJob(**given)

    def run(self):
        """Apply what is at the source."""
        return self.job().run_available(self.lines())

    def state(self) -> dict[str, tuple]:
        """Return what the state has of each subject, party and dataset."""
        rows = (
            self.spark.table(self.store.state).where("scope <> 'heartbeat'").collect()
        )
        return {
            row["key"]: (row["action"], row["source_seq"], row["event_id"])
            for row in rows
        }

    def heartbeat(self) -> dt.datetime:
        """Return up to when the state says that it has applied everything."""
        rows = self.spark.table(self.store.state).where("scope = 'heartbeat'")
        (row,) = rows.select(F.unix_micros("event_time").alias("us")).collect()
        return dt.datetime.fromtimestamp(row["us"] / 1e6, tz=dt.timezone.utc)

    def positions(self) -> Counter:
        """Return how often each event and file is among the events."""
        rows = self.spark.table(self.store.events).collect()
        return Counter((row["event_id"], row["position"]) for row in rows)

    def actions(self) -> dict[str, str]:
        """Return the action that the state has of each subject."""
        return {key: found[0] for key, found in self.state().items()}
