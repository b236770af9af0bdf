"""Changing keys: both tokens during the overlap, one key id per join, never mixed."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest

from cleanroom_join import SecretKey
from cleanroom_join.contract import Contract
from cleanroom_join.errors import (
    KeyRefused,
    ReleaseRefused,
    TableRefused,
    TokensRefused,
)
from cleanroom_join.party import KeyRing, tokenise
from cleanroom_join.review import Verdict
from cleanroom_join.testing import contract_toml
from tests.spark.support import ended, room, state
from tests.support.frames import local_frame

OLD, NEW = (
    SecretKey.from_bytes(hashlib.sha256(name).digest()) for name in (b"old", b"new")
)
ONE = 'keys = [{ id = "k1", state = "active" }]'
OVERLAP = 'keys = [{ id = "k2", state = "active" }, { id = "k1", state = "retiring" }]'
AFTER = 'keys = [{ id = "k2", state = "active" }, { id = "k1", state = "retired" }]'


def agreed(keys):
    """Return the contract while *keys* hold."""
    text = contract_toml()
    assert ONE in text
    changed = text.replace(ONE, keys)
    return Contract.from_toml(changed, sha256=Contract.from_toml(changed).digest)


def raw(spark, asset, cards=800):
    """Return a party's raw table."""
    numbers = [f"4{i:015}" for i in range(1, cards)]
    if asset == "payments":
        rows = [
            (n, "north", i % 3 == 0, Decimal(i % 90)) for i, n in enumerate(numbers)
        ]
        schema = (
            "card_number string, region string, fraud boolean, amount decimal(10,2)"
        )
    else:
        rows = [(n, "young") for n in numbers]
        schema = "card_number string, age_band string"
    return local_frame(spark, rows, schema)


def gold(spark, asset, keys):
    """Return a shared table made while *keys* held."""
    terms = agreed(keys).asset(asset)
    held = {ONE: OLD, OVERLAP: KeyRing({"k2": NEW, "k1": OLD}), AFTER: NEW}
    return tokenise(raw(spark, asset), terms, key=held[keys]).frame


@pytest.mark.parametrize(
    ("contract_keys", "payments", "accounts"),
    [
        (OVERLAP, ONE, ONE),
        (OVERLAP, OVERLAP, ONE),
        (OVERLAP, OVERLAP, OVERLAP),
        (OVERLAP, AFTER, OVERLAP),
    ],
    ids=["neither", "one", "both", "one is through"],
)
def test_tables_of_both_sides_match(spark, contract_keys, payments, accounts):
    """Whoever has changed first: nobody has to wait for the other."""
    contract = agreed(contract_keys)
    frames = {
        "payments": gold(spark, "payments", payments),
        "accounts": gold(spark, "accounts", accounts),
    }

    release = room(spark, contract, frames).release("segments")

    assert release._rows


def test_gold_carries_both_tokens(spark):
    """The retiring key's beside the active one's, equal to what each makes alone."""
    both = gold(spark, "payments", OVERLAP)
    old = {row["card_token"] for row in gold(spark, "payments", ONE).collect()}
    new = {row["card_token"] for row in gold(spark, "payments", AFTER).collect()}

    rows = both.collect()

    assert both.columns == [
        "card_token", "card_token_k1", "region", "fraud", "amount",
    ]  # fmt: skip
    assert {row["card_token_k1"] for row in rows} == old
    assert {row["card_token"] for row in rows} == new


@pytest.mark.parametrize(
    ("payments", "accounts", "error"),
    [
        (ONE, AFTER, TokensRefused),
        (AFTER, ONE, TokensRefused),
    ],
)
def test_tables_without_a_common_key_are_refused(spark, payments, accounts, error):
    """One side has only old tokens, the other only new ones."""
    frames = {
        "payments": gold(spark, "payments", payments),
        "accounts": gold(spark, "accounts", accounts),
    }

    with pytest.raises(error) as caught:
        ended(room(spark, agreed(OVERLAP), frames).release("segments"))

    assert caught.value.code == "E312"


def test_a_column_that_mixes_keys_is_refused(spark):
    """Also where the column beside it has tokens of one key."""
    mixed = gold(spark, "payments", OVERLAP)
    swapped = mixed.selectExpr(
        "card_token_k1 AS card_token",
        "card_token AS card_token_k1",
        *mixed.columns[2:],
    )
    frames = {
        "payments": mixed.union(swapped),
        "accounts": gold(spark, "accounts", OVERLAP),
    }

    with pytest.raises(TokensRefused, match="E312"):
        ended(room(spark, agreed(OVERLAP), frames).release("segments"))


