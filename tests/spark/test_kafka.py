"""The revocation job on topics of a real broker: what a Kafka feed does and a file never."""

from __future__ import annotations

import itertools
import json
import re
from types import SimpleNamespace

import pytest
from pyspark.sql.utils import is_remote

from cleanroom_join.errors import RevocationRefused
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

pytestmark = pytest.mark.engine


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


@pytest.fixture(scope="module")
def story(spark, broker, tmp_path_factory):
    """
    One feed through everything, and what the tables had after each step.

    A run takes seconds, so no test makes a feed of its own.
    """
    if is_remote() and spark.version.startswith("3."):
        pytest.skip("Spark Connect 3.5 has no MERGE for a frame: the job refuses it")
    feed = Feed(spark, broker, tmp_path_factory.mktemp("feed"))
    story = SimpleNamespace(feed=feed, again=None)
    feed.send(*(line(n) for n in range(5)), transaction="commit")
    feed.send(*(line(n) for n in range(100, 107)), transaction="abort")
    feed.send(None, line(5, "OPT_IN"), line(6, "LEAVE"), "no json")
    feed.send(line(7, token=None, identifier=CARD))
    feed.run()
    story.first = feed.events(), feed.state()
    if is_remote():  # what comes now is the source's doing, the same in both modes
        return story

    # As if the job had died after it applied the batch, before Spark committed it.
    for name in ("0", ".0.crc"):
        (feed.folder / "checkpoint" / "commits" / name).unlink()
    feed.send(line(8))
    feed.run()
    story.again = feed.events(), feed.state()

    broker.delete(feed.topic)
    broker.create(feed.topic, 2)
    feed.send(line(9), line(3, "OPT_IN", event_time="2026-11-02T09:00:00Z"))
    with pytest.raises(RevocationRefused) as caught:
        feed.run()
    story.error = caught.value
    story.stopped = feed.events(), feed.state()

    feed.run("recovered")
    story.recovered = feed.events(), feed.state()
    return story


@pytest.fixture(scope="module")
def whole(story):
    """The story to its end, which is told in classic mode alone."""
    if story.again is None:
        pytest.skip("one run through Connect shows that Kafka works there")
    return story


FIRST = [
    ("", None, "no_line"),
    ("", None, "not_flat_json"),
    *((f"e{n}", "OPT_OUT", None) for n in range(5)),
    ("e5", "OPT_IN", None),
    ("e6", "OPT_OUT", "unknown_action"),
    ("e7", "OPT_OUT", None),
]


def test_what_was_committed_arrives_and_nothing_else(story):
    """Messages of an aborted transaction never do; a tombstone is in quarantine."""
    assert story.first == (FIRST, ["OPT_IN", *["OPT_OUT"] * 7])


def test_a_line_is_known_by_its_place_in_the_topic(story):
    """Topic, partition and offset; the line itself is not stored."""
    rows = story.feed.spark.table(story.feed.store.events).select("position").collect()

    places = [row.position for row in rows]
    assert all(re.fullmatch(rf"{story.feed.topic}:[01]:[0-9]+", one) for one in places)
    assert len(set(places)) >= len(FIRST)


def test_no_raw_identifier_is_kept(story):
    """Neither in a table nor in a checkpoint, in any file of either."""
    kept = [path for path in story.feed.folder.rglob("*") if path.is_file()]

    assert len(kept) > 10
    assert not [path for path in kept if CARD.encode() in path.read_bytes()]


def test_a_batch_that_comes_again_is_not_doubled(whole):
    """It is compared with what the events have of it; what came since is added."""
    events, state = whole.again

    assert events == sorted([*FIRST, ("e8", "OPT_OUT", None)], key=str)
    assert state == ["OPT_IN", *["OPT_OUT"] * 8]


def test_a_topic_made_again_stops_the_job(whole):
    """In a sentence that says what happened, before anything is applied."""
    assert whole.error.code == "E642"
    assert "deleted the topic and made it again" in whole.error.message
    assert "new checkpoint" in whole.error.hint
    assert whole.stopped == whole.again


def test_a_new_checkpoint_recovers(whole):
    """The new topic is read from its first message; nothing of before is forgotten."""
    events, state = whole.recovered

    added = [("e3", "OPT_IN", None), ("e9", "OPT_OUT", None)]
    assert events == sorted([*whole.again[0], *added], key=str)
    assert state == ["OPT_IN", "OPT_IN", *["OPT_OUT"] * 8]
