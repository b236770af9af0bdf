"""
The wire format of a consent event, version 1, as data: fields, forms, faults.

One line is one flat JSON object.  `spark.revocation.event_lines` reads lines by what is
here, and `docs/spec/consent-events-v1.md` says the same to those who write them.

A value is stored only if it has the form of its field.  Every form but the raw
identifier's is ASCII, and none but the token's has room for a token.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from cleanroom_join.contract.terms.described import Described
from cleanroom_join.contract.terms.names import NAME
from cleanroom_join.contract.token_format import TOKEN_PATTERN
from cleanroom_join.revocation.event import Action, Scope

__all__ = [
    "FIELDS",
    "MAX_DIGITS",
    "MAX_LINE_BYTES",
    "SCHEMA_VERSIONS",
    "Field",
    "JsonType",
    "QuarantineReason",
    "inferred_action",
]

SCHEMA_VERSIONS = (1,)
"""Versions of the wire format that can be read; additional fields need no new one."""

MAX_LINE_BYTES = 16 * 1024
"""Bytes of the longest line, in UTF-8."""

MAX_DIGITS = 100
"""Digits of the longest number before its point, and after it; engines limit these."""

_TIME_OF_DAY = "[Tt](?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}"
_LEAP_YEAR = "(?:19(?:0[48]|[2468][048]|[13579][26])|20(?:[02468][048]|[13579][26]))"
_DATE = (
    "(?:(?:(?:19|20)[0-9]{2}|2100)-(?:"
    "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    f"|{_LEAP_YEAR}-02-29)"
)
_ZONE = "(?:[Zz]|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
_TIME = rf"{_DATE}{_TIME_OF_DAY}(?:\.[0-9]{{1,6}})?{_ZONE}"
"""
RFC 3339 with its zone, of a day that exists in the years 1900 to 2100.

No second 60, no hour 24, at most microseconds, zones up to 14:59 from UTC.
"""


class JsonType(Enum):
    """What a value is in JSON; an integer is not one that is a number in quotes."""

    STRING = auto()
    INTEGER = auto()


class QuarantineReason(Described):
    """
    Why a line is in quarantine: of several reasons the first of this list.

    The value is stored in the column ``quarantine`` and does not change.
    """

    NO_LINE = "no_line", "There is no line: a record without value (a tombstone)."
    TOO_LONG = "too_long", "The line is longer than 16 KiB."
    EMPTY_LINE = "empty_line", "The line is empty, or blanks alone."
    NOT_UTF8 = "not_utf8", "The line has bytes that are not UTF-8."
    NOT_FLAT_JSON = (
        "not_flat_json",
        "The line is not exactly one flat JSON object of version 1.",
    )
    REPEATED_NAME = "repeated_name", "A name is twice in the object."
    UNKNOWN_SCOPE = "unknown_scope", "`scope` is none of subject, party, dataset."
    MALFORMED_TOKEN = "malformed_token", "`token` has not the form of a token."
    RAW_IDENTIFIER = (
        "raw_identifier",
        "The line has an identifier, not a token, and the job does not tokenise.",
    )
    REFUSED_IDENTIFIER = (
        "refused_identifier",
        "The identifier in place of a token cannot be tokenised.",
    )
    UNKNOWN_NAME = "unknown_name", "The contract has no such party or dataset."
    NO_SUBJECT = "no_subject", "The field that the scope needs is absent."
    SEVERAL_SUBJECTS = (
        "several_subjects",
        "The line has more than one of token, identifier, party and dataset.",
    )
    UNKNOWN_VERSION = "unknown_version", "`schema_version` is absent, or not 1."
    UNKNOWN_ACTION = (
        "unknown_action",
        "`action` is absent, or none of those that fit the scope.",
    )
    MALFORMED_EVENT_ID = "malformed_event_id", "`event_id` is absent or malformed."
    MALFORMED_EVENT_TIME = (
        "malformed_event_time",
        "`event_time` is absent, or no RFC 3339 time with a zone from 1900 to 2100.",
    )
    MALFORMED_SOURCE_SEQ = (
        "malformed_source_seq",
        "`source_seq` is not a JSON integer from 0 to 9223372036854775807.",
    )
    MALFORMED_RECEIVED_AT = (
        "malformed_received_at",
        "`received_at` is no RFC 3339 time with a zone from 1900 to 2100.",
    )
    MALFORMED_LEGAL_BASIS = "malformed_legal_basis", "`legal_basis` is malformed."
    MALFORMED_JURISDICTION = (
        "malformed_jurisdiction",
        "`jurisdiction` is no ISO 3166 code of a country or a part of one.",
    )
    MALFORMED_EVIDENCE = (
        "malformed_evidence",
        "`evidence_digest` is not 64 lower-case hexadecimal digits.",
    )
    REPEATED_SUBJECT = (
        "repeated_subject",
        "Another field has the digits of the token, or the identifier, in it.",
    )
    NO_EVIDENCE = (
        "no_evidence",
        "OPT_IN or RESUME without `evidence_digest`.",
    )
    FUTURE_PERMISSION = (
        "future_permission",
        "OPT_IN or RESUME with an `event_time` later than it was received.",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field of a line; one with the value null is absent."""

    name: str
    pattern: str
    """Form of a string's decoded text, or of an integer's digits; of the whole text."""
    fault: QuarantineReason | None
    """Why a line is in quarantine whose field is malformed; None: the scope decides."""
    meaning: str
    json_type: JsonType = JsonType.STRING
    obligatory: bool = False
    """Whether a line without it has the same fault."""


