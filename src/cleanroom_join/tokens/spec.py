"""
Token specification v1: the three kinds as data, and the document both sides hash.

The normative text is ``docs/spec/token-v1.md``.  Changing anything here changes
tokens, so it needs a new `SPEC_ID`; a test pins the digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.canonical import sha256_hex
from cleanroom_join.contract.model import TokenKind
from cleanroom_join.errors import InternalError
from cleanroom_join.tokens.steps import (
    Delete,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
    Step,
    Translate,
)
from cleanroom_join.tokens.tables import (
    ASCII_DIGITS,
    ASCII_LOWER,
    ASCII_UPPER,
    DASHES,
    DIGITS,
    INVISIBLE,
    TABLES,
    WHITESPACE,
    notation,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "INFO_LABEL",
    "KEY_ID_PATTERN",
    "KINDS",
    "NULL_LIKE",
    "PARTNERSHIP_PATTERN",
    "SPEC_ID",
    "TOKEN_PATTERN",
    "KindSpec",
    "spec_document",
    "spec_sha256",
]

SPEC_ID = "token-v1"
"""What a contract pins as ``tokens.spec``."""

INFO_LABEL = "cleanroom_join/token/v1"
"""First part of the HKDF info; no other use of a key has it."""

KEY_ID_PATTERN = "[a-z0-9]{1,16}"
"""What a key id looks like, as a whole text."""

PARTNERSHIP_PATTERN = "[!-~]{1,128}"
"""What a partnership's name looks like: ASCII, so that both sides' bytes agree."""

TOKEN_PATTERN = KEY_ID_PATTERN + ":[0-9a-f]{64}"
"""
What a token looks like, as a whole text.

In Spark anchor it as ``\\A(?:…)\\z``: Java's ``$`` forgives a final line end.
"""

NULL_LIKE = (
    *("NULL", "(NULL)", "<NULL>", "[NULL]", "NONE", "NIL", "\\N", "UNDEFINED"),
    *("NA", "N/A", "N.A", "N.A.", "#N/A", "#NA", "<NA>", "NOTAVAILABLE"),
    *("NOTAPPLICABLE", "NAN", "NAT", "INF", "INFINITY", "1.#QNAN", "1.#IND"),
    *("#NULL!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#DIV/0!"),
    *("UNKNOWN", "UNK", "MISSING", "EMPTY", "BLANK", "TBA", "TBC", "TBD", "?"),
)
"""Words for NULL as they look in upper case without whitespace and dashes."""

_LINE_ENDS = frozenset("\n\v\f\r\x85\u2028\u2029")
"""Before which Java's ``$`` may match."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KindSpec:
    """How identifiers of one kind are normalised."""

    kind: TokenKind
    steps: tuple[Step, ...]
    """Applied in order; the first check that refuses ends it."""

    def __post_init__(self) -> None:
        """Refuse a kind that would mean two things to two engines."""
        deleted: set[str] = set()
        for step in self.steps:
            if isinstance(step, Delete):
                deleted |= set(step.characters)
            if isinstance(step, RejectIfMatches) and not deleted >= _LINE_ENDS:
                raise InternalError.of("a pattern is matched before line ends are gone")
        if not any(isinstance(step, RejectUnlessCharset) for step in self.steps):
            raise InternalError.of(f"kind {self.kind.value} allows any character")


