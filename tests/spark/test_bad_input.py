"""Bad input: each has its own error and code, and no value in the text."""

from __future__ import annotations

import pytest
from pyspark.sql import functions as F

from cleanroom_join import errors
from cleanroom_join.contract import Contract
from cleanroom_join.testing import contract, contract_toml
from tests.spark.support import (
    account_rows,
    ended,
    frames,
    payment_rows,
    room,
    token,
)

pytestmark = pytest.mark.engine

SECRET = "4000123412341234"


@pytest.fixture(scope="module")
def shared(spark):
    """Both shared tables, as they should be."""
    return frames(spark)


def replaced(rows, index, value):
    """Return rows with one token replaced."""
    return [*rows[:index], (value, *rows[index][1:]), *rows[index + 1 :]]


def with_payments(change):
    """Spoil the payments frame."""
    return lambda f: {**f, "payments": change(f["payments"])}


def with_accounts(change):
    """Spoil the accounts frame."""
    return lambda f: {**f, "accounts": change(f["accounts"])}


def token_column(text):
    """Return a change that writes a constant into the first rows' tokens."""
    return lambda f: f.withColumn(
        "card_token",
        F.when(F.col("age_band") == "old", F.lit(text)).otherwise(F.col("card_token")),
    )


OTHER_KEY = "k2:" + "0a" * 32
CASES = {
    "no overlap": (
        lambda f: {
            **f,
            "accounts": f["accounts"].withColumn(
                "card_token", F.concat(F.lit("k1:"), F.sha2("card_token", 256))
            ),
        },
        errors.NoOverlap,
        "E310",
    ),
    "a table below k": (
        with_accounts(lambda a: a.limit(99)),
        errors.NoOverlap,
        "E303",
    ),
    "empty table": (with_payments(lambda p: p.limit(0)), errors.NoOverlap, "E303"),
    "duplicates": (
        with_accounts(lambda a: a.unionByName(a.limit(1))),
        errors.TokensRefused,
        "E311",
    ),
    "two key ids in a table": (
        with_accounts(token_column(OTHER_KEY)),
        errors.TokensRefused,
        "E312",
    ),
    "two key ids between tables": (
        with_accounts(
            lambda a: a.withColumn(
                "card_token", F.expr("replace(card_token, 'k1:', 'k0:')")
            )
        ),
        errors.TokensRefused,
        "E312",
    ),
    "unknown key id": (
        lambda f: {
            n: d.withColumn("card_token", F.expr("replace(card_token, 'k1:', 'k9:')"))
            for n, d in f.items()
        },
        errors.TokensRefused,
        "E315",
    ),
    "raw identifiers": (
        with_accounts(token_column(SECRET)),
        errors.TokensRefused,
        "E314",
    ),
    "upper-case digests": (
        with_accounts(token_column("0A" * 32)),
        errors.TokensRefused,
        "E313",
    ),
    "a number": (
        with_accounts(lambda a: a.withColumn("card_token", F.lit(7))),
        errors.TokensRefused,
        "E313",
    ),
    "a missing column": (
        with_accounts(lambda a: a.drop("age_band")),
        errors.TableRefused,
        "E301",
    ),
    "an extra column": (
        with_accounts(lambda a: a.withColumn("email", F.lit(SECRET))),
        errors.TableRefused,
        "E302",
    ),
    "another type": (
        with_accounts(lambda a: a.withColumn("age_band", F.lit(7))),
        errors.TableRefused,
        "E203",
    ),
}


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("joins", [True, False], ids=["customer", "stranger"])
def test_what_is_no_number_is_refused_before_the_join(spark, value, joins):
    """The same error whether or not the other table has the person: it tells nothing."""
    extra = [(token("card3" if joins else "nobody"), "north", True, float(value))]
    spoilt = frames(spark, [*payment_rows(), *extra])
    text = contract_toml(measures='m = { function = "mean", column = "amount" }')

    with pytest.raises(errors.TableRefused) as caught:
        ended(room(spark, contract(text), spoilt).release("segments"))

    assert caught.value.code == "E305"
    assert caught.value.message == (
        'column "amount" of "payments" holds values that are NaN or infinite.'
    )


