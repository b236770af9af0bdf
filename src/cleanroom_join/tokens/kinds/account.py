"""
Account numbers of digits; leading zeros count.

A minus sign before or after digits makes a number: accounts of opposite sign would
share a text.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import (
    NOT_AN_IDENTIFIER,
    ONLY_DIGITS,
    UNSIGNED,
)
from cleanroom_join.tokens.kinds.kind import Example, FastPath, KindSpec
from cleanroom_join.tokens.steps import Reason, RejectIfUniform, RejectUnlessLength

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.ACCOUNT,
    steps=(
        *UNSIGNED,
        *NOT_AN_IDENTIFIER,
        *ONLY_DIGITS,
        # As long as an IBAN may be (ISO 13616-1); leading zeros count.
        RejectUnlessLength(minimum=4, maximum=34, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
    ),
    examples=(
        Example(identifier="0012-3456", result="00123456"),
        Example(identifier="4.11111E+15", result="scientific"),
        Example(identifier="-1519849017", result="negative"),
    ),
    leading_zeros_matter=True,
    free_text=False,
    luhn_digit=False,
    fast_path=FastPath(pattern="[0-9]{4,34}", deleted=" "),
)
