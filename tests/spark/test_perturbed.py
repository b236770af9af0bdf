"""Perturbed releases from tables: the same for the same people, other after opt-outs."""

from __future__ import annotations

import random

import pytest

from cleanroom_join.review import Check, Verdict
from cleanroom_join.testing import contract, contract_toml
from tests.spark.support import (
    ACCOUNTS,
    PAYMENTS,
    account_rows,
    ended,
    frames,
    payment_rows,
    room,
    token,
    told,
)
from tests.support.frames import local_frame

TEXT = contract_toml(policy='protection = "perturbed"', totals="[[]]")


@pytest.fixture(scope="module")
def shared(spark):
    """Both shared tables."""
    return frames(spark)


@pytest.fixture(scope="module")
def first(spark, shared):
    """A perturbed release, first of its ledger."""
    return room(spark, contract(TEXT), shared).release("segments")


def shuffled(spark, payments, accounts):
    """Return both tables in another order and on other partitions."""
    rng = random.Random(3)
    some = rng.sample(payments, len(payments)), rng.sample(accounts, len(accounts))
    return {
        "payments": local_frame(spark, some[0], PAYMENTS).repartition(7),
        "accounts": local_frame(spark, some[1], ACCOUNTS).repartition(3, "age_band"),
    }


def test_the_same_people_get_the_same_noise(spark, first):
    """Rows in another order, on other partitions, in a room that remembers nothing."""
    tables = shuffled(spark, payment_rows(), account_rows())

    second = room(spark, contract(TEXT), tables).release("segments")

    assert ended(first) is ended(second) is Verdict.APPROVED
    assert repr(second._rows) == repr(first._rows)
    assert second._digest == first._digest
    assert "note      figures carry noise" in told(first)


def test_one_opt_out_moves_the_noise(spark, first):
    """To a room without history, which publishes new figures, other ones."""
    gone = token("card0")
    tables = shuffled(
        spark,
        [row for row in payment_rows() if row[0] != gone],
        [row for row in account_rows() if row[0] != gone],
    )

    after = room(spark, contract(TEXT), tables).release("segments")

    before = {row[:2]: row[2:] for row in first._rows}
    changed = {row[:2] for row in after._rows if row[2:] != before[row[:2]]}
    # Its cell and the total; nobody left any other cell.
    assert changed == {("north", "young"), ("(all)", "(all)")}


def test_figures_are_not_those_of_the_threshold(spark, shared, first):
    """The same cells, about at least k, with other figures somewhere."""
    plain = contract(contract_toml(totals="[[]]"))

    without = room(spark, plain, shared).release("segments")

    assert [row[:2] for row in without._rows] == [row[:2] for row in first._rows]
    assert without._rows != first._rows
    assert all(row[2] >= 100 and row[2] % 5 == 0 for row in first._rows)
    assert "figures carry noise" not in told(without)


def test_without_a_joint_key_nothing_is_published(spark, shared):
    """No ledger, no key, no noise: nothing is computed, and the summary says why."""
    cut = TEXT[: TEXT.index("[ledger]")] + TEXT[TEXT.index("[tokens]") :]

    release = room(spark, contract(cut), shared).release("segments")

    assert release.verdict is Verdict.NEEDS_REVIEW
    assert {f.check for f in release.review.findings} == {Check.AGREED, Check.LEDGER}
    assert release._rows == ()
    assert "the contract names no ledger" in release.summary()


def test_the_table_says_that_its_totals_are_no_sums(spark, first):
    """Whoever finds it in the catalog need not know the contract."""
    spark.sql("CREATE SCHEMA IF NOT EXISTS perturbed_says")
    table = first.save("spark_catalog", "perturbed_says").table_name

    described = spark.sql(f"DESCRIBE TABLE EXTENDED {table}").collect()

    comments = [row["data_type"] for row in described if row["col_name"] == "Comment"]
    assert "totals need not be the sums of their cells" in comments[0]
    spark.sql("DROP SCHEMA perturbed_says CASCADE")
