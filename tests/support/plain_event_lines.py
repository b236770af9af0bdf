"""
The consent wire format read in plain Python: the reference for Spark's columns.

It is written from the page of the format, with Python's own JSON and calendar, and
shares no pattern with `revocation.wire_format`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import string

__all__ = ["Instant", "instant", "plain_event"]

UTC = dt.timezone.utc
HEX = set("0123456789abcdef")
LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
SCOPES = {"subject": "token", "party": "party", "dataset": "dataset"}
RESTRICTIVENESS = {"OPT_IN": 0, "RESUME": 0, "OPT_OUT": 1, "SUSPEND": 1, "ERASE": 2}
FITTING = {
    "subject": {"OPT_IN", "OPT_OUT", "ERASE"},
    "party": {"SUSPEND", "RESUME"},
    "dataset": {"SUSPEND", "RESUME"},
}
Instant = dt.datetime


class Unreadable(Exception):
    """The line is no flat object; the text is the reason."""


class Number(str):
    """A number as it is written."""

    __slots__ = ()


def number(text):
    """Return a number as it is written, if it is short enough."""
    whole, _, exponent = text.lower().partition("e")
    whole, _, fraction = whole.partition(".")
    if max(len(whole.strip("-")), len(fraction)) > 100 or len(exponent.strip("+-")) > 3:
        raise Unreadable("not_flat_json")
    return Number(text)


def constant(text):
    """Refuse NaN and Infinity, which Python's JSON has and JSON has not."""
    raise Unreadable("not_flat_json")


class Pairs(list):
    """The members of an object, in order, with those that are there twice."""


def flat_object(line: bytes | None) -> dict:
    """Return the object of a line without its members that are null."""
    if line is None:
        raise Unreadable("no_line")
    if len(line) > 16384:
        raise Unreadable("too_long")
    if not line.strip(b" \t\r\n"):
        raise Unreadable("empty_line")
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise Unreadable("not_utf8") from None
    pairs = flat_members(text)
    if len({name for name, _ in pairs}) < len(pairs):
        raise Unreadable("repeated_name")
    return {name: value for name, value in pairs if value is not None}


def flat_members(text: str) -> Pairs:
    """Return the members of a text that is one flat object."""
    try:
        pairs = json.loads(
            text,
            object_pairs_hook=Pairs,
            parse_int=number,
            parse_float=number,
            parse_constant=constant,
        )
    except (ValueError, RecursionError):
        raise Unreadable("not_flat_json") from None
    if not isinstance(pairs, Pairs):
        raise Unreadable("not_flat_json")
    for name, value in pairs:
        is_name = name.isascii() and name.isidentifier()
        as_written = re.search(rf'"{re.escape(name)}"\s*:', text)  # without escapes
        surrogates = isinstance(value, str) and re.search("[\ud800-\udfff]", value)
        if isinstance(value, list) or surrogates or not (is_name and as_written):
            raise Unreadable("not_flat_json")
    return pairs


def of(characters, text, most, least=1):
    """Return whether a text has only these characters, and how many."""
    return least <= len(text) <= most and set(text) <= set(characters)


def is_name(text):
    """Return whether a text can be a party's alias or an asset's name."""
    return of(LOWER + DIGITS + "_", text, 63) and text[0] in LOWER


def is_token(text):
    """Return whether a text is a key id, a colon and 64 digits."""
    key_id, _, digits = text.partition(":")
    return of(LOWER + DIGITS, key_id, 16) and of(HEX, digits, 64, 64)


def is_jurisdiction(text):
    """Return whether a text is like US or US-CA."""
    country, dash, area = text.partition("-")
    fits = of(UPPER, country, 2, 2)
    return fits and (of(UPPER + DIGITS, area, 3) if dash else True)


def instant(text) -> Instant | None:
    """Return an RFC 3339 time in UTC, or None."""
    if not text.isascii() or len(text) < 20:
        return None
    date, middle, clock, rest = text[:10], text[10], text[11:19], text[19:]
    fraction = "0"
    if rest[0] == ".":
        count = len(rest[1:]) - len(rest[1:].lstrip(DIGITS))
        fraction, rest = rest[1 : 1 + count], rest[1 + count :]
    zone = "+00:00" if rest in ("Z", "z") else rest
    shape = "".join("0" if c in DIGITS else c for c in date + middle + clock + zone)
    if shape[:20].upper() != "0000-00-00T00:00:00" + zone[:1] or shape[20:] != "00:00":
        return None
    hours, minutes = int(zone[1:3]), int(zone[4:])
    if not 1 <= len(fraction) <= 6 or zone[0] not in "+-" or hours > 14 or minutes > 59:
        return None
    offset = dt.timedelta(hours=hours, minutes=minutes)
    try:
        local = dt.datetime(
            *map(int, date.split("-")),
            *map(int, clock.split(":")),
            int(fraction.ljust(6, "0")),
            tzinfo=dt.timezone(offset if zone[0] == "+" else -offset),
        )
    except ValueError:
        return None
    return local.astimezone(UTC) if 1900 <= local.year <= 2100 else None


FORMS = {
    "event_id": lambda t: of(LOWER + UPPER + DIGITS + "._:/+=-", t, 64),
    "scope": SCOPES.__contains__,
    "token": is_token,
    "party": is_name,
    "dataset": is_name,
    "identifier": lambda t: 1 <= len(t) <= 1024,
    "kind": is_name,
    "subject": is_name,
    "action": RESTRICTIVENESS.__contains__,
    "event_time": lambda t: instant(t) is not None,
    "received_at": lambda t: instant(t) is not None,
    "legal_basis": lambda t: of(LOWER + UPPER + DIGITS + " .,;:()/_-", t, 60),
    "jurisdiction": is_jurisdiction,
    "evidence_digest": lambda t: of(HEX, t, 64, 64),
}
FAULTS = {
    "event_id": "malformed_event_id",
    "event_time": "malformed_event_time",
    "source_seq": "malformed_source_seq",
    "received_at": "malformed_received_at",
    "legal_basis": "malformed_legal_basis",
    "jurisdiction": "malformed_jurisdiction",
    "evidence_digest": "malformed_evidence",
}


