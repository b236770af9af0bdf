"""Fixtures of every test.  The JVM starts only when a test asks for `spark`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

    from tests.support.kafka_broker import Broker


# No deadlines: machines are shared, and no test asserts a time.  The same examples in
# every run of CI, so that what fails there fails again.
settings.register_profile(
    "repository",
    deadline=None,
    database=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repository")


CLASSES = Path(sys.prefix) / "classes.jsa"
"""What `make` records of a Spark session; without it a session starts more slowly."""

JVM = (
    "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=512m"
    " -XX:+UseSerialGC -Xms1g -Xmn600m"
)
"""
A JVM that compiles quickly rather than well, keeps what it has compiled, and collects
garbage seldom.

Every query is code of its own, which runs once or twice: with the defaults, two thirds
of all processor time was spent on compiling it.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the caller choose the Spark mode, and leave out what takes long."""
    parser.addoption(
        "--fast",
        action="store_true",
        help="Leave out tests that are marked slow, and tests of hypothesis.",
    )
    # PySpark refuses both modes in one process.
    parser.addoption(
        "--spark",
        choices=("classic", "connect"),
        default=os.environ.get("CLEANROOM_SPARK", "classic"),
        help="Spark mode of this run; classic by default.",
    )
    parser.addoption(
        "--without-delta",
        action="store_true",
        help="Start Spark without Delta, which has no jars for the newest PySpark.",
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Deselect slow tests and tests of hypothesis if the caller asks for fast ones."""
    if not config.getoption("--fast"):
        return
    slow = [item for item in items if _is_slow(item)]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if not _is_slow(item)]


def _is_slow(item: pytest.Item) -> bool:
    """Return whether a test tries many examples, or is marked as slow."""
    marked = item.get_closest_marker("slow") is not None
    return marked or is_hypothesis_test(getattr(item, "obj", None))


@pytest.fixture(scope="session")
def spark(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SparkSession]:
    """The one Spark session of this run, in the mode asked for."""
    from cleanroom_join.local import local_session

    archive = f" -XX:SharedArchiveFile={CLASSES}" if CLASSES.exists() else ""
    os.environ.setdefault("SPARK_SUBMIT_OPTS", JVM + archive)
    connect = request.config.getoption("--spark") == "connect"
    session = local_session(
        connect=connect,
        delta=not request.config.getoption("--without-delta"),
        kafka=not request.config.getoption("--without-delta"),
        warehouse=tmp_path_factory.mktemp("spark") / "warehouse",
        settings={
            # Two, not one: a single partition hides partitioning bugs.
            "spark.sql.shuffle.partitions": "2",
            "spark.default.parallelism": "2",
            # Adaptive planning costs time and gains nothing on tiny tables.
            "spark.sql.adaptive.enabled": "false",
            # Every test compiles queries of its own: 100 would evict what recurs.
            "spark.sql.codegen.cache.maxEntries": "10000",
        },
    )
    from pyspark.sql.utils import is_remote

    assert is_remote() == connect, "the session is not in the mode asked for"
    yield session
    session.stop()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The one Kafka broker of this run; a test makes topics of its own."""
    from tests.support.kafka_broker import running_broker

    with running_broker(tmp_path_factory.mktemp("kafka")) as running:
        yield running
