"""
Advertising identifiers (IDFA, GAID): UUIDs (RFC 9562) with hyphens, in lower case.

32 digits without hyphens are refused: they may be an MD5 digest.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import HIDDEN
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.kinds.lower_case_steps import (
    HASHED_LOWER,
    NULL_WORD_LOWER,
    OTHER_DASHES,
)
from cleanroom_join.tokens.steps import (
    Delete,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
    Translate,
    Trim,
)
from cleanroom_join.tokens.tables import ASCII_DIGITS, ASCII_LOWER, ASCII_UPPER

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.DEVICE_ID,
    steps=(
        Delete(characters=HIDDEN),
        Translate(
            source=OTHER_DASHES + ASCII_UPPER,
            target="-" * len(OTHER_DASHES) + ASCII_LOWER,
        ),
        Trim(characters="{}\"'="),
        RejectIfIn(values=("", "-"), reason=Reason.EMPTY),
        NULL_WORD_LOWER,
        HASHED_LOWER,
        RejectIfMatches(
            pattern="[0-9a-fx-]*[x*#][0-9a-fx*#-]*", reason=Reason.MASKED, explains=True
        ),
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + "abcdef-", reason=Reason.FORBIDDEN_CHARACTER
        ),
        RejectUnlessLength(minimum=36, maximum=36, reason=Reason.BAD_LENGTH),
        # RFC 9562, section 4.
        RejectUnlessMatches(
            pattern="[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            reason=Reason.BAD_FORMAT,
        ),
        # A phone whose owner has opted out gives zeros only.
        RejectIfIn(
            values=tuple(
                f"{d * 8}-{d * 4}-{d * 4}-{d * 4}-{d * 12}" for d in ("0", "f")
            ),
            reason=Reason.PLACEHOLDER,
        ),
    ),
    examples=(
        Example(
            identifier="{6D92078A-8246-4BA4-AE5B-76104861E7DC}",
            result="6d92078a-8246-4ba4-ae5b-76104861e7dc",
        ),
    ),
    leading_zeros_matter=False,
    free_text=False,
    luhn_digit=False,
)
