"""
American ZIP codes, the first five digits.  Only as a component of a composite.

Of the codes with one repeated digit only those are refused that no place has ever had:
44444 is Newton Falls, and 12345 is Schenectady.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import (
    CAPITALS,
    NOT_AN_IDENTIFIER,
    ONLY_DIGITS,
)
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.steps import (
    Rearrange,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectUnlessLength,
)

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.POSTCODE_US5,
    steps=(
        *CAPITALS,
        # ZIP+4: two companies rarely learn the last four digits at the same time.
        Rearrange(pattern="([0-9]{5})[0-9]{4}", template="$1"),
        *NOT_AN_IDENTIFIER,
        *ONLY_DIGITS,
        RejectIfMatches(
            pattern="[0-9]{3,4}|[0-9]{7,8}", reason=Reason.LOST_ZERO, explains=True
        ),
        RejectUnlessLength(minimum=5, maximum=5, reason=Reason.BAD_LENGTH),
        # 22222, 55555 and 88888 are or were codes of one addressee or town.
        RejectIfIn(
            values=("00000", "11111", "33333", "66666", "77777", "99999"),
            reason=Reason.PLACEHOLDER,
        ),
    ),
    examples=(
        Example(identifier="02139-4307", result="02139"),
        Example(identifier="2139", result="lost_zero"),
        Example(identifier="44444", result="44444"),
    ),
    # All have one length: a lost zero is a reason of its own.
    leading_zeros_matter=False,
    free_text=False,
    luhn_digit=False,
)
