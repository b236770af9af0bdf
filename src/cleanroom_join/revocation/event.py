"""
Consent events and their total order: the last one of a subject decides.

The order is a join-semilattice: taking the later of two events is commutative,
associative and idempotent.  So every permutation, repetition and split into batches of
the same events ends in the same state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.described import Described
from cleanroom_join.errors import assert_never

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

__all__ = [
    "Action",
    "ConsentEvent",
    "Scope",
    "latest",
    "order_key",
    "restrictiveness",
]


class Scope(Described):
    """What an event is about."""

    SUBJECT = "subject", "One subject, by its token."
    PARTY = "party", "Every table of one party, by its alias in the contract."
    DATASET = "dataset", "One shared table, by its asset name in the contract."


class Action(Described):
    """What an event asks for."""

    OPT_IN = "OPT_IN", "The subject may be in the shared tables."
    OPT_OUT = "OPT_OUT", "The subject leaves the shared tables."
    ERASE = "ERASE", "The subject leaves, and its rows are erased from storage."
    RESUME = "RESUME", "The party or dataset takes part again."
    SUSPEND = "SUSPEND", "No run uses the party or dataset."

    @property
    def excludes(self) -> bool:
        """Whether subject, party or dataset is out after this action."""
        return self in (Action.OPT_OUT, Action.ERASE, Action.SUSPEND)

    def fits(self, scope: Scope) -> bool:
        """Return whether the action is one for *scope*."""
        for_subjects = self in (Action.OPT_IN, Action.OPT_OUT, Action.ERASE)
        return for_subjects is (scope is Scope.SUBJECT)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentEvent:
    """One event as it is stored; nothing in it is a token."""

    event_id: str
    """The source's own; empty if its line has none that is well-formed."""
    scope: Scope
    key: str
    """SHA-256 of the token, 64 hexadecimal digits; or the party, or the asset."""
    action: Action
    event_time: dt.datetime
    """When it happened, in UTC, and not later than the job read it."""
    source_seq: int
    """Number that the source counts its events with; 0 if it counts none."""
    received_at: dt.datetime
    """When the company received the request, UTC: deadlines begin here."""


def restrictiveness(action: Action) -> int:
    """
    Return how much an action restricts: of two at the same time, more restriction wins.

    Examples:
        >>> restrictiveness(Action.ERASE) > restrictiveness(Action.OPT_OUT)
        True
    """
    if action in (Action.OPT_IN, Action.RESUME):
        return 0
    if action in (Action.OPT_OUT, Action.SUSPEND):
        return 1
    if action is Action.ERASE:
        return 2
    return assert_never(action)


def order_key(event: ConsentEvent) -> tuple[dt.datetime, int, int, str]:
    """Return what events of one subject are ordered by; two events never tie."""
    return (
        event.event_time,
        event.source_seq,
        restrictiveness(event.action),
        event.event_id,
    )


def latest(events: Iterable[ConsentEvent]) -> dict[tuple[Scope, str], ConsentEvent]:
    """Return the event that decides, for each subject, party and dataset."""
    state: dict[tuple[Scope, str], ConsentEvent] = {}
    for event in events:
        about = event.scope, event.key
        if about not in state or order_key(event) > order_key(state[about]):
            state[about] = event
    return state
