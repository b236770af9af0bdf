"""The preflight: counting hashes tells what counting tokens does, or that it cannot."""

from __future__ import annotations

import re

import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from cleanroom_join.spark.common.shared_columns import digest_of, is_digest
from cleanroom_join.spark.room.cells.aggregation import aggregate
from cleanroom_join.spark.room.cells.fingerprint_columns import bucket_of
from cleanroom_join.spark.room.preflight import (
    _counts_of_tokens,
    _stacked,
    _table,
    count_tokens,
)
from cleanroom_join.spark.room.preflight_hashes import count_hashes
from cleanroom_join.spark.room.token_join import join, partitions_for
from tests.spark.support import token
from tests.support.frames import local_frame
from tests.support.row_tables import QUERY as QUESTION

PLACES = [("payments", "card_token"), ("accounts", "card_token")]
USABLE = ["k1", "k22"]
STRANGE = [
    "",
    "k1:",
    "a",
    ":" + "a" * 64,
    "k1:" + "a" * 63,
    "k1:" + "a" * 65,
    "k1:" + "A" * 64,
    "k1:" + "g" * 64,
    "k1:" + "\N{FULLWIDTH DIGIT ONE}" * 64,
    "k1:" + "\N{GRINNING FACE}" * 16,
    "k3:" + "a" * 64,
    "K1:" + "a" * 64,
    "k1 " + "a" * 64,
    "k1:" + "a" * 62 + "\N{LATIN SMALL LETTER E WITH ACUTE}",
    " k1:" + "a" * 64,
    "k1:" + "a" * 64 + "\n",
]


def read(row):
    """Return the tables' figures, and the tokens they have in common."""
    return tuple(_table(i, place, row) for i, place in enumerate(PLACES)), row[
        "matched"
    ]


def frames(spark, payments, accounts):
    """Return two tables of a token column each."""
    return {
        name: local_frame(spark, [(t,) for t in texts], "card_token string")
        for name, texts in (("payments", payments), ("accounts", accounts))
    }


@pytest.mark.engine
@pytest.mark.parametrize(
    ("payments", "accounts"),
    [
        ([], []),
        ([None, None], [None]),
        ([token("a")] * 3 + [token("b"), None], [token("b"), token("c"), None]),
        (["k22:" + "0" * 64, "k22:" + "f" * 64], ["k22:" + "0" * 64]),
    ],
)
def test_hashes_tell_what_tokens_do(spark, payments, accounts):
    """Every figure, where there is nothing to refuse."""
    tables = frames(spark, payments, accounts)

    stacked = _stacked(PLACES, tables)
    told = count_hashes(stacked, 2, USABLE, [1])
    assert told is not None
    assert read(told) == read(_counts_of_tokens(stacked, 2))


@pytest.mark.engine
@pytest.mark.parametrize("strange", STRANGE)
def test_what_is_no_token_is_left_to_the_tokens(spark, strange):
    """One value in one table is enough, whichever it is, also where not all count."""
    tables = frames(spark, [token("a")], [token("a"), strange])
    stacked = _stacked(PLACES, tables)

    assert count_hashes(stacked, 2, USABLE) is None
    assert count_hashes(stacked, 2, USABLE, one_in=2**40) is None


def test_key_ids_and_repeats_are_left_to_the_tokens(spark):
    """Two key ids, or a token twice where it must not be."""
    mixed = _stacked(PLACES, frames(spark, [token("a")], ["k22:" + "0" * 64]))
    twice = _stacked(PLACES, frames(spark, [token("a")], [token("a")] * 2))

    assert count_hashes(mixed, 2, USABLE) is None
    assert count_hashes(twice, 2, USABLE, [1]) is None
    assert count_hashes(twice, 2, USABLE, [0]) is not None
    # A repeated token is found though, of other tables, hardly any would be counted.
    assert count_hashes(twice, 2, USABLE, [1], 2**40) is None


def numbered(spark, rows, people, first=0):
    """Return rows of tokens of as many people, and a few rows without."""
    return (
        spark.range(rows)
        .selectExpr(
            f"concat('k1:', sha2(string({first} + id % {people}), 256)) card_token"
        )
        .unionByName(local_frame(spark, [(None,)] * 3, "card_token string"))
    )


def test_a_sample_tells_nearly_what_all_tokens_do(spark):
    """Rows, and the table with one row each, exactly; the rest within six deviations."""
    tables = {
        "payments": numbered(spark, 60_000, 40_000),
        "accounts": numbered(spark, 50_000, 50_000, first=10_000),
    }
    stacked = _stacked(PLACES, tables)
    (payments, accounts), matched = read(_counts_of_tokens(stacked, 2))

    (some, whole), common = read(count_hashes(stacked, 2, USABLE, [1], 16))

    assert whole == accounts
    estimated = ("tokens", "repeated")
    for name in set(type(some).__slots__) - set(estimated):
        assert getattr(some, name) == getattr(payments, name)
    assert (payments.tokens, matched) == (40_000, 30_000)
    # A sample of n of N, where one in sixteen is drawn, is sqrt(15 N) off.
    assert 0 < abs(some.tokens - payments.tokens) < 6 * (15 * payments.tokens) ** 0.5
    assert 0 < abs(common - matched) < 6 * (15 * matched) ** 0.5


