"""Before a local session starts: versions that fit, and jars that are all there."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cleanroom_join.errors import MissingExtra
from cleanroom_join.local import jars, local_session, session
from cleanroom_join.local.jars import fill_once, refuse_unfitting

ROOT = Path(__file__).parents[2]
JARS = [f"{i}.jar" for i in range(5)]

# A process that resolves as slowly as a download, once the others are up as well.
PROCESS = """
import sys, time
from pathlib import Path
from cleanroom_join.local.jars import fill_once

folder, starters, me = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def fetch(target):
    (starters / me).touch()
    while len(list(starters.iterdir())) < 2:
        time.sleep(0.01)
    target.mkdir()
    for i in range(5):
        with (target / f"{i}.jar").open("wb") as jar:
            for _ in range(20):
                jar.write(bytes(1000))
                jar.flush()
                time.sleep(0.005)

fill_once(folder, fetch)
print(sorted((jar.name, jar.stat().st_size) for jar in folder.iterdir()))
"""


def start(folder, starters, name):
    """Start a process that fills *folder*."""
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS, folder, starters, name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def starters(tmp_path):
    """A folder in which processes say that they are up."""
    folder = tmp_path / "starters"
    folder.mkdir()
    return folder


def test_two_processes_fill_an_empty_cache_at_once(tmp_path, starters):
    """Both end well and see every jar whole; nothing else is left behind."""
    folder = tmp_path / "cache" / "jars"
    processes = [start(folder, starters, name) for name in ("one", "two")]

    outputs = [process.communicate(timeout=60) for process in processes]

    assert [process.returncode for process in processes] == [0, 0], outputs
    whole = f"{[(name, 20_000) for name in JARS]}\n"
    assert [out for out, _ in outputs] == [whole, whole]
    assert [path.name for path in folder.parent.iterdir()] == ["jars"]


def test_a_process_that_dies_leaves_no_cache(tmp_path, starters):
    """What it has fetched so far is never taken for everything."""
    folder = tmp_path / "cache" / "jars"
    (starters / "nobody").touch()
    process = start(folder, starters, "one")
    while not list(folder.parent.glob(".*/fetched/0.jar")):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.communicate()

    assert not folder.exists()
    fill_once(folder, Path.mkdir)
    assert folder.is_dir()


def test_a_failed_fetch_leaves_nothing(tmp_path):
    """Neither a cache nor half of one, and the error is the fetch's own."""
    folder = tmp_path / "cache" / "jars"

    def fetch(target):
        target.mkdir()
        (target / "0.jar").touch()
        raise MissingExtra.jars(["g:a:1"], "log")

    with pytest.raises(MissingExtra, match="E005"):
        fill_once(folder, fetch)

    assert list(folder.parent.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_an_error(tmp_path, monkeypatch):
    """Only a cache that another process has filled excuses a failed rename."""

    def refuse(path, target):
        raise PermissionError

    monkeypatch.setattr(Path, "rename", refuse)

    with pytest.raises(PermissionError):
        fill_once(tmp_path / "cache" / "jars", Path.mkdir)


@pytest.mark.parametrize(
    ("spark", "delta"),
    [("4.3.0", "4.4.0"), ("4.3.0", "4.4.1"), ("4.2.0", "4.4.1"), ("3.5.7", "4.4.0")],
)
def test_versions_that_do_not_fit_are_refused(spark, delta):
    """In one sentence with the pair found, a pair that fits, and how to install it."""
    with pytest.raises(MissingExtra, match="E004") as caught:
        refuse_unfitting(spark, delta)

    assert f"PySpark {spark} and delta-spark {delta} do not fit" in str(caught.value)
    fitting = re.search(
        r"pip install 'pyspark==([0-9.]+)\.\*' 'delta-spark==([0-9.]+)'",
        caught.value.hint,
    )
    assert refuse_unfitting(f"{fitting[1]}.0", fitting[2]) is None


def test_another_delta_is_proposed_for_the_same_spark():
    """Whoever needs an older Spark is not sent to another."""
    with pytest.raises(MissingExtra, match=r"pyspark==3\.5\.\*"):
        refuse_unfitting("3.5.9", "4.4.0")


@pytest.mark.parametrize("constraints", ["constraints.txt", "constraints-floor.txt"])
def test_the_tested_versions_fit(constraints):
    """Those of both environments in which the Spark tests run."""
    text = (ROOT / constraints).read_text()
    spark, delta = (
        re.search(rf"(?m)^{name}==(.+)$", text)[1]
        for name in ("pyspark", "delta-spark")
    )

    assert refuse_unfitting(spark, delta) is None


def test_versions_are_checked_before_spark_starts(monkeypatch, tmp_path):
    """And before anything is fetched."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(session.metadata, "version", lambda _: "4.4.1")

    with pytest.raises(MissingExtra, match="E004"):
        local_session()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("spark", "delta", "packages"),
    [
        ("4.2.0", "4.4.0", ["io.delta:delta-spark_4.2_2.13:4.4.0"]),
        ("4.3.0", None, []),
        (
            "3.5.7",
            "3.3.2",
            [
                "io.delta:delta-spark_2.12:3.3.2",
                "org.apache.spark:spark-connect_2.12:3.5.7",
            ],
        ),
        ("3.5.7", None, ["org.apache.spark:spark-connect_2.12:3.5.7"]),
    ],
)
def test_what_is_fetched(spark, delta, packages):
    """Delta for this Spark, and Connect where Spark does not bring it."""
    assert jars.packages(spark, delta) == packages


@pytest.mark.parametrize(
    ("spark", "package"),
    [
        ("4.2.0", "org.apache.spark:spark-sql-kafka-0-10_2.13:4.2.0"),
        ("3.5.7", "org.apache.spark:spark-sql-kafka-0-10_2.12:3.5.7"),
    ],
)
def test_what_kafka_fetches(spark, package):
    """Spark's source in the same version, for the Scala that this Spark is of."""
    assert jars.kafka_packages(spark) == [package]


@pytest.fixture
def fetched(monkeypatch, tmp_path):
    """A cache that fetches one made-up jar per set, and what it was asked for."""
    asked = []

    def fetch(wanted, target, settings, excluded):
        asked.append((wanted, excluded))
        target.mkdir()
        (target / f"{wanted[0].split(':')[1]}.jar").touch()

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(jars, "_resolve", fetch)
    return asked


def names(settings):
    """Return the names of the jars in a setting."""
    return [Path(jar).name for jar in settings["spark.jars"].split(",")]


def test_only_who_asks_for_kafka_gets_its_jars(fetched, tmp_path):
    """They are in a folder of their own, so that Delta's is nobody else's."""
    with_kafka = jars.jar_settings("4.2.0", "4.4.0", {}, kafka=True)
    without = jars.jar_settings("4.2.0", "4.4.0", {})

    assert names(with_kafka) == [
        "delta-spark_4.2_2.13.jar",
        "spark-sql-kafka-0-10_2.13.jar",
    ]
    assert names(without) == ["delta-spark_4.2_2.13.jar"]
    folders = {path.name for path in (tmp_path / "cleanroom_join/jars").iterdir()}
    assert folders == {"spark-4.2.0-delta-4.4.0", "spark-4.2.0-kafka"}


def test_kafka_leaves_out_what_pyspark_brings(fetched):
    """Delta's packages are fetched as before; each set once."""
    for _ in range(2):
        jars.jar_settings("4.2.0", "4.4.0", {}, kafka=True)

    (_, of_delta), (_, of_kafka) = fetched
    assert list(of_delta) == []
    assert "org.apache.hadoop:hadoop-client-runtime" in of_kafka
    assert "org.apache.kafka:kafka-clients" not in of_kafka


def test_kafka_without_delta(fetched):
    """A Spark that Delta has no jars for reads Kafka too."""
    assert names(jars.jar_settings("4.3.0", None, {}, kafka=True)) == [
        "spark-sql-kafka-0-10_2.13.jar"
    ]


def test_without_packages_nothing_is_fetched(monkeypatch, tmp_path):
    """Spark 4 without Delta needs no jar and no network."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert jars.jar_settings("4.3.0", None, {}) == {}
    assert list(tmp_path.iterdir()) == []
