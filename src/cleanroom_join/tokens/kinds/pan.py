"""
Payment card numbers (ISO/IEC 7812-1).

The Luhn digit is not checked: some UnionPay cards have an invalid one.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import (
    NOT_AN_IDENTIFIER,
    ONLY_DIGITS,
    UNSIGNED,
)
from cleanroom_join.tokens.kinds.kind import Example, FastPath, KindSpec
from cleanroom_join.tokens.steps import (
    Reason,
    RejectIfIn,
    RejectIfUniform,
    RejectUnlessLength,
)

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.PAN,
    steps=(
        *UNSIGNED,
        *NOT_AN_IDENTIFIER,
        *ONLY_DIGITS,
        # ISO/IEC 7812-1 allows at most 19 digits; Maestro has used 12.
        RejectUnlessLength(minimum=12, maximum=19, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
        RejectIfIn(
            values=("0123456789012345", "1234567812345678", "1234567890123456"),
            reason=Reason.PLACEHOLDER,
        ),
    ),
    examples=(
        Example(identifier="4111 1111-1111 1111", result="4111111111111111"),
        Example(identifier="411111XXXXXX1111", result="masked"),
    ),
    leading_zeros_matter=True,
    free_text=False,
    luhn_digit=True,
    fast_path=FastPath(pattern="[0-9]{12,19}", deleted=" "),
)
