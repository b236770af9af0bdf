"""Consent lines that a test writes: good ones, and bad ones in over thirty ways."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

__all__ = [
    "DATASETS",
    "INGESTED_AT",
    "MALFORMED",
    "PARTIES",
    "Malformed",
    "encoded",
    "good_line",
    "malformed_line",
    "mutated_line",
]

INGESTED_AT = dt.datetime(2026, 11, 28, 12, tzinfo=dt.timezone.utc)
PARTIES = frozenset({"acme", "globex"})
DATASETS = frozenset({"account_behavior", "payments"})
EVIDENCE = hashlib.sha256(b"the record of a decision").hexdigest()


def encoded(members: dict, rng: random.Random | None = None) -> bytes:
    """Return an object as a line; with a generator in one of JSON's many spellings."""
    if rng is None:
        return json.dumps(members, separators=(",", ":")).encode()
    items = list(members.items())
    rng.shuffle(items)
    separators = rng.choice([(",", ":"), (", ", ": "), (" ,\t", "\r\n: ")])
    text = json.dumps(
        dict(items), separators=separators, ensure_ascii=rng.random() < 0.5
    )
    if rng.random() < 0.2:
        text = text.replace("/", "\\/")
    if rng.random() < 0.2:
        text = text.replace('"OPT_', '"\\u004fPT\\u005F')
    return (
        rng.choice(["", " ", "\t"]).encode()
        + text.encode()
        + rng.choice([b"", b"\r\n"])
    )


def members(rng: random.Random) -> dict:
    """Return the members of a good event."""
    seconds = rng.randrange(0, 10**8)
    received = INGESTED_AT - dt.timedelta(seconds=seconds)
    happened = received - dt.timedelta(microseconds=rng.choice([0, 1, 5 * 10**9]))
    scope = rng.choice(["subject"] * 6 + ["party", "dataset"])
    actions = (
        ["OPT_OUT", "OPT_IN", "ERASE"] if scope == "subject" else ["SUSPEND", "RESUME"]
    )
    event = {
        "schema_version": 1,
        "event_id": f"{rng.getrandbits(128):032x}",
        "action": rng.choice(actions),
        "event_time": time_text(happened, rng),
    }
    if scope == "subject":
        digits = hashlib.sha256(str(rng.randrange(1000)).encode()).hexdigest()
        event["token"] = f"{rng.choice(['k1', 'k2'])}:{digits}"
    elif scope == "party":
        event["party"] = rng.choice(sorted(PARTIES))
    else:
        event["dataset"] = rng.choice(sorted(DATASETS))
    if scope != "subject" or rng.random() < 0.3:
        event["scope"] = scope
    if event["action"] in ("OPT_IN", "RESUME") or rng.random() < 0.5:
        event["evidence_digest"] = EVIDENCE
    optional = {
        "received_at": time_text(received, rng),
        "source_seq": rng.choice([0, 17, 2**63 - 1]),
        "legal_basis": "CCPA 1798.120 (opt-out); 11 CCR 7026/a",
        "jurisdiction": rng.choice(["US", "US-CA", "DE", "GB-ENG"]),
        "note": rng.choice(['"quoted", "token": "no"', "\\", "é€😀\u2028\xa0", ""]),
        "retry": rng.choice([-1.5e-7, True, False, None, 10**40]),
    }
    for name, value in optional.items():
        if rng.random() < 0.5 or (name == "received_at" and permits(event)):
            event[name] = value
    return event


def permits(event: dict) -> bool:
    """Return whether an event allows something."""
    return event["action"] in ("OPT_IN", "RESUME")


def time_text(time: dt.datetime, rng: random.Random) -> str:
    """Return a time as RFC 3339 in some zone, with as many digits as it needs."""
    minutes = rng.choice([0, 0, 60, -480, 345, -150, 14 * 60])
    zone = dt.timezone(dt.timedelta(minutes=minutes))
    text = time.astimezone(zone).isoformat()
    if minutes == 0:
        text = text.replace("+00:00", rng.choice(["Z", "z", "+00:00", "-00:00"]))
    return text.replace("T", rng.choice("TTt"))


