"""Account numbers of digits; leading zeros count."""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import (
    CAPITALS,
    NOT_AN_IDENTIFIER,
    ONLY_DIGITS,
)
from cleanroom_join.tokens.kinds.kind import Example, FastPath, KindSpec
from cleanroom_join.tokens.steps import Reason, RejectIfUniform, RejectUnlessLength

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.ACCOUNT,
    steps=(
        *CAPITALS,
        *NOT_AN_IDENTIFIER,
        *ONLY_DIGITS,
        # As long as an IBAN may be (ISO 13616-1); leading zeros count.
        RejectUnlessLength(minimum=4, maximum=34, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
    ),
    examples=(
        Example(identifier="0012-3456", result="00123456"),
        Example(identifier="4.11111E+15", result="scientific"),
    ),
    leading_zeros_matter=True,
    free_text=False,
    luhn_digit=False,
    fast_path=FastPath(pattern="[0-9]{4,34}", deleted=" -"),
)
