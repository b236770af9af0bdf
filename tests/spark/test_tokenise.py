"""Tokenising: both engines mean the same, and the key is nowhere to be seen."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib

import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from cleanroom_join import SecretKey
from cleanroom_join.contract import Contract, TokenKind
from cleanroom_join.errors import ContractError, TableRefused, VectorMismatch
from cleanroom_join.party import tokenise
from cleanroom_join.spark.party import hmac_columns, token_manifest, tokenisation
from cleanroom_join.spark.party.hmac_columns import has_native_hmac
from cleanroom_join.spark.party.raw_files import read_raw_table
from cleanroom_join.testing import TEST_KEY, contract, contract_toml
from cleanroom_join.tokens import Reason, Tokeniser
from tests.support.frames import local_frame

pytestmark = pytest.mark.engine

RAW = "card_number string, region string, fraud boolean, amount decimal(10,2)"


def raw_payments(spark):
    """Return three raw payments: one good, one bad, one missing identifier."""
    rows = [
        ("4111 1111-1111 1111  ", "north", True, None),
        ("411111XXXXXX1111", "south", False, None),
        (None, None, None, None),
    ]
    return local_frame(spark, rows, RAW)


def test_gold_is_tokens_and_declared_columns(spark):
    """Nothing else is shared; a bad identifier is a NULL token, not a constant one."""
    terms = contract().asset("payments")
    tokeniser = Tokeniser(
        TEST_KEY, identifier=TokenKind.PAN, partnership=terms.partnership, key_id="k1"
    )

    gold = tokenise(
        raw_payments(spark).withColumn("name", F.lit("Ann")), terms, key=TEST_KEY
    )

    expected = local_frame(
        spark,
        [
            (tokeniser.tokenise("4111111111111111").token, "north", True, None),
            (None, "south", False, None),
            (None, None, None, None),
        ],
        "card_token string, region string, fraud boolean, amount decimal(10,2)",
    )
    assert_df_equality(
        gold.frame, expected, ignore_nullable=True, ignore_row_order=True
    )


def test_columns_may_have_any_name(spark):
    """Even the names that the library uses inside, or one name for raw and token."""
    text = (
        contract_toml(group_by=("t0",))
        .replace("region =", "t0 =")
        .replace("fraud", "why0")
        .replace("amount", "i0")
        .replace(
            'card_token = { subject = "card", source = "card_number" }',
            'c0 = { subject = "card" }',
            1,
        )
    )
    raw = local_frame(
        spark,
        [("4111111111111111", "north", True, None)],
        "c0 string, t0 string, why0 boolean, i0 decimal(10,2)",
    )

    gold = tokenise(raw, Contract.from_toml(text).asset("payments"), key=TEST_KEY)

    expected = local_frame(
        spark,
        [("k1:", "north", True, None)],
        "c0 string, t0 string, why0 boolean, i0 decimal(10,2)",
    )
    assert_df_equality(
        gold.frame.withColumn("c0", F.substring("c0", 1, 3)),
        expected,
        ignore_nullable=True,
    )


def test_the_profile_counts_reasons(spark):
    """Each rejected identifier has a reason; small figures are not told."""
    (profile,) = (
        tokenise(raw_payments(spark), contract().asset("payments"), key=TEST_KEY)
        .profile()
        .tokens
    )

    assert {r: n for r, n in profile.counts.items() if n} == {
        None: 1,
        Reason.MASKED: 1,
        Reason.MISSING: 1,
    }
    assert profile.rows == 3
    assert "1" not in " ".join(profile.describe()).replace("100", "")
    assert "1" not in repr(profile)


def test_only_consented_rows_are_shared(spark):
    """False and NULL are not consent."""
    text = contract_toml().replace(
        'one_row_per = "card"', 'one_row_per = "card"\nconsent = "agreed"'
    )
    rows = [
        ("4111111111111111", "old", True),
        ("4222222222222", "old", False),
        ("4242424242424242", "old", None),
    ]
    raw = local_frame(
        spark, rows, "card_number string, age_band string, agreed boolean"
    )

    gold = tokenise(raw, Contract.from_toml(text).asset("accounts"), key=TEST_KEY)

    assert gold.frame.columns == ["card_token", "age_band"]
    assert gold.frame.count() == 1


def key_forms(material: bytes) -> list[str]:
    """Return how key bytes could show in a plan."""
    return [
        material.hex(),
        material.hex().upper(),
        base64.b64encode(material).decode()[:40],
        str(list(material))[1:-1],
    ]


def test_no_plan_shows_the_key(spark, capfd):
    """Neither the key nor a subkey nor its pads, in any form."""
    material = hashlib.sha256(b"a key for this test").digest()
    key = SecretKey.from_bytes(material)
    terms = contract().asset("payments")
    gold = tokenise(raw_payments(spark), terms, key=key)
    subkey = key.subkey(label="pan", partnership=terms.partnership, key_id="k1")
    inner, outer = subkey.hmac_pads()

    gold.frame.explain(extended=True)

    printed = capfd.readouterr()
    plan = printed.out + printed.err
    assert "sha2" in plan or "hmac" in plan
    secrets = [material, bytes(b ^ 0x36 for b in inner[:32]), inner, outer]
    assert not [
        form for secret in secrets for form in key_forms(secret) if form in plan
    ]


def test_the_servers_own_hmac_is_used_where_there_is_one(spark):
    """Spark has one from 4.3 on; elsewhere two plain hashes make the same tokens."""
    version = tuple(int(part) for part in spark.version.split(".")[:2])

    assert has_native_hmac(spark) is (version >= (4, 3))


def test_both_ways_to_hmac_make_the_same_tokens(spark, monkeypatch, capfd):
    """A party whose server lacks the function still matches one whose server has it."""
    if not has_native_hmac(spark):
        pytest.skip("this Spark has no hmac of its own to compare with")
    terms = contract().asset("payments")
    raw = raw_payments(spark)

    native = tokenise(raw, terms, key=TEST_KEY).frame
    monkeypatch.setattr(hmac_columns, "has_native_hmac", lambda _session: False)
    two_hashes = tokenise(raw, terms, key=TEST_KEY).frame
    plans = []
    for frame in (native, two_hashes):
        frame.explain()
        plans.append(capfd.readouterr().out)

    assert ["hmac" in plan for plan in plans] == [True, False]
    assert_df_equality(native, two_hashes, ignore_nullable=True, ignore_row_order=True)


@pytest.mark.parametrize("kind", ["double", "bigint", "decimal(20,0)", "int"])
def test_numeric_identifiers_are_refused(spark, kind):
    """A number has lost leading zeros or last digits: refused before a row is read."""
    raw = spark.sql(
        f"SELECT CAST(4 AS {kind}) card_number, 'x' region, true fraud, 1.00 amount"
    )

    with pytest.raises(TableRefused, match="E203") as caught:
        tokenise(raw, contract().asset("payments"), key=TEST_KEY)

    assert caught.value.code == "E203"
    assert "card_number" in str(caught.value)


def test_missing_raw_columns_are_named(spark):
    """With a suggestion, where a column is only misspelt."""
    raw = spark.sql("SELECT 'x' card_nmber, 'x' region, true fraud, 1.00 amount")

    with pytest.raises(TableRefused, match="E301") as caught:
        tokenise(raw, contract().asset("payments"), key=TEST_KEY)

    assert caught.value.code == "E301"
    assert 'did you mean "card_nmber"' in str(caught.value)


def test_other_vectors_than_pinned_are_refused(spark):
    """Tokens of another specification would silently match nothing."""
    text = contract_toml().replace(
        "[tokens]", f'[tokens]\nvectors_sha256 = "{"0" * 64}"'
    )

    with pytest.raises(VectorMismatch):
        tokenise(
            raw_payments(spark),
            Contract.from_toml(text).asset("payments"),
            key=TEST_KEY,
        )


SOURCES = contract_toml(
    accounts='state = { dimension = ["a", "b"], source = "home state" }\n'
    'spent = { measure = "int", min = 0, max = 9, source = "Amount (EUR)" }'
)


def test_a_dimension_and_a_measure_may_have_another_raw_column(spark, tmp_path):
    """Blanks and brackets too, from a frame and from a CSV file; the rest stays home."""
    (tmp_path / "accounts.csv").write_text(
        "card_number,age_band,home state,Amount (EUR),state\n"
        "4111111111111111,young,a,3,x\n"
        "5500005555555559,old,b,,x\n"
    )
    terms = Contract.from_toml(SOURCES).asset("accounts")
    raw = read_raw_table(spark, terms.asset, tmp_path / "accounts.csv")

    gold = tokenise(raw, terms, key=TEST_KEY)

    assert gold.frame.columns == ["card_token", "age_band", "state", "spent"]
    rows = gold.frame.select("age_band", "state", "spent").collect()
    assert sorted(map(tuple, rows)) == [("old", "b", None), ("young", "a", 3)]
    profile = gold.profile().as_json()
    assert profile["asset"] == "accounts"


def test_errors_name_the_raw_column(spark):
    """That is what the owner sees in its own table."""
    terms = Contract.from_toml(SOURCES).asset("accounts")
    raw = local_frame(
        spark,
        [("4111111111111111", "old", "a", "3")],
        "card_number string, age_band string, `home state` string, `Amount (EUR)` string",
    )

    with pytest.raises(TableRefused) as wrong:
        tokenise(raw, terms, key=TEST_KEY)
    with pytest.raises(TableRefused) as missing:
        tokenise(raw.drop("home state"), terms, key=TEST_KEY)

    assert 'column "Amount (EUR)" must be' in str(wrong.value)
    assert 'lacks "home state"' in str(missing.value)


def test_nothing_is_made_after_the_last_day(spark, monkeypatch):
    """Neither tokens nor a token manifest; on the last day both are."""
    terms = contract().asset("payments")
    frame = raw_payments(spark)
    later = terms.expires + dt.timedelta(days=1)

    monkeypatch.setattr(tokenisation, "utc_today", lambda: terms.expires)
    assert tokenise(frame, terms, key=TEST_KEY)
    monkeypatch.setattr(tokenisation, "utc_today", lambda: later)
    with pytest.raises(ContractError, match="E102"):
        tokenise(frame, terms, key=TEST_KEY)
    monkeypatch.setattr(token_manifest, "utc_today", lambda: later)
    with pytest.raises(ContractError, match="E102"):
        token_manifest.token_manifest(frame, terms, key=TEST_KEY)
