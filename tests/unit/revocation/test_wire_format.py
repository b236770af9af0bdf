"""The wire format: its forms are those of the plain reference, and stay as they are."""

from __future__ import annotations

import datetime as dt
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract.token_format import TOKEN_PATTERN
from cleanroom_join.revocation import Action, Scope
from cleanroom_join.revocation.wire_format import (
    FIELDS,
    MAX_LINE_BYTES,
    JsonType,
    QuarantineReason,
    inferred_action,
)
from tests.support.event_lines import (
    DATASETS,
    INGESTED_AT,
    MALFORMED,
    PARTIES,
    good_line,
    malformed_line,
)
from tests.support.examples import examples
from tests.support.plain_event_lines import FORMS, instant, plain_event

BY_NAME = {field.name: field for field in FIELDS}
STRINGS = [field for field in FIELDS if field.json_type is JsonType.STRING]
TIME = BY_NAME["event_time"].pattern

SAMPLES = {
    "event_id": [
        "0",
        "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e",
        "a" * 64,
        "a+b/c==",
    ],
    "scope": [scope.value for scope in Scope],
    "token": ["k1:" + "0" * 64, "a" * 16 + ":" + "f" * 64],
    "party": ["acme", "a", "a" * 63, "a_1"],
    "dataset": ["account_behavior"],
    "identifier": ["4111 1111 1111 1111", "Zo\u00eb\n", "x" * 1024],
    "kind": ["pan", "email"],
    "subject": ["card"],
    "action": [action.value for action in Action],
    "event_time": ["2026-11-28T10:00:00Z", "1900-01-01t00:00:00.000001z"],
    "received_at": ["2100-12-31T23:59:59.999999-14:59", "2000-02-29T00:00:00-00:00"],
    "legal_basis": ["CCPA 1798.120", "GDPR Art. 7(3)"],
    "jurisdiction": ["US", "US-CA", "GB-ENG", "FR-2A"],
    "evidence_digest": ["0123456789abcdef" * 4],
}
ALPHABET = "".join(
    sorted(
        {c for texts in SAMPLES.values() for text in texts for c in text}
        | set("?@\0\n\u0660\u212a")
    )
)


def fits(name, text):
    """Return whether a whole text has the form of a field."""
    return re.fullmatch(BY_NAME[name].pattern, text) is not None


@pytest.mark.parametrize("field", STRINGS, ids=lambda field: field.name)
def test_samples_have_their_form(field):
    """The usual and the longest of each field; with a line end after it none has."""
    for text in SAMPLES[field.name]:
        assert fits(field.name, text)
        assert FORMS[field.name](text)
        longer = text + "\n"
        assert fits(field.name, longer) is FORMS[field.name](longer)


@pytest.mark.parametrize("field", STRINGS, ids=lambda field: field.name)
def test_forms_are_those_of_the_plain_reference(field):
    """For thousands of texts one or two changes away from a good one."""
    rng = random.Random(field.name)
    for _ in range(3_000):
        text = list(rng.choice(SAMPLES[field.name]))
        for _ in range(rng.randrange(1, 3)):
            index = rng.randrange(len(text) + 1)
            text[index : index + rng.randrange(2)] = rng.choice(
                ["", rng.choice(ALPHABET)]
            )
        changed = "".join(text)
        assert fits(field.name, changed) is FORMS[field.name](changed), repr(changed)


@pytest.mark.slow
def test_days_are_those_of_the_calendar():
    """Every day from 1899 to 2101, and every 29 to 32 of every month."""
    for year in range(1899, 2102):
        for month in range(14):
            for day in (0, 1, 9, 10, 19, 28, 29, 30, 31, 32):
                text = f"{year}-{month:02}-{day:02}T00:00:00Z"
                assert fits("event_time", text) is (instant(text) is not None), text


@settings(max_examples=examples(1000))
@given(
    st.datetimes(
        dt.datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis asks for it
        dt.datetime(2100, 12, 31),  # noqa: DTZ001
    ),
    st.integers(-14 * 60, 14 * 60),
)
def test_every_time_that_python_writes_is_read(time, minutes):
    """In every zone that there is."""
    zoned = time.replace(tzinfo=dt.timezone(dt.timedelta(minutes=minutes)))

    assert fits("event_time", zoned.isoformat())
    assert instant(zoned.isoformat()) == zoned


@settings(max_examples=examples(1000))
@given(st.text(alphabet="0123456789TtZz:.+- ", max_size=32))
def test_any_text_is_a_time_to_both_or_neither(text):
    """Beside the real times, whatever hypothesis makes of their characters."""
    assert fits("event_time", text) is (instant(text) is not None)


def test_no_stored_form_has_room_for_a_token():
    """A token has at least 66 characters, the longest stored text 64."""
    stored = (
        "event_id",
        "legal_basis",
        "jurisdiction",
        "evidence_digest",
        "party",
        "dataset",
    )
    shortest = "k:" + "0" * 64
    assert re.fullmatch(TOKEN_PATTERN, shortest)

    for name in stored:
        assert max(map(len, SAMPLES[name])) <= 64
        assert not fits(name, "a" * 65)
        assert not fits(name, "0" * 65)
        assert not fits(name, f"x{shortest}")
        assert not fits(name, shortest)


def test_reasons_are_stable():
    """Tables hold them: a reason may be added, none may change."""
    assert [reason.value for reason in QuarantineReason] == [
        "no_line",
        "too_long",
        "empty_line",
        "not_utf8",
        "not_flat_json",
        "repeated_name",
        "unknown_scope",
        "malformed_token",
        "raw_identifier",
        "refused_identifier",
        "unknown_name",
        "no_subject",
        "several_subjects",
        "unknown_version",
        "unknown_action",
        "malformed_event_id",
        "malformed_event_time",
        "malformed_source_seq",
        "malformed_received_at",
        "malformed_legal_basis",
        "malformed_jurisdiction",
        "malformed_evidence",
        "repeated_subject",
        "no_evidence",
        "future_permission",
    ]


def test_what_is_inferred_excludes():
    """Of every scope, by an action that fits it."""
    for scope in Scope:
        assert inferred_action(scope).excludes
        assert inferred_action(scope).fits(scope)


@pytest.mark.parametrize("name", MALFORMED)
def test_the_plain_reference_knows_every_way_to_be_malformed(name):
    """With its reason, and whether it excludes."""
    event = plain_event(
        malformed_line(name, random.Random(1)), INGESTED_AT, PARTIES, DATASETS
    )

    assert event["quarantine"] == MALFORMED[name].reason
    assert (event["action"] is not None) is MALFORMED[name].excludes


def test_every_reason_is_shown_by_a_malformed_line():
    """But a refused identifier, which needs a job that tokenises."""
    shown = {way.reason for way in MALFORMED.values()}

    assert {r.value for r in QuarantineReason} - shown == {"refused_identifier"}
    assert len(MALFORMED) >= 30


def test_good_lines_are_events_to_the_plain_reference():
    """A thousand, in many spellings, none longer than a line may be."""
    rng = random.Random(2)
    lines = [good_line(rng) for _ in range(1_000)]
    events = [plain_event(line, INGESTED_AT, PARTIES, DATASETS) for line in lines]

    assert {event["quarantine"] for event in events} == {None}
    assert {event["action"] for event in events} == {action.value for action in Action}
    assert max(map(len, lines)) <= MAX_LINE_BYTES