def counts_of(spark, people, key, fewest=10**6):
    """Return the preflight's counts of two tables of the same people."""
    tables = {
        "payments": numbered(spark, people, people).selectExpr(
            "*", "'north' region", "true fraud", "1.0D amount", "card_token shop_token"
        ),
        "accounts": numbered(spark, people, people).selectExpr(
            "*", "'old' age_band", "1 illness"
        ),
    }
    members = local_frame(spark, [(bytearray(key * 32),)], "joint_key binary")
    return count_tokens(QUESTION, tables, ["k1"], fewest, members)


def test_only_what_is_large_is_estimated(spark):
    """Few people are counted exactly; of many the joint key chooses who is counted."""
    few = counts_of(spark, 20_000, b"k")
    many, again = (counts_of(spark, 80_000, b"k") for _ in range(2))
    other = counts_of(spark, 80_000, b"x")
    small = counts_of(spark, 80_000, b"k", fewest=60_000)

    assert few.matched == few.joined[0].tokens == 20_000
    assert many == again
    assert many.matched != other.matched
    assert many.joined[1].tokens == 80_000
    assert 77_000 < many.matched < 83_000
    assert small.matched == small.joined[0].tokens == 80_000


@pytest.mark.engine
def test_the_record_key_is_that_of_the_matches(spark):
    """The same people have the same, whoever else is there; others have another."""

    def record_key(accounts, key=b"k", repeat=1):
        """Return the key of 300 payers and some account holders."""
        payers = [token(f"p{i}") for i in range(300)] * repeat
        tables = {
            "payments": local_frame(
                spark,
                [(t, "north", True, 1.0, t) for t in payers],
                "card_token string, region string, fraud boolean, amount double,"
                " shop_token string",
            ),
            "accounts": local_frame(
                spark,
                [(token(name), "old", 1) for name in accounts],
                "card_token string, age_band string, illness int",
            ),
        }
        joint = local_frame(spark, [(bytearray(key * 32),)], "joint_key binary")
        return count_tokens(QUESTION, tables, ["k1"], 300, joint).record_key

    both = [f"p{i}" for i in range(200)]
    usual = record_key(both)

    assert usual == record_key([*reversed(both), "nobody", "nobody else"], repeat=2)
    assert len({usual, record_key(both[1:]), record_key([*both[1:], "p250"])}) == 3
    assert usual != record_key(both, key=b"x")
    assert record_key(["nobody"]) == 0


@pytest.mark.engine
def test_a_digest_is_the_bytes_of_the_digits(spark):
    """Of tokens; all other texts have none, and none of them fails."""
    good = [token("a"), "k22:" + "0f" * 32]
    texts = [None, *good, *(text for text in STRANGE if text not in good)]
    frame = local_frame(spark, [(text,) for text in texts], "t string")

    digest = digest_of(F.col("t"))
    found = frame.select("t", digest.alias("d"), is_digest(digest).alias("ok"))

    assert found.where("d IS NULL").isEmpty()
    expected = []
    for text in texts:
        digits = re.search(r"[0-9a-fA-F]{64}\Z", text or "")
        made = bytearray.fromhex(digits[0]) if digits else None
        expected.append((text, made, digits is not None))
    assert_df_equality(
        found.withColumn("d", F.when(F.col("ok"), F.col("d"))),
        local_frame(spark, expected, "t string, d binary, ok boolean"),
        ignore_nullable=True,
        ignore_row_order=True,
    )


@pytest.mark.engine
def test_nobody_is_no_subject(spark):
    """Rows without a token match nothing, and count for no subject of another kind."""
    payments = (
        "card_token string, region string, fraud boolean, amount double, "
        "shop_token string"
    )
    accounts = "card_token string, age_band string, illness int"
    cards = [token("a"), token("b"), None]
    tables = {
        "payments": local_frame(
            spark,
            [
                (card, "north", True, 1.0, shop)
                for card in cards
                for shop in (token("shop"), None)
            ],
            payments,
        ),
        "accounts": local_frame(spark, [(card, "old", 1) for card in cards], accounts),
    }

    (cell,) = aggregate(QUESTION, join(QUESTION, tables))

    assert cell.rows == 4
    assert {s.subjects for s in cell.subjects.values()} == {1, 2}


@pytest.mark.parametrize("rows", [0, 1, 10**6, 5 * 10**6, 10**9, 10**12])
def test_parts_are_a_power_of_two_and_never_one(rows):
    """So that each has buckets of its own; about a million rows each."""
    parts = partitions_for(rows)

    assert parts.bit_count() == 1
    assert parts >= 2
    assert parts == 2 or 2**19 <= rows / parts < 2**20


@pytest.mark.engine
def test_a_part_has_buckets_of_its_own(spark):
    """What `partitions_for` promises, of Spark's own partitioning."""
    rows = spark.range(20_000).select(F.xxhash64("id").alias("m0"))
    placed = rows.repartition(8, "m0").select(
        bucket_of(F.col("m0")).alias("bucket"), F.spark_partition_id().alias("part")
    )

    found = placed.distinct().collect()

    assert len(found) == 1024
    assert {row["bucket"] % 8 == row["part"] for row in found} == {True}
