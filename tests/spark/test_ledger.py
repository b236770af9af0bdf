"""The ledger: verified or not approved, sealed, and remembered by the guard."""

from __future__ import annotations

import hashlib
import pickle
import re
from pathlib import Path

import pytest

from cleanroom_join.errors import DisclosureError, ReleaseRefused
from cleanroom_join.review import Check, Verdict
from cleanroom_join.spark.ledger import tables as ledger
from cleanroom_join.spark.ledger.anchor import ANCHOR_SCHEMA
from cleanroom_join.spark.ledger.entry_rows import LEDGER_SCHEMA
from cleanroom_join.spark.ledger.joint_key import read_secret
from cleanroom_join.spark.ledger.tables import first_ledger
from cleanroom_join.testing import contract, contract_toml
from tests.spark.support import (
    LEDGER,
    SECRET_SCHEMA,
    account_rows,
    anchor,
    ended,
    frames,
    payment_rows,
    room,
    secret,
    state,
    token,
    told,
)
from tests.support.frames import local_frame


@pytest.fixture(scope="module")
def shared(spark):
    """Both shared tables."""
    return frames(spark)


@pytest.fixture(scope="module")
def first(spark, shared):
    """The first approved release, with what it adds to the ledger."""
    return room(spark, contract(), shared).release("segments")


@pytest.fixture
def schema(spark):
    """A schema of its own for what is written."""
    spark.sql("CREATE SCHEMA ledger_outputs")
    yield "ledger_outputs"
    spark.sql("DROP SCHEMA ledger_outputs CASCADE")


def rows_and_end(release):
    """Return the ledger rows of a release and where the ledger ends with it."""
    added = release._entry
    return list(added.rows), added.end.run, added.end.head


def without(cards, gone):
    """Return payments and accounts without some cards."""
    out = {token(f"card{i}") for i in gone}
    return (
        [r for r in payment_rows(cards) if r[0] not in out],
        [r for r in account_rows(cards) if r[0] not in out],
    )


def again(spark, release, payments, accounts, text=None):
    """Release a second time, with the ledger of the first."""
    rows, run, head = rows_and_end(release)
    tables = {**frames(spark, payments, accounts), **state(spark, rows, run, head)}
    agreed = contract(text or contract_toml())
    return room(spark, agreed, tables).release("segments")


def test_the_first_release_begins_the_ledger(first):
    """Run 1, one row for the header and one per published cell."""
    rows, run, head = rows_and_end(first)

    assert ended(first) is Verdict.APPROVED
    assert run == 1
    assert len(head) == 64
    assert len(rows) == 1 + len(first._rows)
    assert f"run 1, head {head}" in told(first)


def test_the_ledger_shows_nothing(first):
    """Sealed parts hold no label, figure or token in the clear, and differ each time."""
    rows, _, _ = rows_and_end(first)

    sealed = b"".join(bytes(row[4]) for row in rows)
    assert len({bytes(row[4])[:12] for row in rows}) == len(rows)
    # Three bytes, such as a token's "k1:", stand in encrypted chunks by chance.
    for text in (b"north", b"segments", b"cohort", token("card1").encode()):
        assert text not in sealed


def test_the_same_data_again_is_the_same_release(spark, first):
    """Asking again teaches nothing, and says so."""
    second = again(spark, first, payment_rows(), account_rows())

    assert ended(second) is Verdict.APPROVED
    assert second._digest == first._digest
    assert second._entry.end.run == 2


def test_one_opt_out_repeats_the_cell(spark, first):
    """The figures of a cell that one subject left are those of the last release."""
    payments, accounts = without(1000, [0])

    second = again(spark, first, payments, accounts)

    assert ended(second) is Verdict.APPROVED
    assert second._rows == first._rows


def test_withhold_withholds_it(spark, first):
    """Or the cell is not shown at all, and its neighbours are."""
    payments, accounts = without(1000, [0])
    text = contract_toml(policy='differencing = "suppress"')

    second = again(spark, first, payments, accounts, text)

    assert {r[:2] for r in first._rows} - {r[:2] for r in second._rows} == {
        ("north", "young")
    }


