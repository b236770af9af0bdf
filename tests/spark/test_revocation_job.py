"""The revocation job: in whatever order events come, the state is the same."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pyspark.sql import functions as F
from pyspark.sql.utils import is_remote

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.party import ConsentStore
from cleanroom_join.revocation import Action, latest
from cleanroom_join.revocation.checkpoint import STREAM_FILE, Checkpoint
from cleanroom_join.spark.revocation.event_lines import event_columns
from cleanroom_join.spark.revocation.intake import append_once
from tests.spark.revocation_support import (
    ASSET,
    Place,
    event,
    key_of,
    line,
    lines,
)
from tests.spark.support import token
from tests.support.frames import local_frame

OUT, IN, ERASE = Action.OPT_OUT, Action.OPT_IN, Action.ERASE
SUBJECTS = [f"s{i}" for i in range(60)]
ROOT = Path(__file__).parents[2]
KILLED = Path(__file__).with_name("killed_revocation.py")


@pytest.fixture(scope="module", autouse=True)
def only_where_it_runs(spark):
    """Skip everything but the refusal on Spark Connect 3.5, which cannot MERGE."""
    return spark.version.startswith("3.") and is_remote()


@pytest.fixture
def mergeable(only_where_it_runs):
    """Skip on the engine that the job refuses."""
    if only_where_it_runs:
        pytest.skip("Spark Connect 3.5 has no MERGE for a frame: the job refuses it")


def gold_names(spark, table) -> set[str]:
    """Return the subjects that a Gold table has rows of."""
    found = {row["card_token"] for row in spark.table(table).collect()}
    return {name for name in [*SUBJECTS, "late", "new"] if token(name) in found}


def write_gold(spark, table, names) -> None:
    """Append rows of subjects to a Gold table."""
    rows = local_frame(
        spark, [(token(n), 1) for n in names], "card_token string, n int"
    )
    rows.writeTo(table).append()


@pytest.fixture(scope="module")
def place(spark, tmp_path_factory):
    """Tables, a Gold table and a source that the tests of this file share, in order."""
    folder = tmp_path_factory.mktemp("job")
    gold = f"delta.`{folder}/gold`"
    spark.sql(f"CREATE TABLE {gold} (card_token string, n int) USING DELTA").collect()
    write_gold(spark, gold, [*SUBJECTS, "late"])
    return Place(spark, folder, gold)


def sequences() -> list[list]:
    """Return three batches of shuffled, repeated events of all subjects."""
    chance = random.Random(18)
    events = [
        event(name, chance.choice([OUT, IN, ERASE]), chance.randrange(4), n)
        for name in SUBJECTS
        for n in chance.choices(range(3), k=chance.randrange(1, 5))
    ]
    events += chance.sample(events, len(events) // 4)
    chance.shuffle(events)
    third = len(events) // 3
    batches = [events[:third], events[third : 2 * third], events[2 * third :]]
    # An opt-out is not lost to an earlier opt-in that arrives late.
    batches[0].append(event("late", OUT, 5))
    batches[2].append(event("late", IN, 3))
    return batches


@pytest.mark.engine  # the next ones find its heartbeat
def test_a_first_run_without_data_sets_the_heartbeat(place, mergeable):
    """To the time at which it began; there is no other row of the state."""
    before = dt.datetime.now(tz=dt.timezone.utc)

    report = place.run()

    assert (report.batches, report.lines) == (0, 0)
    assert before <= place.heartbeat() <= dt.datetime.now(tz=dt.timezone.utc)
    assert place.state() == {}


@pytest.mark.engine
def test_every_order_ends_in_the_state_of_the_reference(place, mergeable):
    """Of random sequences, repeated and split; Gold loses who is out after a batch."""
    batches = sequences()
    faults = [[], [], ["rubbish", "", '{"schema_version": 1}']]
    for number, batch in enumerate(batches):
        place.put(f"{number}", [*lines(*batch), *faults[number]])
    place.put("3", [])
    all_events = [one for batch in batches for one in batch]
    began = place.heartbeat()

    report = place.run()

    decided = latest(all_events)
    assert place.state() == {
        key_of(name): (one.action.value, one.source_seq, one.event_id)
        for (_, name), one in decided.items()
    }
    assert place.actions()[key_of("late")] == "OPT_OUT"
    assert report.lines == len(all_events) + 3 == report.events + report.quarantined
    assert (report.batches, report.quarantined) == (4, 3)
    assert "fewer than 100 in quarantine" in str(report) == repr(report)[10:-1]
    excluded, seen = set(), []
    for batch in batches:
        seen += batch
        now = latest(seen)
        excluded |= {
            n for _, n in {(e.scope, e.key) for e in batch} if now[_, n].action.excludes
        }
    assert gold_names(place.spark, place.gold) == {*SUBJECTS, "late"} - excluded
    assert place.heartbeat() > began


def test_a_replay_mends_the_state_and_gold(place, mergeable):
    """Rows of the state that are lost come back, and subjects in Gold leave again."""
    right = place.state()
    out = {name for name in SUBJECTS if right[key_of(name)][0] != "OPT_IN"}
    gone = key_of(min(out))
    place.spark.sql(f"DELETE FROM {place.store.state} WHERE key = '{gone}'").collect()
    write_gold(place.spark, place.gold, sorted(out)[:3])
    beat = place.heartbeat()

    assert place.job().replay() is True

    assert place.state() == right
    assert place.heartbeat() == beat
    assert gold_names(place.spark, place.gold) & out == set()


@pytest.mark.engine
def test_a_batch_that_comes_again_is_appended_once(place, spark, mergeable):
    """As it was, with fewer lines, and with more: new lines come in, none twice."""
    texts = [*lines(event("x", OUT, 1), event("y", OUT, 1)), "rubbish", "rubbish"]

    def append(found, at):
        frame = local_frame(
            spark, [("f", text) for text in found], "position string, value string"
        )
        rows = event_columns(
            frame,
            ingested_at=F.timestamp_micros(F.lit(at)),
            parties=["acme", "globex"],
            datasets=[ASSET],
        )
        append_once(spark, place.store.events, rows, "again", 7)
        stored = spark.table(place.store.events).where("stream = 'again'").collect()
        return sorted((row["event_id"], row["batch"]) for row in stored)

    at = 2 * 10**15
    first = append(texts, at)
    assert first == [("", 7), ("", 7), ("x-OPT_OUT-1-0", 7), ("y-OPT_OUT-1-0", 7)]
    assert append(texts, at + 10**9) == first
    assert append(texts[:1], at) == first
    more = append([*texts, "rubbish", line(event("z", OUT, 1))], at)
    assert more == sorted([*first, ("", 7), ("z-OPT_OUT-1-0", 7)])


def test_a_failing_batch_says_no_value_and_is_applied_later(spark, tmp_path, mergeable):
    """The error is ours, has a code and no text of Spark; nothing is applied twice."""
    broken = Place(spark, tmp_path / "broken")
    broken.put("one", lines(event("new", OUT, 1)))
    job = broken.job(gold={ASSET: f"delta.`{tmp_path}/none`"})

    with pytest.raises(RevocationRefused) as caught:
        job.run_available(broken.lines())

    assert caught.value.code == "E606"
    assert "E390 while deleting excluded subjects" in str(caught.value)
    assert caught.value.__context__ is None
    checkpoint = Checkpoint.at(str(broken.checkpoint))
    assert checkpoint.begun() == 0
    assert len(checkpoint.files_of(0)) == 1
    refuse_lost_sources(broken)
    assert broken.run().batches == 1
    assert broken.actions() == {key_of("new"): "OPT_OUT"}
    assert set(broken.positions().values()) == {1}
    refuse_damage(broken)


def refuse_lost_sources(place: Place) -> None:
    """Assert that a batch whose file is gone is refused, unless its lines are stored."""
    file, aside = place.source / "one", place.folder / "one"
    stream = place.checkpoint / STREAM_FILE
    text = stream.read_text()
    stream.write_text(json.dumps({"stream": "0" * 32}))
    file.rename(aside)
    with pytest.raises(RevocationRefused) as caught:
        place.run()
    assert caught.value.code == "E604"
    aside.rename(file)
    stream.write_text(text)


def refuse_damage(place: Place) -> None:
    """Assert that what Spark wrote is accepted, and each damage to it is refused."""
    good = place.checkpoint

    def damaged(change) -> str | None:
        copy = place.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(good, copy)
        change(copy)
        try:
            Checkpoint(folder=copy).stream()
            Checkpoint(folder=copy).refuse_damage()
        except RevocationRefused as error:
            return error.code
        return None

    assert damaged(lambda _: None) is None
    assert damaged(lambda at: (at / "commits" / "0").unlink()) is None
    for name in ("metadata", "offsets/0", "commits/0"):
        assert damaged(lambda at, n=name: (at / n).write_text("")) == "E603"
    for name in ("metadata", "offsets/0", "sources/0/0", STREAM_FILE):
        assert damaged(lambda at, n=name: (at / n).unlink()) == "E603"
    edited = (good / "offsets" / "0").read_text().replace('Offset":0', 'Offset":1')
    assert damaged(lambda at: (at / "offsets" / "0").write_text(edited)) == "E603"
    assert damaged(lambda at: (at / "commits" / "0").write_text("v1\n")) == "E603"


@pytest.mark.slow
def test_tables_made_again_do_not_fit_the_checkpoint(place, mergeable):
    """What the checkpoint calls applied is not in them: no run goes on."""
    other = ConsentStore.in_folder(place.spark, str(place.folder / "other"))
    other.create()
    other.create()

    with pytest.raises(RevocationRefused) as caught:
        place.job(store=other).run_available(place.lines())

    assert caught.value.code == "E603"
    statement = f"ALTER TABLE {other.state} ADD COLUMN (more int)"
    place.spark.sql(statement).collect()
    with pytest.raises(RevocationRefused) as caught:
        other.create()
    assert caught.value.code == "E601"


@pytest.mark.engine
def test_a_table_has_its_statistics_on_batches_alone(place, mergeable):
    """No key, no event id and no time of a subject is in the Delta log."""
    logs = (place.folder / "consent").glob("*/_delta_log/*.json")

    texts = "".join(log.read_text() for log in logs)

    actions = [json.loads(text) for text in texts.splitlines()]
    stats = [json.loads(a["add"]["stats"]) for a in actions if "add" in a]
    named = {name for found in stats for name in found.get("minValues", {})}
    assert named == {"batch"}
    assert key_of("late") not in texts


@pytest.mark.slow
def test_columns_of_events_are_lines_too(spark, tmp_path, mergeable):
    """NULL fields are absent; a row without any field is in quarantine."""
    columns = (
        "schema_version int, event_id string, token string, action string,"
        " event_time timestamp"
    )
    spark.sql(
        f"SELECT 1 AS schema_version, 'e1' AS event_id, '{token('new')}' AS token,"
        " 'OPT_OUT' AS action, timestamp'2026-03-01 00:00:00' AS event_time"
        " UNION ALL SELECT NULL, NULL, NULL, NULL, NULL"
    ).write.parquet(str(tmp_path / "parquet"))
    place = Place(spark, tmp_path / "columns")
    frame = spark.readStream.schema(columns).parquet(str(tmp_path / "parquet"))

    report = place.job().run_available(frame)

    assert (report.lines, report.quarantined) == (2, 1)
    assert place.actions() == {key_of("new"): "OPT_OUT"}
    assert all(at.endswith(".parquet") for _, at in place.positions())


def test_what_is_no_stream_of_lines_is_refused(place, spark):
    """A frame that is no stream; a column of another type; a party of no contract."""
    frames = [
        local_frame(spark, [("x",)], "value string"),
        spark.readStream.format("rate").load(),
    ]
    job = place.job()

    codes = []
    for frame in frames:
        with pytest.raises(RevocationRefused) as caught:
            job.run_available(frame)
        codes.append(caught.value.code)
    for wrong in (
        {"party": "nobody"},
        {"gold": {"accounts": "a"}},
        {"gold": {ASSET: ";"}},
    ):
        with pytest.raises(RevocationRefused) as caught:
            place.job(**wrong)
        codes.append(caught.value.code)

    old = spark.version.startswith("3.") and is_remote()
    assert codes == [*["E600" if old else "E607"] * 2, *["E609"] * 3]


@pytest.mark.engine
def test_a_run_goes_on_until_it_is_stopped(spark, tmp_path, mergeable):
    """The heartbeat follows while nothing comes; Spark Connect refuses to run so."""
    place = Place(spark, tmp_path / "continuous")
    if is_remote():
        with pytest.raises(RevocationRefused, match="E608"):
            place.job().run_continuously(place.lines())
        return
    place.put("one", lines(event("new", OUT, 1)))
    began = dt.datetime.now(tz=dt.timezone.utc)
    stop = threading.Event()

    def watch():
        until = time.monotonic() + 90
        while time.monotonic() < until:
            beats = spark.table(place.store.state).where("scope = 'heartbeat'").count()
            if beats and place.actions():
                break
            time.sleep(0.5)
        stop.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    report = place.job().run_continuously(place.lines(), every="1 second", stop=stop)
    watcher.join()

    assert report.lines == 1
    assert place.actions() == {key_of("new"): "OPT_OUT"}
    assert place.heartbeat() > began


@pytest.mark.engine
def test_a_killed_run_is_taken_up(spark, tmp_path, mergeable):
    """Killed between the events and the state: the next run applies what is stored."""
    if is_remote():
        pytest.skip("the killed program is a process of its own, in classic mode")
    place = Place(spark, tmp_path / "killed")
    place.put("one", lines(event("new", OUT, 1), event("late", IN, 2)))
    killed = subprocess.run(
        [sys.executable, KILLED, place.folder, "merge_state"],
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([f"{ROOT}/src", str(ROOT)])},
        start_new_session=True,
        timeout=300,
    )
    assert killed.returncode == -signal.SIGKILL
    assert place.state() == {}
    assert sum(place.positions().values()) == 2

    report = place.run()

    assert (report.batches, report.lines) == (1, 2)
    assert place.actions() == {key_of("new"): "OPT_OUT", key_of("late"): "OPT_IN"}
    assert set(place.positions().values()) == {1}
