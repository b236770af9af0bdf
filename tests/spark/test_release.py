"""The door: review, then one atomic write of what was reviewed, or nothing."""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from cleanroom_join.errors import (
    DisclosureError,
    NoOverlap,
    ReleaseRefused,
    SparkFailure,
    UnknownName,
    WriteFailed,
)
from cleanroom_join.review import Check, Review, Verdict
from cleanroom_join.revocation.release_record import read_release_record
from cleanroom_join.room import CleanRoom, GroupedJoin, Joined, MeasuredJoin, Release
from cleanroom_join.spark.ledger import save_gate
from cleanroom_join.spark.room import pipeline
from cleanroom_join.spark.room import release as release_module
from cleanroom_join.spark.room import saved_release as module
from cleanroom_join.spark.room.saved_release import ReleaseTable
from cleanroom_join.testing import assert_k_anonymous, contract, contract_toml
from tests.spark.support import (
    anchor,
    ended,
    frames,
    payment_rows,
    room,
    state,
    token,
    told,
)


@pytest.fixture(scope="module")
def shared(spark):
    """Both shared tables."""
    return frames(spark)


@pytest.fixture(scope="module")
def made(spark, shared):
    """An approved release."""
    return room(spark, contract(), shared).release("segments")


@pytest.fixture
def release(made):
    """The same, as it was before any test saved it."""
    made._gate.hold(made)
    return made


@pytest.fixture
def schema(spark, request):
    """An empty schema of this test's own."""
    name = (
        "s_"
        + request.node.name.replace("[", "_").replace("]", "").replace("-", "_")[:60]
    )
    spark.sql(f"CREATE SCHEMA {name}")
    yield name
    spark.sql(f"DROP SCHEMA {name} CASCADE")


@pytest.mark.engine
def test_what_was_reviewed_is_written(spark, release, schema):
    """The table has the reviewed rows, the constraint and the digests."""
    name = release.save("spark_catalog", schema).table_name

    table = spark.table(name)
    reviewed = [
        tuple(float(v) if isinstance(v, Decimal) else v for v in row)
        for row in release._rows
    ]
    history = spark.sql(f"DESCRIBE HISTORY {name}").collect()
    written = json.loads(history[0]["userMetadata"])["cleanroom_join"]
    properties = {
        r["key"]: r["value"] for r in spark.sql(f"SHOW TBLPROPERTIES {name}").collect()
    }
    assert release.verdict is Verdict.PENDING
    assert_df_equality(
        table, spark.createDataFrame(reviewed, table.schema), ignore_row_order=True
    )
    rows = [row.asDict() for row in table.collect()]
    assert len(rows) == 8
    assert_k_anonymous(rows, 100)
    assert written["contract_sha256"] == contract().digest
    assert written["release_sha256"] == release._digest
    record = read_release_record(history[0]["userMetadata"].encode(), "history")
    assert record.as_of == release._report.as_of
    assert (record.output, record.consent) == ("segments", {})
    assert (
        properties["delta.constraints.cohort_size_at_least_k"] == "`cohort_size` >= 100"
    )
    assert [h["operation"] for h in history] == [
        "WRITE",
        "ADD CONSTRAINT",
        "CREATE TABLE",
    ]


@pytest.mark.engine
def test_the_table_itself_refuses_small_cohorts(spark, release, schema):
    """Nobody can append a row about fewer than k later."""
    table = release.save("spark_catalog", schema).table_name

    with pytest.raises(Exception, match=r"CHECK constraint|DELTA_VIOLATE_CONSTRAINT"):
        spark.sql(
            f"INSERT INTO {table} VALUES ('north', 'old', 99, 100, 0.5, 1.0)"
        ).collect()


def test_a_second_save_is_refused(spark, release, schema):
    """There or elsewhere: a release leaves the room once."""
    release.save("spark_catalog", schema)

    for other in (schema, "default"):
        with pytest.raises(ReleaseRefused, match="E505"):
            release.save("spark_catalog", other)

    assert sorted(tables_in(spark, schema)) == ["ledger_run_1", "segments"]
    assert "segments" not in tables_in(spark, "default")