FIELDS = (
    Field(
        name="schema_version",
        pattern="[1-9][0-9]{0,5}",
        fault=QuarantineReason.UNKNOWN_VERSION,
        meaning="1. Additional fields are ignored and need no new version.",
        json_type=JsonType.INTEGER,
        obligatory=True,
    ),
    Field(
        name="event_id",
        pattern="[A-Za-z0-9._:/+=-]{1,64}",
        fault=QuarantineReason.MALFORMED_EVENT_ID,
        meaning="Random, and the same whenever the event is delivered again.",
        obligatory=True,
    ),
    Field(
        name="scope",
        pattern="|".join(scope.value for scope in Scope),
        fault=QuarantineReason.UNKNOWN_SCOPE,
        meaning="What the event is about; absent: a subject.",
    ),
    Field(
        name="token",
        pattern=TOKEN_PATTERN,
        fault=None,
        meaning="The subject's token, as in the shared tables; scope subject.",
    ),
    Field(
        name="party",
        pattern=NAME.regex,
        fault=None,
        meaning="The party's alias in the contract; scope party.",
    ),
    Field(
        name="dataset",
        pattern=NAME.regex,
        fault=None,
        meaning="The asset's name in the contract; scope dataset.",
    ),
    Field(
        name="identifier",
        pattern=r"[\s\S]{1,1024}",
        fault=None,
        meaning="The raw identifier in place of a token, if the job tokenises it.",
    ),
    Field(
        name="kind",
        pattern=NAME.regex,
        fault=None,
        meaning="The identifier's token kind.",
    ),
    Field(
        name="subject",
        pattern=NAME.regex,
        fault=None,
        meaning="The identifier's kind of subject in the contract.",
    ),
    Field(
        name="action",
        pattern="|".join(action.value for action in Action),
        fault=QuarantineReason.UNKNOWN_ACTION,
        meaning="OPT_OUT, ERASE, OPT_IN; for a party or dataset SUSPEND, RESUME.",
        obligatory=True,
    ),
    Field(
        name="event_time",
        pattern=_TIME,
        fault=QuarantineReason.MALFORMED_EVENT_TIME,
        meaning="When the subject decided: the latest event of a subject counts.",
        obligatory=True,
    ),
    Field(
        name="source_seq",
        pattern="0|[1-9][0-9]{0,18}",
        fault=QuarantineReason.MALFORMED_SOURCE_SEQ,
        meaning="The source's own count, for events of one time; absent: 0.",
        json_type=JsonType.INTEGER,
    ),
    Field(
        name="received_at",
        pattern=_TIME,
        fault=QuarantineReason.MALFORMED_RECEIVED_AT,
        meaning="When the company received the request: deadlines begin here.",
    ),
    Field(
        name="legal_basis",
        pattern="[A-Za-z0-9 .,;:()/_-]{1,60}",
        fault=QuarantineReason.MALFORMED_LEGAL_BASIS,
        meaning="The provision that the request rests on.",
    ),
    Field(
        name="jurisdiction",
        pattern="[A-Z]{2}(?:-[A-Z0-9]{1,3})?",
        fault=QuarantineReason.MALFORMED_JURISDICTION,
        meaning="ISO 3166 code of the country, or of the part of it.",
    ),
    Field(
        name="evidence_digest",
        pattern="[0-9a-f]{64}",
        fault=QuarantineReason.MALFORMED_EVIDENCE,
        meaning="SHA-256 of the record that proves the decision.",
    ),
)
"""The fields of a line; other names are ignored."""


def inferred_action(scope: Scope) -> Action:
    """
    Return what a line in quarantine counts as if its own action cannot be read.

    Examples:
        >>> inferred_action(Scope.SUBJECT).value
        'OPT_OUT'
    """
    return Action.OPT_OUT if scope is Scope.SUBJECT else Action.SUSPEND
