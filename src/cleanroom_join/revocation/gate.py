"""
The gate before a run: whether the consent states of both parties can be relied on.

Two kinds of errors.  What a state says of a party or a table stops a run before any row
of a table is read, and may be told at once.  What it says of subjects, if only that one
of them has an odd row, depends on data: a run records it like an answer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract import OnSuspension
from cleanroom_join.errors import ConsentRefused, assert_never, printable
from cleanroom_join.revocation.event import Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cleanroom_join.contract import RevocationTerms

__all__ = ["CLOCK_SKEW", "StateFacts", "Suspended", "party_error", "subjects_error"]

CLOCK_SKEW = dt.timedelta(minutes=1)
"""
How much later than the room's clock a heartbeat may be.

Clocks of two machines differ by fractions of a second where they follow NTP; a job that
began just now must not be refused for that.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspended:
    """A party or a table that no run uses."""

    scope: Scope
    """Of a party or a dataset."""
    name: str
    """Alias of the party, or name of the asset."""

    def __str__(self) -> str:
        """Name it, for an error."""
        if self.scope is Scope.PARTY:
            return f'party "{printable(self.name)}"'
        return f'table "{printable(self.name)}"'


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class StateFacts:
    """What a run must know of one party's consent state; nothing names a subject."""

    party: str
    """Whose state it is."""
    heartbeat: dt.datetime | None
    """Up to when it has every event, UTC; None if it does not say so."""
    suspended: tuple[Suspended, ...] = ()
    """Which parties and tables of the query are suspended."""
    has_odd_rows: bool = False
    """Whether a key is there twice, or has an unknown scope, action or form."""
    excluded_key_ids: frozenset[str] = frozenset()
    """Key ids, of those that the contract accepts, of excluded subjects."""
    has_other_key_ids: bool = False
    """Whether excluded subjects have tokens of any other key."""


def party_error(
    states: Iterable[StateFacts], terms: RevocationTerms, now: dt.datetime
) -> ConsentRefused | None:
    """
    Return why a run may not begin, whoever the subjects are.

    Args:
        states: The consent state of every party.
        terms: What the contract says of revocation.
        now: The time of the run, UTC.

    Returns:
        E610 if a state is stale or without a heartbeat, E611 if a party or a table of
        the query is suspended; the first of these, or None.
    """
    states = list(states)
    for state in states:
        error = _age_error(state, terms, now)
        if error is not None:
            return error
    for state in states:
        for suspended in state.suspended:
            return _suspension_error(suspended, state.party, terms)
    return None


def subjects_error(
    states: Iterable[StateFacts], accepted: Collection[str]
) -> ConsentRefused | None:
    """
    Return what is wrong with the rows about subjects; depends on data.

    Args:
        states: The consent state of every party.
        accepted: Key ids whose tokens every table of the run has.

    Returns:
        E612 for rows that no revocation job writes, E613 for excluded subjects whose
        tokens no table has; the first of these, or None.
    """
    states = list(states)
    for state in states:
        if state.has_odd_rows:
            return ConsentRefused.odd_rows(state.party)
    for state in states:
        if state.has_other_key_ids or state.excluded_key_ids - set(accepted):
            return ConsentRefused.other_key_ids(state.party)
    return None


def _age_error(
    state: StateFacts, terms: RevocationTerms, now: dt.datetime
) -> ConsentRefused | None:
    """Return why a state is not fresh."""
    if state.heartbeat is None:
        return ConsentRefused.no_heartbeat(state.party)
    age = now - state.heartbeat
    if age < -CLOCK_SKEW:
        return ConsentRefused.early_heartbeat(state.party)
    if age > dt.timedelta(hours=terms.max_age_hours):
        # Rounded up: 24 hours and a minute are more than 24.
        hours = -(-age // dt.timedelta(hours=1))
        return ConsentRefused.stale(state.party, hours, terms.max_age_hours)
    return None


def _suspension_error(
    suspended: Suspended, by: str, terms: RevocationTerms
) -> ConsentRefused:
    """Return the error of a suspended party or table."""
    if terms.on_suspension is OnSuspension.STOP:
        return ConsentRefused.suspended(str(suspended), by)
    return assert_never(terms.on_suspension)
