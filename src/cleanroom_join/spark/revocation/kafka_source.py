"""
Consent lines from a Kafka topic: every committed message once, or an error.

Spark's defaults read messages of aborted transactions, and start at the end of the
topic; one option makes Spark go on when messages are gone.  Each of these loses or
invents an event without a word, so they are not left to the caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.errors import RevocationRefused, SparkFailure
from cleanroom_join.spark.common.safe_errors import condition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyspark.sql import DataFrame, SparkSession

__all__ = ["is_lost_at_kafka", "kafka_lines"]

_FIXED = {
    # Messages of aborted transactions are events that nobody sent.
    "kafka.isolation.level": "read_committed",
    # Of a topic made again, Spark would skip the first messages and say nothing.
    "failondataloss": "true",
    # Only without a checkpoint; with one, Spark goes on where it was.
    "startingoffsets": "earliest",
}
"""
Options that decide which events arrive: no other value holds.

In lower case, which Spark ignores.
"""

_OURS = {"kafka.bootstrap.servers": "servers", "subscribe": "topic"}
"""Options that are arguments here."""

_PLAIN = frozenset(
    {
        "databricks.servicecredential",
        "fetchoffset.numretries",
        "fetchoffset.retryintervalms",
        "groupidprefix",
        "kafkaconsumer.polltimeoutms",
        "maxoffsetspertrigger",
        "maxrecordsperpartition",
        "minpartitions",
    }
)
"""Options of Spark's source that change how fast events arrive, not which."""

_CLIENT = "kafka."
"""Options of Kafka's client, such as how it logs in."""

_NO_SOURCE = ("Failed to find data source: kafka", "find the data source: kafka")
_LOST = "Some data may have been lost because they are not available in Kafka any more"
"""Spark says neither by a condition, in 3.5 and in 4.2."""


def kafka_lines(
    spark: SparkSession,
    servers: str,
    topic: str,
    *,
    options: Mapping[str, str] | None = None,
) -> DataFrame:
    """
    Return the messages of a topic as consent lines, for `RevocationJob`.

    Args:
        spark: A session that reads Kafka: on Databricks every one does, on your machine
            ``local_session(kafka=True)``.
        servers: ``host:port`` of one broker or more, separated by commas.
        topic: One topic.
        options: Further options of Spark's Kafka source: all that begin with ``kafka.``
            (of Kafka's client: how it logs in), and those that change how fast events
            arrive, such as ``maxOffsetsPerTrigger``.

    Returns:
        A streaming frame of ``value``, the message as text, NULL for a tombstone, and
        ``topic``, ``partition`` and ``offset``, which the job keeps as its position.

    Raises:
        RevocationRefused: If an option could lose an event or invent one (E640), or if
            the session cannot read Kafka (E641).
    """
    reader = spark.readStream.format("kafka")
    for name, value in (options or {}).items():
        reader = reader.option(name, _checked(name, value))
    fixed = {"kafka.bootstrap.servers": servers, "subscribe": topic, **_FIXED}
    for name, value in fixed.items():
        reader = reader.option(name, value)
    return _chosen(_loaded(reader.load))


def is_lost_at_kafka(text: str) -> bool:
    """
    Return whether Spark stopped because messages are not there any more.

    Args:
        text: Of what a streaming query ended with; it holds topic, partition and
            offsets, no message.
    """
    return _LOST in text


def _checked(name: str, value: str) -> str:
    """
    Return an option's value if the option may be set, to this value.

    Raises:
        RevocationRefused: If it may not (E640).
    """
    known = name.lower()
    if known in _OURS:
        raise RevocationRefused.kafka_argument(name, _OURS[known])
    if known in _FIXED:
        if str(value).lower() != _FIXED[known]:
            raise RevocationRefused.kafka_option(name, _FIXED[known])
        return str(value)
    if known in _PLAIN or known.startswith(_CLIENT):
        return str(value)
    raise RevocationRefused.unknown_kafka_option(name)


def _chosen(frame: DataFrame) -> DataFrame:
    """Return the columns that a line needs; the cast keeps the bytes of the text."""
    value = F.col("value").cast("string").alias("value")
    return frame.select(value, "topic", "partition", "offset")


def _loaded(load: Callable[[], DataFrame]) -> DataFrame:
    """
    Return the topic's frame, whose columns Spark tells only if it has the source.

    Raises:
        RevocationRefused: If it does not (E641).
    """
    try:
        frame = load()
        # In Connect nothing is looked up before somebody asks.
        _ = frame.columns
    except Exception as error:  # noqa: BLE001 - which class depends on the version
        failure = SparkFailure.during("reading a Kafka topic", condition_of(error))
        missing = any(told in str(error) for told in _NO_SOURCE)
    else:
        return frame
    raise RevocationRefused.no_kafka() if missing else failure