def good_line(rng: random.Random) -> bytes:
    """Return a line that becomes an event."""
    return encoded(members(rng), rng)


class Malformed(NamedTuple):
    """One way to be malformed: the line, why it is in quarantine, and its effect."""

    line: Callable[[dict], bytes | None]
    reason: str
    excludes: bool


def _with(**values: object) -> Callable[[dict], bytes]:
    """Return what puts other values into an event; None takes a field away."""
    return lambda event: encoded(
        {k: v for k, v in (event | values).items() if v is not None}
    )


def _text(change: Callable[[str], str]) -> Callable[[dict], bytes]:
    """Return what changes the text of a line."""
    return lambda event: change(encoded(event).decode()).encode()


def _added(member: str) -> Callable[[dict], bytes]:
    """Return what adds a member to a line, as it is written."""
    return _text(lambda text: f"{text[:-1]},{member}}}")


def _none(reason: str, line: Callable[[dict], bytes | None]) -> Malformed:
    return Malformed(line, reason, excludes=False)


def _out(reason: str, line: Callable[[dict], bytes | None]) -> Malformed:
    return Malformed(line, reason, excludes=True)


_PERMIT = {"action": "OPT_IN", "evidence_digest": EVIDENCE}

MALFORMED = {
    "a tombstone": _none("no_line", lambda _: None),
    "nothing": _none("empty_line", lambda _: b""),
    "blanks": _none("empty_line", lambda _: b" \t\r\n"),
    "17 KiB": _none("too_long", _with(note="x" * 17_000)),
    "17 KiB of two-byte letters": _none(
        "too_long",
        lambda e: encoded(e)[:-1] + b',"n":"' + "é".encode() * 8_300 + b'"}',
    ),
    "Latin-1": _none("not_utf8", lambda e: encoded(e)[:-1] + b',"n":"\xe9"}'),
    "UTF-16": _none("not_utf8", lambda e: encoded(e).decode().encode("utf-16")),
    "a byte order mark": _none("not_flat_json", _text("\ufeff{}".format)),
    "text after the object": _none("not_flat_json", _text("{} x".format)),
    "a second object": _none("not_flat_json", _text(lambda text: text + text)),
    "a second object after a line end": _none(
        "not_flat_json", _text(lambda text: f"{text}\n{text}")
    ),
    "cut off": _none("not_flat_json", _text(lambda text: text[:-9])),
    "an array": _none("not_flat_json", _text("[{}]".format)),
    "a string": _none("not_flat_json", lambda _: b'"OPT_OUT"'),
    "null": _none("not_flat_json", lambda _: b"null"),
    "CSV": _none("not_flat_json", lambda e: ",".join(map(str, e.values())).encode()),
    "a nested object": _none("not_flat_json", _added('"more":{"a":1}')),
    "a nested array": _none("not_flat_json", _added('"more":[]')),
    "a comma at the end": _none("not_flat_json", _text(lambda t: f"{t[:-1]},}}")),
    "single quotes": _none("not_flat_json", _text(lambda t: t.replace('"', "'"))),
    "a name without quotes": _none("not_flat_json", _added("more:1")),
    "an escape in a name": _none(
        "not_flat_json", _text(lambda t: t.replace('"action"', '"\\u0061ction"'))
    ),
    "a comment": _none("not_flat_json", _text("{}//".format)),
    "a no-break space": _none(
        "not_flat_json", _text(lambda t: t.replace(",", ",\xa0"))
    ),
    "a line separator after it": _none("not_flat_json", _text("{}\u2028".format)),
    "NUL after it": _none("not_flat_json", _text("{}\0".format)),
    "NUL in a string": _none("not_flat_json", _added('"n":"\0"')),
    "a tabulator in a string": _none("not_flat_json", _added('"n":"\t"')),
    "half a surrogate pair": _none("not_flat_json", _added('"n":"\\ud83d"')),
    "the wrong half first": _none("not_flat_json", _added('"n":"\\ude00\\ud83d"')),
    "an unknown escape": _none("not_flat_json", _added('"n":"\\x41"')),
    "NaN": _none("not_flat_json", _added('"n":NaN')),
    "a leading zero": _none("not_flat_json", _added('"n":01')),
    "a number of 101 digits": _none("not_flat_json", _added('"n":' + "1" * 101)),
    "a name twice": _none("repeated_name", _added('"action":"OPT_IN"')),
    "another name twice": _none("repeated_name", _added('"n":1,"n":1')),
    "no token": _none("no_subject", _with(token=None)),
    "an empty token": _none("malformed_token", _with(token="")),
    "a token in capitals": _none(
        "malformed_token", lambda e: encoded(e | {"token": e["token"].upper()})
    ),
    "a token with a line end": _none(
        "malformed_token", lambda e: encoded(e | {"token": e["token"] + "\n"})
    ),
    "a number as token": _none("malformed_token", _with(token=17)),
    "an identifier": _none(
        "raw_identifier", _with(token=None, identifier="4111111111111111", kind="pan")
    ),
    "a token and an identifier": _out(
        "several_subjects", _with(identifier="4111111111111111")
    ),
    "an unknown party": _none(
        "unknown_name",
        _with(token=None, scope="party", party="initech", action="SUSPEND"),
    ),
    "a party's alias in capitals": _none(
        "unknown_name", _with(token=None, scope="party", party="ACME", action="SUSPEND")
    ),
    "an unknown dataset": _none(
        "unknown_name",
        _with(token=None, scope="dataset", dataset="orders", action="SUSPEND"),
    ),
    "no dataset": _none(
        "no_subject", _with(token=None, scope="dataset", action="SUSPEND")
    ),
    "a token and a party": _out("several_subjects", _with(party="acme")),
    "an unknown scope": _out("unknown_scope", _with(scope="household")),
    "an unknown scope and no token": _none(
        "unknown_scope", _with(scope="household", token=None)
    ),
    "an unknown scope, a permission": _none(
        "unknown_scope", _with(scope="household", **_PERMIT)
    ),
    "a later version": _out("unknown_version", _with(schema_version=2)),
    "no version": _out("unknown_version", _with(schema_version=None)),
    "a version in quotes": _out("unknown_version", _with(schema_version="1")),
    "an unknown action": _out("unknown_action", _with(action="UNSUBSCRIBE")),
    "an action in small letters": _out(
        "unknown_action", _with(action="opt_in", evidence_digest=EVIDENCE)
    ),
    "no action": _out("unknown_action", _with(action=None)),
    "an action of a party": _out(
        "unknown_action", _with(action="RESUME", evidence_digest=EVIDENCE)
    ),
    "a party that opts out": _out(
        "unknown_action", _with(token=None, scope="party", party="acme")
    ),
    "no event id": _out("malformed_event_id", _with(event_id=None)),
    "an address as event id": _out(
        "malformed_event_id", _with(event_id="ann@example.org")
    ),
    "a token as event id": _out(
        "malformed_event_id", lambda e: encoded(e | {"event_id": e["token"]})
    ),
    "no event time": _out("malformed_event_time", _with(event_time=None)),
    "a compact date": _out("malformed_event_time", _with(event_time="20240301")),
    "a date": _out("malformed_event_time", _with(event_time="2026-11-28")),
    "seconds since 1970": _out("malformed_event_time", _with(event_time=1_780_000_000)),
    "a time without zone": _out(
        "malformed_event_time", _with(event_time="2026-11-28T10:00:00")
    ),
    "a named zone": _out(
        "malformed_event_time", _with(event_time="2026-11-28T10:00:00[UTC]")
    ),
    "30 February": _out(
        "malformed_event_time", _with(event_time="2026-02-30T10:00:00Z")
    ),
    "29 February 1900": _out(
        "malformed_event_time", _with(event_time="1900-02-29T10:00:00Z")
    ),
    "24 o'clock": _out(
        "malformed_event_time", _with(event_time="2026-11-28T24:00:00Z")
    ),
    "a leap second": _out(
        "malformed_event_time", _with(event_time="2016-12-31T23:59:60Z")
    ),
    "nanoseconds": _out(
        "malformed_event_time", _with(event_time="2026-11-28T10:00:00.123456789Z")
    ),
    "a blank for T": _out(
        "malformed_event_time", _with(event_time="2026-11-28 10:00:00Z")
    ),
    "the year 1899": _out(
        "malformed_event_time", _with(event_time="1899-12-31T23:59:59Z")
    ),
    "the year 2101": _out(
        "malformed_event_time", _with(event_time="2101-01-01T00:00:00Z")
    ),
    "a number in quotes": _out("malformed_source_seq", _with(source_seq="17")),
    "a fraction": _out("malformed_source_seq", _with(source_seq=17.0)),
    "a negative number": _out("malformed_source_seq", _with(source_seq=-1)),
    "a number of 64 bits": _out("malformed_source_seq", _with(source_seq=2**63)),
    "received on no day": _out(
        "malformed_received_at", _with(received_at="2026-13-01T00:00:00Z")
    ),
    "a legal basis with an address": _out(
        "malformed_legal_basis", _with(legal_basis="as ann@example.org said")
    ),
    "a country's name": _out(
        "malformed_jurisdiction", _with(jurisdiction="California")
    ),
    "a short digest": _out("malformed_evidence", _with(evidence_digest="abc")),
    "a permission, a short digest": _none(
        "malformed_evidence", _with(action="OPT_IN", evidence_digest="abc")
    ),
    "a permission, no digest": _none(
        "no_evidence", _with(action="OPT_IN", evidence_digest=None)
    ),
    "a permission without a time": _none(
        "malformed_event_time", _with(event_time=None, **_PERMIT)
    ),
    "a permission from the future": _none(
        "future_permission", _with(event_time="2099-01-01T00:00:00Z", **_PERMIT)
    ),
    "a permission before it was received": _none(
        "future_permission",
        _with(
            event_time="2026-11-28T10:00:00.000001Z",
            received_at="2026-11-28T10:00:00Z",
            **_PERMIT,
        ),
    ),
    "a party's permission, no digest": _none(
        "no_evidence",
        _with(
            token=None,
            scope="party",
            party="acme",
            action="RESUME",
            evidence_digest=None,
        ),
    ),
    "the token's digits as digest": _out(
        "repeated_subject", lambda e: encoded(e | {"evidence_digest": e["token"][-64:]})
    ),
    "the token's digits as event id": _out(
        "repeated_subject",
        lambda e: encoded(e | {"event_id": e["token"][-64:].upper()}),
    ),
    "an erasure, a short digest": _out(
        "malformed_evidence", _with(action="ERASE", evidence_digest="abc")
    ),
}
"""Ways to be malformed; each is made of a good opt-out of one subject."""


