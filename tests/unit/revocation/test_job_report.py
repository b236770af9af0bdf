"""What a run says: counts of lines, none of which is below k."""

from __future__ import annotations

import datetime as dt

import pytest

from cleanroom_join.revocation.job_report import JobReport
from cleanroom_join.revocation.stream_progress import applied_until

DONE = {"timestamp": "2026-11-28T14:02:57.327Z", "durationMs": {"latestOffset": 3}}
THEN = dt.datetime(2026, 11, 28, 14, 2, 57, 327000, tzinfo=dt.timezone.utc)


def report(**counts) -> JobReport:
    """Return a report with a k of 100."""
    given = {"batches": 2, "lines": 0, "quarantined": 0, "inferred": 0, **counts}
    return JobReport(**given, k=100)


def test_small_counts_are_in_no_text():
    """Not in `str`, not in `repr`, not in the alert; the program can read them."""
    small = report(lines=1207, quarantined=7, inferred=3)

    texts = [str(small), repr(small), small.alert]

    assert small.events == 1200
    assert str(small) == (
        "2 batches: 1,000 or more lines, 1,000 or more events, fewer than 100 in"
        " quarantine, fewer than 100 inferred"
    )
    assert all("fewer than 100" in text for text in texts)
    # The difference of two exact counts would be the third.
    assert all("1,207" not in text for text in texts)
    assert all(" 7 " not in text and " 3 " not in text for text in texts)


def test_quarantine_is_an_alert():
    """And an empty one is none."""
    assert report(lines=500).alert is None
    assert report(lines=500, quarantined=200).alert.startswith("200 or more lines")
    assert str(report()) == (
        "2 batches: fewer than 100 lines, fewer than 100 events, fewer than 100 in"
        " quarantine, fewer than 100 inferred"
    )


@pytest.mark.parametrize(
    ("progress", "until"),
    [
        (DONE, THEN),
        ({**DONE, "durationMs": {"addBatch": 1}, "sources": []}, None),
        (
            {
                **DONE,
                "durationMs": {"addBatch": 1},
                "sources": [{"endOffset": {"0": 5}, "latestOffset": {"0": 5}}],
            },
            THEN,
        ),
        (
            {
                **DONE,
                "durationMs": {"addBatch": 1},
                "sources": [{"endOffset": {"0": 5}, "latestOffset": {"0": 6}}],
            },
            None,
        ),
        (
            {
                **DONE,
                "durationMs": {"addBatch": 1},
                "sources": [{"endOffset": 0, "latestOffset": None}],
            },
            None,
        ),
        ({}, None),
        ({**DONE, "timestamp": "yesterday"}, None),
    ],
    ids=["idle", "no sources", "all", "a limit", "unknown", "nothing", "no time"],
)
def test_the_heartbeat_follows_only_what_is_known(progress, until):
    """A trigger that may have left something at the source says nothing."""
    assert applied_until(progress) == until
