"""The status of the job: what needs attention, and that no count in it is exact."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from cleanroom_join.crypto.canonical_json import canonical_bytes
from cleanroom_join.revocation.status import Freshness, sentences, span_text
from tests.reference.consent_status import ALARMED, IN_TIME, group, status


def test_a_quiet_party_has_nothing_to_do():
    """No sentence, and no exit code of its own."""
    assert sentences(status()) == ()
    assert not status().needs_attention


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({"received": (group(24 * 30, None, 1),)}, "BREACHED: events wait"),
        ({"received": (group(24 * 30, 24 * 29, 1),)}, "BREACHED: events were excluded"),
        ({"received": (group(24 * 5, None, 1),)}, "DUE SOON: events wait"),
        ({"age": None}, "NEVER APPLIED"),
        ({"age": 25}, "STALE: the last complete run began 25 hours ago"),
        ({"suspended": (("party", "acme"),)}, "SUSPENDED: party acme"),
        ({"quarantined": {"too_long": 1}}, "QUARANTINE: lines are faulty"),
    ],
)
def test_what_needs_attention_is_said(changes, begins):
    """One sentence, which says what to do; one subject suffices."""
    found = status(**changes)

    assert sentences(found)[0].startswith(begins)
    assert found.needs_attention


def test_a_state_is_fresh_until_the_contracts_limit():
    """At the limit it is; a room refuses it a second later."""
    ages = {24: Freshness.FRESH, 25: Freshness.STALE, None: Freshness.NEVER_APPLIED}

    assert {age: status(age=age).freshness for age in ages} == ages


def test_the_status_has_no_exact_count():
    """All counts are of the series 1, 2, 5 or below k, in JSON and in sentences."""
    exact = {"340", "2310", "5400", "180", "8249", "8100", "263", "260", "120"}
    text = canonical_bytes(ALARMED.as_json()).decode() + " ".join(sentences(ALARMED))

    assert not exact & set(re.findall(r"\d+", text.replace(",", "")))
    assert "fewer than 100" in text


def test_below_k_all_counts_look_alike():
    """Except that an alert says that there is an event at all."""
    one, many = (
        status((*IN_TIME, group(3, None, n)), inferred=n).as_json() for n in (1, 80)
    )

    assert one == many


def test_the_status_is_canonical_json():
    """As every command with --json prints it."""
    found = json.loads(canonical_bytes(ALARMED.as_json()))

    assert found["freshness"] == "stale"
    assert found["alert"] == "breached"
    assert found["suspended"] == [["dataset", "account_behavior"]]
    assert found["quarantined"]["too_long"] == "200 or more"
    assert found["deadlines"][0]["business_days"] == 5


def test_a_status_shows_no_count_in_a_repr():
    """It ends up in logs."""
    assert "8249" not in repr(ALARMED) + repr(ALARMED.counts) + repr(ALARMED.latencies)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(1, "1 hour"), (61, "2 hours"), (49 * 60, "49 hours"), (96 * 60, "4 days")],
)
def test_a_span_is_said_rounded_up(minutes, text):
    """In hours while they are few."""
    assert span_text(dt.timedelta(minutes=minutes)) == text
