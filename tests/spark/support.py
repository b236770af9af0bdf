"""Frames of tokens for the Spark tests, and a room that reads them."""

from __future__ import annotations

import hashlib

from cleanroom_join.crypto.library_digest import library_digest
from cleanroom_join.review import summary
from cleanroom_join.room import CleanRoom
from cleanroom_join.spark.ledger.anchor import ANCHOR_SCHEMA
from cleanroom_join.spark.ledger.entry_rows import LEDGER_SCHEMA
from tests.support.frames import local_frame


def token(name: str | None, key_id: str = "k1") -> str | None:
    """Return a well-formed token of a made-up subject."""
    return name and f"{key_id}:{hashlib.sha256(name.encode()).hexdigest()}"


def told(release) -> str:
    """Return the summary that a release has once it is saved."""
    return summary(release._report, full=True)


def ended(release):
    """Return the verdict that `save` acts on; raise the error that it would raise."""
    if release._refusal is not None:
        raise release._refusal.error()
    return release._report.verdict


def state(spark, entries=(), run=0, head="0" * 64) -> dict:
    """Return the encrypted rows so far, and where the other party says that they end."""
    return {
        "(ledger)": local_frame(spark, list(entries), LEDGER_SCHEMA),
        "(end)": (run, head),
    }


def anchor(spark, agreed, run=0, head="0" * 64, **other):
    """Return the other party's anchor, under a contract and this library."""
    named = {"contract": agreed.digest, "library": library_digest(), **other}
    row = (run, head, named["contract"], named["library"])
    return local_frame(spark, [row], ANCHOR_SCHEMA)


SECRET_SCHEMA = "secret string, ledger string"
LEDGER = "acme.state.ledger"


def secret(spark, party, ledger=LEDGER):
    """Return a party's half of the joint key, which names the ledger it secures."""
    half = hashlib.sha256(party.encode()).hexdigest()
    return local_frame(spark, [(half, ledger)], SECRET_SCHEMA)


def room(spark, contract, frames) -> CleanRoom:
    """
    Return a clean room whose shared tables are *frames*, by asset name.

    The other party agreed to the contract and the library, unless *frames* has an anchor.
    """
    tables = {**state(spark), **frames}
    if "(anchor)" not in tables:
        tables["(anchor)"] = anchor(spark, contract, *tables["(end)"])

    def source(asset):
        if asset.name == "(secret)":
            return frames.get(f"(secret) {asset.party}", secret(spark, asset.party))
        return tables[asset.name]

    return CleanRoom(spark, contract, source=source)


PAYMENTS = "card_token string, region string, fraud boolean, amount double"
ACCOUNTS = "card_token string, age_band string"


def payment_rows(cards: int = 1000) -> list[tuple]:
    """Return three payments for each card, of which a third are fraud."""
    regions = ["north", "south", "elsewhere", None]
    return [
        (token(f"card{i}"), regions[i % 4], (i + j) % 3 == 0, float(i % 90 + j))
        for i in range(cards)
        for j in range(3)
    ]


def account_rows(cards: int = 1000) -> list[tuple]:
    """Return one account for each card."""
    return [(token(f"card{i}"), "young" if i % 8 < 4 else "old") for i in range(cards)]


def frames(spark, payments=None, accounts=None) -> dict:
    """Return both shared tables."""
    return {
        "payments": local_frame(spark, payments or payment_rows(), PAYMENTS),
        "accounts": local_frame(spark, accounts or account_rows(), ACCOUNTS),
    }
