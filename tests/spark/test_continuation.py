"""Appending an entry and confirming a run: once, in order, and nothing else."""

from __future__ import annotations

import pytest

from cleanroom_join.errors import ReleaseRefused
from cleanroom_join.party import append_ledger, confirm
from cleanroom_join.spark.ledger.anchor import ANCHOR_SCHEMA
from cleanroom_join.spark.ledger.entry_rows import LEDGER_SCHEMA
from tests.support.frames import local_frame

ZERO = "0" * 64


def head(run, salt=0):
    """Return a head that no other run has."""
    return f"{run:02x}{salt:02x}" * 16


def entry(run, chunks=3, salt=0):
    """Return the rows of an entry."""
    return [
        (run, i, chunks, head(run, salt), bytearray([run, i, salt]))
        for i in range(chunks)
    ]


@pytest.fixture(scope="module")
def tables(spark):
    """A schema with an entry of each kind that a party may be given."""
    spark.sql("CREATE SCHEMA continued")
    rows = {
        "ledger_run_1": entry(1),
        "ledger_run_2": entry(2),
        "ledger_run_3": entry(3),
        "other_run_1": entry(1, salt=1),
        "empty": [],
        "cut": entry(1)[:2],
        "two_runs": entry(1) + entry(2),
    }
    for name, found in rows.items():
        frame = local_frame(spark, found, LEDGER_SCHEMA).coalesce(1)
        frame.write.format("delta").saveAsTable(f"continued.{name}")
    yield "continued"
    spark.sql("DROP SCHEMA continued CASCADE")


def made(spark, name, schema, rows=(), form="DELTA"):
    """Make a table anew, as the page on the ledger does."""
    spark.sql(f"DROP TABLE IF EXISTS continued.{name}")
    spark.sql(f"CREATE TABLE continued.{name} ({schema}) USING {form}")
    if rows:
        frame = local_frame(spark, list(rows), schema)
        frame.write.insertInto(f"continued.{name}")
    return f"continued.{name}"


@pytest.fixture(scope="module")
def untouched(spark, tables):
    """An empty ledger, and an anchor that confirms run 2, for calls that are refused."""
    rows = [(2, head(2), "contract", "library")]
    return (
        made(spark, "untouched_ledger", LEDGER_SCHEMA),
        made(spark, "untouched_anchor", ANCHOR_SCHEMA, rows),
    )


@pytest.fixture
def ledger(spark, tables):
    """An empty ledger."""
    return made(spark, "ledger", LEDGER_SCHEMA)


@pytest.fixture
def anchor(spark, tables):
    """An anchor that confirms nothing yet."""
    return made(spark, "anchor", ANCHOR_SCHEMA, [(0, ZERO, "contract", "library")])


def runs(spark, ledger):
    """Return run and head of every chunk."""
    return sorted((r["run"], r["head"]) for r in spark.table(ledger).collect())


@pytest.mark.engine
def test_entries_are_appended_in_order_and_once(spark, tables, ledger):
    """A call that is repeated returns the same end and changes nothing."""
    ends = [
        append_ledger(spark, entry=f"{tables}.ledger_run_{run}", ledger=ledger)
        for run in (1, 1, 2, 1)
    ]

    assert [(e.run, e.head) for e in ends] == [(r, head(r)) for r in (1, 1, 2, 1)]
    assert runs(spark, ledger) == [(r, head(r)) for r in (1, 2) for _ in range(3)]


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("ledger_run_2", "E510", "append `ledger_run_1` first"),
        ("empty", "E509", "is not one whole entry"),
        ("cut", "E509", "is not one whole entry"),
        ("two_runs", "E509", "is not one whole entry"),
    ],
)
def test_what_does_not_follow_is_not_appended(
    spark, tables, untouched, name, code, says
):
    """Nothing is written."""
    ledger, _ = untouched
    with pytest.raises(ReleaseRefused, match=code) as caught:
        append_ledger(spark, entry=f"{tables}.{name}", ledger=ledger)

    assert says in str(caught.value)
    assert runs(spark, ledger) == []


def test_another_entry_of_a_run_is_refused(spark, tables, ledger):
    """Two runs were made from one ledger; the first that was appended stays."""
    append_ledger(spark, entry=f"{tables}.ledger_run_1", ledger=ledger)

    with pytest.raises(ReleaseRefused, match=r"E510.*another entry of run 1"):
        append_ledger(spark, entry=f"{tables}.other_run_1", ledger=ledger)

    assert runs(spark, ledger) == [(1, head(1))] * 3


@pytest.mark.engine
def test_runs_are_confirmed_in_order_and_once(spark, anchor):
    """The digests of contract and library stay."""
    for run in (1, 1, 2):
        confirm(spark, anchor=anchor, run=run, head=head(run))

    (row,) = spark.table(anchor).collect()
    assert tuple(row) == (2, head(2), "contract", "library")


@pytest.mark.parametrize(
    ("run", "given", "says"),
    [
        (1, head(1), "an anchor never goes back"),
        (2, head(2, salt=1), "confirms run 2 with another head"),
        (4, head(4), "confirm run 3 first"),
        (0, ZERO, "a whole number from 1"),
        (True, head(1), "a whole number from 1"),
        (3, head(3).upper().replace("0", "A"), "64 hexadecimal digits"),
        (3, "0' OR run = '2", "64 hexadecimal digits"),
    ],
)
def test_what_does_not_follow_is_not_confirmed(spark, untouched, run, given, says):
    """Backwards, forked, too far, or no run at all: the anchor stays."""
    _, anchor = untouched

    with pytest.raises(ReleaseRefused, match="E510") as caught:
        confirm(spark, anchor=anchor, run=run, head=given)

    assert says in str(caught.value)
    (row,) = spark.table(anchor).collect()
    assert tuple(row) == (2, head(2), "contract", "library")


def test_tables_that_are_none_are_refused(spark, tables):
    """A table with other columns, without a row, of an older form, or no name."""
    other = made(spark, "other", "id bigint")
    old = made(spark, "old", "run bigint, head string", [(0, ZERO)])
    none = made(spark, "anchor", ANCHOR_SCHEMA)
    calls = {
        "has other columns than a ledger": lambda: append_ledger(
            spark, entry=f"{tables}.ledger_run_1", ledger=other
        ),
        "is no anchor with one row": lambda: confirm(
            spark, anchor=none, run=1, head=head(1)
        ),
        "is no anchor with one row, a run": lambda: confirm(
            spark, anchor=other, run=1, head=head(1)
        ),
        "the columns of an older version": lambda: confirm(
            spark, anchor=old, run=1, head=head(1)
        ),
        "is no name of a table": lambda: confirm(
            spark, anchor="a; DROP TABLE b", run=1, head=head(1)
        ),
    }

    for says, call in calls.items():
        with pytest.raises(ReleaseRefused, match="E509") as caught:
            call()
        assert says in str(caught.value)


@pytest.mark.engine
def test_tables_that_are_not_stored_as_delta_say_so(spark, tables):
    """Not Spark's sentence about unsupported operations."""
    plain = made(spark, "plain", LEDGER_SCHEMA, form="PARQUET")
    row = (0, ZERO, "contract", "library")
    anchor = made(spark, "plain_anchor", ANCHOR_SCHEMA, [row], form="PARQUET")

    with pytest.raises(ReleaseRefused, match=r"E509.*USING DELTA"):
        append_ledger(spark, entry=f"{tables}.ledger_run_1", ledger=plain)
    with pytest.raises(ReleaseRefused, match=r"E509.*USING DELTA"):
        confirm(spark, anchor=anchor, run=1, head=head(1))
