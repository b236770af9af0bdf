"""Deadlines: when an event is due, how long events took, and alerts before a breach."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.revocation.deadlines import (
    LEGAL_BUSINESS_DAYS,
    Alert,
    ReceivedEvents,
    due_at,
    latencies,
    shortest_span,
)

UTC = dt.timezone.utc
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MONDAY = dt.datetime(2026, 11, 30, tzinfo=UTC)

times = st.integers(0, 100 * 366 * 24 * 60 * 60).map(
    lambda seconds: dt.datetime(2000, 1, 1, tzinfo=UTC) + dt.timedelta(seconds=seconds)
)
clocks = st.integers(-12 * 4, 14 * 4).map(
    lambda quarters: dt.timezone(dt.timedelta(minutes=15 * quarters))
)


def business_days_between(first, last):
    """Return how many days from Monday to Friday are after *first*, up to *last*."""
    days = (first + n * DAY for n in range(1, (last - first).days + 1))
    return sum(day.weekday() < 5 for day in days)


def group(received, latency, events=1):
    """Return events that took so many hours, or wait."""
    took = None if latency is None else latency * HOUR
    return ReceivedEvents(received=received, latency=took, events=events)


def found(*groups, business_days=5, now=MONDAY, notice=DAY):
    """Return the latencies of groups."""
    return latencies(groups, business_days=business_days, now=now, notice=notice)


@given(received=times, clock=clocks, days=st.integers(1, 20))
def test_an_event_is_due_before_its_last_day_has_ended_on_any_clock(
    received, clock, days
):
    """A clock on which the event was received later, or on a weekend, included."""
    due = due_at(received, days)

    last = (due - dt.timedelta(microseconds=1)).astimezone(clock).date()
    assert business_days_between(received.astimezone(clock).date(), last) <= days


@given(received=times, days=st.integers(1, 20))
def test_an_event_is_not_due_before_a_whole_business_day(received, days):
    """So nobody breaches a limit by receiving an event."""
    assert due_at(received, days) >= received + DAY


@given(received=times, days=st.integers(1, 20))
def test_some_clock_has_the_due_time_as_the_end_of_the_last_day(received, days):
    """The limit is no stricter than the strictest clock makes it."""
    due = due_at(received, days)
    offsets = [dt.timezone(dt.timedelta(minutes=15 * q)) for q in range(-48, 57)]

    assert any(
        due.astimezone(clock).time() == dt.time()
        and business_days_between(
            received.astimezone(clock).date(), due.astimezone(clock).date() - DAY
        )
        == days
        for clock in offsets
    )


def test_fifteen_business_days_are_three_weeks_less_a_weekend_at_worst():
    """An event of a Sunday is due on Friday: nineteen days later."""
    assert LEGAL_BUSINESS_DAYS == 15
    assert shortest_span(15) // DAY == 19
    assert due_at(MONDAY + 12 * HOUR, 15).date() == dt.date(2026, 12, 21)
    assert due_at(MONDAY - 20 * HOUR, 15).date() == dt.date(2026, 12, 18)


def test_public_holidays_count_as_business_days():
    """Thursday 26 November 2026 is Thanksgiving; ignoring it is the early side."""
    wednesday = dt.datetime(2026, 11, 25, 15, tzinfo=UTC)

    assert due_at(wednesday, 1) < dt.datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_events_are_counted_by_how_long_they_took():
    """Up to a limit, it included; what waits is counted by itself."""
    taken = [(1, 4), (6, 2), (7, 3), (24 * 21 + 1, 5)]

    result = found(
        *(group(MONDAY - 60 * DAY, hours, events) for hours, events in taken),
        group(MONDAY - 2 * HOUR, None, 8),
    )

    assert [c.events for c in result.classes] == [4, 2, 3, 0, 0, 0, 0, 5]
    assert [c.up_to for c in result.classes][:2] == [HOUR, 6 * HOUR]
    assert result.classes[-1].up_to is None
    assert (result.pending, result.largest) == (8, (24 * 21 + 1) * HOUR)
    assert result.longest_pending == 2 * HOUR


def test_both_limits_are_looked_at():
    """The contract's may be breached where the law's is not."""
    late = group(MONDAY - 20 * DAY, 24 * 10, 3)

    contract, law = found(late).deadlines

    assert (contract.business_days, contract.late) == (5, 3)
    assert (contract.alert, law.alert) == (Alert.BREACHED, Alert.NONE)
    assert found(late).alert is Alert.BREACHED
    assert len(found(late, business_days=15).deadlines) == 1


@pytest.mark.parametrize(
    ("hours_before_due", "alert"),
    [(25, Alert.NONE), (24, Alert.DUE_SOON), (0, Alert.DUE_SOON), (-1, Alert.BREACHED)],
)
def test_a_waiting_event_alerts_before_it_is_late(hours_before_due, alert):
    """From the notice on; at the very end it is not late yet."""
    received = MONDAY - 3 * DAY
    due = due_at(received, 5)

    result = found(group(received, None), now=due - hours_before_due * HOUR)

    assert result.deadlines[0].alert is alert
    assert result.deadlines[0].next_due == (due if hours_before_due >= 0 else None)


@given(received=times, minutes=st.integers(0, 59), latency=st.integers(1, 60 * 24 * 30))
def test_rounding_to_hours_hides_no_breach(received, minutes, latency):
    """What is late by its exact times is late by the rounded ones."""
    hour = received.replace(minute=0, second=0, microsecond=0)
    exact = hour + minutes * HOUR / 60
    rounded = group(hour, -(-latency // 60))

    if exact + latency * HOUR / 60 > due_at(exact, 5):
        assert found(rounded, now=hour + 90 * DAY).deadlines[0].late == 1


def test_without_events_nothing_is_due():
    """A quiet party has no alert."""
    result = found(group(MONDAY, 3, 0))

    assert result.alert is Alert.NONE
    assert (result.largest, result.longest_pending, result.pending) == (None, None, 0)