@pytest.fixture
def spoil(spark, first, shared):
    """Return a function that answers once more with some table of the ledger changed."""
    rows, run, head = rows_and_end(first)

    def ask(**changed):
        tables = {
            **shared,
            **state(
                spark,
                changed.get("rows", rows),
                changed.get("run", run),
                changed.get("head", head),
            ),
            **changed.get("tables", {}),
        }
        return room(spark, contract(), tables).release("segments")

    ask.rows = rows
    return ask


def other_key(spark, party):
    """Return a secret that is not the party's."""
    return local_frame(
        spark, [(hashlib.sha256(b"x").hexdigest(), LEDGER)], SECRET_SCHEMA
    )


CASES = {
    "cut off": lambda s, _: s(rows=[]),
    "ahead of the anchor": lambda s, _: s(run=0, head="0" * 64),
    "forked": lambda s, _: s(head="1" * 64),
    "a part left out": lambda s, _: s(rows=s.rows[:-1]),
    "a part repeated": lambda s, _: s(rows=[*s.rows, s.rows[-1]]),
    "parts exchanged": lambda s, _: s(
        rows=[
            *s.rows[:-2],
            (*s.rows[-2][:4], s.rows[-1][4]),
            (*s.rows[-1][:4], s.rows[-2][4]),
        ]
    ),
    "a bit turned": lambda s, _: s(
        rows=[
            (*s.rows[0][:4], bytearray([s.rows[0][4][0] ^ 1, *s.rows[0][4][1:]])),
            *s.rows[1:],
        ]
    ),
    "another run number": lambda s, _: s(rows=[(2, *r[1:]) for r in s.rows], run=2),
    "another head": lambda s, _: s(
        rows=[(*r[:3], "2" * 64, r[4]) for r in s.rows], head="2" * 64
    ),
    "another secret": lambda s, spark: s(
        tables={"(secret) acme": other_key(spark, "acme")}
    ),
    "two secrets": lambda s, spark: s(
        tables={
            "(secret) acme": secret(spark, "acme").unionByName(secret(spark, "acme"))
        }
    ),
    "a weak secret": lambda s, spark: s(
        tables={
            "(secret) acme": local_frame(spark, [("0" * 64, LEDGER)], SECRET_SCHEMA)
        }
    ),
    "a secret of another ledger": lambda s, spark: s(
        tables={"(secret) acme": secret(spark, "acme", "acme.state.ledger_2")}
    ),
    "a secret that names no ledger": lambda s, spark: s(
        tables={"(secret) globex": secret(spark, "globex").drop("ledger")}
    ),
    "another table": lambda s, spark: s(tables={"(ledger)": spark.range(1)}),
}


@pytest.mark.parametrize("case", CASES)
def test_whatever_is_wrong_with_the_ledger_is_not_approved(spark, spoil, case):
    """Missing, stale, forked and forged: a person must look."""
    release = CASES[case](spoil, spark)

    assert release.verdict is Verdict.NEEDS_REVIEW
    assert [f.check for f in release.review.findings] == [Check.LEDGER]
    with pytest.raises(ReleaseRefused):
        release.save("spark_catalog", "default")
    assert release._entry is None


def test_entries_of_another_form_need_a_review(spoil, monkeypatch):
    """What an older version did not record cannot be compared with."""
    monkeypatch.setattr(ledger, "FORM", ledger.FORM + 1)

    release = spoil()

    assert release.verdict is Verdict.NEEDS_REVIEW
    assert [f.check for f in release.review.findings] == [Check.LEDGER]
    assert "lacks" in str(release.review.findings[0])


NOBODYS = "5" * 64
"""A digest that nobody agreed to."""

NOT_AGREED = {
    "no anchor": lambda spark: (
        local_frame(spark, [], ANCHOR_SCHEMA),
        "contract_sha256",
    ),
    "two anchors": lambda spark: (
        anchor(spark, contract()).unionByName(anchor(spark, contract())),
        "contract_sha256",
    ),
    "an anchor of the old form": lambda spark: (
        local_frame(spark, [(0, "0" * 64)], "run bigint, head string"),
        "contract_sha256",
    ),
    "another contract": lambda spark: (
        anchor(spark, contract(), contract=NOBODYS),
        NOBODYS,
    ),
    "another library": lambda spark: (
        anchor(spark, contract(), library=NOBODYS),
        NOBODYS,
    ),
    "no contract": lambda spark: (
        anchor(spark, contract(), contract=None),
        "contract_sha256",
    ),
    "no library": lambda spark: (
        anchor(spark, contract(), library=""),
        "library_sha256",
    ),
}
"""Anchors that do not agree to what runs, with what the finding quotes."""


