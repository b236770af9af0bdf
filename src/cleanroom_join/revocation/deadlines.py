"""
How long opt-outs take, from received to excluded, against the limits for it.

The law's limit is 15 business days (CCPA regulations, 11 CCR §7026(f): "as soon as
feasibly possible, but no later than 15 business days from the date the business
receives the request").  A contract may have a shorter one.

Every choice here falls on the early side: public holidays count as business days, the
clock of the request is unknown and the one with the earliest end of the day counts, and
times are rounded to whole hours so that an event seems due earlier and excluded later
than it was.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "LEGAL_BUSINESS_DAYS",
    "Alert",
    "Deadline",
    "Latencies",
    "LatencyClass",
    "ReceivedEvents",
    "due_at",
    "latencies",
    "shortest_span",
]

LEGAL_BUSINESS_DAYS = 15
"""Of 11 CCR §7026(f)."""

_QUARTERS = range(-12 * 4, 14 * 4 + 1)
"""Offsets from UTC of the clocks on Earth, in quarters of an hour."""
_SATURDAY = 5
_HOUR = dt.timedelta(hours=1)


class Alert(Enum):
    """What a privacy officer must do, most urgent last."""

    NONE = "in time"
    DUE_SOON = "due soon"
    BREACHED = "breached"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedEvents:
    """Restrictive events of one hour that took equally long."""

    received: dt.datetime
    """Beginning of the hour in which they were received, UTC."""
    latency: dt.timedelta | None
    """From received to excluded, rounded up to hours; None if they are pending."""
    events: int

    @property
    def excluded(self) -> dt.datetime | None:
        """When the last of them was excluded, at the latest."""
        return None if self.latency is None else self.received + _HOUR + self.latency


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class LatencyClass:
    """Events whose latency lies between two limits."""

    up_to: dt.timedelta | None
    """None in the last class, which has no upper limit."""
    events: int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Deadline:
    """How the events stand against one limit."""

    business_days: int
    late: int
    """Events that were excluded after they were due."""
    overdue: int
    """Events that are not excluded, and were due before now."""
    due_soon: int
    """Events that are not excluded, and are due within the notice."""
    next_due: dt.datetime | None
    """When the first pending event that is not overdue is due."""

    @property
    def alert(self) -> Alert:
        """What to do about it."""
        if self.late or self.overdue:
            return Alert.BREACHED
        return Alert.DUE_SOON if self.due_soon else Alert.NONE


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Latencies:
    """
    The latencies of a party's restrictive events; for its own privacy officer.

    The counts are exact, so `report` shows them only as classes of size.
    """

    now: dt.datetime
    notice: dt.timedelta
    """How long before it is due a pending event is an alert."""
    classes: tuple[LatencyClass, ...]
    """Of excluded events, by latency."""
    pending: int
    """Events that no Gold table is known to be without."""
    largest: dt.timedelta | None
    """Of excluded events, rounded up to hours; None if there is none."""
    longest_pending: dt.timedelta | None
    """How long the oldest pending event waits, rounded up to hours."""
    deadlines: tuple[Deadline, ...]
    """The contract's limit, then the law's if it is another."""

    @property
    def alert(self) -> Alert:
        """The most urgent of the deadlines' alerts."""
        order = list(Alert)
        return max((d.alert for d in self.deadlines), key=order.index)


_CLASSES = tuple(
    dt.timedelta(hours=hours) for hours in (1, 6, 24, 2 * 24, 7 * 24, 14 * 24, 21 * 24)
)
"""Upper limits of the classes; 15 business days are 21 days at most."""


