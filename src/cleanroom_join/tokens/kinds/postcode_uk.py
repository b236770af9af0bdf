"""British postcodes, both halves.  Only as a component of a composite."""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import (
    CAPITALS,
    MASKED,
    NOT_AN_IDENTIFIER,
)
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.steps import (
    Reason,
    RejectIfIn,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
)
from cleanroom_join.tokens.tables import ASCII_DIGITS, ASCII_UPPER

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.POSTCODE_UK,
    steps=(
        *CAPITALS,
        *NOT_AN_IDENTIFIER,
        MASKED,
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + ASCII_UPPER, reason=Reason.FORBIDDEN_CHARACTER
        ),
        RejectUnlessLength(minimum=5, maximum=7, reason=Reason.BAD_LENGTH),
        # BS 7666-2 and the one exception, Girobank's.
        RejectUnlessMatches(
            pattern="GIR0AA|[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}",
            reason=Reason.BAD_FORMAT,
        ),
        # Royal Mail: no such address.
        RejectIfIn(values=("ZZ999ZZ", "AA11AA", "XX11XX"), reason=Reason.PLACEHOLDER),
    ),
    examples=(Example(identifier="sw1a 1aa", result="SW1A1AA"),),
    leading_zeros_matter=False,
    free_text=False,
    luhn_digit=False,
)