def test_what_is_no_number_may_be_where_nobody_reads(spark):
    """A column that the question does not read is not looked at."""
    extra = [(token("card3"), "north", True, float("nan"))]
    text = contract_toml(measures='n = { function = "count" }')

    release = room(
        spark, contract(text), frames(spark, [*payment_rows(), *extra])
    ).release("segments")

    assert release._rows


def test_nothing_is_said_of_a_small_table(spark):
    """That it has a value that is no number would tell that it is not empty."""
    few = [(token("card3"), "north", True, float("nan"))]
    text = contract_toml(measures='m = { function = "mean", column = "amount" }')

    with pytest.raises(errors.NoOverlap):
        ended(room(spark, contract(text), frames(spark, few)).release("segments"))


@pytest.mark.parametrize("name", CASES)
def test_each_has_its_own_error(spark, shared, name):
    """The type and the code tell what to do; the text quotes no value."""
    spoil, error, code = CASES[name]
    spoilt = spoil(shared)

    with pytest.raises(error) as caught:
        ended(room(spark, contract(), spoilt).release("segments"))

    text = str(caught.value)
    assert caught.value.code == (code or caught.value.code)
    assert SECRET not in text
    assert "0a0a" not in text.lower()
    assert caught.value.__cause__ is None


def test_no_overlap_points_to_the_doctor(spark, shared):
    """The join that is silently empty for three days is an error that says so."""
    spoil, *_ = CASES["no overlap"]

    with pytest.raises(errors.NoOverlap) as caught:
        ended(room(spark, contract(), spoil(shared)).release("segments"))

    assert "doctor" in str(caught.value)


def test_one_match_and_none_are_the_same_error(spark):
    """Otherwise a partner could ask whether one person is a customer."""
    stranger = [(token(f"x{i}"), "old") for i in range(1000)]
    texts = set()
    for accounts in (stranger, [*stranger[1:], (token("card1"), "old")]):
        opened = room(spark, contract(), frames(spark, accounts=accounts))
        release = opened.release("segments")
        with pytest.raises(errors.NoOverlap) as caught:
            ended(release)
        texts.add(str(caught.value))

    assert len(texts) == 1


def test_a_match_rate_below_the_floor_is_refused(spark):
    """The contract may ask for more than k matches; the error does not say how many."""
    few = [*account_rows(160), *((token(f"x{i}"), "old") for i in range(840))]
    strict = contract(contract_toml(policy="min_match_rate = 0.5"))

    with pytest.raises(errors.NoOverlap) as caught:
        ended(room(spark, strict, frames(spark, accounts=few)).release("segments"))

    assert caught.value.code == "E310"
    assert "min_match_rate" in str(caught.value)


def test_null_tokens_never_match(spark, shared):
    """NULL joins nobody, on either side."""
    nobody = [(None, "north", True, 1.0)] * 500
    payments = [*payment_rows(), *nobody]
    accounts = [*account_rows(), *[(None, "old")] * 3]

    with_nulls = room(spark, contract(), frames(spark, payments, accounts)).release(
        "segments"
    )
    without = room(spark, contract(), shared).release("segments")

    assert with_nulls._digest == without._digest is not None


def test_an_expired_contract_computes_nothing(spark):
    """Not even the tables are opened."""
    expired = contract(contract_toml().replace("2099-12-31", "2020-12-31"))

    with pytest.raises(errors.ContractError) as caught:
        room(spark, expired, {}).release("segments")

    assert caught.value.code == "E102"


def test_sparks_own_message_is_withheld(spark, shared):
    """An error of Spark quotes values, also as context; ours has neither."""
    explode = F.expr(f"CAST(raise_error('{SECRET}') AS STRING)")
    bomb = with_accounts(lambda a: a.withColumn("age_band", explode))(shared)

    with pytest.raises(errors.SparkFailure) as caught:
        ended(room(spark, contract(), bomb).release("segments"))

    assert caught.value.code == "E390"
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None


def test_the_default_source_is_the_partys_catalog(spark):
    """Without a source, an asset is read under its party's alias, and is not there."""
    from cleanroom_join.room import CleanRoom

    with pytest.raises(errors.SparkFailure) as caught:
        CleanRoom(spark, Contract.from_toml(contract_toml())).release("segments")

    assert "opening payments" in str(caught.value) or "payments" in str(caught.value)
