"""After an erasure nothing that the party stores holds the token; a statement says so."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.party import ErasureOutcome, erase
from cleanroom_join.revocation.erasure import (
    ErasedSubjects,
    FileFinding,
    StorageKind,
    kind_in_table,
    search_folder,
)
from cleanroom_join.revocation.schemas import EVENT_COLUMNS, STATE_COLUMNS
from cleanroom_join.spark.common.statements import run_statement
from cleanroom_join.testing import contract
from tests.spark.support import token
from tests.support.frames import local_frame

GONE, BACK, STAYS = token("gone"), token("back"), token("stays")
CARE = (
    "'delta.dataSkippingStatsColumns' = 'card_token_bucket',"
    " 'delta.enableDeletionVectors' = 'true', 'delta.enableChangeDataFeed' = 'true',"
    " 'delta.checkpointPolicy' = 'v2', 'delta.checkpointInterval' = '2'"
)
AT_ONCE = "'delta.deletedFileRetentionDuration' = 'interval 0 hours'"
NOBODY = dt.timedelta(0)


@pytest.fixture(scope="module")
def store(spark, tmp_path_factory):
    """Consent tables in which one subject is erased, and another came back since."""
    folder = tmp_path_factory.mktemp("consent")
    names = {n: f"delta.`{folder}/{n}`" for n in ("events", "state", "batches")}
    for name, columns in (
        ("events", EVENT_COLUMNS),
        ("state", STATE_COLUMNS),
        ("batches", "stream string, batch bigint"),
    ):
        run_statement(
            spark,
            "creating",
            f"CREATE TABLE {names[name]} ({columns}) USING delta"
            " TBLPROPERTIES ('delta.dataSkippingNumIndexedCols' = '0')",
        )
    events = [(GONE, "ERASE"), (GONE, "OPT_OUT"), (BACK, "ERASE"), (STAYS, "OPT_OUT")]
    state = [(GONE, "OPT_OUT"), (BACK, "OPT_IN"), (STAYS, "OPT_OUT")]
    for table, rows in (("events", events), ("state", state)):
        local_frame(spark, rows, "token string, action string").selectExpr(
            "'subject' AS scope", "sha2(token, 256) AS key", "'k1' AS key_id", "action"
        ).write.format("delta").mode("append").save(f"{folder}/{table}")
    return SimpleNamespace(spark=spark, **names)


def gold(spark, folder, properties, rows):
    """Return a Gold table of accounts in a folder."""
    spark.sql(
        f"CREATE TABLE delta.`{folder}` (card_token string, age_band string,"
        f" card_token_bucket int) USING delta TBLPROPERTIES ({properties})"
    )
    spark.createDataFrame(
        [(text, "old", 3) for text in rows],
        "card_token string, age_band string, card_token_bucket int",
    ).coalesce(1).write.format("delta").mode("append").save(str(folder))
    return f"delta.`{folder}`"


def erased(store, table, **options):
    """Return the statement of one erasure."""
    return erase(
        store=store,
        contract=contract(),
        party="globex",
        gold={"accounts": table},
        **options,
    )


def subjects(*tokens):
    """Return subjects as the consent tables know them."""
    return ErasedSubjects.of(
        ("k1", hashlib.sha256(text.encode()).hexdigest()) for text in tokens
    )


def everything(folder):
    """Yield every file of a folder as bytes, and as the values that Parquet encodes."""
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()
            if path.suffix == ".parquet":
                yield path, str(pq.read_table(path).to_pylist()).encode()


def holders(folder, subject):
    """Return the files that hold a subject's token, raw, in hex or in base64."""
    digits = subject.partition(":")[2].encode()
    forms = [digits, digits.hex().encode(), bytes.fromhex(digits.decode())]
    forms += [base64.b64encode(b"x" * n + digits)[4:-4] for n in range(3)]
    return {path for path, data in everything(folder) if any(f in data for f in forms)}


@pytest.fixture
def checksums(spark):
    """Let Delta write its checksum files, as it does on Databricks."""
    name = "spark.databricks.delta.writeChecksumFile.enabled"
    spark.sql(f"SET {name} = true")
    yield
    spark.sql(f"SET {name} = false")