def test_a_release_never_overwrites(spark, release, schema):
    """What is in the way stays, and the release can be saved elsewhere."""
    other = f"{schema}_other"
    spark.sql(f"CREATE SCHEMA {other}")
    spark.range(3).write.format("delta").saveAsTable(f"{schema}.segments")

    with pytest.raises(WriteFailed, match="E502") as caught:
        release.save("spark_catalog", schema)
    table = release.save("spark_catalog", other).table_name

    assert caught.value.code == "E502"
    assert spark.table(f"{schema}.segments").count() == 3
    assert spark.table(table).count() == 8
    spark.sql(f"DROP SCHEMA {other} CASCADE")


def test_a_release_made_by_hand_is_refused(spark, release, shared, schema):
    """Whatever its fields say: the room holds the object that it returned."""
    unregistered = (
        room(spark, contract(), shared)
        .join("payments", "accounts")
        .group_by("region")
        .measure("n", "count")
        .release()
    )
    approved = replace(
        unregistered, review=Review(verdict=Verdict.APPROVED, findings=())
    )

    for forged in (approved, replace(release), copy.copy(release)):
        with pytest.raises(ReleaseRefused, match="E505"):
            forged.save("spark_catalog", schema)

    assert tables_in(spark, schema) == []


def test_a_release_is_not_saved_after_the_contracts_last_day(
    spark, release, schema, monkeypatch
):
    """However long before it was made."""
    last = contract().terms.expires
    monkeypatch.setattr(save_gate, "utc_today", lambda: last + dt.timedelta(days=1))

    with pytest.raises(ReleaseRefused, match="E507"):
        release.save("spark_catalog", schema)
    monkeypatch.setattr(save_gate, "utc_today", lambda: last)
    release.save("spark_catalog", schema)

    assert "segments" in tables_in(spark, schema)


def test_no_run_follows_an_approved_release_that_is_not_saved(spark, shared, schema):
    """Save it, or leave the room: a new one knows the same past, and begins again."""
    opened = room(spark, contract(), shared)
    first = opened.release("segments")
    question = (
        opened.join("payments", "accounts").group_by("region").measure("n", "count")
    )

    with pytest.raises(ReleaseRefused, match="E506"):
        opened.release("segments")
    with pytest.raises(ReleaseRefused, match="E506"):
        question.release()
    begun_again = room(spark, contract(), shared).release("segments")
    first.save("spark_catalog", schema)

    assert begun_again._entry.end.run == 1
    assert question.release().verdict is Verdict.NEEDS_REVIEW


def test_a_release_that_another_run_followed_is_refused(spark, release, schema):
    """Two threads of one room: its entry is not the last one any more."""
    release._gate.hold(object())

    with pytest.raises(ReleaseRefused, match="E505"):
        release.save("spark_catalog", schema)

    assert tables_in(spark, schema) == []


def test_without_its_constraint_no_row_is_written(spark, release, schema, monkeypatch):
    """A client may say that a statement has run which it never sent."""
    inserted = []
    monkeypatch.setattr(module, "add_cohort_constraint", lambda *_: "SELECT 1")
    monkeypatch.setattr(ReleaseTable, "_insert", lambda *_: inserted.append(1))

    with pytest.raises(WriteFailed, match="E503") as caught:
        release.save("spark_catalog", schema)

    assert "constraint" in str(caught.value)
    assert inserted == []
    assert tables_in(spark, schema) == ["ledger_run_1"]


def test_a_table_that_is_still_there_is_named(spark, release, schema, monkeypatch):
    """Nobody is told that a table is removed which the catalog still has."""
    monkeypatch.setattr(module, "drop_release_table", lambda _: "SELECT 1")
    monkeypatch.setattr(ReleaseTable, "_insert", lambda *_: 1 / 0)

    with pytest.raises(WriteFailed, match="E503") as caught:
        release.save("spark_catalog", schema)

    assert "remove" in str(caught.value)
    assert "yourself" in str(caught.value)


def tables_in(spark, schema):
    """Return the names of a schema's tables."""
    return [row["tableName"] for row in spark.sql(f"SHOW TABLES IN {schema}").collect()]


