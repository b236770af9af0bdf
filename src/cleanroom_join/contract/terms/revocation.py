"""What a contract says of revocation: whose consent is asked, and how fresh it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.described import Described

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "LONGEST_MAX_AGE_HOURS",
    "LONGEST_WITHIN_BUSINESS_DAYS",
    "OnSuspension",
    "RevocationTerms",
    "state_name",
]

LONGEST_MAX_AGE_HOURS = 744
"""31 days: a state that is older says little about the consent of today."""

LONGEST_WITHIN_BUSINESS_DAYS = 15
"""
From the request to the exclusion, at most.

California Code of Regulations, title 11, section 7026 (f)(1): "as soon as feasibly
possible, but no later than 15 business days from the date the business receives the
request" to opt out.
"""


class OnSuspension(Described):
    """What happens while a party or one of its tables is suspended."""

    STOP = "stop", "A run that uses the table, or any table of the party, is refused."


@dataclass(frozen=True, kw_only=True, slots=True)
class RevocationTerms:
    """Where each party keeps the consent of its subjects, and how it is applied."""

    max_age_hours: int
    """A consent state whose heartbeat is older stops the run, 1 to 744."""
    tables: Mapping[str, str]
    """By party, ``schema.table`` of its consent state in its own catalog."""
    on_suspension: OnSuspension = OnSuspension.STOP
    """What happens while a party or a table is suspended."""
    within_business_days: int = LONGEST_WITHIN_BUSINESS_DAYS
    """From receiving an opt-out to its exclusion, at most; 1 to 15."""


def state_name(party: str) -> str:
    """
    Return what a party's consent state is called beside assets; no asset is called so.

    Examples:
        >>> state_name("acme")
        '(consent of acme)'
    """
    return f"(consent of {party})"