def opt_out(rng: random.Random) -> dict:
    """Return the members of a good opt-out, in a fixed order."""
    digits = hashlib.sha256(str(rng.random()).encode()).hexdigest()
    return {
        "schema_version": 1,
        "event_id": f"{rng.getrandbits(128):032x}",
        "token": f"k1:{digits}",
        "action": "OPT_OUT",
        "event_time": "2026-11-28T10:00:00Z",
        "source_seq": rng.randrange(1000),
    }


def malformed_line(name: str, rng: random.Random) -> bytes | None:
    """Return a line that is malformed in one way."""
    return MALFORMED[name].line(opt_out(rng))


def mutated_line(rng: random.Random) -> bytes | None:
    """Return a good line after one to three changes, which may leave it good."""
    event = members(rng)
    names = sorted(MALFORMED)
    values = [
        None,
        "",
        0,
        1,
        -1,
        1.5,
        True,
        "null",
        "OPT_OUT",
        "subject",
        "acme",
        "k1:",
        EVIDENCE,
    ]
    for _ in range(rng.randrange(1, 4)):
        if rng.random() < 0.15:
            return malformed_line(rng.choice(names), rng)
        event[rng.choice([*event, "identifier", "kind", "party", "scope"])] = (
            rng.choice(values)
        )
    line = encoded(event, rng)
    if rng.random() < 0.3:
        index = rng.randrange(len(line))
        line = line[:index] + bytes([rng.randrange(256)]) + line[index + 1 :]
    return line