_CLEAN: tuple[Step, ...] = (
    Delete(characters=WHITESPACE.characters + INVISIBLE.characters + DASHES.characters),
    Translate(
        source=DIGITS.characters + ASCII_LOWER,
        target=ASCII_DIGITS * (len(DIGITS.characters) // 10) + ASCII_UPPER,
    ),
    RejectIfIn(values=("",), reason=Reason.EMPTY),
    RejectIfIn(values=NULL_LIKE, reason=Reason.NULL_LIKE),
    RejectIfMatches(
        pattern="(?:[0-9A-Z]{1,16}:)?[0-9A-F]{64}", reason=Reason.ALREADY_HASHED
    ),
)
"""What every kind begins with."""

_DIGITS_ONLY: tuple[Step, ...] = (
    # Without the sign of the exponent too: dashes are gone by now.
    RejectIfMatches(
        pattern="[0-9]+(?:[.,][0-9]*)?E[+]?[0-9]+", reason=Reason.SCIENTIFIC
    ),
    RejectIfMatches(pattern="[0-9]+[.,]0*", reason=Reason.DECIMAL_SUFFIX),
    RejectIfMatches(pattern="[0-9]*[X*#][0-9X*#]*", reason=Reason.MASKED),
    RejectUnlessCharset(allowed=ASCII_DIGITS, reason=Reason.FORBIDDEN_CHARACTER),
)

_PAN = KindSpec(
    kind=TokenKind.PAN,
    steps=(
        *_CLEAN,
        *_DIGITS_ONLY,
        # ISO/IEC 7812-1 allows at most 19 digits; Maestro has used 12.  The Luhn
        # digit is not checked, because not every UnionPay card has a valid one.
        RejectUnlessLength(minimum=12, maximum=19, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
        RejectIfIn(
            values=("0123456789012345", "1234567812345678", "1234567890123456"),
            reason=Reason.PLACEHOLDER,
        ),
    ),
)

_ACCOUNT = KindSpec(
    kind=TokenKind.ACCOUNT,
    steps=(
        *_CLEAN,
        *_DIGITS_ONLY,
        # As long as an IBAN may be (ISO 13616-1); leading zeros count.
        RejectUnlessLength(minimum=4, maximum=34, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
    ),
)

_REGISTRATION = KindSpec(
    kind=TokenKind.REGISTRATION,
    steps=(
        *_CLEAN,
        # "1E5" may be a registration, "1.00E+05" never is.
        RejectIfMatches(
            pattern="[0-9]+(?:[.,][0-9]*E[+]?|E[+])[0-9]+", reason=Reason.SCIENTIFIC
        ),
        RejectIfMatches(pattern="[0-9]+[.,]0*", reason=Reason.DECIMAL_SUFFIX),
        RejectIfMatches(pattern="[0-9A-Z]*[*#][0-9A-Z*#]*", reason=Reason.MASKED),
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + ASCII_UPPER, reason=Reason.FORBIDDEN_CHARACTER
        ),
        RejectUnlessLength(minimum=2, maximum=16, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
        RejectIfIn(
            values=("DUMMY", "PLACEHOLDER", "SAMPLE", "TEST"), reason=Reason.PLACEHOLDER
        ),
    ),
)

KINDS: Mapping[TokenKind, KindSpec] = MappingProxyType(
    {spec.kind: spec for spec in (_PAN, _ACCOUNT, _REGISTRATION)}
)
"""Every kind there is."""


def spec_document() -> dict[str, object]:
    """Return everything that decides a token, as JSON can hold it."""
    return {
        "id": SPEC_ID,
        "before_steps": {
            "null": Reason.MISSING.value,
            "not_utf8": Reason.INVALID_UTF8.value,
        },
        "tables": {
            table.name: {"code_points": table.code_points, "sha256": table.sha256()}
            for table in TABLES
        },
        "kinds": {
            kind.value: [_step_document(step) for step in spec.steps]
            for kind, spec in KINDS.items()
        },
        "crypto": {
            "kdf": "HKDF-SHA256 (RFC 5869), 32 bytes",
            "salt": "SHA-256(partnership)",
            "info": f"{INFO_LABEL} 00 kind 00 key_id",
            "mac": "HMAC-SHA256 (RFC 2104) of the normalised text",
            "text_encoding": "UTF-8",
            "partnership": PARTNERSHIP_PATTERN,
            "key_id": KEY_ID_PATTERN,
            "key_minimum_bytes": 32,
            "token": TOKEN_PATTERN,
        },
    }


def spec_sha256() -> str:
    """Return the digest of `spec_document`, which both parties compare."""
    return sha256_hex(spec_document())


def _step_document(step: Step) -> dict[str, object]:
    """Return one step: its class name, its characters as code points, its reason."""
    document: dict[str, object] = {"op": type(step).__name__}
    for name in step.__dataclass_fields__:
        value = getattr(step, name)
        if isinstance(value, Reason):
            value = value.value
        elif name in _CHARACTER_FIELDS:
            value = notation(value)
        document[name] = value
    return document


_CHARACTER_FIELDS = frozenset({"allowed", "characters", "source", "target"})
"""Fields of steps that list characters."""
