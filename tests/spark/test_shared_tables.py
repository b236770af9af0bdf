"""Each shared table has one content from the first look of a run to the last."""

from __future__ import annotations

import pytest
from pyspark.sql import functions as F

from cleanroom_join.errors import SparkFailure, TableRefused
from cleanroom_join.review import Verdict
from cleanroom_join.spark.room import pipeline
from cleanroom_join.spark.room.inputs import shared_tables as module
from cleanroom_join.spark.room.inputs.shared_tables import (
    _digest,
    open_shared_tables,
)
from cleanroom_join.sql import qualified
from cleanroom_join.testing import contract
from tests.spark.support import (
    ACCOUNTS,
    PAYMENTS,
    account_rows,
    ended,
    payment_rows,
    room,
    token,
    told,
)
from tests.support.frames import local_frame

NAMES = {"payments": "shared_here.payments", "accounts": "shared_here.accounts"}
TARGET = [(token("card7"), "old")] * 41
"""Rows of one subject in a table with one row per subject."""


@pytest.fixture
def tables(spark):
    """Both shared tables as Delta tables, under their names."""
    spark.sql("CREATE SCHEMA shared_here")
    written(local_frame(spark, payment_rows(), PAYMENTS), "payments")
    written(local_frame(spark, account_rows(), ACCOUNTS), "accounts")
    yield dict(NAMES)
    spark.sql("DROP SCHEMA shared_here CASCADE")


def written(frame, name, mode="error", form="delta"):
    """Write a frame as one of the shared tables."""
    frame.write.format(form).mode(mode).saveAsTable(f"shared_here.{name}")


def added(spark, rows=TARGET):
    """Append rows to the accounts."""
    written(local_frame(spark, rows, ACCOUNTS), "accounts", "append")


def after_the_preflight(monkeypatch, action):
    """Let somebody write once the tables are checked, and before they are joined."""
    check = pipeline.check_values

    def checked(values):
        action()
        check(values)

    monkeypatch.setattr(pipeline, "check_values", checked)


def released(spark, tables):
    """Return a release of two tables; raise the error that saving it would raise."""
    release = room(spark, contract(), tables).release("segments")
    ended(release)
    return release


@pytest.mark.engine
def test_rows_that_are_appended_during_a_run_are_not_read(spark, tables, monkeypatch):
    """A table is joined as it was checked, whoever writes meanwhile."""
    before = released(spark, tables)
    after_the_preflight(monkeypatch, lambda: added(spark))

    release = released(spark, tables)

    assert ended(release) is Verdict.APPROVED
    assert release._rows == before._rows
    assert spark.table(NAMES["accounts"]).count() == 1041
    with pytest.raises(Exception, match="E311"):
        released(spark, tables)


@pytest.mark.engine
def test_versions_are_in_the_entry_and_in_the_summary(spark, tables):
    """An auditor can read the tables again as the run read them."""
    added(spark, [(token("nobody"), "old")])
    opened = room(spark, contract(), tables)

    release = opened.release("segments")

    (entry,) = opened._CleanRoom__ledger.entries
    assert entry.versions == (("payments", 0), ("accounts", 1))
    assert "tables: payments at version 0, accounts at version 1" in told(release)


@pytest.mark.engine
def test_a_table_that_is_made_anew_during_a_run_is_refused(spark, tables, monkeypatch):
    """It has a version of the same number, with another content."""

    def replaced():
        spark.sql(f"DROP TABLE {NAMES['accounts']}")
        rows = account_rows() + TARGET
        written(local_frame(spark, rows, ACCOUNTS), "accounts")

    after_the_preflight(monkeypatch, replaced)

    # Where names are resolved early, the files of the first table are missing.
    with pytest.raises((TableRefused, SparkFailure)) as caught:
        released(spark, tables)

    assert caught.value.code in ("E306", "E390")


@pytest.mark.engine
def test_files_that_are_removed_during_a_run_are_no_answer(spark, tables, monkeypatch):
    """A version that cannot be read any more fails; no newer one is read instead."""
    check = "spark.databricks.delta.retentionDurationCheck.enabled"

    def vacuumed():
        spark.sql(f"DELETE FROM {NAMES['accounts']} WHERE age_band = 'old'")
        spark.conf.set(check, "false")
        spark.sql(f"VACUUM {NAMES['accounts']} RETAIN 0 HOURS").collect()
        spark.conf.unset(check)

    after_the_preflight(monkeypatch, vacuumed)

    with pytest.raises(SparkFailure, match="E390") as caught:
        released(spark, tables)

    assert "k1:" not in str(caught.value)


@pytest.mark.parametrize("kind", ["view", "files", "frame"])
def test_a_table_without_versions_is_released(spark, tables, kind):
    """The entry says that it has none."""
    opened = room(spark, contract(), without_versions(spark, tables, kind))

    release = opened.release("segments")

    (entry,) = opened._CleanRoom__ledger.entries
    assert ended(release) is Verdict.APPROVED
    assert entry.versions == (("payments", 0), ("accounts", None))
    assert "tables: payments at version 0, accounts\n" in told(release)


@pytest.mark.engine
@pytest.mark.parametrize("kind", ["view", "files", "frame"])
def test_a_table_without_versions_that_changes_is_refused(
    spark, tables, monkeypatch, kind
):
    """The refusal names no table, since it depends on what is in them."""
    shared = without_versions(spark, tables, kind)
    after_the_preflight(monkeypatch, lambda: write_to(spark, kind, TARGET))

    refused_as_changed(spark, shared)