@pytest.mark.engine
@pytest.mark.parametrize("step", ["_insert", "_read"])
@pytest.mark.parametrize(
    "failure",
    [RuntimeError("4111111111111111"), KeyboardInterrupt()],
    ids=["error", "interrupt"],
)
def test_a_failure_half_way_leaves_nothing(
    spark, release, schema, monkeypatch, step, failure
):
    """Whichever step fails, no table is left to be read."""

    def fail(*_):
        raise failure

    monkeypatch.setattr(ReleaseTable, step, fail)

    with pytest.raises((WriteFailed, KeyboardInterrupt)) as caught:
        release.save("spark_catalog", schema)

    assert "4111" not in str(caught.value)
    # The ledger's entry stays: what might have been seen counts as seen.
    assert tables_in(spark, schema) == ["ledger_run_1"]


def test_a_table_that_reads_back_differently_is_removed(
    spark, release, schema, monkeypatch
):
    """What was reviewed is what is there, or nothing is."""
    read = ReleaseTable._read

    monkeypatch.setattr(ReleaseTable, "_read", lambda self: read(self)[1:])

    with pytest.raises(WriteFailed) as caught:
        release.save("spark_catalog", schema)

    assert "not what was reviewed" in str(caught.value)
    assert tables_in(spark, schema) == ["ledger_run_1"]


def test_what_is_not_approved_is_not_saved(spark, shared):
    """The contract is one that the other party did not agree to."""
    agreed = anchor(spark, contract(), contract="5" * 64)

    release = room(spark, contract(), {**shared, "(anchor)": agreed}).release(
        "segments"
    )

    assert release.verdict is Verdict.NEEDS_REVIEW
    assert [f.check for f in release.review.findings] == [Check.AGREED]
    with pytest.raises(ReleaseRefused) as caught:
        release.save("spark_catalog", "default")
    assert caught.value.code == "E501"


def test_an_answer_without_cells_is_not_approved(spark, shared, schema):
    """A silently empty table would go unnoticed for days; the ledger has the run."""
    strict = contract(contract_toml(policy="min_opposite = 1000"))

    release = room(spark, strict, shared).release("segments")

    assert release.verdict is Verdict.PENDING
    assert "no cell passed" not in release.summary()
    with pytest.raises(ReleaseRefused, match=r"E501.*no cell passed"):
        release.save("spark_catalog", schema)
    assert tables_in(spark, schema) == ["ledger_run_1"]
    assert len(release._entry.rows) == 1  # a header, and no figure


def nobody_in_common(spark):
    """Return tables of which no subject matches."""
    return frames(spark, accounts=[(token(f"x{i}"), "old") for i in range(1000)])


@pytest.mark.parametrize(
    "policy", ["", 'protection = "perturbed"'], ids=["threshold", "perturbed"]
)
def test_a_refusal_is_told_after_it_is_entered(
    spark, shared, schema, policy, capsys, monkeypatch
):
    """Until then the release is like any other, and nothing says how the run ended."""
    monkeypatch.setenv("CLEANROOM_JOIN_PROGRESS", "1")
    agreed = contract(contract_toml(policy=policy))
    answered = room(spark, agreed, shared).release("segments")
    phases = capsys.readouterr()

    refused = room(spark, agreed, nobody_in_common(spark)).release("segments")

    assert capsys.readouterr() == phases
    assert len(phases.err.splitlines()) == 4
    assert not re.search(r"\d", phases.err)
    assert refused.summary() == answered.summary()
    assert refused.report() == answered.report()
    assert repr(refused) == repr(answered)
    assert refused.columns == answered.columns
    assert refused._rows == ()
    assert len(refused._entry.rows) == 1  # a header, and no figure
    with pytest.raises(NoOverlap, match=r"E310.*append") as caught:
        refused.save("spark_catalog", schema)
    assert caught.value.__context__ is None
    assert tables_in(spark, schema) == ["ledger_run_1"]
    with pytest.raises(ReleaseRefused, match="E505"):
        refused.save("spark_catalog", schema)


def test_a_refusal_is_the_next_runs_past(spark, schema):
    """It counts as a release, so nobody repeats it for free."""
    once = contract(contract_toml(policy="releases = { total = 1 }"))
    opened = room(spark, once, nobody_in_common(spark))
    refused = opened.release("segments")

    with pytest.raises(ReleaseRefused, match="E506"):
        opened.release("segments")
    with pytest.raises(NoOverlap):
        refused.save("spark_catalog", schema)
    with pytest.raises(DisclosureError, match="E403"):
        opened.release("segments")
    end = refused._entry.end
    kept = state(spark, refused._entry.rows, end.run, end.head)
    with pytest.raises(DisclosureError, match="E403"):
        room(spark, once, {**frames(spark), **kept}).release("segments")


