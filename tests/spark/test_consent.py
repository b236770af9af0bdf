"""The consent states of both parties: asked before a run, and applied in it."""

from __future__ import annotations

import pytest
from pyspark.sql import functions as F

from cleanroom_join.errors import ConsentRefused, TableRefused
from cleanroom_join.review import Verdict
from cleanroom_join.spark.common.consent_state import (
    excluded,
    subject_key,
    without_excluded,
)
from cleanroom_join.spark.room import pipeline
from cleanroom_join.testing import contract, contract_toml
from tests.spark.support import ended, frames, room, state, token, told
from tests.support.consent_states import (
    consent_row,
    consent_state,
    heartbeat,
    opted_out,
    with_revocation,
)
from tests.support.frames import local_frame

CONTRACT = with_revocation()
BUCKET = "card_token_bucket"
ACME, GLOBEX = "(consent of acme)", "(consent of globex)"


@pytest.fixture(scope="module")
def shared(spark):
    """Both shared tables."""
    return frames(spark)


def states(spark, acme=(), globex=(), hours=1.0):
    """Return both states with these rows."""
    return {
        ACME: consent_state(spark, *acme, hours=hours),
        GLOBEX: consent_state(spark, *globex, hours=hours),
    }


def joined_tokens(monkeypatch):
    """Return a list to which every join adds the tokens that it is given, by table."""
    seen, join = [], pipeline.join

    def watched(query, tables, *args, **more):
        seen.append(
            {
                name: {row[0] for row in table.select("card_token").collect()}
                for name, table in tables.items()
            }
        )
        return join(query, tables, *args, **more)

    monkeypatch.setattr(pipeline, "join", watched)
    return seen


def test_subjects_whom_a_party_excludes_are_out_of_its_tables(
    spark, shared, monkeypatch
):
    """So they are in no join; and no state changes anything of the other's table."""
    seen = joined_tokens(monkeypatch)
    gone = {token("card1"), token("card3"), token("card5")}
    back = token("card7")
    asked = states(
        spark,
        acme=[opted_out(token("card1")), opted_out(back, "OPT_IN")],
        globex=[opted_out(token("card3"), "ERASE"), opted_out(token("card5"))],
    )

    opened = room(spark, CONTRACT, {**shared, **asked})
    release = opened.release("segments")

    assert ended(release) is Verdict.APPROVED
    (tables,) = seen
    assert {n: gone & found for n, found in tables.items()} == {
        "payments": gone - {token("card1")},
        "accounts": {token("card1")},
    }
    assert [len(found) for found in tables.values()] == [999, 998]
    assert all(back in found for found in tables.values())
    assert not gone & tables["payments"] & tables["accounts"]
    (entry,) = opened._CleanRoom__ledger.entries
    assert entry.versions == tuple(
        (name, None) for name in ("payments", "accounts", ACME, GLOBEX)
    )
    line = "consent: state of acme, state of globex; none older than 24 hours"
    assert line in told(release)


def test_an_opt_out_by_state_is_an_opt_out_by_rows(spark, shared):
    """Whatever the guard does about somebody who left, it does about both."""
    gone = [token(f"card{i}") for i in range(0, 1000, 50)]
    without = {
        name: table.where(~F.coalesce(F.col("card_token").isin(gone), F.lit(False)))
        for name, table in shared.items()
    }
    asked = states(spark, acme=map(opted_out, gone))

    by_state = room(spark, CONTRACT, {**shared, **asked}).release("segments")
    by_rows = room(spark, contract(), without).release("segments")

    assert ended(by_state) is ended(by_rows) is Verdict.APPROVED
    assert by_state._rows == by_rows._rows


def test_a_contract_without_the_section_asks_no_state(spark, shared):
    """None is looked for."""
    asked = []
    opened = room(spark, contract(), shared)
    source = opened._CleanRoom__source
    opened._CleanRoom__source = lambda asset: asked.append(asset.name) or source(asset)

    release = opened.release("segments")

    assert ended(release) is Verdict.APPROVED
    assert [name for name in asked if "consent" in name] == []
    assert "consent" not in told(release)