@pytest.mark.parametrize("kind", ["view", "files"])
def test_a_content_that_is_there_for_one_look_only_is_refused(
    spark, tables, monkeypatch, kind
):
    """Before and after it the table is the same."""
    shared = without_versions(spark, tables, kind)
    count = pipeline.count_tokens

    def counted(*args, **more):
        write_to(spark, kind, TARGET)
        found = count(*args, **more)
        written(
            local_frame(spark, account_rows(), ACCOUNTS),
            name_of(kind),
            "overwrite",
            "parquet" if kind == "files" else "delta",
        )
        return found

    monkeypatch.setattr(pipeline, "count_tokens", counted)

    refused_as_changed(spark, shared)


def refused_as_changed(spark, shared):
    """Assert that a run is refused, with an error that says nothing of the tables."""
    with pytest.raises(TableRefused, match="E306") as caught:
        released(spark, shared)

    assert str(caught.value) == str(TableRefused.changed())
    assert "accounts" not in str(caught.value)
    assert caught.value.__context__ is None


def name_of(kind):
    """Return the table that a kind of shared table reads."""
    return "files" if kind == "files" else "accounts"


def without_versions(spark, tables, kind):
    """Return the shared tables, of which the accounts have no version."""
    if kind == "files":
        frame = local_frame(spark, account_rows(), ACCOUNTS)
        written(frame, "files", form="parquet")
        return {**tables, "accounts": "shared_here.files"}
    if kind == "view":
        spark.sql(f"CREATE VIEW shared_here.seen AS SELECT * FROM {NAMES['accounts']}")
        return {**tables, "accounts": "shared_here.seen"}
    return {**tables, "accounts": spark.table(NAMES["accounts"])}


def write_to(spark, kind, rows):
    """Append rows to what the accounts are read from."""
    form = "parquet" if kind == "files" else "delta"
    frame = local_frame(spark, rows, ACCOUNTS)
    written(frame, name_of(kind), "append", form)
    if kind == "files":
        spark.sql("REFRESH TABLE shared_here.files")


def test_a_table_may_be_named_by_its_folder(spark, tmp_path):
    """It has versions, too."""
    frame = local_frame(spark, account_rows(), ACCOUNTS)
    for _ in range(2):
        frame.write.format("delta").mode("append").save(str(tmp_path / "accounts"))
    assets = [contract().terms.assets["accounts"]]
    name = qualified("delta", str(tmp_path / "accounts"))

    shared = open_shared_tables(spark, assets, lambda _: name)
    frame.write.format("delta").mode("append").save(str(tmp_path / "accounts"))

    assert shared.versions == (("accounts", 1),)
    assert shared.frames["accounts"].count() == 2000
    shared.refuse_if_replaced()


ROWS = [("a", None, 1.5), (None, "a", 1.5), ("b", "c", None), ("b", "c", None)]
SCHEMA = "x string, y string, z double"


def digest(spark, rows, schema=SCHEMA):
    """Return the digest of some rows."""
    frame = local_frame(spark, rows, schema)
    return _digest(0, frame, F.lit(b"salt")).collect()[0][1]


@pytest.mark.engine
def test_a_digest_does_not_depend_on_the_order_of_rows(spark):
    """Nor is it the digest of nothing."""
    assert digest(spark, ROWS) == digest(spark, ROWS[::-1])
    assert digest(spark, []) == [0, 0, 0]


@pytest.mark.parametrize(
    "others",
    [
        ROWS[:3],
        [*ROWS, ROWS[0]],
        [ROWS[0], ROWS[0], *ROWS[2:]],
        [("a", None, 1.5), ("a", None, 1.5), ("b", "c", None), ("b", "c", None)],
        [("a ", None, 1.5), *ROWS[1:]],
        [("a", None, None), *ROWS[1:]],
        [("", None, 1.5), *ROWS[1:]],
    ],
)
def test_another_content_has_another_digest(spark, others):
    """A row more or less, a repeated row, NULL in another column, a blank."""
    assert digest(spark, others) != digest(spark, ROWS)


def test_a_table_whose_versions_are_not_shown_is_opened_all_the_same(
    spark, tables, monkeypatch
):
    """As a table without versions."""
    assets = contract().terms.assets.values()
    monkeypatch.setattr(module, "newest_versions", lambda *_: "SELECT nothing")

    shared = open_shared_tables(spark, assets, lambda asset: tables[asset.name])

    assert shared.versions == (("payments", None), ("accounts", None))
    assert shared.frames["accounts"].count() == 1000


@pytest.mark.engine
def test_a_table_that_is_not_there_is_sparks_failure(spark):
    """Without Spark's text, wherever the client looks for it."""
    with pytest.raises(SparkFailure, match="E390") as caught:
        released(spark, {"payments": "nowhere.p", "accounts": "nowhere.a"})

    assert "nowhere" not in str(caught.value)


def test_an_undeclared_column_of_any_type_is_named(spark, tables):
    """Before rows are hashed: of a map there is no hash."""
    frame = spark.table(NAMES["accounts"]).withColumn("m", F.create_map())

    with pytest.raises(TableRefused, match="E302"):
        released(spark, {**tables, "accounts": frame})