def test_nothing_stored_holds_the_token_of_an_erased_subject(
    spark, store, tmp_path, checksums
):
    """Old files hold it until their retention is over, and the statement says so."""
    folder = tmp_path / "gold"
    table = gold(spark, folder, CARE, [GONE, BACK, STAYS, token("other")])
    before = spark.sql(f"DESCRIBE HISTORY {table} LIMIT 1").collect()[0]["version"]

    with pytest.raises(RevocationRefused, match="E620"):
        erased(store, table, longest_job=dt.timedelta(days=8))
    waiting = erased(store, table)
    held = holders(folder, GONE)
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ({AT_ONCE})")
    done = erased(store, table, longest_job=NOBODY)

    assert waiting.outcome is ErasureOutcome.WAITING
    assert {f.kind for f in waiting.found} == {StorageKind.DATA, StorageKind.CHANGES}
    assert len(held) == 2, "the data file of an older version, and the change data"
    week = waiting.waits_until - waiting.ended
    assert dt.timedelta(days=6, hours=23) < week < dt.timedelta(days=7)
    assert done.outcome is ErasureOutcome.ERASED
    assert holders(folder, GONE) == set()
    assert holders(folder, BACK), "who came back is not erased"
    (one,) = done.tables
    assert waiting.tables[0].version_before == before < one.version_before
    kinds = {(s.of, s.kind) for s in done.searched}
    assert {("accounts", StorageKind.LOG), ("accounts", StorageKind.DATA)} <= kinds
    assert {of for of, _ in kinds} == {
        "accounts",
        "consent_events",
        "consent_state",
        "consent_batches",
    }
    log = {path.name for path in (folder / "_delta_log").rglob("*")}
    assert any(n.endswith(".crc") for n in log), "checksums were there to search"
    assert "_sidecars" in log, "a checkpoint of version 2 was there to search"
    text = done.to_bytes().decode()
    assert json.loads(text)["outcome"] == "ERASED"
    assert GONE[3:] not in text


def test_without_care_the_log_holds_the_token_for_good(spark, tmp_path):
    """In the predicate of a DELETE and in statistics: the inverse of the test above."""
    folder = tmp_path / "careless"
    table = gold(spark, folder, AT_ONCE, [GONE, STAYS])
    spark.sql(f"DELETE FROM {table} WHERE card_token = '{GONE}'")

    spark.sql(f"VACUUM {table}")

    searched = search_folder(folder, kind_in_table, subjects(GONE))

    logs = holders(folder, GONE)
    assert logs, "the token is in the history's predicate"
    assert {path.parent.name for path in logs} == {"_delta_log"}
    assert set(searched.found.values()) == {
        (StorageKind.LOG, FileFinding.TOKEN),
        (StorageKind.LOG, FileFinding.BEGINNING),
    }
    assert not StorageKind.LOG.expires


def test_applied_files_and_checkpoints_of_a_stream_are_searched(spark, store, tmp_path):
    """An archived file with the token is deleted whole, other ones stay."""
    folders = {n: tmp_path / n for n in ("landing", "archive", "checkpoint")}
    for folder in folders.values():
        folder.mkdir()
    lines = (
        spark.readStream.format("text")
        .option("cleanSource", "archive")
        .option("sourceArchiveDir", str(folders["archive"]))
        .option("maxFilesPerTrigger", 1)
    )
    for number, subject in enumerate((GONE, STAYS, BACK)):
        line = json.dumps({"token": subject, "action": "ERASE"}).encode()
        path = folders["landing"] / f"{number}.json.gz"
        path.write_bytes(gzip.compress(line))
        query = (
            lines.load(str(folders["landing"]))
            .writeStream.format("noop")
            .option("checkpointLocation", str(folders["checkpoint"]))
            .trigger(availableNow=True)
            .start()
        )
        assert query.awaitTermination(60)
    archived = {p.name for p in folders["archive"].rglob("*.gz")}

    statement = erase(
        store=store,
        contract=contract(),
        party="globex",
        gold={},
        checkpoints=[folders["checkpoint"]],
        landing=[folders["landing"]],
        archive=[folders["archive"]],
    )

    assert "0.json.gz" in archived
    left = {p.name for p in folders["archive"].rglob("*.gz")}
    assert left == archived - {"0.json.gz"}
    assert statement.archive_deleted
    assert statement.found == ()
    assert {s.of for s in statement.searched} >= {"checkpoint 1", "landing 1"}
    assert statement.outcome is ErasureOutcome.INCOMPLETE
    (missed,) = statement.not_searched
    assert (missed.of, missed.why) == ("accounts", "no table was named for this asset")
