"""The census: counting hashes tells what counting tokens does, or that it cannot."""

from __future__ import annotations

import pytest
from pyspark.sql import functions as F

from cleanroom_join.spark.aggregate import aggregate
from cleanroom_join.spark.census import _count_hashes, _count_tokens
from cleanroom_join.spark.columns import digest_of, is_digest
from cleanroom_join.spark.join import join
from tests.reference.tables import QUESTION
from tests.spark.support import token

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


def frames(spark, payments, accounts):
    """Return two tables of a token column each."""
    return {
        name: spark.createDataFrame([(t,) for t in texts], "card_token string")
        for name, texts in (("payments", payments), ("accounts", accounts))
    }


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

    assert _count_hashes(PLACES, tables, USABLE, [1]) == _count_tokens(PLACES, tables)


@pytest.mark.parametrize("strange", STRANGE)
def test_what_is_no_token_is_left_to_the_tokens(spark, strange):
    """One value in one table is enough, whichever it is."""
    tables = frames(spark, [token("a")], [token("a"), strange])

    assert _count_hashes(PLACES, tables, USABLE, []) is None


def test_key_ids_and_repeats_are_left_to_the_tokens(spark):
    """Two key ids, or a token twice where it must not be."""
    mixed = frames(spark, [token("a")], ["k22:" + "0" * 64])
    twice = frames(spark, [token("a")], [token("a")] * 2)

    assert _count_hashes(PLACES, mixed, USABLE, []) is None
    assert _count_hashes(PLACES, twice, USABLE, [1]) is None
    assert _count_hashes(PLACES, twice, USABLE, [0]) is not None


def test_a_digest_is_the_bytes_of_the_digits(spark):
    """Of tokens; all other texts have none, and none of them fails."""
    good = [token("a"), "k22:" + "0f" * 32]
    rows = [(text,) for text in [None, *good, *STRANGE]]
    frame = spark.createDataFrame(rows, "t string")

    digest = digest_of(F.col("t"))
    found = frame.select(
        "t", digest.alias("d"), is_digest(digest).alias("ok")
    ).collect()

    assert all(row["d"] is not None for row in found)
    by_text = {row["t"]: row for row in found}
    for text in good:
        assert bytes(by_text[text]["d"]) == bytes.fromhex(text[-64:])
        assert by_text[text]["ok"]
    assert not by_text[None]["ok"]
    assert not by_text["k1:" + "a" * 63]["ok"]


def test_equal_texts_that_are_no_tokens_are_nobody(spark):
    """Had they come after the census, they would match, but count for no subject."""
    payments = (
        "card_token string, region string, fraud boolean, amount double, "
        "shop_token string"
    )
    accounts = "card_token string, age_band string, illness int"
    texts = ["4111111111111111", "", None, token("a")]
    tables = {
        "payments": spark.createDataFrame(
            [(text, "north", True, 1.0, token("shop")) for text in texts], payments
        ),
        "accounts": spark.createDataFrame(
            [(text, "old", 1) for text in texts], accounts
        ),
    }

    (cell,) = aggregate(QUESTION, join(QUESTION, tables))

    assert cell.rows == 3  # NULL matches nothing
    assert cell.subjects["card"].subjects == 1