@pytest.mark.parametrize("case", NOT_AGREED)
def test_what_the_anchor_does_not_agree_to_is_not_approved(spark, shared, case):
    """Whatever the runner brings: the other party's row decides, and the finding says so."""
    row, quoted = NOT_AGREED[case](spark)

    release = room(spark, contract(), {**shared, "(anchor)": row}).release("segments")

    assert release.verdict is Verdict.NEEDS_REVIEW
    found = [f for f in release.review.findings if f.check is Check.AGREED]
    assert quoted in str(found[0])
    with pytest.raises(ReleaseRefused):
        release.save("spark_catalog", "default")
    assert release._entry is None


def test_an_anchor_of_the_old_form_says_what_to_do(spark, shared):
    """It is outdated, not empty: the summary names columns and command."""
    old = local_frame(spark, [(0, "0" * 64)], "run bigint, head string")

    release = room(spark, contract(), {**shared, "(anchor)": old}).release("segments")

    text = " ".join(release.summary().split())
    assert "ledger: the ledger is outdated" in text
    assert "adds contract_sha256 and library_sha256" in text
    assert "`cleanroom-join check` prints" in text


def test_a_runners_own_contract_is_not_what_was_agreed(spark, shared):
    """With a digest of its own it verifies ledger and joint key, and is not approved."""
    own = contract(contract_toml(policy="min_opposite = 2"))
    agreed = anchor(spark, contract())

    release = room(spark, own, {**shared, "(anchor)": agreed}).release("segments")

    assert [f.check for f in release.review.findings] == [Check.AGREED]
    assert own.digest in str(release.review.findings[0])
    assert contract().digest in str(release.review.findings[0])


def test_the_revision_of_the_ledger_never_falls(spark, shared):
    """Even if the anchor names the older revision."""
    newer = contract(contract_toml().replace("revision = 1", "revision = 2"))
    rows, run, head = rows_and_end(room(spark, newer, shared).release("segments"))
    ledger = state(spark, rows, run, head)

    same = room(spark, newer, {**shared, **ledger}).release("segments")
    older = room(spark, contract(), {**shared, **ledger}).release("segments")

    assert ended(same) is Verdict.APPROVED
    assert older.verdict is Verdict.NEEDS_REVIEW
    (finding,) = older.review.findings
    assert finding.check is Check.AGREED
    assert "revision 1" in str(finding)
    assert "revision 2" in str(finding)


def another(text):
    """Return a second contract of the same two companies."""
    named = 'id = "second-project"\npartnership = "test-collaboration"'
    return contract(text.replace('id = "test-collaboration"', named))


def test_a_second_contract_of_the_pair_is_compared(spark, first):
    """One opt-out later the other contract shows the figures of the first."""
    rows, run, head = rows_and_end(first)
    payments, accounts = without(1000, [0])
    tables = {**frames(spark, payments, accounts), **state(spark, rows, run, head)}

    second = room(spark, another(contract_toml()), tables).release("segments")

    assert ended(second) is Verdict.APPROVED
    assert second._rows == first._rows
    assert second._entry.end.run == 2


def test_a_second_contract_with_tokens_of_its_own_waits(spark, first):
    """Their hashes say nothing about the same people, so nothing is compared."""
    rows, run, head = rows_and_end(first)
    text = contract_toml().replace('id = "test-collaboration"', 'id = "second-project"')
    tables = {
        **frames(spark, payment_rows(), account_rows()),
        **state(spark, rows, run, head),
    }

    second = room(spark, contract(text), tables).release("segments")

    with pytest.raises(ReleaseRefused, match=r"\[E501\].*NEEDS_REVIEW.*compared"):
        ended(second)


