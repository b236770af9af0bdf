"""
Registrations of vehicles and aircraft.

Letters other than A to Z are refused, not dropped.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import (
    CAPITALS,
    DECIMAL_SUFFIX,
    MASKED,
    NOT_AN_IDENTIFIER,
)
from cleanroom_join.tokens.kinds.kind import Example, FastPath, KindSpec
from cleanroom_join.tokens.steps import (
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
)
from cleanroom_join.tokens.tables import ASCII_DIGITS, ASCII_UPPER

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.REGISTRATION,
    steps=(
        *CAPITALS,
        *NOT_AN_IDENTIFIER,
        # "1E5" may be a registration, "1.00E+05" never is.
        RejectIfMatches(
            pattern="[0-9]+(?:[.,][0-9]*E[+]?|E[+])[0-9]+",
            reason=Reason.SCIENTIFIC,
            explains=True,
        ),
        DECIMAL_SUFFIX,
        MASKED,
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + ASCII_UPPER, reason=Reason.FORBIDDEN_CHARACTER
        ),
        RejectUnlessLength(minimum=2, maximum=16, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
        RejectIfIn(
            values=("DUMMY", "PLACEHOLDER", "SAMPLE", "TEST"), reason=Reason.PLACEHOLDER
        ),
    ),
    examples=(Example(identifier="d-aibl", result="DAIBL"),),
    leading_zeros_matter=True,
    free_text=False,
    luhn_digit=False,
    fast_path=FastPath(pattern="[0-9A-Z]{2,16}", deleted=" -"),
)
