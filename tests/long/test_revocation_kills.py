"""Twenty kills of the revocation job at random moments change nothing."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cleanroom_join.revocation import Action, latest
from tests.spark.revocation_support import Place, event, key_of, lines

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests" / "spark" / "killed_revocation.py"
KILLS = 20
LONGEST_SECONDS = 12
"""Of a run before it is killed, after up to two batches: about two more."""


def started(folder: Path, *more: str) -> subprocess.Popen:
    """Return the program once its session is there, in a process group of its own."""
    running = subprocess.Popen(
        [sys.executable, PROGRAM, folder, *more],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([f"{ROOT}/src", str(ROOT)])},
        start_new_session=True,
    )
    for text in running.stdout:
        if text == "READY\n":
            return running
    raise AssertionError("the program ended before its session was there")


def killed_after(place: Place, batches: int, seconds: float) -> bool:
    """Kill a run some seconds after it committed batches; return if it still ran."""
    commits = place.checkpoint / "commits"
    before = len(list(commits.glob("[0-9]*")))
    running = started(place.folder)
    while (
        running.poll() is None and len(list(commits.glob("[0-9]*"))) < before + batches
    ):
        time.sleep(0.05)
    time.sleep(seconds)
    was_running = running.poll() is None
    # The group outlives its leader: the JVM ends with it.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    running.stdout.close()
    return was_running


def test_kills_lose_nothing_and_double_nothing(request, spark, tmp_path):
    """Each line is stored once, and the state is that of the reference."""
    if request.config.getoption("--spark") == "connect":
        pytest.skip("the program is a process of its own, in classic mode")
    chance = random.Random(20)
    place = Place(spark, tmp_path / "place")
    every, hits = [], 0
    for number in range(KILLS):
        for part in range(2):
            events = [
                event(
                    f"s{chance.randrange(15)}",
                    chance.choice([Action.OPT_OUT, Action.OPT_IN, Action.ERASE]),
                    chance.randrange(5),
                    chance.randrange(3),
                )
                for _ in range(6)
            ]
            name = f"f{number}-{part}"
            place.put(name, lines(*events))
            every += events
        seconds = chance.uniform(0, LONGEST_SECONDS)
        hits += killed_after(place, chance.randrange(3), seconds)

    report = place.run()

    print(f"{hits} of {KILLS} kills hit a running job; {report.batches} batches left")
    assert hits >= KILLS // 2
    assert place.state() == {
        key_of(name): (one.action.value, one.source_seq, one.event_id)
        for (_, name), one in latest(every).items()
    }
    assert sum(place.positions().values()) == len(every)
    batches = spark.table(place.store.batches).groupBy("batch").sum("lines").collect()
    assert sorted(row["sum(lines)"] for row in batches) == [6] * 2 * KILLS


def test_a_dead_server_is_noticed(request, spark, tmp_path):
    """Spark Connect's client would wait on: the job ends with an error of its own."""
    if request.config.getoption("--spark") == "connect" or spark.version < "4":
        pytest.skip("the program starts a server of its own, of Spark 4")
    place = Place(spark, tmp_path / "place")
    for number in range(5):
        place.put(f"{number}", lines(event(f"s{number}", Action.OPT_OUT, 1)))
    running = started(place.folder, "connect")
    until = time.monotonic() + 120
    while not (place.checkpoint / "offsets" / "0").exists():
        assert time.monotonic() < until
        time.sleep(0.1)

    for server in servers_of(running.pid):
        os.kill(server, signal.SIGKILL)

    told, _ = running.communicate(timeout=200)
    assert told.split() == ["E605"]
    assert place.run().lines == 5
    assert set(place.positions().values()) == {1}


def servers_of(group: int) -> list[int]:
    """Return the Java processes of a process group, which are on Linux alone."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and (process / "stat").exists():
            command, _, rest = (
                (process / "stat").read_text().partition("(")[2].rpartition(")")
            )
            if command == "java" and int(rest.split()[2]) == group:
                found.append(int(process.name))
    assert found
    return found
