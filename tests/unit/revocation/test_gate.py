"""The gate before a run: which consent states may be relied on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from cleanroom_join.contract import RevocationTerms
from cleanroom_join.errors import depends_on_data
from cleanroom_join.revocation import Scope
from cleanroom_join.revocation.gate import (
    CLOCK_SKEW,
    StateFacts,
    Suspended,
    party_error,
    subjects_error,
)

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.timezone.utc)
TERMS = RevocationTerms(max_age_hours=24, tables={"acme": "c.s", "globex": "c.s"})
FRESH = StateFacts(party="acme", heartbeat=NOW - dt.timedelta(hours=1))
OTHER = replace(FRESH, party="globex")
TABLE = Suspended(scope=Scope.DATASET, name="payments")
PARTNER = Suspended(scope=Scope.PARTY, name="globex")


def aged(**ago):
    """Return a state with a heartbeat of so long ago."""
    return replace(OTHER, heartbeat=NOW - dt.timedelta(**ago))


@pytest.mark.parametrize(
    "state",
    [
        OTHER,
        aged(hours=24),
        aged(seconds=0),
        replace(OTHER, heartbeat=NOW + CLOCK_SKEW),
        # What is about subjects is said later, when it can be recorded.
        replace(OTHER, has_odd_rows=True, has_other_key_ids=True),
    ],
)
def test_a_fresh_state_lets_a_run_begin(state):
    """Exactly as old as allowed, and a clock a little ahead, are fresh."""
    assert party_error([FRESH, state], TERMS, NOW) is None


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (replace(OTHER, heartbeat=None), "globex has no heartbeat"),
        (aged(hours=24, seconds=1), "globex is 25 hours old; the contract allows 24"),
        (aged(days=400), "globex is 9,600 hours old"),
        (
            replace(OTHER, heartbeat=NOW + CLOCK_SKEW + dt.timedelta(seconds=1)),
            "globex has a heartbeat in the future",
        ),
    ],
)
def test_a_state_of_unknown_or_old_age_stops_the_run(state, words):
    """Whichever party's it is; the error says nothing of any subject."""
    for states in ([FRESH, state], [state, FRESH]):
        error = party_error(states, TERMS, NOW)

        assert error.code == "E610"
        assert words in error.message
        assert not depends_on_data(error)


@pytest.mark.parametrize(
    ("suspended", "words"),
    [
        (TABLE, 'table "payments" is suspended: the consent state of acme says so'),
        (PARTNER, 'party "globex" is suspended: the consent state of acme says so'),
    ],
)
def test_a_suspension_stops_the_run(suspended, words):
    """By either party, of itself or of its partner."""
    error = party_error([replace(FRESH, suspended=(suspended,)), OTHER], TERMS, NOW)

    assert error.code == "E611"
    assert words in error.message
    assert not depends_on_data(error)


def test_a_stale_state_is_said_before_a_suspension():
    """It may have been lifted since."""
    states = [replace(FRESH, suspended=(PARTNER,)), aged(hours=30)]

    assert party_error(states, TERMS, NOW).code == "E610"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (replace(OTHER, has_odd_rows=True), "E612"),
        (replace(OTHER, has_other_key_ids=True), "E613"),
        (replace(OTHER, excluded_key_ids=frozenset({"k1", "k2"})), "E613"),
        (replace(OTHER, has_odd_rows=True, has_other_key_ids=True), "E612"),
    ],
)
def test_what_is_wrong_with_rows_of_subjects_depends_on_data(state, code):
    """Nobody's opt-out is overlooked, and the error is recorded like an answer."""
    error = subjects_error([FRESH, state], ["k1"])

    assert error.code == code
    assert "globex" in error.message
    assert depends_on_data(error)


def test_opt_outs_under_accepted_keys_are_sound():
    """Of the active key, and of one that is retiring."""
    state = replace(OTHER, excluded_key_ids=frozenset({"k1", "k2"}))

    assert subjects_error([FRESH, state], ["k2", "k1"]) is None


def test_facts_name_nobody_where_they_are_logged():
    """Not even whether a state has odd rows."""
    assert "True" not in repr(replace(OTHER, has_odd_rows=True))
