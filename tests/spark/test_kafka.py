"""The revocation job on topics of a real broker: what a Kafka feed does and a file never."""

from __future__ import annotations

import itertools
import json

import pytest

from cleanroom_join.errors import ConsentRefused
from cleanroom_join.party import (
    ConsentStore,
    RawIdentifiers,
    RevocationJob,
    kafka_lines,
)
from cleanroom_join.testing import TEST_KEY, contract
from tests.spark.support import token

CARD = "4000000000000002"
TOPICS = (f"consent-{number}" for number in itertools.count())


def line(number, action="OPT_OUT", **fields):
    """Return a line about a made-up subject."""
    event = {
        "schema_version": 1,
        "event_id": f"e{number}",
        "token": token(f"card{number}"),
        "action": action,
        "event_time": "2026-11-01T09:00:00Z",
        "evidence_digest": "e" * 64,
        **fields,
    }
    return json.dumps({name: value for name, value in event.items() if value})


class Feed:
    """A topic of its own, consent tables of its own, and the job between them."""

    def __init__(self, spark, broker, folder):
        """Make the topic and the tables."""
        self.spark, self.broker, self.folder = spark, broker, folder
        self.topic = next(TOPICS)
        broker.create(self.topic, 2)
        self.store = ConsentStore.in_folder(spark, str(folder / "consent"))
        self.store.create()

    def run(self, checkpoint="checkpoint", **options):
        """Apply what is in the topic."""
        job = RevocationJob(
            store=self.store,
            contract=contract(),
            party="acme",
            checkpoint=str(self.folder / checkpoint),
            raw=RawIdentifiers(terms=contract().asset("payments"), key=TEST_KEY),
        )
        topic = kafka_lines(
            self.spark, self.broker.servers, self.topic, options=options
        )
        return job.run_available(topic)

    def send(self, *values, **how):
        """Send lines."""
        self.broker.send(self.topic, values, **how)

    def events(self):
        """Return id, action and quarantine of every line, in order."""
        columns = "event_id", "action", "quarantine"
        rows = self.spark.table(self.store.events).select(*columns).collect()
        return sorted(map(tuple, rows), key=str)

    def state(self):
        """Return the actions that the state has, of everything but the heartbeat."""
        rows = self.spark.table(self.store.state).where("scope <> 'heartbeat'")
        return sorted(row.action for row in rows.select("action").collect())


@pytest.fixture
def feed(spark, broker, tmp_path):
    """A topic and tables of one test."""
    return Feed(spark, broker, tmp_path)


def test_what_was_committed_arrives_and_nothing_else(feed):
    """Aborted messages never do, a tombstone is in quarantine, identifiers are tokens."""
    feed.send(*(line(n) for n in range(5)), transaction="commit")
    feed.send(*(line(n) for n in range(100, 107)), transaction="abort")
    feed.send(
        None,
        line(5, "OPT_IN"),
        line(6, "LEAVE"),
        line(7, token=None, identifier=CARD),
        "no json",
    )

    feed.run()

    assert feed.events() == [
        ("", None, "no_line"),
        ("", None, "not_flat_json"),
        *((f"e{n}", "OPT_OUT", None) for n in range(5)),
        ("e5", "OPT_IN", None),
        ("e6", "OPT_OUT", "unknown_action"),
        ("e7", "OPT_OUT", None),
    ]
    assert feed.state() == ["OPT_IN", *["OPT_OUT"] * 7]
    positions = {row.position for row in feed.spark.table(feed.store.events).collect()}
    assert len(positions) == 10
    assert all(where.startswith(f"{feed.topic}:") for where in positions)
    kept = [path for path in feed.folder.rglob("*") if path.is_file()]
    assert len(kept) > 10
    assert not [path for path in kept if CARD.encode() in path.read_bytes()]


def test_a_batch_that_comes_again_is_not_doubled(feed):
    """The job died after it had applied the batch, and before Spark committed it."""
    feed.send(*(line(n) for n in range(5)))
    feed.run()
    feed.send(*(line(n) for n in range(5, 8)))
    feed.run()
    commits = feed.folder / "checkpoint" / "commits"
    for name in ("1", ".1.crc"):
        (commits / name).unlink()
    feed.send(line(8))

    feed.run()

    assert [row[0] for row in feed.events()] == [f"e{n}" for n in range(9)]
    assert feed.state() == ["OPT_OUT"] * 9


def test_a_topic_made_again_stops_the_job_until_it_is_recovered(feed):
    """By a new checkpoint, which reads the new topic from its first message."""
    feed.send(*(line(n) for n in range(9)))
    feed.run()
    feed.broker.delete(feed.topic)
    feed.broker.create(feed.topic, 2)
    feed.send(line(9), line(3, "OPT_IN", event_time="2026-11-02T09:00:00Z"))

    with pytest.raises(ConsentRefused, match="E642") as caught:
        feed.run()

    assert "deleted the topic and made it again" in str(caught.value)
    feed.run("recovered")
    assert len(feed.events()) == 11
    assert feed.state() == ["OPT_IN", *["OPT_OUT"] * 9]
