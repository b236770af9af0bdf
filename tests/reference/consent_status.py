"""How the opt-outs of a made-up party stand."""

from __future__ import annotations

import datetime as dt

from cleanroom_join.revocation.deadlines import ReceivedEvents, latencies
from cleanroom_join.revocation.status import ConsentStatus, StoreCounts

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.timezone.utc)
HOUR = dt.timedelta(hours=1)


def group(hours_ago, latency, events):
    """Return events that were received so many hours ago, and took so many hours."""
    took = None if latency is None else latency * HOUR
    return ReceivedEvents(received=NOW - hours_ago * HOUR, latency=took, events=events)


IN_TIME = (
    group(700, 1, 340),
    group(500, 3, 2_310),
    group(300, 20, 5_400),
    group(200, 30, 180),
    group(100, 5, 7),
    group(2, None, 12),
)


def status(received=IN_TIME, *, age=3, business_days=5, **counts):
    """Return a status; of the counts, what is not given is as on a quiet day."""
    found = latencies(
        received, business_days=business_days, now=NOW, notice=3 * 24 * HOUR
    )
    quiet = {"lines": 8_249, "quarantined": {}, "inferred": 0, "excluded": 8_100}
    heartbeat = None if age is None else NOW - age * HOUR
    return ConsentStatus(
        party="globex",
        max_age=24 * HOUR,
        min_cohort=100,
        counts=StoreCounts(
            heartbeat=heartbeat, suspended=counts.pop("suspended", ()), **quiet | counts
        ),
        latencies=found,
    )


ALARMED = status(
    (*IN_TIME, group(400, 300, 3), group(420, None, 2), group(100, None, 40)),
    age=50,
    quarantined={"not_flat_json": 3, "too_long": 260},
    inferred=120,
    suspended=(("dataset", "account_behavior"),),
)
