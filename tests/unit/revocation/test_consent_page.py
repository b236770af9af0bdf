"""The page of the consent wire format says what the data says."""

from __future__ import annotations

import pytest

from cleanroom_join.revocation.wire_format import (
    FIELDS,
    MAX_DIGITS,
    MAX_LINE_BYTES,
    SCHEMA_VERSIONS,
    QuarantineReason,
)
from tests.support.consent_page import PAGE, examples_of_page, table_rows
from tests.support.event_lines import DATASETS, INGESTED_AT, MALFORMED, PARTIES
from tests.support.plain_event_lines import instant, plain_event


def test_fields_are_those_of_the_format():
    """In order, with JSON type, whether they are needed, and their meaning."""
    rows = [(r[0], r[1], r[3] == "yes", r[4]) for r in table_rows("1. Lines")]

    assert rows == [
        (f"`{f.name}`", f.json_type.name.lower(), f.obligatory, f.meaning)
        for f in FIELDS
    ]


def test_reasons_are_those_of_the_format():
    """In the order in which the first of them counts."""
    rows = [(row[0], row[1]) for row in table_rows("3. Reasons")]

    assert rows == [(f"`{r.value}`", r.meaning) for r in QuarantineReason]


def test_the_page_says_which_reasons_exclude():
    """As the malformed lines of the tests show; a permission never does."""
    said = {row[0].strip("`"): bool(row[2]) for row in table_rows("3. Reasons")}
    excluding = {way.reason for way in MALFORMED.values() if way.excludes}

    assert {reason for reason, excludes in said.items() if excludes} == excluding


def test_limits_are_those_of_the_format():
    """Bytes of a line, digits of a number, the version."""
    text = PAGE.read_text()

    assert f"at most {MAX_LINE_BYTES:,} bytes" in text
    assert f"at most {MAX_DIGITS} digits before its point, {MAX_DIGITS} after" in text
    assert SCHEMA_VERSIONS == (1,)


@pytest.mark.parametrize(("line", "said"), examples_of_page())
def test_examples_become_what_the_page_says(line, said):
    """By the plain reference; `tests/spark/test_event_lines.py` asks Spark."""
    event = plain_event(line, INGESTED_AT, PARTIES, DATASETS)

    time = said["event_time"] and instant(said["event_time"])
    assert {name: event[name] for name in said} == said | {"event_time": time}
