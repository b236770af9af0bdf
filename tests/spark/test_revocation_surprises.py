"""The revocation job while others change its tables, its source or its checkpoint."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest
from pyspark.sql import functions as F
from pyspark.sql.utils import is_remote

from cleanroom_join.contract import Contract
from cleanroom_join.errors import RevocationRefused
from cleanroom_join.party import tokenise
from cleanroom_join.revocation import Action
from cleanroom_join.revocation.checkpoint import Checkpoint
from cleanroom_join.spark.revocation import job as job_module
from cleanroom_join.spark.revocation.event_lines import event_columns
from cleanroom_join.spark.revocation.intake import append_once
from cleanroom_join.spark.revocation.lines import folder_lines
from cleanroom_join.testing import TEST_KEY, contract, contract_toml
from tests.spark.revocation_support import ASSET, Place, event, key_of, line, lines
from tests.spark.support import token
from tests.support.frames import local_frame

OUT, IN = Action.OPT_OUT, Action.OPT_IN
ROTATING = Contract.from_toml(
    contract_toml().replace(
        '{ id = "k1", state = "active" }',
        '{ id = "k2", state = "active" }, { id = "k1", state = "retiring" }',
    )
)


@pytest.fixture(scope="module", autouse=True)
def _mergeable(spark):
    """Skip on the engine that the job refuses."""
    if spark.version.startswith("3.") and is_remote():
        pytest.skip("Spark Connect 3.5 has no MERGE for a frame: the job refuses it")


@pytest.fixture(scope="module")
def place(spark, tmp_path_factory):
    """Tables, two Gold tables and a source; k1 is retiring."""
    return Place(spark, tmp_path_factory.mktemp("surprises"))


def newest(spark, table) -> int:
    """Return the newest version of a table."""
    return spark.sql(f"DESCRIBE HISTORY {table}").agg(F.max("version")).collect()[0][0]


@pytest.mark.slow
def test_gold_before_and_after_a_change_of_keys_follows(place, spark):
    """Made before: one column, of the old key.  Made since: a column more."""
    for name, columns in {
        "old": "card_token string",
        "new": "card_token string, card_token_k1 string",
    }.items():
        gold = f"delta.`{place.folder}/{name}`"
        spark.sql(f"CREATE TABLE {gold} ({columns}) USING DELTA").collect()
        new = () if name == "old" else (lambda s: token(s, "k2"),)
        rows = [
            tuple(make(subject) for make in (*new, token))
            for subject in ("gone", "kept")
        ]
        local_frame(spark, rows, columns).writeTo(gold).append()
        place.put(name, lines(event("gone", OUT, 1)))

        job = place.job(contract=ROTATING, gold={ASSET: gold})
        job.run_available(place.lines())

        assert [row[-1] for row in spark.table(gold).collect()] == [token("kept")]


@pytest.mark.slow
def test_a_state_restored_to_an_earlier_version_gets_its_opt_outs_back(place, spark):
    """Before the heartbeat says that it has them; and Gold loses them again."""
    gold = f"delta.`{place.folder}/gold`"
    spark.sql(f"CREATE TABLE {gold} (card_token string) USING DELTA").collect()
    job = place.job(gold={ASSET: gold})
    job.run_available(place.lines())
    before = newest(spark, place.store.state)
    place.put("restored", lines(event("x", OUT, 2)))
    job.run_available(place.lines())
    job.run_available(place.lines())
    spark.sql(f"RESTORE TABLE {place.store.state} TO VERSION AS OF {before}").collect()
    local_frame(spark, [(token("x"),)], "card_token string").writeTo(gold).append()
    assert key_of("x") not in place.actions()

    job.run_available(place.lines())

    assert place.actions()[key_of("x")] == "OPT_OUT"
    assert spark.table(gold).collect() == []


def test_a_run_that_another_one_stopped_leaves_the_heartbeat(place, monkeypatch):
    """Spark ends it without an error, as if everything were applied."""
    place.put("before", lines(event("w", OUT, 2)))
    place.run()
    beat, query_of = place.heartbeat(), job_module.StreamWatch

    def watched(**given):
        given["query"].stop()
        Checkpoint.at(str(place.checkpoint)).claim()
        return query_of(**given)

    monkeypatch.setattr(job_module, "StreamWatch", watched)
    place.put("stopped", lines(event("y", OUT, 3)))

    with pytest.raises(RevocationRefused, match="another run uses the same checkpoint"):
        place.run()

    assert place.heartbeat() == beat
    monkeypatch.undo()
    place.run()
    assert place.actions()[key_of("y")] == "OPT_OUT"


def test_a_line_with_the_id_of_another_is_not_lost(place, spark):
    """A batch comes again from an edited file; its source gives each subject one id."""
    permitted = replace(event("x", IN, 1), event_id="about-x")
    withdrawn = replace(event("x", OUT, 2), event_id="about-x")

    def append(*texts):
        frame = local_frame(
            spark, [("f", text) for text in texts], "position string, value string"
        )
        rows = event_columns(
            frame, ingested_at=F.current_timestamp(), parties=[], datasets=[]
        )
        append_once(spark, place.store.events, rows, "edited", 7)
        stored = spark.table(place.store.events).where("stream = 'edited'").collect()
        return sorted(row["action"] or "none" for row in stored)

    assert append(line(permitted)) == ["OPT_IN"]
    assert append(line(withdrawn)) == ["OPT_IN", "OPT_OUT"]
    minute = withdrawn.event_time.replace(minute=1)
    other = line(replace(withdrawn, event_time=minute, received_at=minute))
    assert append(other) == ["OPT_IN", "OPT_OUT", "OPT_OUT"]
    assert append(line(permitted), other) == ["OPT_IN", "OPT_OUT", "OPT_OUT"]


def test_a_file_of_last_month_is_read(spark, tmp_path):
    """It came after newer ones, and was copied with its time."""
    aged = Place(spark, tmp_path / "aged")
    aged.put("new", lines(event("new", OUT, 1)))
    job = aged.job()
    job.run_available(folder_lines(spark, str(aged.source)))
    aged.put("old", lines(event("old", OUT, 1)))
    month = time.time() - 30 * 86_400
    os.utime(aged.source / "old", (month, month))

    job.run_available(folder_lines(spark, str(aged.source)))

    assert aged.actions().keys() == {key_of("new"), key_of("old")}


def test_gold_is_rewritten_by_the_names_of_its_columns(place, spark):
    """A table whose columns are in another order gets no token into another column."""
    table = f"delta.`{place.folder}/ordered`"
    columns = "region string, card_token string, amount double, fraud boolean"
    spark.sql(f"CREATE TABLE {table} ({columns}) USING DELTA").collect()
    raw = local_frame(
        spark,
        [("4111111111111111", "north", True, 1.0)],
        "card_number string, region string, fraud boolean, amount double",
    )

    tokenise(raw, contract().asset(ASSET), key=TEST_KEY).save(table)

    (row,) = spark.table(table).collect()
    assert (row["region"], row["card_token"][:3]) == ("north", "k1:")


@pytest.mark.slow
def test_a_second_source_is_refused(place, spark):
    """Each job alone would say that the state is fresh; after a recovery one goes on."""
    place.run()
    other = place.job(checkpoint=str(place.folder / "checkpoint of another"))
    other.run_available(place.lines())

    with pytest.raises(
        RevocationRefused, match=r"E603.*follow another checkpoint since"
    ):
        place.run()

    assert other.run_available(place.lines()).batches == 0