def test_a_retired_key_is_refused(spark):
    """After the overlap, old tables are too old, and so are overlap columns."""
    old = {n: gold(spark, n, ONE) for n in ("payments", "accounts")}
    overlap = {n: gold(spark, n, OVERLAP) for n in ("payments", "accounts")}

    with pytest.raises(TokensRefused, match="E315"):
        ended(room(spark, agreed(AFTER), old).release("segments"))
    with pytest.raises(TableRefused, match="E302"):
        room(spark, agreed(AFTER), overlap).release("segments")


def test_an_overlap_column_of_another_type_is_refused(spark):
    """It is a token column like any other."""
    from pyspark.sql import functions as F

    frames = {n: gold(spark, n, OVERLAP) for n in ("payments", "accounts")}
    frames["payments"] = frames["payments"].withColumn("card_token_k1", F.lit(1))

    with pytest.raises(TokensRefused, match="E313"):
        ended(room(spark, agreed(OVERLAP), frames).release("segments"))


@pytest.mark.parametrize(
    "key",
    [
        NEW,
        KeyRing({"k2": NEW}),
        KeyRing({"k1": OLD}),
        KeyRing({"k2": NEW, "k1": OLD, "k0": OLD}),
    ],
    ids=repr,
)
def test_the_keys_are_the_contracts(spark, key):
    """Neither fewer nor more, and without a byte of them in the text."""
    terms = agreed(OVERLAP).asset("payments")

    with pytest.raises(KeyRefused, match="E205") as caught:
        tokenise(raw(spark, "payments", 5), terms, key=key)

    assert caught.value.code == "E205"
    assert '"k1"' in str(caught.value)


def ledger_of(spark, *releases):
    """Return the ledger of some releases, and where it ends."""
    rows = [row for release in releases for row in release._entry.rows]
    end = releases[-1]._entry.end
    return state(spark, rows, end.run, end.head)


def both(spark, keys):
    """Return both shared tables made while *keys* held."""
    return {asset: gold(spark, asset, keys) for asset in ("payments", "accounts")}


def test_releases_stay_under_the_last_key_while_both_tables_have_it(spark):
    """So they are compared; without a release the active key is taken."""
    first = room(spark, agreed(ONE), both(spark, ONE)).release("segments")
    fresh = room(spark, agreed(OVERLAP), both(spark, OVERLAP)).release("segments")
    newer = revised(OVERLAP, 2)
    tables = {**both(spark, OVERLAP), **ledger_of(spark, first)}
    second = room(spark, newer, tables).release("segments")

    assert ended(first) is ended(second) is Verdict.APPROVED
    assert second._rows == first._rows
    assert ended(fresh) is Verdict.APPROVED


def revised(keys, revision, ledger=""):
    """Return a later revision while *keys* hold, whose ledger says something more."""
    text = contract_toml().replace(ONE, keys).replace("[ledger]", f"[ledger]\n{ledger}")
    text = text.replace("revision = 1", f"revision = {revision}")
    return Contract.from_toml(text, sha256=Contract.from_toml(text).digest)


def test_another_key_waits_until_both_parties_accept_it(spark):
    """For the releases that there are; going back to the old key waits again."""
    first = room(spark, agreed(ONE), both(spark, ONE)).release("segments")
    tables = {**both(spark, AFTER), **ledger_of(spark, first)}
    accepted = revised(OVERLAP, 3, "uncompared_through = 1")

    waiting = room(spark, revised(OVERLAP, 2), tables).release("segments")
    second = room(spark, accepted, tables).release("segments")
    back = room(
        spark, accepted, {**both(spark, ONE), **ledger_of(spark, first, second)}
    ).release("segments")

    for release in (waiting, back):
        with pytest.raises(ReleaseRefused, match="E501") as refused:
            ended(release)
        assert "compared: " in str(refused.value)
        assert "under key k1" in str(refused.value)
    assert ended(second) is Verdict.APPROVED


def test_a_deferred_release_about_other_tokens_is_a_refusal(spark):
    """Which holds no later release: it is about no tokens."""
    first = room(spark, agreed(ONE), both(spark, ONE)).release("segments")
    tables = {**both(spark, AFTER), **ledger_of(spark, first)}
    deferred = 'reveal = "confirmed"'
    waiting = room(spark, revised(OVERLAP, 2, deferred), tables)
    said = f"{deferred}\nuncompared_through = 1"

    prepared = waiting.prepare("segments")

    entry = waiting._CleanRoom__ledger.entries[-1]
    assert entry.tokens is None
    assert not entry.cells
    assert "under key k1" in str(entry.refusal.error())
    tables |= ledger_of(spark, first, prepared)
    accepted = room(spark, revised(OVERLAP, 3, said), tables)
    assert accepted.prepare("segments")._entry.end.run == 3
    assert accepted._CleanRoom__ledger.entries[-1].refusal is None
