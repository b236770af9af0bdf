"""
Token specification v1: the document that both sides hash.

The normative text is ``docs/spec/token-v1.md``.  Changing anything here changes
tokens, so it needs a new `SPEC_ID`; a test pins the digest.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from functools import cache
from typing import TYPE_CHECKING

from cleanroom_join.contract.token_format import KEY_ID_PATTERN, TOKEN_PATTERN
from cleanroom_join.crypto.canonical_json import sha256_hex
from cleanroom_join.tokens.kinds import KINDS
from cleanroom_join.tokens.steps import (
    Expand,
    FoldMailbox,
    Reason,
    RejectIfHashOf,
    RejectIfIn,
    Step,
)
from cleanroom_join.tokens.tables import NULL_LIKE, PROVIDERS, TABLES, notation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.tokens.kinds import DeclaredSteps

__all__ = [
    "CHECK_LABEL",
    "INFO_LABEL",
    "LABEL_PATTERN",
    "PARTNERSHIP_PATTERN",
    "SPEC_ID",
    "spec_document",
    "spec_sha256",
    "step_document",
]

SPEC_ID = "token-v1"
"""What a contract pins as ``tokens.spec``."""

INFO_LABEL = "cleanroom_join/token/v1"
"""First part of the HKDF info; no other use of a key has it."""

CHECK_LABEL = "cleanroom_join/kcv/v1"
"""HKDF info of the key check value."""

LABEL_PATTERN = "[a-z0-9_]{1,32}(?:[+][a-z0-9_]{1,32}){0,7}"
"""What an identifier's label looks like: kinds, joined by plus signs."""

PARTNERSHIP_PATTERN = "[!-~]{1,128}"
"""What a partnership's name looks like: ASCII, so that both sides' bytes agree."""


@cache
def spec_sha256() -> str:
    """Return the digest of `spec_document`, which both parties compare."""
    return sha256_hex(spec_document())


def spec_document() -> dict[str, object]:
    """Return everything that decides a token, as JSON can hold it."""
    return {
        "id": SPEC_ID,
        "before_steps": {
            "null": Reason.MISSING.value,
            "not_utf8": Reason.INVALID_UTF8.value,
        },
        "tables": dict(TABLES),
        "kinds": {kind.value: _steps(spec.steps) for kind, spec in KINDS.items()},
        # What a column has instead that holds the hashes of its kind.
        "hashes": {
            kind.value: _steps(spec.hash_steps)
            for kind, spec in KINDS.items()
            if spec.hash_steps
        },
        "declared": {
            kind.value: _declared(spec.declared)
            for kind, spec in KINDS.items()
            if spec.declared is not None
        },
        "composite": "netstrings of the parts' normalised texts, in order",
        "crypto": {
            "kdf": "HKDF-SHA256 (RFC 5869), 32 bytes",
            "salt": "SHA-256(partnership)",
            "info": f"{INFO_LABEL} 00 label 00 key_id",
            "label": LABEL_PATTERN,
            "mac": "HMAC-SHA256 (RFC 2104) of the normalised text or netstrings",
            "text_encoding": "UTF-8",
            "partnership": PARTNERSHIP_PATTERN,
            "key_id": KEY_ID_PATTERN,
            "key_check_value": f"4 bytes under HKDF info {CHECK_LABEL}",
            "key_minimum_bytes": 32,
            "token": TOKEN_PATTERN,
        },
    }


def _steps(steps: Sequence[Step]) -> list[object]:
    """Return steps in order."""
    return [step_document(step) for step in steps]


def _declared(declared: DeclaredSteps) -> dict[str, object]:
    """Return what a column's own declaration puts among a kind's steps."""
    return {
        "option": declared.option.value,
        "after": declared.after,
        "instead_of": declared.instead_of,
        "steps": {value: _steps(steps) for value, steps in declared.steps.items()},
    }


def step_document(step: Step) -> dict[str, object]:
    """Return one step: its class name, its characters as code points, its reason."""
    document: dict[str, object] = {"op": type(step).__name__}
    for field in fields(step):
        value = getattr(step, field.name)
        if field.name == "explains":
            continue  # a hint to engines, which changes no result
        if isinstance(value, Reason):
            value = value.value
        elif field.name in _CHARACTER_FIELDS:
            value = notation(value)
        document[field.name] = value
    return {**document, **_by_table(step)}


def _by_table(step: Step) -> dict[str, object]:
    """Return fields that name a table instead of repeating it."""
    if isinstance(step, Expand):
        return {"pairs": {notation(c): text for c, text in step.pairs}}
    if isinstance(step, FoldMailbox):
        if step.providers == PROVIDERS:
            return {"providers": "email_provider_v1"}
        return {"providers": [asdict(provider) for provider in step.providers]}
    if isinstance(step, RejectIfHashOf):
        words = {*NULL_LIKE, *map(str.lower, NULL_LIKE)}
        return {
            "tables": ["null_like_v1 upper", "null_like_v1 lower"],
            "values": [value for value in step.values if value not in words],
        }
    if isinstance(step, RejectIfIn) and step.reason is Reason.NULL_LIKE:
        return {"values": _null_words(step.values)}
    return {}


def _null_words(values: tuple[str, ...]) -> str | list[str]:
    """Return the case and the gaps of a list from `null_like_v1`, or any other list."""
    for case, table in (
        ("upper", NULL_LIKE),
        ("lower", tuple(word.lower() for word in NULL_LIKE)),
    ):
        if set(values) <= set(table):
            left_out = " ".join(word for word in table if word not in values)
            return f"null_like_v1 {case}" + (left_out and f" without {left_out}")
    return list(values)


_CHARACTER_FIELDS = frozenset(
    {"allowed", "characters", "first", "second", "source", "target"}
)
"""Fields of steps that list characters."""
