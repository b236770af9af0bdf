"""Subjects deleted from Gold: the right rows, few files, and nothing in the log."""

from __future__ import annotations

import hashlib
import json
import random
import re
from dataclasses import replace
from urllib.parse import unquote

import pytest
from pyspark.sql.utils import is_remote

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.party import tokenise
from cleanroom_join.revocation.gold_layout import NO_TOKEN, GoldLayout
from cleanroom_join.spark.common.gold_deletion import buckets_of, delete_subjects
from cleanroom_join.spark.party.gold_rows import with_buckets
from cleanroom_join.testing import TEST_KEY, contract
from tests.spark.support import token
from tests.support.frames import local_frame

ROWS = "card string, mail string, amount int"
TOKENS = ("card", "mail")
SUBJECTS = 200
LAYOUT = GoldLayout(buckets=16, files=8)
HEXADECIMAL = re.compile(r"[0-9a-f]{64}")


@pytest.fixture(scope="module")
def _merging(spark):
    """Spark Connect 3.5 cannot, and a test of its own shows what it says."""
    if cannot_merge(spark):
        pytest.skip("no MERGE of a frame")


def cannot_merge(spark) -> bool:
    """Return whether this Spark has no MERGE of a frame."""
    return is_remote() and spark.version.startswith("3.")


def rows(count=1_000) -> list[tuple]:
    """Return rows of subjects with a card, a mail address, both or neither."""
    draw = random.Random(7)
    return [
        (
            token(None if number % 5 == 0 else str(draw.randrange(SUBJECTS))),
            token(None if number % 3 == 0 else f"m{draw.randrange(SUBJECTS)}"),
            number,
        )
        for number in range(count)
    ]


def key(text: str) -> str:
    """Return the key of a subject by its token."""
    return hashlib.sha256(text.encode()).hexdigest()


def bucket(text: str | None, buckets: int) -> int:
    """Return the bucket of a token, without Spark."""
    return NO_TOKEN if text is None else int(key(text)[:7], 16) % buckets


def write(spark, folder, content, layout=None, columns=TOKENS) -> str:
    """Write a Gold table, with buckets if there is a layout, and return its name."""
    frame = local_frame(spark, content, ROWS)
    name = f"delta.`{folder}`"
    if layout is None:
        frame.write.format("delta").save(str(folder))
        return name
    writer = with_buckets(frame, columns, layout).writeTo(name).using("delta")
    for prop, value in layout.properties(f"{c}_bucket" for c in columns).items():
        writer = writer.tableProperty(prop, value)
    writer.create()
    return name


def excluded(spark, keys):
    """Return the frame of excluded subjects."""
    return local_frame(spark, [(k,) for k in keys], "key string")


def left(content, keys) -> list[tuple]:
    """Return what a plain filter leaves."""
    return [
        row
        for row in content
        if not any(text is not None and key(text) in keys for text in row[:2])
    ]


def read(spark, table) -> list[tuple]:
    """Return the rows of a table, in the order they were made."""
    frame = spark.table(table).select(*ROWS.replace(",", "").split()[::2])
    return sorted((tuple(row) for row in frame.collect()), key=lambda row: row[2])


def log_of(folder) -> list[dict]:
    """Return the actions of every version of a table."""
    files = sorted((folder / "_delta_log").glob("*.json"))
    return [
        json.loads(line) for file in files for line in file.read_text().splitlines()
    ]


LAYOUTS = {
    "16 buckets": (LAYOUT, TOKENS),
    "2 buckets of one column": (GoldLayout(buckets=2, files=2), ("card",)),
    "no buckets": (None, ()),
}


@pytest.mark.usefixtures("_merging")
@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.engine
def test_a_deletion_equals_a_plain_filter(spark, tmp_path, name):
    """Whatever the layout, for few subjects, repeated or unknown, and then for all."""
    layout, columns = LAYOUTS[name]
    content = rows()
    table = write(spark, tmp_path / "gold", content, layout, columns)
    cards = [key(token(str(i))) for i in range(SUBJECTS)]
    mails = [key(token(f"m{i}")) for i in range(SUBJECTS)]
    draw = random.Random(name)
    few = [*draw.sample(cards, 2), *draw.sample(mails, 2)]
    batches = [[*few, *few, key("nobody"), None], cards + mails]

    for keys in batches if columns == TOKENS else batches[:1]:
        delete_subjects(spark, table, TOKENS, excluded(spark, keys))
        content = left(content, set(keys))
        assert read(spark, table) == content

    assert {(None, None)} <= {row[:2] for row in content}
    assert columns != TOKENS or {row[:2] for row in content} == {(None, None)}


@pytest.mark.usefixtures("_merging")
def test_nobody_excluded_changes_nothing(spark, tmp_path):
    """The table has no new version."""
    folder = tmp_path / "gold"
    table = write(spark, folder, rows(10), LAYOUT)

    delete_subjects(spark, table, TOKENS, excluded(spark, []))

    assert len([a for a in log_of(folder) if "commitInfo" in a]) == 1


