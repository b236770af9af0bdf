"""How a party's revocation job stands: what its privacy officer looks at daily."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.coarse_counts import coarsen_count
from cleanroom_join.errors import RevocationRefused
from cleanroom_join.revocation.deadlines import Alert
from cleanroom_join.revocation.wire_format import QuarantineReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.revocation.deadlines import Deadline, Latencies

__all__ = [
    "ConsentStatus",
    "Freshness",
    "StoreCounts",
    "refuse_alerts",
    "sentences",
    "span_text",
]

_DAY = dt.timedelta(days=1)


class Freshness(Enum):
    """Whether a room would accept the consent state."""

    FRESH = "fresh"
    STALE = "stale"
    NEVER_APPLIED = "never applied"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class StoreCounts:
    """What the consent tables hold, as exact counts; no report shows them."""

    heartbeat: dt.datetime | None
    """When the last completed run of the job began; None before the first."""
    lines: int
    """Lines that came since some time, quarantined ones included."""
    quarantined: Mapping[str, int]
    """By reason."""
    inferred: int
    """Quarantined lines that count as an opt-out."""
    excluded: int
    """Subjects who are excluded now."""
    suspended: tuple[tuple[str, str], ...]
    """Scope and name of each suspended party and table, as the contract has them."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ConsentStatus:
    """How the job of a party stands at some time."""

    party: str
    max_age: dt.timedelta
    """The heartbeat that a room accepts is not older."""
    min_cohort: int
    counts: StoreCounts
    latencies: Latencies

    @property
    def age(self) -> dt.timedelta | None:
        """Age of the heartbeat."""
        if self.counts.heartbeat is None:
            return None
        return self.latencies.now - self.counts.heartbeat

    @property
    def freshness(self) -> Freshness:
        """Whether a room would accept the state."""
        if self.age is None:
            return Freshness.NEVER_APPLIED
        return Freshness.STALE if self.age > self.max_age else Freshness.FRESH

    @property
    def needs_attention(self) -> bool:
        """Whether somebody must do something."""
        return (
            self.freshness is not Freshness.FRESH
            or self.latencies.alert is not Alert.NONE
            or bool(self.counts.quarantined)
            or bool(self.counts.suspended)
        )

    def coarse(self, count: int) -> str:
        """Return how many there are, as it may be shown."""
        return coarsen_count(count, self.min_cohort)

    @staticmethod
    def meaning(reason: str) -> str:
        """Return what a reason of the quarantine means, also one of a later version."""
        known = {one.value: one.meaning for one in QuarantineReason}
        return known.get(reason, "A reason that this version of the library lacks.")

    def as_json(self) -> dict[str, object]:
        """Return the status as canonical JSON can hold it; no count is exact."""
        found = self.latencies
        return {
            "party": self.party,
            "at": _iso(found.now),
            "min_cohort": self.min_cohort,
            "freshness": self.freshness.value,
            "heartbeat": self.counts.heartbeat and _iso(self.counts.heartbeat),
            "max_age_hours": self.max_age // dt.timedelta(hours=1),
            "needs_attention": self.needs_attention,
            "lines": self.coarse(self.counts.lines),
            "quarantined": {
                reason: self.coarse(n)
                for reason, n in sorted(self.counts.quarantined.items())
            },
            "inferred_opt_outs": self.coarse(self.counts.inferred),
            "excluded_subjects": self.coarse(self.counts.excluded),
            "suspended": [list(one) for one in self.counts.suspended],
            "pending": self.coarse(found.pending),
            "longest_pending_hours": _hours(found.longest_pending),
            "largest_latency_hours": _hours(found.largest),
            "latency": [
                {"up_to_hours": _hours(c.up_to), "events": self.coarse(c.events)}
                for c in found.classes
            ],
            "deadlines": [self._deadline(one) for one in found.deadlines],
            "alert": found.alert.value,
        }

    def _deadline(self, one: Deadline) -> dict[str, object]:
        """Return one deadline as JSON."""
        return {
            "business_days": one.business_days,
            "alert": one.alert.value,
            "late": self.coarse(one.late),
            "overdue": self.coarse(one.overdue),
            "due_soon": self.coarse(one.due_soon),
            "next_due": one.next_due and _iso(one.next_due),
        }


def sentences(status: ConsentStatus) -> tuple[str, ...]:
    """Return what a privacy officer must know, most urgent first."""
    found, told = status.latencies, []
    for one in found.deadlines:
        limit = f"{one.business_days} business days"
        if one.overdue:
            told.append(
                f"BREACHED: events wait for longer than {limit}"
                f" ({status.coarse(one.overdue)}). Run the revocation job now."
            )
        if one.late:
            told.append(
                f"BREACHED: events were excluded later than {limit} after they were"
                f" received ({status.coarse(one.late)})."
            )
        if one.due_soon:
            told.append(
                f"DUE SOON: events wait that are due within {span_text(found.notice)},"
                f" by the limit of {limit} ({status.coarse(one.due_soon)})."
            )
    if status.freshness is Freshness.NEVER_APPLIED:
        told.append("NEVER APPLIED: no run of the job has ended; no room accepts it.")
    if status.freshness is Freshness.STALE and status.age is not None:
        told.append(
            f"STALE: the last complete run began {span_text(status.age)} ago; the"
            f" contract allows {span_text(status.max_age)}. Rooms refuse to run."
        )
    told += [
        f"SUSPENDED: {scope} {name}. Rooms refuse to run."
        for scope, name in status.counts.suspended
    ]
    if status.counts.quarantined:
        lines = sum(status.counts.quarantined.values())
        told.append(
            f"QUARANTINE: lines are faulty ({status.coarse(lines)}). Ask their source"
            " to send them again without the fault."
        )
    return tuple(told)


def refuse_alerts(status: ConsentStatus) -> None:
    """
    Do nothing if nothing needs a person; a scheduled job fails by it otherwise.

    Raises:
        RevocationRefused: With every sentence of `sentences` (E633).
    """
    if told := sentences(status):
        raise RevocationRefused.needs_attention(told)


def span_text(span: dt.timedelta) -> str:
    """
    Return a span as people say it, rounded up.

    Examples:
        >>> [span_text(dt.timedelta(hours=h)) for h in (1, 30, 48, 73)]
        ['1 hour', '30 hours', '2 days', '4 days']
    """
    hours = _hours(span) or 0
    if hours < 2 * 24 or (hours % 24 and hours < 3 * 24):
        return f"{hours} hour{'s' if hours != 1 else ''}"
    return f"{-(-span // _DAY)} days"


def _hours(span: dt.timedelta | None) -> int | None:
    """Return a span in hours, rounded up."""
    return None if span is None else -(-span // dt.timedelta(hours=1))


def _iso(time: dt.datetime) -> str:
    """Return a time in UTC, of whole seconds."""
    return f"{time.astimezone(dt.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
