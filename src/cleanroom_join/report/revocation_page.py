"""
The page on opt-outs: how long they take, for the privacy officer of one party.

It shows what `ConsentStatus.as_json` says, in which no count is exact, as one HTML
file without scripts, like the page of a release.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.coarse_counts import lower_limit
from cleanroom_join.report.bar_chart import Bar, BarChart
from cleanroom_join.report.templates import template
from cleanroom_join.revocation.deadlines import Alert, shortest_span
from cleanroom_join.revocation.status import Freshness, sentences, span_text
from cleanroom_join.version import __version__

if TYPE_CHECKING:
    from cleanroom_join.revocation.status import ConsentStatus

__all__ = ["render_revocation"]

_HOUR, _DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def render_revocation(status: ConsentStatus, *, contract: str, days: int) -> str:
    """
    Return how a party's opt-outs stand as an HTML page, for that party alone.

    Args:
        status: Of the party.
        contract: Id and revision.
        days: How many days back the status looks.

    Raises:
        MissingExtra: Without Jinja.
    """
    made = template("revocation.html.j2")
    page: str = made.render(
        status=status,
        found=status.as_json(),
        verdict=_verdict(status),
        sentences=sentences(status),
        charts=(_latency(status), _closeness(status)),
        contract=contract,
        days=days,
        notice=span_text(status.latencies.notice),
        max_age=span_text(status.max_age),
        age="" if status.age is None else span_text(status.age),
        library=__version__,
    )
    return page


def _verdict(status: ConsentStatus) -> str:
    """Return the page's verdict in two or three words."""
    if status.latencies.alert is Alert.BREACHED:
        return "BREACHED"
    if status.freshness is not Freshness.FRESH:
        return str(status.freshness.value).upper()
    if status.latencies.alert is Alert.DUE_SOON:
        return "DUE SOON"
    return "NEEDS ATTENTION" if status.needs_attention else "IN TIME"


def _latency(status: ConsentStatus) -> BarChart:
    """Return the chart of excluded events by latency."""
    k, bars, lower = status.min_cohort, [], None
    for one in status.latencies.classes:
        bars.append(
            Bar(
                label=_class_text(lower, one.up_to),
                value=lower_limit(one.events, k),
                text=status.coarse(one.events),
            )
        )
        lower = one.up_to
    bars.append(
        Bar(
            label="still waiting",
            value=lower_limit(status.latencies.pending, k),
            text=status.coarse(status.latencies.pending),
        )
    )
    return BarChart(
        id="latency",
        title="How many events took how long",
        explanation="Opt-outs, erasures and suspensions, from received to excluded. A"
        f" bar shows a lower limit; fewer than {k:,} events have no bar.",
        bars=tuple(bars),
    )


def _class_text(lower: dt.timedelta | None, upper: dt.timedelta | None) -> str:
    """Return the label of a class of latencies."""
    if lower is None or upper is None:
        which = "more than" if upper is None else "up to"
        return f"{which} {span_text(upper or lower or dt.timedelta())}"
    unit, name = (_HOUR, "hours") if upper <= _DAY else (_DAY, "days")
    return f"{lower // unit} to {upper // unit} {name}"


def _closeness(status: ConsentStatus) -> BarChart:
    """Return the chart of the longest latencies beside the limits."""
    found = status.latencies
    spans = [
        ("longest, of excluded events", found.largest),
        ("longest, of waiting events", found.longest_pending),
    ]
    bars = [
        Bar(
            label=label,
            value=0 if span is None else span // _HOUR,
            text="no event" if span is None else span_text(span),
        )
        for label, span in spans
    ]
    for one in found.deadlines:
        span = shortest_span(one.business_days)
        limit = f"{one.business_days} business days"
        text = f"{span.days} days or more"
        bars.append(Bar(label=f"limit: {limit}", value=span // _HOUR, text=text))
    return BarChart(
        id="closeness",
        title="How close to the limits",
        explanation="Weekends do not count for a limit, so it is longer or shorter by"
        " the day of the week: its bar is the shortest.",
        bars=tuple(bars),
    )
