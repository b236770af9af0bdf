"""Steps of columns that hold published hashes: one spelling each, and what is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.kinds.lower_case_steps import NULL_WORD_LOWER
from cleanroom_join.tokens.steps import (
    Base64ToHex,
    Delete,
    Rearrange,
    Reason,
    RejectIfHashOf,
    RejectIfIn,
    RejectIfMatches,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
    Translate,
    Trim,
)
from cleanroom_join.tokens.tables import (
    ASCII_DIGITS,
    ASCII_LOWER,
    ASCII_UPPER,
    INVISIBLE,
    NULL_LIKE,
    WHITESPACE,
)

if TYPE_CHECKING:
    from cleanroom_join.tokens.steps import Step

__all__ = ["hash_steps"]

_DIGITS = 64
"""SHA-256 in hexadecimal."""

_NO_IDENTIFIER = (
    *("", " ", "0", "None", "NaN", "NaT", "Unknown"),
    *NULL_LIKE,
    *map(str.lower, NULL_LIKE),
)
"""What a pipeline hashes that does not look for NULL."""


def hash_steps(*stand_ins: str, base64: bool) -> tuple[Step, ...]:
    """
    Return the steps of a column that holds hashes.

    Args:
        stand_ins: Normalised texts that the kind refuses as placeholders.
        base64: Whether the form is also published in base64.
    """
    return (
        Delete(characters=INVISIBLE.characters),
        Trim(characters=WHITESPACE.characters + "\"'"),
        # 0x: a binary column that a database has written as text.
        Rearrange(pattern="0[Xx]([0-9A-Fa-f]{64})", template="$1"),
        *((Base64ToHex(),) if base64 else ()),
        Translate(source=ASCII_UPPER, target=ASCII_LOWER),
        RejectIfIn(values=("",), reason=Reason.EMPTY),
        NULL_WORD_LOWER,
        RejectIfMatches(
            pattern="[0-9a-z]{1,16}:[0-9a-f]{64}",
            reason=Reason.ALREADY_HASHED,
            explains=True,
        ),
        RejectIfMatches(
            # MD5, SHA-1, SHA-224, SHA-384 and SHA-512; most of them in base64 too.
            pattern="[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{96}"
            "|[0-9a-f]{128}|[0-9a-z+/]{22}[=]{2}|[0-9a-z+/]{27}[=]"
            "|[0-9a-z+/]{38}[=]{2}|[0-9a-z+/]{86}[=]{2}",
            reason=Reason.OTHER_HASH,
            explains=True,
        ),
        RejectIfMatches(
            # Cut by a short column, or two in one.
            pattern="[0-9a-f]{24,63}|[0-9a-f]{65,}",
            reason=Reason.BAD_LENGTH,
            explains=True,
        ),
        RejectIfMatches(
            # Base64 that is not published, or without its padding.
            pattern="[0-9a-z+/_-]{43}[=]?",
            reason=Reason.BAD_FORMAT,
            explains=True,
        ),
        RejectUnlessCharset(allowed=ASCII_DIGITS + "abcdef", reason=Reason.NOT_HASHED),
        RejectUnlessLength(minimum=_DIGITS, maximum=_DIGITS, reason=Reason.NOT_HASHED),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
        RejectIfHashOf(
            values=tuple(dict.fromkeys((*_NO_IDENTIFIER, *stand_ins))),
            reason=Reason.PLACEHOLDER,
        ),
    )
