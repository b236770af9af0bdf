"""Steps of the kinds that are written in digits and capital letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.kinds.lower_case_steps import OTHER_DASHES
from cleanroom_join.tokens.steps import (
    Delete,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectUnlessCharset,
    Translate,
    Trim,
)
from cleanroom_join.tokens.tables import (
    ASCII_DIGITS,
    ASCII_LOWER,
    ASCII_UPPER,
    DASHES,
    DIGITS,
    INVISIBLE,
    NULL_LIKE,
    WHITESPACE,
)

if TYPE_CHECKING:
    from cleanroom_join.tokens.steps import Step

__all__ = [
    "CAPITALS",
    "DECIMAL_SUFFIX",
    "DIGIT_VALUES",
    "HASHED",
    "HIDDEN",
    "MASKED",
    "NOT_AN_IDENTIFIER",
    "NULL_WORD",
    "ONLY_DIGITS",
    "UNSIGNED",
]

HIDDEN = WHITESPACE.characters + INVISIBLE.characters
"""White space and all other characters that no reader sees."""

DIGIT_VALUES = ASCII_DIGITS * (len(DIGITS.characters) // len(ASCII_DIGITS))
"""What the characters of `DIGITS` become."""

CAPITALS: tuple[Step, ...] = (
    Delete(characters=HIDDEN + DASHES.characters),
    Translate(
        source=DIGITS.characters + ASCII_LOWER, target=DIGIT_VALUES + ASCII_UPPER
    ),
    # Spreadsheets keep a text a text as ="0123" and as '0123.
    Trim(characters="\"'="),
)
"""Remove hidden characters, dashes and a spreadsheet's quotation marks; capitalise."""

UNSIGNED: tuple[Step, ...] = (
    Delete(characters=HIDDEN),
    Translate(
        source=OTHER_DASHES + DIGITS.characters + ASCII_LOWER,
        target="-" * len(OTHER_DASHES) + DIGIT_VALUES + ASCII_UPPER,
    ),
    Trim(characters="\"'="),
    # Packed decimals and ledgers write the sign at the end.
    RejectIfMatches(
        pattern="-[0-9]+(?:[.,][0-9]*)?|[0-9]+(?:[.,][0-9]*)?-",
        reason=Reason.NEGATIVE,
    ),
    Delete(characters="-"),
    Trim(characters="\"'="),
)
"""What `CAPITALS` does, after refusing a number with a minus sign."""

NULL_WORD = RejectIfIn(values=NULL_LIKE, reason=Reason.NULL_LIKE)
"""Refuse a word that stands for NULL."""

HASHED = RejectIfMatches(
    # SHA-256 in hexadecimal, SHA-1, SHA-256 in base64, or a token.
    pattern="(?:[0-9A-Z]{1,16}:|0X)?[0-9A-F]{64}|[0-9A-F]{40}|[0-9A-Z+/]{43}[=]?",
    reason=Reason.ALREADY_HASHED,
    explains=True,
)
"""Refuse a digest or a token."""

NOT_AN_IDENTIFIER: tuple[Step, ...] = (
    RejectIfIn(values=("",), reason=Reason.EMPTY),
    NULL_WORD,
    HASHED,
)
"""Refuse a missing identifier, and one that was tokenised before."""

MASKED = RejectIfMatches(
    pattern="[0-9A-Z]*[*#][0-9A-Z*#]*", reason=Reason.MASKED, explains=True
)
"""Refuse letters and digits of which some are hidden."""

DECIMAL_SUFFIX = RejectIfMatches(
    pattern="[0-9]+[.,]0*", reason=Reason.DECIMAL_SUFFIX, explains=True
)
"""Refuse what was a number once."""

ONLY_DIGITS: tuple[Step, ...] = (
    # Without the sign of the exponent too: dashes are deleted before.
    RejectIfMatches(
        pattern="[0-9]+(?:[.,][0-9]*)?E[+]?[0-9]+",
        reason=Reason.SCIENTIFIC,
        explains=True,
    ),
    DECIMAL_SUFFIX,
    RejectIfMatches(
        pattern="[0-9]*[X*#][0-9X*#]*", reason=Reason.MASKED, explains=True
    ),
    RejectUnlessCharset(allowed=ASCII_DIGITS, reason=Reason.FORBIDDEN_CHARACTER),
)
"""Refuse everything except digits, with the reason if it is a usual damage."""
