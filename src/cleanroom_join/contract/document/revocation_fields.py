"""The keys of `[revocation]`."""

from __future__ import annotations

from cleanroom_join.contract.document.lists import TextTable
from cleanroom_join.contract.document.records import Field, Record
from cleanroom_join.contract.document.scalars import Text, described, whole_number
from cleanroom_join.contract.terms.names import NAME, TABLE_NAME
from cleanroom_join.contract.terms.revocation import (
    LONGEST_MAX_AGE_HOURS,
    LONGEST_WITHIN_BUSINESS_DAYS,
    OnSuspension,
    RevocationTerms,
)

__all__ = ["REVOCATION"]

REVOCATION = Record(
    RevocationTerms,
    (
        Field(
            "max_age_hours",
            whole_number(1, LONGEST_MAX_AGE_HOURS),
            "A run is refused unless the consent state of each party is at most this"
            " old.",
        ),
        Field(
            "tables",
            TextTable(NAME, Text(TABLE_NAME)),
            "The consent state of each party, by the party's name, in that party's"
            " catalog; both are shared into the room.",
        ),
        Field(
            "on_suspension",
            described(OnSuspension),
            "What happens while a party or a table is suspended.",
            default=OnSuspension.STOP,
        ),
        Field(
            "within_business_days",
            whole_number(1, LONGEST_WITHIN_BUSINESS_DAYS),
            "An opt-out is excluded at most this many business days after it was"
            " received; the law allows no more.",
            default=LONGEST_WITHIN_BUSINESS_DAYS,
        ),
    ),
)
"""Whose consent a run asks, and how fresh it must be."""