@pytest.mark.parametrize(
    ("acme", "globex", "hours", "words"),
    [
        ([], [], 24.5, "acme is 25 hours old; the contract allows 24"),
        ([], [], -1, "acme has a heartbeat in the future"),
        (
            [consent_row("party", "globex", "SUSPEND")],
            [],
            1,
            'party "globex" is suspended: the consent state of acme says so',
        ),
        (
            [],
            [consent_row("dataset", "Payments", "SUSPEND")],
            1,
            'table "payments" is suspended: the consent state of globex says so',
        ),
        (
            [],
            [consent_row("dataset", "payments", "no action")],
            1,
            'table "payments" is suspended',
        ),
    ],
)
def test_a_run_is_refused_before_a_row_of_a_table_is_read(
    spark, shared, monkeypatch, acme, globex, hours, words
):
    """What a state says of a party is told at once, and nothing is computed."""

    def never(*args, **more):
        raise AssertionError

    monkeypatch.setattr(pipeline, "scan_values", never)
    opened = room(
        spark, CONTRACT, {**shared, **states(spark, acme, globex, hours=hours)}
    )

    with pytest.raises(ConsentRefused) as caught:
        opened.release("segments")

    assert words in str(caught.value)
    assert opened._CleanRoom__ledger.entries == []


def test_a_party_that_resumed_takes_part(spark, shared):
    """And a suspended table that the query does not join does not matter."""
    asked = states(
        spark,
        acme=[
            consent_row("party", "globex", "RESUME"),
            consent_row("dataset", "another_table", "SUSPEND"),
        ],
    )

    release = room(spark, CONTRACT, {**shared, **asked}).release("segments")

    assert ended(release) is Verdict.APPROVED


def test_a_state_without_heartbeat_is_refused(spark, shared):
    """Nobody knows how old it is."""
    asked = states(spark)
    asked[GLOBEX] = asked[GLOBEX].where("scope <> 'heartbeat'")

    with pytest.raises(ConsentRefused, match=r"E610.*globex has no heartbeat"):
        room(spark, CONTRACT, {**shared, **asked}).release("segments")


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.drop("key_id"),
        lambda state: state.withColumn("key", F.unhex("key")),
        lambda state: state.withColumn("event_time", F.current_date()),
    ],
)
def test_a_table_that_is_no_state_is_refused(spark, shared, change):
    """Without a column, or with one of another type."""
    asked = states(spark)
    asked[ACME] = change(asked[ACME])

    with pytest.raises(ConsentRefused, match=r"E612.*acme lacks columns"):
        room(spark, CONTRACT, {**shared, **asked}).release("segments")


ONE = opted_out(token("card1"))


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([ONE, opted_out(token("card1"), "OPT_IN")], "E612"),
        ([heartbeat(2)], "E612"),
        ([opted_out(token("card1"), "OPTOUT")], "E612"),
        ([consent_row("person", ONE[1], "OPT_OUT", key_id="k1")], "E612"),
        ([consent_row("subject", token("card1"), "OPT_OUT", key_id="k1")], "E612"),
        ([consent_row("subject", ONE[1], "OPT_OUT")], "E612"),
        ([opted_out(token("card1", "k0"))], "E613"),
    ],
)
def test_what_depends_on_subjects_is_entered_before_it_is_told(
    spark, shared, rows, code
):
    """One subject's row is enough for such an error, so it is an answer of one bit."""
    asked = states(spark, globex=rows)
    opened = room(spark, CONTRACT, {**shared, **asked})

    release = opened.release("segments")

    (entry,) = opened._CleanRoom__ledger.entries
    assert entry.refusal.code == code
    with pytest.raises(ConsentRefused, match=f"{code}.*globex"):
        ended(release)


def test_permissions_under_another_key_exclude_nobody(spark, shared):
    """They would change nothing."""
    asked = states(spark, globex=[opted_out(token("card1", "k0"), "OPT_IN")])

    release = room(spark, CONTRACT, {**shared, **asked}).release("segments")

    assert ended(release) is Verdict.APPROVED


