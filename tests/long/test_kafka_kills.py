"""A job that dies at any moment, its server too, ends where one ends that never died."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from deltalake import DeltaTable, QueryBuilder

from tests.long.kafka_lines import SUBJECTS, made_up_lines

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("kafka_kills.py")
LINES, KILLS, PER_KILL, SEED = 150, 20, 6, 18
REFUSED = 3
"""Exit status of the program when the job raised an error."""
PATIENCE = 20
"""Seconds after which the job counts a silent server as dead."""


def start(step, folder, broker, topic, **environment):
    """Start a process of its own, with its JVM in its group."""
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, PROGRAM, step, folder, broker.servers, topic],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            **environment,
        },
    )


def whole(step, folder, broker, topic):
    """Run a process to its end, and return what it said."""
    process = start(step, folder, broker, topic)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return said


def rows(table, columns):
    """Return rows of a Delta table, read by another engine than the job's."""
    found = QueryBuilder().register("t", DeltaTable(str(table)))
    batches = found.execute(f"SELECT {columns} FROM t").read_all()
    values = [batches.column(i).to_pylist() for i in range(batches.num_columns)]
    return sorted(zip(*values, strict=True), key=str)


def ended(folder):
    """Return what a run leaves: events, state, Gold's tokens."""
    consent = folder / "consent"
    place = "substr(position, strpos(position, ':')) AS place"  # without the topic
    about = "key, key_id, action, source_seq, quarantine"
    return {
        "events": rows(consent / "consent_events", f"{place}, event_id, {about}"),
        "state": rows(
            consent / "consent_state",
            "scope, key, action, CASE WHEN scope = 'heartbeat' THEN 0 ELSE"
            " CAST(event_time AS BIGINT) END, source_seq, event_id",
        ),
        "gold": rows(folder / "gold", "card_token"),
    }


def assert_same(found, uninterrupted):
    """Compare what two runs leave, table by table."""
    for table, content in found.items():
        assert content == getattr(uninterrupted, table)


@pytest.fixture(scope="module")
def topic(broker):
    """A topic of two partitions with all lines."""
    broker.create("kills", 2)
    send(broker, "kills", range(LINES))
    return "kills"


def send(broker, topic, numbers):
    """Send lines; each is in the partition, and at the offset, of its number."""
    lines = made_up_lines(LINES, SEED)
    for partition in (0, 1):
        chosen = [lines[n] for n in numbers if n % 2 == partition]
        broker.send(topic, chosen, partition=partition)


@pytest.fixture(scope="module")
def uninterrupted(broker, topic, tmp_path_factory):
    """What one run leaves that nobody kills, and the seconds of one of its batches."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    whole("prepare", folder, broker, topic)
    said = whole("run", folder, broker, topic)
    seconds = float(re.search(r"applied in ([0-9.]+) s", said)[1])
    batches = len(rows(folder / "consent" / "consent_batches", "batch"))
    return SimpleNamespace(**ended(folder), batch=seconds / batches)


def test_the_uninterrupted_run_has_every_line(uninterrupted):
    """Each once, at its place in the topic; and some subjects are left in Gold."""
    places = [row[0] for row in uninterrupted.events]

    assert len(places) == len(set(places)) == LINES
    assert 0 < len(uninterrupted.gold) < SUBJECTS


def test_twenty_kills_leave_what_no_kill_leaves(broker, uninterrupted, tmp_path):
    """No event is lost and none is there twice, wherever the process and its JVM died."""
    broker.create("killed", 2)
    whole("prepare", tmp_path, broker, "killed")
    chance = random.Random(SEED)
    # The first batch of a process takes longer: kills hit every step of it, and later.
    sent, killed, longest = 0, 0, 3 * uninterrupted.batch
    while killed < KILLS:
        send(broker, "killed", range(sent, min(sent + PER_KILL, LINES)))
        sent += PER_KILL
        process = start("run", tmp_path, broker, "killed")
        assert process.stdout.readline().startswith("starting")
        time.sleep(chance.uniform(0.2, longest))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        else:
            longest *= 0.7  # it had ended: kill the next one earlier
        process.communicate()
    send(broker, "killed", range(sent, LINES))

    whole("run", tmp_path, broker, "killed")

    assert_same(ended(tmp_path), uninterrupted)


def test_a_dead_server_is_noticed(broker, topic, tmp_path):
    """Spark Connect's client would wait for ever; another run goes on where it ended."""
    whole("prepare", tmp_path, broker, topic)
    process = start(
        "run",
        tmp_path,
        broker,
        topic,
        CLEANROOM_SPARK="connect",
        PATIENCE=str(PATIENCE),
    )
    # Before the stream runs, the client tries again for minutes by itself.
    while not (tmp_path / "checkpoint" / "offsets" / "0").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    (server,) = servers_of(process.pid)
    os.kill(server, signal.SIGKILL)

    try:
        said, _ = process.communicate(timeout=PATIENCE + 60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)

    assert process.returncode == REFUSED
    assert re.search("RevocationRefused: .*E60[56]", said), said
    whole("run", tmp_path, broker, topic)
    places = [row[0] for row in ended(tmp_path)["events"]]
    assert len(places) == len(set(places)) == LINES


def servers_of(group):
    """Return the processes of a group that are a JVM."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            name = (path / "comm").read_text().strip()
        except OSError:
            continue
        if name == "java" and int(fields[2]) == group:
            found.append(int(path.name))
    return found