@pytest.mark.parametrize("answers", [True, False], ids=["answer", "refusal"])
def test_what_is_in_the_way_is_so_before_the_entry(spark, shared, schema, answers):
    """A table of that name does not tell an answer from a refusal."""
    spark.range(3).write.format("delta").saveAsTable(f"{schema}.segments")
    tables = shared if answers else nobody_in_common(spark)
    release = room(spark, contract(), tables).release("segments")

    with pytest.raises(WriteFailed, match="E502"):
        release.save("spark_catalog", schema)

    assert tables_in(spark, schema) == ["segments"]


@pytest.mark.parametrize("answers", [True, False], ids=["answer", "refusal"])
def test_an_entry_that_cannot_be_written_tells_nothing(
    spark, shared, schema, monkeypatch, answers
):
    """The same error after an answer and after a refusal, and no table stays."""
    tables = shared if answers else nobody_in_common(spark)
    release = room(spark, contract(), tables).release("segments")

    def fail(*_):
        raise SparkFailure.during("writing the ledger entry", "NO_SPACE")

    monkeypatch.setattr(release_module, "write_entry_rows", fail)

    with pytest.raises(WriteFailed, match=r"E503.*NO_SPACE") as caught:
        release.save("spark_catalog", schema)

    assert "match" not in str(caught.value)
    assert tables_in(spark, schema) == []


BEHIND = (3, "ab" * 32)
"""What the other party has confirmed, of a ledger without an entry."""


@pytest.mark.parametrize("state", ["missing", "stale"])
def test_without_a_ledger_nothing_is_computed(spark, monkeypatch, state):
    """Whoever leaves the ledger out of the room learns nothing from errors either."""
    monkeypatch.setattr(pipeline, "scan_values", None)
    wrong = {"(ledger)": spark.range(1)} if state == "missing" else {"(end)": BEHIND}
    tables = {**nobody_in_common(spark), **wrong}

    release = room(spark, contract(), tables).release("segments")

    assert release.verdict is Verdict.NEEDS_REVIEW
    (finding,) = release.review.findings  # no second one about cells that are not there
    assert str(finding).startswith(f"ledger: the ledger is {state}")


def test_a_new_question_is_guarded_but_not_approved(spark, shared):
    """The builder goes through the same door, and gives the text to register it."""
    query = (
        room(spark, contract(), shared)
        .join("payments", "accounts")
        .group_by("region")
        .measure("n", "count")
        .measure("rate", "rate", "fraud")
    )

    release = query.release()

    assert release.verdict is Verdict.NEEDS_REVIEW
    text = contract_toml() + query.to_toml("by_region")
    registered = room(spark, contract(text), shared).release("by_region")
    assert ended(registered) is Verdict.APPROVED
    assert [row[0] for row in registered._rows] == ["north", "south", "(other)", None]


def test_a_wrong_order_is_a_missing_method(spark):
    """Steps that do not exist cannot be called."""
    room_ = room(spark, contract(), {})

    joined = room_.join("payments", "accounts")
    grouped = joined.group_by("region")
    measured = grouped.measure("n", "count")

    assert not hasattr(joined, "release")
    assert not hasattr(joined, "measure")
    assert not hasattr(grouped, "release")
    assert not hasattr(measured, "group_by")
    assert not hasattr(room_, "measure")


def test_no_public_object_holds_a_frame():
    """Between the room and the release there is nothing to collect, show or convert."""
    for cls in (CleanRoom, Joined, GroupedJoin, MeasuredJoin, Release):
        public = {n for n in dir(cls) if not n.startswith("_")}
        assert not public & {
            "collect",
            "show",
            "toPandas",
            "df",
            "frame",
            "toDF",
            "cells",
            "withheld",
            "table",
        }
        assert "__getattr__" not in vars(cls)


