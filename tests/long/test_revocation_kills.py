"""Twenty kills of the revocation job at random moments change nothing."""

from __future__ import annotations

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
"""Of a run before it is killed: about two batches."""


def started(folder: Path) -> subprocess.Popen:
    """Return the program once its session is there, in a process group of its own."""
    running = subprocess.Popen(
        [sys.executable, PROGRAM, folder],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    for text in running.stdout:
        if text == "READY\n":
            return running
    raise AssertionError("the program ended before its session was there")


def killed_after(folder: Path, seconds: float) -> bool:
    """Kill a run after some seconds, and return whether it was still running."""
    running = started(folder)
    time.sleep(seconds)
    was_running = running.poll() is None
    # The group outlives its leader: the JVM ends with it.
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
        hits += killed_after(place.folder, chance.uniform(0, LONGEST_SECONDS))

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