def well_formed(members: dict) -> dict:
    """Return the members that have the type and form of their field."""
    values = {}
    for name, value in members.items():
        if isinstance(value, Number):
            digits = value.isdecimal() and str(int(value)) == value
            if name == "schema_version" and digits and 1 <= int(value) < 10**6:
                values[name] = int(value)
            if name == "source_seq" and digits and int(value) < 2**63:
                values[name] = int(value)
        elif isinstance(value, str) and name in FORMS and FORMS[name](value):
            values[name] = value
    return values


def plain_event(
    line: bytes | None, ingested_at: Instant, parties, datasets, tokenise=None
) -> dict:
    """
    Return what a line becomes, by column.

    Args:
        line: The line's bytes.
        ingested_at: When the job got it.
        parties: Aliases that the contract knows.
        datasets: Assets that the contract knows.
        tokenise: What makes a token, or None, of identifier, kind and subject.
    """
    try:
        members = flat_object(line)
    except Unreadable as reason:
        return NOTHING | {
            "received_at": ingested_at,
            "ingested_at": ingested_at,
            "quarantine": str(reason),
        }
    values = well_formed(members)
    bad = set(members) - set(values)
    token = values.get("token")
    raw = values.get("identifier")
    if token is None and tokenise and raw and not bad & {"kind", "subject"}:
        token = tokenise(raw, values.get("kind"), values.get("subject"))
    scope = values.get("scope")
    if scope is None and ("scope" not in bad or token):
        scope = "subject"
    known = {"party": parties, "dataset": datasets}
    key = None
    if scope == "subject" and token:
        key = hashlib.sha256(token.encode()).hexdigest()
    elif scope in known and values.get(scope) in known[scope]:
        key = values[scope]
    event = NOTHING | stored(values, token) | {"scope": scope, "key": key}
    if scope == "subject" and token:
        event["key_id"] = token.split(":")[0]
    event["ingested_at"] = ingested_at
    received = instant(values.get("received_at", "")) or ingested_at
    event["received_at"] = received = min(received, ingested_at)
    action = values.get("action")
    action = action if action in FITTING.get(scope, ()) else None
    event["action"] = action  # for the reasons
    raw_reason = "refused_identifier" if tokenise else "raw_identifier"
    found = subject_reasons(event, members, bad, raw_reason) + event_reasons(
        event, members, values, token
    )
    permits = action in ("OPT_IN", "RESUME")
    time = None
    if not found:
        time = min(instant(values["event_time"]), ingested_at)
    elif key is not None and not permits:
        event["action"] = action or ("OPT_OUT" if scope == "subject" else "SUSPEND")
        said = instant(values.get("event_time", ""))
        time = received if said is None else max(received, min(said, ingested_at))
    else:
        event["action"] = None
    return event | {
        "event_time": time,
        "restrictiveness": RESTRICTIVENESS.get(event["action"]),
        "quarantine": found[0] if found else None,
    }


NOTHING = {
    "event_id": "",
    "scope": None,
    "key": None,
    "key_id": None,
    "action": None,
    "event_time": None,
    "source_seq": 0,
    "restrictiveness": None,
    "legal_basis": None,
    "jurisdiction": None,
    "evidence_digest": None,
    "schema_version": None,
}
"""What is stored of a line that cannot be read."""


def repeated(values, token):
    """Return the fields that have the token's digits or the identifier in them."""
    searched = [token.split(":")[1]] if token else []
    if len(values.get("identifier", "")) >= 6:
        searched.append(values["identifier"].lower())
    return {
        name
        for name in ("event_id", "legal_basis", "evidence_digest")
        if any(text in values.get(name, "").lower() for text in searched)
    }


def stored(values, token):
    """Return the fields that are stored as they are."""
    names = {"event_id", "source_seq", "legal_basis", "jurisdiction"}
    names |= {"evidence_digest", "schema_version"}
    names -= repeated(values, token)
    return {name: value for name, value in values.items() if name in names}


def subject_reasons(event, members, bad, raw_reason):
    """Return the faults of what a line is about, in the order of the page."""
    found = []
    scope, no_key = event["scope"], event["key"] is None
    if "scope" in bad:
        found.append("unknown_scope")
    if no_key and scope == "subject" and "token" in members:
        found.append("malformed_token")
    if no_key and scope == "subject" and "identifier" in members:
        found.append(raw_reason)
    if no_key and scope in ("party", "dataset") and scope in members:
        found.append("unknown_name")
    if no_key:
        found.append("no_subject")
    if len({"token", "identifier", "party", "dataset"} & set(members)) > 1:
        found.append("several_subjects")
    return found


def event_reasons(event, members, values, token):
    """Return all other faults, in the order of the page."""
    found = []
    if values.get("schema_version") != 1:
        found.append("unknown_version")
    if event["action"] is None:
        found.append("unknown_action")
    for name, fault in FAULTS.items():
        missing = name in ("event_id", "event_time") and name not in members
        if missing or (name in members and name not in values):
            found.append(fault)
    if repeated(values, token):
        found.append("repeated_subject")
    if event["action"] in ("OPT_IN", "RESUME"):
        time = instant(values.get("event_time", ""))
        if "evidence_digest" not in values:
            found.append("no_evidence")
        if time and time > event["received_at"]:
            found.append("future_permission")
    return found