def test_a_renamed_asset_is_compared(spark, first):
    """One opt-out later, under a revision with another name for the table."""
    payments, accounts = without(1000, [0])
    rows, run, head = rows_and_end(first)
    text = (
        contract_toml()
        .replace("payments", "payments_2")
        .replace("signals.payments_2", "signals.payments")
    )
    tables = {**frames(spark, payments, accounts), **state(spark, rows, run, head)}
    tables["payments_2"] = tables.pop("payments")

    second = room(spark, contract(text), tables).release("segments")

    assert ended(second) is Verdict.APPROVED
    assert second._rows == first._rows


def test_one_cards_rows_repeat_the_cell(spark, first):
    """The same people, one of them with twenty more payments: the earlier figures."""
    more = [r for r in payment_rows() if r[0] == token("card0")] * 20

    second = again(spark, first, [*payment_rows(), *more], account_rows())

    assert ended(second) is Verdict.APPROVED
    assert second._rows == first._rows


def test_without_a_ledger_in_the_contract_nothing_is_approved(spark, shared):
    """A room that forgets cannot tell what a difference would reveal."""
    text = contract_toml()
    start = text.index("[ledger]")
    cut = text[:start] + text[text.index("[tokens]") :]

    release = room(spark, contract(cut), shared).release("segments")

    assert {f.check for f in release.review.findings} == {Check.AGREED, Check.LEDGER}


def test_two_outputs_of_one_room_know_of_each_other(spark, shared, schema):
    """The second release of a run is compared with the first."""
    text = contract_toml() + (
        '[outputs.by_region]\njoin = ["payments", "accounts"]\non = "card"\n'
        'group_by = ["region"]\nmeasures = { n = { function = "count" } }\n'
    )
    opened = room(spark, contract(text), shared)

    releases = []
    for output in ("segments", "by_region"):
        releases.append(opened.release(output))
        releases[-1].save("spark_catalog", schema)

    assert [release._entry.end.run for release in releases] == [1, 2]


def test_the_number_of_releases_is_limited(spark, shared, schema):
    """All outputs of a contract together."""
    agreed = contract(contract_toml(policy="releases = { total = 1 }"))
    opened = room(spark, agreed, shared)
    opened.release("segments").save("spark_catalog", schema)

    with pytest.raises(DisclosureError, match="E403") as caught:
        opened.release("segments")

    assert caught.value.code == "E403"


@pytest.mark.engine
def test_the_saved_entry_is_what_the_room_takes_back(spark, first, shared):
    """Written beside the output, read as a table, verified."""
    spark.sql("CREATE SCHEMA IF NOT EXISTS ledger_back")
    saved = first.save("spark_catalog", "ledger_back")
    added = spark.table("spark_catalog.ledger_back.ledger_run_1")
    _, run, head = rows_and_end(first)
    assert (saved.ledger.run, saved.ledger.head) == (run, head)
    assert saved.ledger.table == "`spark_catalog`.`ledger_back`.`ledger_run_1`"
    tables = {**shared, **state(spark, (), run, head), "(ledger)": added}

    second = room(spark, contract(), tables).release("segments")

    assert added.schema == spark.createDataFrame([], LEDGER_SCHEMA).schema
    assert ended(second) is Verdict.APPROVED
    spark.sql("DROP SCHEMA ledger_back CASCADE")


def test_the_joint_key_shows_and_travels_nowhere():
    """Neither its repr nor a pickle has it."""
    key = first_ledger(contract()).key

    assert repr(key) == "JointKey(<redacted>)"
    with pytest.raises(TypeError):
        pickle.dumps(key)


@pytest.mark.engine
def test_the_guide_makes_a_secret_that_is_accepted(spark):
    """Its Python is executed as it stands; running it again replaces nothing."""
    page = Path(__file__).parents[2] / "docs" / "howto" / "keep-the-ledger.md"
    code, *_ = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    lines = "\n".join(line.strip() for line in code.splitlines())
    spark.sql("CREATE SCHEMA cleanroom")
    try:
        exec(lines, {"spark": spark})
        table = spark.table("cleanroom.secret")
        half = read_secret(table, "acme", "acme.cleanroom.ledger")
        with pytest.raises(Exception, match="ALREADY_EXISTS"):
            exec(lines, {"spark": spark})
    finally:
        spark.sql("DROP SCHEMA cleanroom CASCADE")

    assert len(half) == 32