@pytest.mark.usefixtures("_merging")
def test_a_deletion_reads_only_files_that_can_hold_the_subjects(spark, tmp_path):
    """All other files may even be missing; a row of another program is looked for."""
    folder = tmp_path / "gold"
    content = [(row[0], None, row[2]) for row in rows()]
    table = write(spark, folder, content, LAYOUT)
    chosen = content[3][0]
    kept = spark.table(table).where(f"card_bucket = {bucket(chosen, 16)}")
    needed = {unquote(path).rpartition("/")[2] for path in kept.inputFiles()}
    foreign = [(chosen, None, -1, None)]
    schema = "card string, mail string, amount int, mail_bucket int"
    local_frame(spark, foreign, schema).write.format("delta").mode("append").option(
        "mergeSchema", "false"
    ).save(str(folder))
    files = {a["add"]["path"]: a["add"] for a in log_of(folder) if "add" in a}
    near = {
        path
        for path, add in files.items()
        if (stats := json.loads(add["stats"])).get("minValues", {}).get("card_bucket")
        is None
        or stats["minValues"]["card_bucket"]
        <= bucket(chosen, 16)
        <= stats["maxValues"]["card_bucket"]
    }
    for path in set(files) - near:
        (folder / path).unlink()

    delete_subjects(spark, table, ["card"], excluded(spark, [key(chosen)]))

    assert needed
    assert len(near) <= 3
    assert len(files) > 6
    deleted = [a["commitInfo"] for a in log_of(folder) if "commitInfo" in a][-1]
    assert int(deleted["operationMetrics"]["numTargetRowsDeleted"]) == 1 + sum(
        row[0] == chosen for row in content
    )


@pytest.mark.usefixtures("_merging")
@pytest.mark.engine
def test_the_log_tells_buckets_and_no_token(spark, tmp_path):
    """Neither statistics nor a predicate: what is in the log outlives an erasure."""
    folder = tmp_path / "gold"
    content = rows()
    table = write(spark, folder, content, LAYOUT)

    delete_subjects(spark, table, TOKENS, excluded(spark, [key(content[1][0])]))

    actions = log_of(folder)
    stats = [json.loads(a["add"]["stats"]) for a in actions if "add" in a]
    columns = {name for s in stats for name in s.get("minValues", {})}
    assert columns == {"card_bucket", "mail_bucket"}
    ids = [a["metaData"].pop("id") for a in actions if "metaData" in a]
    assert len(ids) == 1
    text = json.dumps(actions)
    assert HEXADECIMAL.search(text) is None
    assert "k1:" not in text
    operations = [a["commitInfo"]["operation"] for a in actions if "commitInfo" in a]
    assert operations[1:] == ["MERGE"]
    assert "card_bucket" in json.dumps(actions[-1]) + text


def test_every_row_has_the_bucket_of_its_token(spark, tmp_path):
    """As another program computes it; a row without a token is in none."""
    table = write(spark, tmp_path / "gold", rows(), LAYOUT)

    found = spark.table(table).select("card", "card_bucket", "mail", "mail_bucket")

    assert buckets_of(spark, table) == 16
    for card, card_bucket, mail, mail_bucket in found.collect():
        assert card_bucket == bucket(card, 16)
        assert mail_bucket == bucket(mail, 16)


@pytest.mark.engine
def test_gold_of_a_contract_with_revocation_has_buckets(spark):
    """A second save keeps the number of buckets, which deletions have to know."""
    terms = replace(contract().asset("payments"), min_cohort=2)
    raw = local_frame(
        spark,
        [(f"411111111111{n:04d}", "north", n % 2 == 0, None) for n in range(64)] * 3,
        "card_number string, region string, fraud boolean, amount decimal(10,2)",
    )
    gold = tokenise(raw, terms, key=TEST_KEY)
    gold = replace(gold, _terms=replace(terms, consent_state="consent.state"))
    table = "gold_with_buckets"

    gold.save(table)
    buckets = buckets_of(spark, table)
    replace(gold, frame=gold.frame.limit(10)).save(table)

    assert spark.table(table).columns == [
        "card_token",
        "card_token_bucket",
        *gold.frame.columns[1:],
    ]
    assert buckets_of(spark, table) == buckets > 1
    for card, found in (
        spark.table(table).select("card_token", "card_token_bucket").collect()
    ):
        assert found == bucket(card, buckets)


@pytest.mark.engine
def test_spark_connect_3_5_says_that_it_cannot(spark, tmp_path):
    """And which Spark can; the table stays as it is."""
    if not cannot_merge(spark):
        pytest.skip("this Spark merges frames")
    table = write(spark, tmp_path / "gold", rows(10))

    with pytest.raises(RevocationRefused) as caught:
        delete_subjects(spark, table, TOKENS, excluded(spark, [key("nobody")]))

    assert caught.value.code == "E600"
    assert read(spark, table) == rows(10)
