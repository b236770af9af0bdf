"""
Any country's postcodes of letters and digits.

Only as a component of a composite.  Of one repeated character only zeros, nines and
letters are refused: 1111 is a part of Budapest, 2222 of Sydney.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import (
    CAPITALS,
    DECIMAL_SUFFIX,
    MASKED,
    NOT_AN_IDENTIFIER,
)
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.steps import (
    Reason,
    RejectIfMatches,
    RejectUnlessCharset,
    RejectUnlessLength,
)
from cleanroom_join.tokens.tables import ASCII_DIGITS, ASCII_UPPER

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.POSTCODE_ALNUM,
    steps=(
        *CAPITALS,
        *NOT_AN_IDENTIFIER,
        DECIMAL_SUFFIX,
        MASKED,
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + ASCII_UPPER, reason=Reason.FORBIDDEN_CHARACTER
        ),
        RejectUnlessLength(minimum=3, maximum=10, reason=Reason.BAD_LENGTH),
        RejectIfMatches(
            pattern="|".join(f"{one}{{3,}}" for one in "09" + ASCII_UPPER),
            reason=Reason.PLACEHOLDER,
        ),
    ),
    examples=(
        Example(identifier="K1A 0B1", result="K1A0B1"),
        Example(identifier="2222", result="2222"),
    ),
    leading_zeros_matter=True,
    free_text=False,
    luhn_digit=False,
)
