"""The keys of `[ledger]`."""

from __future__ import annotations

from cleanroom_join.contract.document.lists import ListOf
from cleanroom_join.contract.document.records import Field, Record
from cleanroom_join.contract.document.scalars import Text, described, whole_number
from cleanroom_join.contract.terms.model import LedgerTerms, Reveal
from cleanroom_join.contract.terms.names import NAME, TABLE_NAME

__all__ = ["LEDGER"]

LEDGER = Record(
    LedgerTerms,
    (
        Field(
            "party", Text(NAME), "The party that runs the room and keeps the ledger."
        ),
        Field("table", Text(TABLE_NAME), "The ledger, in that party's catalog."),
        Field(
            "anchor",
            Text(TABLE_NAME),
            "One row of the other party: the last entry that it confirms, and the"
            " digests of contract and library that it agreed to.",
        ),
        Field(
            "secret",
            Text(TABLE_NAME),
            "One row of each party, in its own catalog: its half of the joint key, and"
            " the name of the ledger, `party.schema.table`.",
        ),
        Field(
            "reveal",
            described(Reveal),
            "When the figures of a release are shown.",
            default=Reveal.AT_ONCE,
        ),
        Field(
            "uncompared_through",
            whole_number(0, 1_000_000_000),
            "Both parties accept that the releases up to this run are not compared with"
            " later ones about tokens of another key or another kind of subject.",
            default=0,
        ),
        Field(
            "kinds_apart",
            ListOf(Text(NAME), "a list of kinds of subject"),
            "Kinds of subject of which no two stand for the same people: releases about"
            " one are not compared with releases about another.",
            default=(),
        ),
    ),
)
"""Where the record of earlier releases is."""