def test_reprs_show_names_only(spark, release):
    """Nothing of the data is in a repr."""
    measured = (
        room(spark, contract(), {})
        .join("payments", "accounts")
        .group_by("region")
        .measure("n", "count")
    )

    assert repr(release) == "Release(output='segments', verdict=PENDING)"
    assert (
        repr(measured)
        == "MeasuredJoin(join=['payments', 'accounts'], on='card', group_by=['region'], measures=['n'])"
    )


@pytest.mark.parametrize(
    "ask",
    [
        lambda r: (
            r.join("payments", "accounts")
            .group_by("region")
            .measure("m", "max", "amount")
        ),
        lambda r: (
            r.join("payments", "accounts")
            .group_by("region")
            .measure("m", "median", "amount")
        ),
        lambda r: (
            r.join("payments", "accounts")
            .group_by("region")
            .measure("m", "collect_list", "amount")
        ),
        lambda r: (
            r.join("payments", "accounts")
            .group_by("region")
            .measure("m", "stddev", "amount")
        ),
        lambda r: (
            r.join("payments", "accounts")
            .group_by("region")
            .measure("m", "sum", "CASE WHEN 1=1 THEN 1 END")
            .release()
        ),
        lambda r: (
            r.join("payments", "accounts")
            .group_by("region")
            .measure("m", "sum", F.lit(1))
        ),
        lambda r: r.join("payments", "accounts").group_by(F.lit(1)),
        lambda r: (
            r.join("payments", "accounts")
            .group_by("card_token")
            .measure("n", "count")
            .release()
        ),
        lambda r: (
            r.join("payments", "accounts")
            .group_by("amount")
            .measure("n", "count")
            .release()
        ),
        lambda r: (
            r.join("payments", "accounts")
            .group_by("region", "region")
            .measure("n", "count")
            .release()
        ),
        lambda r: (
            r.join("payments", "accounts").group_by().measure("n", "count").release()
        ),
        lambda r: (
            r.join("payments", "payments")
            .group_by("region")
            .measure("n", "count")
            .release()
        ),
        lambda r: (
            r.join("payments", on="card")
            .group_by("region")
            .measure("n", "count")
            .release()
        ),
        lambda r: (
            r.join("payments", "nothing")
            .group_by("region")
            .measure("n", "count")
            .release()
        ),
    ],
)
def test_what_cannot_be_asked(spark, shared, ask):
    """Functions and columns are an allow-list of names."""
    from cleanroom_join.errors import ContractError

    with pytest.raises(ContractError):
        ask(room(spark, contract(), shared))


def test_unknown_outputs_are_refused(spark):
    """With the nearest name."""
    with pytest.raises(UnknownName):
        room(spark, contract(), {}).release("segmnts")


def test_nothing_is_printed_or_logged(spark, shared, schema, capfd, caplog):
    """A whole run, from tables to a written release, says nothing of its own."""
    with caplog.at_level("DEBUG", logger="cleanroom_join"):
        room(spark, contract(), shared).release("segments").save(
            "spark_catalog", schema
        )

    printed = capfd.readouterr()
    assert caplog.records == []
    assert "k1:" not in printed.out + printed.err
    assert printed.out == ""


def test_the_summary_does_not_tell_why_a_cell_is_missing(spark):
    """
    Everybody in the north is a victim: that it is *homogeneous* would say so.

    The text is the one of a north whose amounts are all out of bounds.
    """
    victims = [(t, r, r == "north" or f, a) for t, r, f, a in payment_rows()]
    outside = [(t, r, f, 5e3 if r == "north" else a) for t, r, f, a in payment_rows()]

    texts = []
    for rows in (victims, outside):
        tables = frames(spark, payments=rows)
        release = room(spark, contract(), tables).release("segments")
        assert "north" not in {row[0] for row in release._rows}
        lines = told(release).splitlines()
        texts.append([line for line in lines if not line.startswith("ledger")])

    assert texts[0] == texts[1]


def test_the_summary_is_safe(release):
    """No token, and no count of people between 1 and k - 1, is in what may be shown."""
    text = told(release)
    figures = text[: text.index("\nrule ")]  # the rules quote the limits, such as k
    people = re.findall(r"([0-9,]+)(?: or more| to under [0-9,]+)? subjects", figures)

    assert not re.search(r"k1:[0-9a-f]{8}", text)
    assert len(people) == 3 + 4
    assert all(int(n.replace(",", "")) >= 100 for n in people)
    assert release._digest in text
