"""The statement says how an erasure ended, and tells nothing of subjects."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.revocation.erasure import (
    ErasureOutcome,
    ErasureStatement,
    Found,
    NotSearched,
    Searched,
    StorageKind,
    TableErasure,
    parse_interval,
)

NOON = dt.datetime(2026, 11, 28, 12, tzinfo=dt.timezone.utc)
WEEK = dt.timedelta(days=7)
DATA = Found(of="accounts", kind=StorageKind.DATA, what="token")
LOG = Found(of="accounts", kind=StorageKind.LOG, what="beginning")
MISSED = NotSearched(of="accounts", kind=None, why="this process does not reach it")


def statement(**changes) -> ErasureStatement:
    """Return a statement after which nothing is left, with changes."""
    fields = {
        "party": "globex",
        "contract": "0" * 64,
        "events_version": 3,
        "state_version": 4,
        "begun": NOON,
        "ended": NOON,
        "tables": (
            TableErasure(
                asset="accounts",
                version_before=7,
                version_after=9,
                retention_hours=168,
                vacuumed_before=NOON - WEEK,
                waits_until=NOON + WEEK,
            ),
        ),
        "searched": (
            Searched(of="accounts", kind=StorageKind.LOG, files=12, size=3400),
        ),
        "not_searched": (),
        "found": (),
        "archive_deleted": False,
        **changes,
    }
    return ErasureStatement(**fields)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, ErasureOutcome.ERASED),
        ({"not_searched": (MISSED,)}, ErasureOutcome.INCOMPLETE),
        ({"found": (DATA,)}, ErasureOutcome.WAITING),
        ({"found": (DATA,), "not_searched": (MISSED,)}, ErasureOutcome.WAITING),
        ({"found": (LOG,)}, ErasureOutcome.FOUND),
        ({"found": (DATA, LOG), "not_searched": (MISSED,)}, ErasureOutcome.FOUND),
    ],
)
def test_the_worst_that_is_known_is_the_outcome(changes, outcome):
    """Not searched is never the same as found nowhere."""
    found = statement(**changes)

    assert found.outcome is outcome
    waits = outcome is ErasureOutcome.WAITING
    assert found.waits_until == (NOON + WEEK if waits else None)


def test_the_statement_is_canonical_json():
    """With versions, the cut-off of VACUUM, and numbers of files and bytes."""
    written = statement(not_searched=(MISSED,), found=(DATA,)).to_bytes()
    read = json.loads(written)

    assert (
        written
        == json.dumps(
            read, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
    )
    assert read["consent"] == {"events": 3, "state": 4}
    assert read["tables"] == [
        {
            "asset": "accounts",
            "version_before": 7,
            "version_after": 9,
            "retention_hours": 168,
            "vacuumed_before": "2026-11-21T12:00:00Z",
        }
    ]
    assert read["searched"] == [
        {"of": "accounts", "kind": "log", "files": 12, "bytes": 3400}
    ]
    assert read["not_searched"][0]["kind"] is None
    assert read["found"] == [{"of": "accounts", "kind": "data files", "what": "token"}]
    assert read["waits_until"] == "2026-12-05T12:00:00Z"


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("interval 1 week", 168),
        ("interval 7 days", 168),
        ("INTERVAL 0 HOURS", 0),
        ("30 days", 720),
        ("interval 1 day 90 minutes", 25.5),
        (" interval 3600 seconds ", 1),
    ],
)
def test_intervals_are_read_as_delta_writes_them(text, hours):
    """In the units that have a length."""
    assert parse_interval(text) == dt.timedelta(hours=hours)


@pytest.mark.parametrize(
    "text",
    [
        *("", "interval", "interval 1 month", "interval -1 days", "7", "days"),
        *("1.5 hours", "interval 1 week or so", "1 day1 hour"),
        *("interval 9999999999 days", "interval 999999999 weeks"),
    ],
)
def test_no_other_text_is_an_interval(text):
    """A retention that is not understood is no short one."""
    assert parse_interval(text) is None


@given(st.text(max_size=30))
def test_any_text_is_an_interval_or_not(text):
    """Whatever a property holds."""
    found = parse_interval(text)

    assert found is None or found >= dt.timedelta(0)