@lru_cache(maxsize=4096)
def due_at(received: dt.datetime, business_days: int) -> dt.datetime:
    """
    Return when an event is due: no clock on Earth has an earlier end of its last day.

    Days are counted from the day after the one on which the event was received, from
    Monday to Friday.  An event of a weekend counts like one of the Friday before.

    Args:
        received: When the event was received, with a zone.
        business_days: At least 1.

    Examples:
        >>> monday = dt.datetime(2026, 11, 30, 10, tzinfo=dt.timezone.utc)
        >>> due_at(monday, 1).isoformat()
        '2026-12-01T10:15:00+00:00'
    """
    return min(
        _day_ends(received.astimezone(_clock(quarters)), business_days)
        for quarters in _QUARTERS
    )


@lru_cache(maxsize=64)
def shortest_span(business_days: int) -> dt.timedelta:
    """
    Return how long at least an event has from received to due.

    Examples:
        >>> shortest_span(15).days
        19
    """
    start = dt.datetime(2026, 11, 30, tzinfo=dt.timezone.utc)
    week = [start + hours * _HOUR for hours in range(7 * 24)]
    return min(due_at(received, business_days) - received for received in week)


def latencies(
    received: Iterable[ReceivedEvents],
    *,
    business_days: int,
    now: dt.datetime,
    notice: dt.timedelta,
) -> Latencies:
    """
    Return how long events took, and how they stand against both limits.

    Args:
        received: Restrictive events, each counted once however often it was delivered.
        business_days: The contract's limit, at least 1.
        now: With a zone.
        notice: How long before it is due a pending event is an alert.
    """
    found = [group for group in received if group.events]
    took = [(g.latency, g.events) for g in found if g.latency is not None]
    pending = [g for g in found if g.latency is None]
    waiting = [max(now - g.received, dt.timedelta()) for g in pending]
    limits = dict.fromkeys((business_days, LEGAL_BUSINESS_DAYS))
    return Latencies(
        now=now,
        notice=notice,
        classes=_classes(took),
        pending=sum(g.events for g in pending),
        largest=max((latency for latency, _ in took), default=None),
        longest_pending=_whole_hours(max(waiting)) if waiting else None,
        deadlines=tuple(_deadline(found, days, now, notice) for days in limits),
    )


def _classes(took: Sequence[tuple[dt.timedelta, int]]) -> tuple[LatencyClass, ...]:
    """Return how many events took how long."""
    lower: dt.timedelta | None = None
    classes = []
    for upper in (*_CLASSES, None):
        events = sum(
            n
            for latency, n in took
            if (lower is None or latency > lower)
            and (upper is None or latency <= upper)
        )
        classes.append(LatencyClass(up_to=upper, events=events))
        lower = upper
    return tuple(classes)


def _deadline(
    found: Sequence[ReceivedEvents],
    business_days: int,
    now: dt.datetime,
    notice: dt.timedelta,
) -> Deadline:
    """Return how events stand against one limit."""
    late = overdue = due_soon = 0
    upcoming = []
    for group in found:
        due = due_at(group.received, business_days)
        if group.excluded is not None:
            late += group.events if group.excluded > due else 0
        elif due < now:
            overdue += group.events
        else:
            upcoming.append(due)
            due_soon += group.events if due - now <= notice else 0
    return Deadline(
        business_days=business_days,
        late=late,
        overdue=overdue,
        due_soon=due_soon,
        next_due=min(upcoming, default=None),
    )


def _clock(quarters: int) -> dt.timezone:
    """Return the clock at an offset from UTC."""
    return dt.timezone(dt.timedelta(minutes=15 * quarters))


def _day_ends(received: dt.datetime, business_days: int) -> dt.datetime:
    """Return, in UTC, the end of the last of so many business days of a clock."""
    day = received.date()
    for _ in range(business_days):
        day += dt.timedelta(days=1)
        while day.weekday() >= _SATURDAY:
            day += dt.timedelta(days=1)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), received.tzinfo)
    return end.astimezone(dt.timezone.utc)


def _whole_hours(span: dt.timedelta) -> dt.timedelta:
    """Return a span rounded up to hours."""
    return -(-span // _HOUR) * _HOUR
