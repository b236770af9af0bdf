"""Raw identifiers in consent lines: the same tokens as in the shared tables, or none."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import pickle
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from cleanroom_join import SecretKey
from cleanroom_join.contract import Contract
from cleanroom_join.errors import KeyRefused, RevocationRefused, VectorMismatch
from cleanroom_join.party import KeyRing, RawIdentifiers, tokenise
from cleanroom_join.spark.revocation.event_lines import event_columns
from cleanroom_join.testing import TEST_KEY, contract_toml
from tests.support.frames import local_frame

CARD, SPACED, EMAIL = "4000000000000002", "4000 0000 0000 0002", "Ann@Example.com"
OLD = SecretKey.from_bytes(hashlib.sha256(b"old").digest())
ONE = 'keys = [{ id = "k1", state = "active" }]'
OVERLAP = 'keys = [{ id = "k2", state = "active" }, { id = "k1", state = "retiring" }]'
INGESTED = dt.datetime(2026, 11, 28, 10, tzinfo=dt.timezone.utc)

TWO_SUBJECTS = {
    "subjects": '[subjects.mail]\nkind = "email"\n'
    '[subjects.household]\nkind = ["name", "postcode_uk"]\n',
    "columns": 'mail_token = { subject = "mail", source = "mail" }\n'
    'home_token = { subject = "household", source = ["name", "postcode"] }\n',
}


def agreed(keys=ONE, *, several=False):
    """Return a contract while *keys* hold; the payments may carry several subjects."""
    text = (
        contract_toml(subjects=TWO_SUBJECTS["subjects"]) if several else contract_toml()
    )
    assert ONE in text
    text = text.replace(ONE, keys)
    if several:
        column = 'card_token = { subject = "card", source = "card_number" }\nregion'
        assert column in text
        columns = column.replace("region", TWO_SUBJECTS["columns"] + "region")
        text = text.replace(column, columns)
    return Contract.from_toml(text, sha256=Contract.from_toml(text).digest)


def line(**fields):
    """Return an opt-out by a raw identifier."""
    event = {
        "schema_version": 1,
        "event_id": "e1",
        "action": "OPT_OUT",
        "event_time": "2026-11-28T09:00:00Z",
        **fields,
    }
    return json.dumps({name: value for name, value in event.items() if value})


def events(spark, lines, raw):
    """Return the events of lines as tuples, in the lines' order."""
    rows = [(text, f"{number:03}") for number, text in enumerate(lines)]
    frame = local_frame(spark, rows, "value string, position string")
    found = event_columns(
        frame,
        ingested_at=F.lit(INGESTED),
        parties=["acme", "globex"],
        datasets=["payments"],
        tokenised=raw.tokenised,
    )
    chosen = found.select("position", "key", "key_id", "action", "quarantine")
    return sorted(map(tuple, chosen.collect()), key=lambda row: (row[0], row[2] or ""))


def digest(token):
    """Return the key of a subject."""
    return hashlib.sha256(token.encode()).hexdigest()


def gold_tokens(spark, contract, keys, number=CARD):
    """Return the tokens that the shared table has of a card, by column."""
    rows = [(number, "north", True, Decimal(1))]
    schema = "card_number string, region string, fraud boolean, amount decimal(10,2)"
    gold = tokenise(
        local_frame(spark, rows, schema), contract.asset("payments"), key=keys
    )
    return [v for n, v in gold.frame.first().asDict().items() if n.startswith("card")]


@pytest.mark.engine
def test_an_identifier_has_the_token_of_the_shared_table(spark):
    """However it is written; alone in the asset, its kind need not be named."""
    contract = agreed()
    raw = RawIdentifiers(terms=contract.asset("payments"), key=TEST_KEY)
    (token,) = gold_tokens(spark, contract, TEST_KEY)

    found = events(
        spark,
        [
            line(identifier=CARD, subject="card"),
            line(identifier=SPACED, kind="pan"),
            line(identifier=CARD),
            line(token=token),
        ],
        raw,
    )

    expected = (digest(token), "k1", "OPT_OUT", None)
    assert found == [(f"{number:03}", *expected) for number in range(4)]


def test_while_keys_change_an_opt_out_holds_for_each_token(spark):
    """One event per usable key; a line that cannot be read is still one."""
    contract = agreed(OVERLAP)
    keys = KeyRing({"k2": TEST_KEY, "k1": OLD})
    raw = RawIdentifiers(terms=contract.asset("payments"), key=keys)
    active, retiring = gold_tokens(spark, contract, keys)

    found = events(
        spark,
        [line(identifier=CARD), line(token=active), line(identifier="12"), ""],
        raw,
    )

    assert found == [
        ("000", digest(retiring), "k1", "OPT_OUT", None),
        ("000", digest(active), "k2", "OPT_OUT", None),
        ("001", digest(active), "k2", "OPT_OUT", None),
        ("002", None, None, None, "refused_identifier"),
        ("003", None, None, None, "empty_line"),
    ]


