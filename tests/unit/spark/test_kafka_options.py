"""Options of a Kafka topic: those that could lose or invent an event cannot be set."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cleanroom_join.errors import RevocationRefused, SparkFailure
from cleanroom_join.party import kafka_lines
from cleanroom_join.spark.revocation.kafka_source import is_lost_at_kafka


class Reader:
    """What `spark.readStream.format` returns, without a Spark: it keeps its options."""

    def __init__(self, error=None):
        """Raise *error* when it loads."""
        self.options, self.error = {}, error

    def option(self, name, value):
        """Keep an option; Spark ignores case in their names."""
        self.options[name.lower()] = value
        return self

    def load(self):
        """Return a frame, whose columns are not looked at."""
        if self.error is not None:
            raise self.error
        return self

    columns = ("key", "value")


def lines(options=None, error=None):
    """Return the reader after `kafka_lines`."""
    reader = Reader(error)
    spark = SimpleNamespace(
        readStream=SimpleNamespace(format={"kafka": reader}.__getitem__)
    )
    kafka_lines(spark, "broker:9092", "consent", options=options)
    return reader


@pytest.fixture(autouse=True)
def without_columns(monkeypatch):
    """Columns need a session; which ones are selected is a Spark test's."""
    monkeypatch.setattr(
        "cleanroom_join.spark.revocation.kafka_source._chosen", lambda frame: frame
    )


SAFE = {
    "kafka.bootstrap.servers": "broker:9092",
    "subscribe": "consent",
    "kafka.isolation.level": "read_committed",
    "failondataloss": "true",
    "startingoffsets": "earliest",
}


def test_what_is_set_without_a_word():
    """The options without which Spark loses events, or takes some that nobody sent."""
    assert lines().options == SAFE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kafka.security.protocol", "SASL_SSL"),
        ("kafka.sasl.jaas.config", "secret"),
        ("maxOffsetsPerTrigger", "10000"),
        ("minPartitions", "8"),
        ("failOnDataLoss", "TRUE"),
        ("startingOffsets", "earliest"),
        ("kafka.isolation.level", "read_committed"),
    ],
)
def test_what_may_be_set(name, value):
    """How a client logs in, how fast events come, and what holds anyway."""
    assert lines({name: value}).options == {name.lower(): value, **SAFE}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("failOnDataLoss", "false", "must be true"),
        ("FAILONDATALOSS", "False", "must be true"),
        ("startingOffsets", "latest", "must be earliest"),
        ("startingOffsets", '{"consent":{"0":23}}', "must be earliest"),
        ("kafka.isolation.level", "read_uncommitted", "must be read_committed"),
        ("Kafka.Isolation.Level", "read_uncommitted", "must be read_committed"),
        ("subscribe", "another", "is the argument topic"),
        ("kafka.bootstrap.servers", "another:1", "is the argument servers"),
        ("subscribePattern", "consent.*", "expected one that begins with kafka."),
        ("assign", '{"consent":[0]}', "expected one that begins with kafka."),
        ("startingTimestamp", "1", "expected one that begins with kafka."),
        ("startingOffsetsByTimestamp", "{}", "expected one that begins with kafka."),
        ("endingOffsets", "latest", "expected one that begins with kafka."),
        ("isolation.level", "read_committed", "expected one that begins with kafka."),
    ],
)
def test_what_could_lose_an_event_is_refused(name, value, said):
    """Whatever the case of the name; the value is not quoted, it may be a secret."""
    with pytest.raises(RevocationRefused, match="E640") as caught:
        lines({name: value})

    assert name in caught.value.message
    assert said in caught.value.message
    assert "23" not in str(caught.value)
    assert "another" not in str(caught.value)


def test_a_session_without_the_source_is_told_how_to_get_it():
    """Spark's own message names a guide and no package."""
    missing = RuntimeError("Failed to find data source: kafka. Please deploy the ...")

    with pytest.raises(RevocationRefused, match="E641") as caught:
        lines(error=missing)

    assert "local_session(kafka=True)" in caught.value.hint


def test_another_failure_is_sparks():
    """Without its text, which may quote an option."""
    with pytest.raises(SparkFailure, match="E390") as caught:
        lines(error=RuntimeError("password=secret"))

    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "reason",
    [
        "Partition t-1 offset was changed from 12 to 2.",
        "Partitions Set(t-1) have been deleted.",
    ],
)
def test_what_spark_says_of_a_loss_is_known(reason):
    """In the words of Spark 3.5 and 4.2, which have no condition for it."""
    text = (
        "[STREAM_FAILED] Query terminated with exception: Some data may have been lost"
        " because they are not available in Kafka any more; either the data was aged"
        f" out by Kafka or the topic may have been deleted.\nReason: {reason}"
    )

    assert is_lost_at_kafka(text)
    assert not is_lost_at_kafka("[STREAM_FAILED] Query terminated with exception: x")
