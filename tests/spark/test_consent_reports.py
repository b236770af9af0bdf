"""What a party reads of its consent tables: latencies, status and recall notices."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace

import pytest

from cleanroom_join.contract import Contract
from cleanroom_join.errors import RevocationRefused, UnknownName
from cleanroom_join.revocation import (
    Action,
    ConsentEvent,
    Scope,
    latest,
    restrictiveness,
)
from cleanroom_join.revocation.deadlines import ReceivedEvents
from cleanroom_join.revocation.release_record import read_release_record
from cleanroom_join.revocation.schemas import (
    BATCH_COLUMNS,
    EVENT_COLUMNS,
    HEARTBEAT,
    STATE_COLUMNS,
)
from cleanroom_join.revocation.status import Freshness
from cleanroom_join.spark.revocation.upkeep.consent_reports import (
    consent_status,
    recall_notice,
)
from cleanroom_join.spark.revocation.upkeep.latency import received_events
from cleanroom_join.spark.revocation.upkeep.store_counts import excluded_since
from cleanroom_join.testing import contract_toml
from tests.support.frames import local_frame

UTC = dt.timezone.utc
NOW = dt.datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
APPLIED = {0: 30 * DAY, 1: 9 * DAY, 2: 2 * HOUR}
"""How long ago each batch was applied; batch 3 is not."""
SECTION = """
[revocation]
max_age_hours = 24
tables = { acme = "consent.state", globex = "consent.state" }
"""


def event(batch, key, action, received, *, number=0, scope="subject", reason=None):
    """Return a row of the events; *received* is how long ago."""
    at = NOW - received
    return (
        "s",
        batch,
        f"{batch}/{key}/{number}",
        f"e{key}{number}",
        scope,
        key,
        "k1",
        None if action is None else action.value,
        at,
        number,
        None if action is None else restrictiveness(action),
        at,
        at,
        None,
        None,
        None,
        1,
        reason,
    )


EVENTS = [
    *(event(0, f"a{n}", Action.OPT_OUT, 31 * DAY) for n in range(150)),
    *(event(1, f"b{n}", Action.OPT_OUT, 9 * DAY + HOUR) for n in range(250)),
    # Out, in again before the second batch, and out once more.
    event(0, "c", Action.OPT_OUT, 31 * DAY),
    event(1, "c", Action.OPT_IN, 10 * DAY, number=1),
    event(2, "c", Action.ERASE, 5 * HOUR, number=2),
    # In again now.
    event(0, "d", Action.OPT_OUT, 31 * DAY),
    event(2, "d", Action.OPT_IN, 4 * HOUR, number=1),
    # Delivered twice: it counts from the first time to the first time.
    event(2, "a0", Action.OPT_OUT, 31 * DAY),
    event(3, "f", Action.OPT_OUT, 30 * HOUR),
    event(2, "g", Action.OPT_OUT, 3 * HOUR, reason="unknown action"),
    event(2, None, None, 3 * HOUR, reason="no JSON object"),
    event(2, "account_behavior", Action.SUSPEND, 3 * HOUR, scope="dataset"),
]


def state_rows():
    """Return the state of the applied batches, by the pure order."""
    applied = [
        ConsentEvent(
            event_id=row[3],
            scope=Scope(row[4]),
            key=row[5],
            action=Action(row[7]),
            event_time=row[8],
            source_seq=row[9],
            received_at=row[11],
        )
        for row in EVENTS
        if row[1] in APPLIED and row[7] is not None
    ]
    rows = [
        (
            e.scope.value,
            e.key,
            "k1",
            e.action.value,
            e.event_time,
            e.source_seq,
            restrictiveness(e.action),
            e.event_id,
            e.received_at,
        )
        for e in latest(applied).values()
    ]
    heartbeat = NOW - 3 * HOUR
    return [*rows, (HEARTBEAT, "", None, None, heartbeat, None, None, None, None)]


def timed_frame(spark, rows, schema):
    """Return rows as a frame that holds them itself, times included."""
    texts = [
        tuple(v.isoformat() if isinstance(v, dt.datetime) else v for v in row)
        for row in rows
    ]
    frame = local_frame(spark, texts, schema.replace(" timestamp", " string"))
    casts = [f"CAST({c.split()[0]} AS {c.split()[1]})" for c in schema.split(",")]
    return frame.selectExpr(*casts).toDF(*frame.columns)


@pytest.fixture(scope="module")
def store(spark):
    """Consent tables of a party, as the job would have left them."""
    spark.sql("CREATE SCHEMA consent_reports")
    batches = [("s", n, 1, 0, 0, NOW, NOW - ago) for n, ago in APPLIED.items()]
    tables = {
        "events": (EVENTS, EVENT_COLUMNS),
        "state": (state_rows(), STATE_COLUMNS),
        "batches": (batches, BATCH_COLUMNS),
    }
    for name, (rows, columns) in tables.items():
        frame = timed_frame(spark, rows, columns)
        frame.write.format("delta").saveAsTable(f"consent_reports.{name}")
    names = {name: f"`consent_reports`.`{name}`" for name in tables}
    yield SimpleNamespace(spark=spark, **names)
    spark.sql("DROP SCHEMA consent_reports CASCADE")


@pytest.fixture(scope="module")
def contract():
    """A contract with a section on revocation."""
    return Contract.from_toml(contract_toml() + SECTION)


def frames(store, *names):
    """Return some of the tables."""
    return [store.spark.table(getattr(store, name)) for name in names]


def test_events_are_counted_by_hour_and_latency(store):
    """Each once, restrictive ones only, from when it was first received; few rows."""
    found = received_events(*frames(store, "events", "batches"), since=NOW - 20 * DAY)

    counted = {((NOW - g.received) // HOUR, g.latency): g.events for g in found}
    assert counted == {
        (9 * 24 + 1, 2 * HOUR): 250,
        (5, 4 * HOUR): 1,
        (3, 2 * HOUR): 2,  # the inferred opt-out, and the suspension
        (30, None): 1,
    }
    assert all(isinstance(g, ReceivedEvents) for g in found)
    assert all(g.received.minute == 0 for g in found)


def test_a_redelivered_event_is_not_late(store):
    """It was applied with its first batch, thirty days ago."""
    found = received_events(*frames(store, "events", "batches"), since=NOW - 99 * DAY)

    first = [g for g in found if NOW - g.received > 30 * DAY]
    assert [(g.latency, g.events) for g in first] == [(25 * HOUR, 152)]


def test_an_event_that_took_too_long_is_counted_as_late(store):
    """It was applied within the days that are looked at, and received long before."""
    rows = [event(2, "h", Action.OPT_OUT, 40 * DAY)]
    late = timed_frame(store.spark, rows, EVENT_COLUMNS)

    found = received_events(late, *frames(store, "batches"), since=NOW - 30 * DAY)

    ((took, events),) = {(g.latency, g.events) for g in found}
    assert (took > 39 * DAY, events) == (True, 1)


def test_the_status_follows_from_the_tables(store, contract):
    """Heartbeat, quarantine, exclusions, suspensions, and what waits."""
    found = consent_status(store, contract, "globex", days=20, now=NOW)

    assert (found.freshness, found.age) == (Freshness.FRESH, 3 * HOUR)
    assert found.counts.quarantined == {"unknown action": 1, "no JSON object": 1}
    assert (found.counts.lines, found.counts.inferred) == (257, 1)
    assert found.counts.excluded == 150 + 250 + 2  # c and g; not d, and not f
    assert found.counts.suspended == (("dataset", "account_behavior"),)
    assert (found.latencies.pending, found.latencies.largest) == (1, 4 * HOUR)


def test_exclusions_since_a_time_are_those_of_two_states(store):
    """Who was out then, too, does not count, whatever happened between."""
    times = [NOW - ago for ago in (40 * DAY, 20 * DAY, 5 * DAY)]

    found = excluded_since(*frames(store, "events", "batches"), times)

    everybody = 150 + 250 + 3  # c, f, which is not applied yet, and g
    assert found == {
        None: everybody,
        times[0]: everybody,
        times[1]: everybody - 150 - 1,  # c was out, too
        times[2]: 3,  # c was in again
    }


def record(number, **fields):
    """Return the record of a release."""
    known = {
        "contract_id": "acme-globex-test",
        "contract_revision": 1,
        "output": "segments",
        "release_sha256": f"{number:064x}",
        **fields,
    }
    return read_release_record(json.dumps({"cleanroom_join": known}).encode(), "x")


def test_a_recall_notice_lists_what_is_older_than_the_state(store, contract):
    """Each release with the limit of its own day; the newest is not recalled."""
    contract_id = contract.terms.id
    old = (NOW - 20 * DAY).date().isoformat()
    records = [
        record(1, contract_id=contract_id, as_of=old, consent={"globex": 7}),
        record(2, contract_id=contract_id, as_of="2026-11-28", consent={"globex": 0}),
        record(3, contract_id=contract_id, as_of="2026-11-28", consent={"globex": 9}),
        record(4, contract_id=contract_id),
    ]

    made = recall_notice(store, contract, "globex", records)

    listed = [(o.release.release_sha256[-1], o.excluded_since) for o in made.releases]
    assert listed == [
        ("4", "200 or more"),
        ("1", "200 or more"),
        ("3", "fewer than 100"),
    ]
    assert made.state_time == NOW - 3 * HOUR


def test_without_a_heartbeat_there_is_no_notice(store, contract, spark):
    """The state is as of no time."""
    empty = spark.table(store.state).where("scope <> 'heartbeat'")
    empty.write.format("delta").saveAsTable("consent_reports.never")
    never = SimpleNamespace(**{**vars(store), "state": "`consent_reports`.`never`"})

    with pytest.raises(RevocationRefused, match="E632"):
        recall_notice(never, contract, "globex", [])
    status = consent_status(never, contract, "globex", now=NOW)
    assert status.freshness is Freshness.NEVER_APPLIED


def test_a_contract_must_speak_of_revocation_and_of_the_party(store, contract):
    """Both before any query."""
    plain = Contract.from_toml(contract_toml())

    with pytest.raises(RevocationRefused, match="E631"):
        consent_status(store, plain, "globex")
    with pytest.raises(UnknownName, match="E002"):
        consent_status(store, contract, "initech")