def test_whoever_is_not_permitted_is_excluded(spark):
    """Unknown actions and scopes count as opt-outs; rows without a token stay."""
    names = ["a", "b", "c", "d", "e", None]
    table = local_frame(
        spark,
        [(token(n), token(n and f"other {n}")) for n in names],
        "x string, y string",
    )
    state = consent_state(
        spark,
        opted_out(token("a")),
        opted_out(token("b"), "OPT_IN"),
        opted_out(token("other c"), None),
        opted_out(token("d"), "opt_in"),
        consent_row("nobody", opted_out(token("e"))[1], "OPT_OUT"),
    )

    left = without_excluded(table, ["x", "y"], excluded(state))

    assert {row["x"] for row in left.collect()} == {token("b"), None}


def test_a_key_is_the_digest_of_the_tokens_text(spark):
    """In whatever collation; the Python of a party finds the same."""
    found = local_frame(spark, [(token("a"),)], "t string").select(
        subject_key(F.col("t"))
    )

    assert found.collect()[0][0] == opted_out(token("a"))[1]


def test_a_deferred_release_of_a_suspended_party_is_not_shown(spark, shared):
    """What was computed before the suspension stays in the ledger."""
    text = contract_toml().replace("[ledger]", '[ledger]\nreveal = "confirmed"')
    agreed = with_revocation(text)
    asked = states(spark, acme=[opted_out(token("card1"))])
    prepared = room(spark, agreed, {**shared, **asked}).prepare("segments")
    end = prepared._entry.end
    ledger = state(spark, prepared._entry.rows, end.run, end.head)
    suspended = states(spark, acme=[consent_row("dataset", "accounts", "SUSPEND")])

    with pytest.raises(ConsentRefused, match="E611"):
        room(spark, agreed, {**shared, **ledger, **suspended}).release("segments")

    shown = room(spark, agreed, {**shared, **ledger, **asked}).release("segments")
    assert ended(shown) is Verdict.APPROVED
    assert "none older than 24 hours" in told(shown)


ROTATING = with_revocation(
    contract_toml().replace(
        '{ id = "k1", state = "active" }',
        '{ id = "k2", state = "active" }, { id = "k1", state = "retiring" }',
    )
)


def test_an_opt_out_is_found_under_the_key_that_is_retiring(spark, shared, monkeypatch):
    """One table has changed and carries both keys' tokens, the other has not."""
    seen = joined_tokens(monkeypatch)
    payments = shared["payments"]
    under_k2 = F.concat(F.lit("k2:"), F.sha2("card_token", 256))
    changed = payments.withColumns(
        {"card_token_k1": F.col("card_token"), "card_token": under_k2}
    )
    asked = states(spark, globex=[opted_out(token("card1"))])
    tables = {**shared, "payments": changed, **asked}

    release = room(spark, ROTATING, tables).release("segments")

    assert ended(release) is Verdict.APPROVED
    (found,) = seen
    assert {n: len(tokens) for n, tokens in found.items()} == {
        "payments": 1000,
        "accounts": 999,
    }
    assert token("card1") not in found["accounts"]


def test_an_opt_out_under_a_key_that_a_table_lacks_is_not_overlooked(spark, shared):
    """The accounts have no tokens of the new key yet."""
    asked = states(spark, acme=[opted_out(token("card1", "k2"))])

    release = room(spark, ROTATING, {**shared, **asked}).release("segments")

    with pytest.raises(ConsentRefused, match=r"E613.*acme.*(payments|accounts) has"):
        ended(release)


def test_a_table_may_carry_columns_of_buckets(spark, shared):
    """As a party's Gold does; of another type they are refused."""
    bucket = F.pmod(F.hash("card_token"), F.lit(8))
    carries = {**shared, "payments": shared["payments"].withColumn(BUCKET, bucket)}

    release = room(spark, CONTRACT, {**carries, **states(spark)}).release("segments")

    assert ended(release) is Verdict.APPROVED
    with pytest.raises(TableRefused, match="E302"):
        room(spark, contract(), carries).release("segments")
    other = shared["payments"].withColumn(BUCKET, bucket.cast("string"))
    with pytest.raises(TableRefused, match=BUCKET):
        room(spark, CONTRACT, {**shared, "payments": other, **states(spark)}).release(
            "segments"
        )
