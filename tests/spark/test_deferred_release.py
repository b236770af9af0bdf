"""Releases that are confirmed before they are shown."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from pyspark.sql import functions as F

from cleanroom_join.contract import count_possible_cells
from cleanroom_join.errors import (
    DisclosureError,
    NoOverlap,
    ReleaseRefused,
    SparkFailure,
    TableRefused,
    TokensRefused,
)
from cleanroom_join.review import Check, Verdict
from cleanroom_join.room import DeferredRelease
from cleanroom_join.spark.ledger import tables as ledger
from cleanroom_join.spark.ledger.entry_rows import LEDGER_SCHEMA
from cleanroom_join.spark.room import pipeline, run
from cleanroom_join.testing import contract, contract_toml
from tests.spark.support import (
    account_rows,
    anchor,
    frames,
    payment_rows,
    room,
    state,
    token,
    told,
)

TOML = contract_toml().replace("[ledger]", '[ledger]\nreveal = "confirmed"')
CONTRACT = contract(TOML)


@pytest.fixture(scope="module")
def shared(spark):
    """Both shared tables."""
    return frames(spark)


@pytest.fixture(scope="module")
def sealed(spark, shared):
    """An answer that nobody has seen."""
    return room(spark, CONTRACT, shared).prepare("segments")


def confirmed(spark, *entries, agreed=CONTRACT, tables=None):
    """Return a room whose ledger has entries that the other party anchored."""
    rows = [row for entry in entries for row in entry._entry.rows]
    end = entries[-1]._entry.end
    ledger = state(spark, rows, end.run, end.head)
    return room(spark, agreed, {**(tables or frames(spark)), **ledger})


def test_it_is_saved_once_and_not_by_another_object(spark, shared, schema):
    """Until then the room computes nothing else: its entry would follow this one."""
    opened = room(spark, CONTRACT, shared)
    prepared = opened.prepare("segments")

    with pytest.raises(ReleaseRefused, match="E506"):
        opened.prepare("segments")
    with pytest.raises(ReleaseRefused, match="E505"):
        replace(prepared).save("spark_catalog", schema)
    prepared.save("spark_catalog", schema)
    with pytest.raises(ReleaseRefused, match="E505"):
        prepared.save("spark_catalog", "default")

    names = {row.tableName for row in spark.sql(f"SHOW TABLES IN {schema}").collect()}
    assert names == {"ledger_run_1"}


@pytest.mark.parametrize("other", ["contract", "library"])
def test_nothing_is_prepared_under_what_is_not_agreed(spark, shared, other):
    """Before anything is computed: the entry would say what another contract allows."""
    row = anchor(spark, CONTRACT, **{other: "5" * 64})

    with pytest.raises(ReleaseRefused, match="E501") as caught:
        room(spark, CONTRACT, {**shared, "(anchor)": row}).prepare("segments")

    assert "5" * 64 in str(caught.value)
    assert "agreed: the " + other in str(caught.value)


def test_nothing_confirmed_is_shown_by_another_library(spark, shared, sealed):
    """The other party confirmed the entry, and not what would show it."""
    end = sealed._entry.end
    tables = {**shared, **state(spark, sealed._entry.rows, end.run, end.head)}
    tables["(anchor)"] = anchor(spark, CONTRACT, end.run, end.head, library="5" * 64)

    shown = room(spark, CONTRACT, tables).release("segments")

    assert shown.verdict is Verdict.NEEDS_REVIEW
    assert [f.check for f in shown.review.findings] == [Check.AGREED]
    with pytest.raises(ReleaseRefused, match="E501"):
        shown.save("spark_catalog", "default")


@pytest.fixture
def schema(spark):
    """A schema of its own for what is written."""
    spark.sql("CREATE SCHEMA confirmed_first")
    yield "confirmed_first"
    spark.sql("DROP SCHEMA confirmed_first CASCADE")


def test_what_was_sealed_is_what_is_shown(spark, shared, sealed):
    """To the last digit what the same tables give at once, report and all."""
    at_once = room(spark, contract(), shared).release("segments")

    shown = confirmed(spark, sealed).release("segments")

    assert shown.verdict is Verdict.APPROVED
    assert shown._rows == at_once._rows
    assert shown.columns == at_once.columns
    ours, theirs = (told(r).split("\nfunnel")[1] for r in (shown, at_once))
    assert ours.split("\nledger")[0] == theirs.split("\nledger")[0]


def test_a_confirmed_release_is_dated_as_its_entry(spark, shared, monkeypatch):
    """Its page is the same on whatever day it is shown; one shown at once is of today."""
    day, later = dt.date(2026, 11, 27), dt.date(2026, 11, 30)
    monkeypatch.setattr(run, "utc_today", lambda: day)
    prepared = room(spark, CONTRACT, shared).prepare("segments")
    monkeypatch.setattr(run, "utc_today", lambda: later)

    shown = confirmed(spark, prepared).release("segments")
    at_once = room(spark, contract(), shared).release("segments")

    assert f"date      {day}, UTC" in told(shown).splitlines()
    assert f"date      {later}, UTC" in told(at_once).splitlines()


def test_a_run_that_computes_tells_nothing(spark, sealed):
    """The answer has no rows, and entries of any two answers look alike."""
    half = room(spark, CONTRACT, frames(spark, payment_rows(500), account_rows(500)))
    other = half.prepare("segments")

    assert not any(
        hasattr(sealed, name)
        for name in ("rows", "_rows", "digest", "report", "review")
    )
    assert repr(sealed) == "DeferredRelease('segments')"
    most = count_possible_cells(CONTRACT.output("segments"), CONTRACT.terms.assets)
    for one in (sealed, other):
        rows = one._entry.rows
        assert len(rows) == 1 + most
        assert len({len(row[4]) for row in rows}) == 1
    assert len(sealed._entry.rows[0][4]) == len(other._entry.rows[0][4])
    lines = [
        line.replace(one._entry.end.head, "")
        for one in (sealed, other)
        for line in one.summary().splitlines()
    ]
    assert lines[: len(lines) // 2] == lines[len(lines) // 2 :]


def test_an_answer_without_cells_is_sealed_like_any_other(spark):
    """That nothing passed the guard is told when it is opened."""
    strict = contract(TOML.replace("[policy]", "[policy]\nmin_opposite = 1000"))
    nothing = room(spark, strict, frames(spark)).prepare("segments")

    shown = confirmed(spark, nothing, agreed=strict).release("segments")

    assert isinstance(nothing, DeferredRelease)
    assert shown.verdict is Verdict.NEEDS_REVIEW
    assert "no cell passed" in shown.summary()


def strangers(cards):
    """Return accounts of which none is a card of the payments."""
    return [(token(f"stranger{i}"), "old") for i in range(cards)]


REFUSED = {
    "nobody matches": (
        lambda s: frames(s, accounts=strangers(1000)),
        NoOverlap,
        "E310",
    ),
    "a few match": (
        lambda s: frames(s, accounts=[*strangers(950), *account_rows(50)]),
        NoOverlap,
        "E310",
    ),
    "an empty table": (
        lambda s: frames(s, accounts=account_rows(1)),
        NoOverlap,
        "E303",
    ),
    "not a number": (
        lambda s: frames(
            s, [*payment_rows(), (token("card3"), "north", True, float("nan"))]
        ),
        TableRefused,
        "E305",
    ),
    "a repeated subject": (
        lambda s: frames(s, accounts=[*account_rows(), *account_rows(1)]),
        TokensRefused,
        "E311",
    ),
    "another key id": (
        lambda s: frames(s, accounts=[*account_rows(), (token("x", "k2"), "old")]),
        TokensRefused,
        "E312",
    ),
    "a value that Spark fails on": (
        lambda s: (
            (both := frames(s))
            | {
                "accounts": both["accounts"].withColumn(
                    "age_band", F.expr("CAST(raise_error('secret') AS STRING)")
                )
            }
        ),
        SparkFailure,
        "E390",
    ),
}
"""Tables that are refused for what is in them."""


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_sealed_like_an_answer(spark, sealed, schema, case, capsys):
    """Nobody can tell the two apart before the other party confirmed one of them."""
    tables, error, code = REFUSED[case]

    refused = room(spark, CONTRACT, tables(spark)).prepare("segments")
    refused.save("spark_catalog", schema)
    printed = capsys.readouterr()

    assert type(refused) is type(sealed)
    assert repr(refused) == repr(sealed)
    ours, theirs = (
        d.summary().replace(d._entry.end.head, "") for d in (refused, sealed)
    )
    assert ours == theirs
    assert (printed.out, printed.err) == ("", "")
    assert [len(row[4]) for row in refused._entry.rows] == [
        len(row[4]) for row in sealed._entry.rows
    ]
    assert [row[:3] for row in refused._entry.rows] == [
        row[:3] for row in sealed._entry.rows
    ]
    with pytest.raises(error, match=code) as caught:
        confirmed(spark, refused).release("segments")
    assert caught.value.code == code
    assert caught.value.__context__ is None
    assert "secret" not in str(caught.value)


def test_a_refusal_counts_and_hides_nothing_that_was_shown(spark, sealed):
    """It uses up a release, and the figures before it are the last ones all the same."""
    tables = frames(spark, accounts=strangers(1000))
    refused = confirmed(spark, sealed, tables=tables).prepare("segments")
    gone = token("card0")
    fewer = frames(spark, accounts=[row for row in account_rows() if row[0] != gone])

    third = confirmed(spark, sealed, refused, tables=fewer).prepare("segments")
    before = confirmed(spark, sealed).release("segments")
    after = confirmed(spark, sealed, refused, third).release("segments")

    assert (refused._entry.end.run, third._entry.end.run) == (2, 3)
    assert after._rows == before._rows
    with pytest.raises(NoOverlap, match="E310"):
        confirmed(spark, sealed, refused).release("segments")


def test_a_refusal_does_as_much_as_an_answer(spark, shared, monkeypatch):
    """Tables that do not match are joined, aggregated and guarded all the same."""
    steps = []
    for name in ("scan_values", "count_tokens", "join", "aggregate", "protect"):
        step = getattr(pipeline, name)
        monkeypatch.setattr(
            pipeline,
            name,
            lambda *a, _step=step, _name=name, **k: (
                steps.append(_name) or _step(*a, **k)
            ),
        )

    room(spark, CONTRACT, shared).prepare("segments")
    answered, steps[:] = list(steps), []
    few = frames(spark, accounts=[*strangers(950), *account_rows(50)])
    room(spark, CONTRACT, few).prepare("segments")

    assert steps == answered


@pytest.mark.parametrize("answers", [True, False], ids=["an answer", "a refusal"])
def test_what_cannot_be_entered_tells_nothing(spark, shared, monkeypatch, answers):
    """One error, whatever the run found, and without the one behind it."""

    def fail(*_):
        raise RuntimeError("4111111111111111")

    monkeypatch.setattr(ledger, "encrypt_chunks", fail)
    tables = shared if answers else frames(spark, accounts=strangers(1000))

    with pytest.raises(ReleaseRefused, match="E508") as caught:
        room(spark, CONTRACT, tables).prepare("segments")

    assert caught.value.__context__ is None
    assert str(caught.value) == str(ReleaseRefused.not_recorded())


def test_columns_are_refused_at_once(spark, shared):
    """What the contract says of them depends on nobody, and needs no release."""
    wrong = {**shared, "accounts": shared["accounts"].drop("age_band")}

    with pytest.raises(TableRefused, match="E301"):
        room(spark, CONTRACT, wrong).prepare("segments")


def test_the_same_answer_has_another_head_each_time(spark, shared, sealed):
    """Who runs the room twice cannot tell whether anything has changed."""
    again = room(spark, CONTRACT, shared).prepare("segments")

    assert again._entry.end.run == sealed._entry.end.run
    assert again._entry.end.head != sealed._entry.end.head


def test_what_is_not_confirmed_is_not_shown(spark, shared, sealed):
    """Neither without an entry, nor with one that the anchor does not name."""
    with pytest.raises(ReleaseRefused, match="E504") as caught:
        room(spark, CONTRACT, shared).release("segments")
    unanchored = {**shared, **state(spark, sealed._entry.rows)}
    with pytest.raises(ReleaseRefused, match="E504"):
        room(spark, CONTRACT, unanchored).release("segments")

    assert caught.value.code == "E504"
    assert "segments" in str(caught.value)


def test_another_answer_with_the_same_number_is_not_shown(spark, shared, sealed):
    """Of two runs from one ledger the other party confirms one."""
    gone = token("card0")
    fewer = frames(
        spark,
        [row for row in payment_rows() if row[0] != gone],
        [row for row in account_rows() if row[0] != gone],
    )
    replayed = room(spark, CONTRACT, fewer).prepare("segments")
    end = sealed._entry.end

    exchanged = room(
        spark,
        CONTRACT,
        {**shared, **state(spark, replayed._entry.rows, end.run, end.head)},
    )

    with pytest.raises(ReleaseRefused, match="E504"):
        exchanged.release("segments")
    with pytest.raises(ReleaseRefused):
        exchanged.prepare("segments")


def test_another_revision_must_be_sealed_anew(spark, sealed):
    """What one contract allowed is not shown under another."""
    changed = contract(TOML.replace("revision = 1", "revision = 2"))

    with pytest.raises(ReleaseRefused, match="E504"):
        confirmed(spark, sealed, agreed=changed).release("segments")


def test_the_next_one_is_compared_with_the_confirmed(spark, sealed):
    """One card less: the figures of the release before."""
    gone = token("card0")
    fewer = frames(
        spark,
        [row for row in payment_rows() if row[0] != gone],
        [row for row in account_rows() if row[0] != gone],
    )
    second = confirmed(spark, sealed, tables=fewer).prepare("segments")

    before = confirmed(spark, sealed).release("segments")
    after = confirmed(spark, sealed, second).release("segments")

    assert after._rows == before._rows
    assert "run 2, confirmed" in told(after)
    # How many of its cells are not new does not show.
    assert len(second._entry.rows) == len(sealed._entry.rows)


def test_both_are_saved(spark, sealed, schema):
    """The entry as a table that the room takes back, then the release without one."""
    sealed.save("spark_catalog", schema)
    added = spark.table(f"spark_catalog.{schema}.ledger_run_1")
    end = sealed._entry.end
    tables = {**frames(spark), **state(spark, (), end.run, end.head), "(ledger)": added}

    saved = (
        room(spark, CONTRACT, tables).release("segments").save("spark_catalog", schema)
    )

    assert added.schema == spark.createDataFrame([], LEDGER_SCHEMA).schema
    assert spark.table(saved.table_name).count() == len(saved.rows) == 8
    names = {row.tableName for row in spark.sql(f"SHOW TABLES IN {schema}").collect()}
    assert names == {"ledger_run_1", "segments"}


def test_a_contract_that_shows_at_once_seals_nothing(spark, shared):
    """There would be no run that shows it."""
    with pytest.raises(ReleaseRefused):
        room(spark, contract(), shared).prepare("segments")


def test_sealed_entries_use_up_the_contracts_releases(spark, sealed):
    """Confirmed ones count, whether or not anybody opened them."""
    once = contract(TOML.replace("[policy]", "[policy]\nreleases = { total = 1 }"))
    opened = confirmed(spark, sealed, agreed=once)

    with pytest.raises(DisclosureError, match="E403"):
        opened.prepare("segments")
    with pytest.raises(ReleaseRefused, match="E504"):  # under another contract
        opened.release("segments")


def test_an_unregistered_question_is_not_shown_either(spark, shared, monkeypatch):
    """It needs a review, so nothing is computed, and nothing enters the ledger."""
    opened = room(spark, CONTRACT, shared)
    monkeypatch.setattr(pipeline, "scan_values", None)

    release = (
        opened.join("payments", "accounts")
        .group_by("region")
        .measure("n", "count")
        .release()
    )

    assert release.verdict is Verdict.NEEDS_REVIEW
    assert release._entry is None
