"""Consent lines: Spark's columns are the plain reference's, in one query of all lines."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import re

import pytest
from pyspark.sql import functions as F

from cleanroom_join.revocation.schemas import EVENT_COLUMNS
from cleanroom_join.spark.revocation.event_lines import (
    IDENTIFIER_TOKEN,
    LINE_COLUMNS,
    event_columns,
)
from tests.support.consent_page import examples_of_page
from tests.support.event_lines import (
    DATASETS,
    INGESTED_AT,
    MALFORMED,
    PARTIES,
    encoded,
    good_line,
    malformed_line,
    mutated_line,
    opt_out,
)
from tests.support.frames import local_frame
from tests.support.plain_event_lines import instant, plain_event

pytestmark = pytest.mark.engine

TIMES = ("event_time", "received_at", "ingested_at")
LONG = {
    "escapes": '"note":"' + "\\n" * 8_000 + '"',
    "escaped quotes": '"note":"' + '\\"' * 8_000 + '"',
    "surrogate pairs": '"note":"' + "\\ud83d\\ude00" * 1_340 + '"',
    "members": ",".join(f'"n{i}":{i}' for i in range(1_200)),
    "letters": '"note":"' + "x" * 16_000 + '"',
    "blanks": '"note":' + " " * 16_000 + "1",
}
"""Members that make a line as long as it may be; nothing overflows a stack."""


def columns(spark, lines, **settings):
    """Return the event columns of lines of bytes, with times in microseconds."""
    rows = [(str(index), line) for index, line in enumerate(lines)]
    frame = local_frame(spark, rows, "position string, value binary")
    given = {"parties": PARTIES, "datasets": DATASETS, **settings}
    return event_columns(
        frame.select("position", F.col("value").cast("string").alias("value")),
        ingested_at=F.timestamp_micros(F.lit(micros(INGESTED_AT))),
        **given,
    )


def micros(time):
    """Return microseconds since 1970."""
    return time and (
        time - dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
    ) // dt.timedelta(microseconds=1)


def collected(events):
    """Return the rows in the order of their lines, with times in microseconds."""
    numbers = {name: F.unix_micros(name) for name in TIMES}
    rows = events.withColumns(numbers).collect()
    return [r.asDict() for r in sorted(rows, key=lambda row: int(row.position))]


def expected(lines, tokenise=None):
    """Return what the plain reference makes of lines."""
    events = [plain_event(x, INGESTED_AT, PARTIES, DATASETS, tokenise) for x in lines]
    for index, event in enumerate(events):
        event["position"] = str(index)
        event.update({name: micros(event[name]) for name in TIMES})
    return events


def long_line(member):
    """Return a good line with a long member."""
    return encoded(opt_out(random.Random(0)))[:-1] + f",{member}}}".encode()


@pytest.fixture(scope="module")
def lines():
    """Good lines, every malformed one by name, the longest, and mutated ones."""
    rng = random.Random(18)
    return [
        *(malformed_line(name, rng) for name in MALFORMED),
        *(long_line(member) for member in LONG.values()),
        *(good_line(rng) for _ in range(1_000)),
        *(mutated_line(rng) for _ in range(2_000)),
        *(line for line, _ in examples_of_page()),
    ]


@pytest.fixture(scope="module")
def found(spark, lines):
    """The rows of all lines, by one query."""
    return collected(columns(spark, lines))


def test_spark_and_the_plain_reference_agree(lines, found):
    """In every column of every line."""
    different = [
        (line, row, event)
        for line, row, event in zip(lines, found, expected(lines), strict=True)
        if row != event
    ]

    assert different[:3] == []


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_line_is_in_quarantine(name, found):
    """With its own reason; and it excludes, or has no effect at all."""
    row = found[list(MALFORMED).index(name)]

    assert row["quarantine"] == MALFORMED[name].reason
    effect = [row[c] for c in ("action", "event_time", "restrictiveness")]
    if MALFORMED[name].excludes:
        assert row["action"] in ("OPT_OUT", "ERASE", "SUSPEND")
        assert row["received_at"] <= row["event_time"] <= micros(INGESTED_AT)
    else:
        assert effect == [None] * 3


def test_an_opt_out_counts_from_its_own_time_although_its_receipt_is_a_day(spark):
    """Else midnight would put it before a permission of the same morning."""
    sent = {"event_time": "2026-11-28T10:00:00Z", "received_at": "2026-11-28T00:00:00Z"}
    event = opt_out(random.Random(1)) | sent
    faulty = event | {"event_id": "not an id!"}

    rows = collected(columns(spark, [encoded(event), encoded(faulty)]))

    assert [row["quarantine"] for row in rows] == [None, "malformed_event_id"]
    assert {row["event_time"] for row in rows} == {micros(instant(sent["event_time"]))}
    assert {row["received_at"] for row in rows} == {
        micros(instant(sent["received_at"]))
    }


@pytest.mark.parametrize("name", LONG)
def test_a_long_line_is_an_event(name, found):
    """A line of almost 16 KiB, whatever it is made of."""
    row = found[len(MALFORMED) + list(LONG).index(name)]

    assert (row["quarantine"], row["action"]) == (None, "OPT_OUT")


def test_all_good_lines_are_events(found):
    """However JSON spells them."""
    first = len(MALFORMED) + len(LONG)

    assert {row["quarantine"] for row in found[first : first + 1_000]} == {None}


def test_the_examples_of_the_page_become_what_it_says(found):
    """As they do in plain Python."""
    said = [said for _, said in examples_of_page()]
    for row, columns in zip(found[-len(said) :], said, strict=True):
        time = columns["event_time"]
        expected = columns | {"event_time": time and micros(instant(time))}
        assert {name: row[name] for name in columns} == expected


def test_nothing_stored_holds_a_token(lines, found):
    """Nor its digits, in either case, nor an identifier or an address."""
    stored = str(found).lower()
    whole = re.compile(rb'"k[0-9]:([0-9A-Fa-f]{64})"')
    digits = {
        text.decode().lower() for line in lines for text in whole.findall(line or b"")
    }

    assert len(digits) > 500
    assert [text for text in digits if text in stored] == []
    assert "4111111111111111" not in stored
    assert "@" not in stored


def test_the_types_are_the_table_s(spark):
    """Times are instants, even where a session takes TIMESTAMP for local time."""
    table = spark.createDataFrame([], EVENT_COLUMNS).schema
    spark.conf.set("spark.sql.timestampType", "TIMESTAMP_NTZ")
    try:
        schema = columns(spark, [None]).schema
    finally:
        spark.conf.unset("spark.sql.timestampType")

    declared = {field.name: field.dataType for field in table}
    assert [f.name for f in schema] == list(LINE_COLUMNS)
    assert {f.name: f.dataType for f in schema} == {
        name: kind for name, kind in declared.items() if name not in ("stream", "batch")
    }


def test_settings_of_the_session_change_no_time(spark):
    """Neither an old parser of times nor another time zone."""
    rng = random.Random(19)
    lines = [good_line(rng) for _ in range(50)]
    changed = {
        "spark.sql.legacy.timeParserPolicy": "LEGACY",
        "spark.sql.session.timeZone": "America/St_Johns",
    }
    before = {name: spark.conf.get(name) for name in changed}
    for name, value in changed.items():
        spark.conf.set(name, value)
    try:
        rows = collected(columns(spark, lines))
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)

    assert rows == expected(lines)


def test_identifiers_are_tokenised_by_the_party_s_own_expression(spark):
    """A refused one is in quarantine; a kind that cannot be read is not guessed."""

    def token_of(identifier, kind, subject):
        if kind not in (None, "pan") or identifier == "refused":
            return None
        return "k3:" + hashlib.sha256(identifier.encode()).hexdigest()

    def tokenised(frame):
        accepted = F.col("kind").isNull() | (F.col("kind") == "pan")
        accepted &= F.col("identifier") != "refused"
        token = F.concat(F.lit("k3:"), F.sha2("identifier", 256))
        return frame.withColumn(IDENTIFIER_TOKEN, F.when(accepted, token))

    event = opt_out(random.Random(20)) | {"identifier": "4111111111111111"}
    raw = {name: value for name, value in event.items() if name != "token"}
    lines = [
        encoded(raw),
        encoded(raw | {"kind": "pan", "subject": "card"}),
        encoded(raw | {"kind": "email"}),
        encoded(raw | {"kind": 1}),
        encoded(raw | {"subject": "Mr Smith"}),
        encoded(raw | {"identifier": "refused"}),
        encoded(raw | {"identifier": ""}),
        encoded(raw | {"identifier": 4111111111111111}),
        encoded(raw | {"identifier": "x" * 1025}),
        encoded(raw | {"event_id": "of-4111111111111111"}),
        encoded(raw | {"action": "LEAVE"}),
        encoded(event),
        *(
            encoded(raw | {"identifier": "Zo\u00eb \U0001f600\n"}, random.Random(i))
            for i in range(3)
        ),
        encoded(opt_out(random.Random(21))),
        b"{}",
        None,
    ]

    rows = collected(columns(spark, lines, tokenised=tokenised))

    assert rows == expected(lines, token_of)
    reasons = [row["quarantine"] for row in rows]
    assert reasons[:3] == [None, None, "refused_identifier"]
    assert rows[0]["key_id"] == "k3"
    assert "4111111111111111" not in str(rows)
