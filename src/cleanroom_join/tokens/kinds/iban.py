"""International bank account numbers (ISO 13616-1), check digits verified."""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import (
    CAPITALS,
    MASKED,
    NOT_AN_IDENTIFIER,
)
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.steps import (
    Rearrange,
    Reason,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
    RejectUnlessMod97,
)
from cleanroom_join.tokens.tables import ASCII_DIGITS, ASCII_UPPER

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.IBAN,
    steps=(
        *CAPITALS,
        Rearrange(pattern="IBAN:?([A-Z]{2}[0-9]{2}[0-9A-Z]+)", template="$1"),
        *NOT_AN_IDENTIFIER,
        MASKED,
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + ASCII_UPPER, reason=Reason.FORBIDDEN_CHARACTER
        ),
        # Norway's are the shortest, Russia's 33; ISO 13616-1 allows 34.
        RejectUnlessLength(minimum=15, maximum=34, reason=Reason.BAD_LENGTH),
        RejectUnlessMatches(
            pattern="[A-Z]{2}[0-9]{2}[0-9A-Z]+", reason=Reason.BAD_FORMAT
        ),
        RejectUnlessMod97(reason=Reason.BAD_CHECKSUM),
    ),
    examples=(
        Example(
            identifier="IBAN GB82 WEST 1234 5698 7654 32",
            result="GB82WEST12345698765432",
        ),
        Example(identifier="GB82 WEST 1234 5698 7654 33", result="bad_checksum"),
    ),
    leading_zeros_matter=False,
    free_text=False,
    luhn_digit=False,
)