REFUSED = {
    "no card": {"identifier": "4000", "subject": "card"},
    "not text": {"identifier": 4000000000000002, "subject": "card"},
    "another kind": {"identifier": CARD, "subject": "card", "kind": "email"},
    "an unknown subject": {"identifier": CARD, "subject": "account"},
    "an unknown kind": {"identifier": CARD, "kind": "iban"},
    "a subject of several kinds": {"identifier": "ann", "subject": "household"},
    "one kind of these": {"identifier": "ann", "subject": "household", "kind": "name"},
    "not evident which": {"identifier": CARD},
    "a subject in capitals": {"identifier": CARD, "subject": "Card"},
    "a strange subject": {"identifier": CARD, "subject": "ca rd"},
}


def test_what_is_not_evident_or_refused_is_in_quarantine(spark):
    """Without effect: such a subject has no token, so no shared table has it."""
    contract = agreed(several=True)
    raw = RawIdentifiers(terms=contract.asset("payments"), key=TEST_KEY)

    found = events(spark, [line(**fields) for fields in REFUSED.values()], raw)

    assert [row[1:4] for row in found] == [(None, None, None)] * len(REFUSED)
    assert {row[4] for row in found} <= {"refused_identifier", "no_subject"}
    assert found[0][4] == "refused_identifier"


def test_of_several_subjects_the_line_names_one(spark):
    """By its name in the contract, or by a kind that only one of them has."""
    contract = agreed(several=True)
    raw = RawIdentifiers(terms=contract.asset("payments"), key=TEST_KEY)

    found = events(
        spark,
        [
            line(identifier=CARD, subject="card"),
            line(identifier=CARD, kind="pan"),
            line(identifier=EMAIL, subject="mail", kind="email"),
            line(identifier=EMAIL.lower(), kind="email"),
        ],
        raw,
    )

    keys = [row[1] for row in found]
    assert None not in keys
    assert (keys[0], keys[2]) == (keys[1], keys[3])
    assert keys[0] != keys[2]


@pytest.mark.engine
def test_a_stream_tokenises_in_its_plan(spark, tmp_path):
    """So the function of a batch has neither key nor identifier, and can be pickled."""
    lines, made = tmp_path / "lines", tmp_path / "made"
    lines.mkdir()
    (lines / "1.txt").write_text(line(identifier=CARD) + "\n")
    raw = RawIdentifiers(terms=agreed().asset("payments"), key=TEST_KEY)
    (token,) = gold_tokens(spark, agreed(), TEST_KEY)
    frame = spark.readStream.text(str(lines)).withColumn("position", F.lit("1"))
    found = event_columns(
        frame,
        ingested_at=F.current_timestamp(),
        parties=["acme"],
        datasets=["payments"],
        tokenised=raw.tokenised,
    )
    where = str(made)

    query = (
        found.writeStream.foreachBatch(
            lambda batch, _: batch.write.format("delta").mode("append").save(where)
        )
        .option("checkpointLocation", str(tmp_path / "checkpoint"))
        .trigger(availableNow=True)
        .start()
    )
    assert query.awaitTermination(120)

    (row,) = spark.read.format("delta").load(where).collect()
    assert (row.key, row.action, row.quarantine) == (digest(token), "OPT_OUT", None)
    kept = [p for part in (made, tmp_path / "checkpoint") for p in part.rglob("*")]
    assert len(kept) > 5
    assert not [p for p in kept if p.is_file() and CARD.encode() in p.read_bytes()]


def test_a_key_that_does_not_fit_is_refused_at_once():
    """Before any line is read: a retiring key that is missing would miss opt-outs."""
    with pytest.raises(KeyRefused, match="E205"):
        RawIdentifiers(terms=agreed(OVERLAP).asset("payments"), key=TEST_KEY)


def test_other_vectors_are_refused():
    """Their tokens would be other ones."""
    pinned = f'{ONE}\nvectors_sha256 = "{"0" * 64}"'

    with pytest.raises(VectorMismatch, match="E210"):
        RawIdentifiers(terms=agreed(pinned).asset("payments"), key=TEST_KEY)


def test_subjects_of_several_kinds_alone_are_refused():
    """A line has room for one identifier; whoever has such subjects sends tokens."""
    text = contract_toml().replace('kind = "pan"', 'kind = ["name", "postcode_uk"]')
    text = text.replace('source = "card_number"', 'source = ["name", "postcode"]')
    terms = Contract.from_toml(text).asset("payments")

    with pytest.raises(RevocationRefused, match="E643"):
        RawIdentifiers(terms=terms, key=TEST_KEY)


def test_it_shows_no_key_and_cannot_be_pickled():
    """So it never ends in the function of a batch."""
    raw = RawIdentifiers(terms=agreed().asset("payments"), key=TEST_KEY)

    assert "SecretKey" not in repr(raw)
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(raw)
