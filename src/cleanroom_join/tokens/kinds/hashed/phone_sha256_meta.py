"""
SHA-256 of a telephone number in E.164 without its plus sign, in hexadecimal.

Meta Conversions API, "Customer Information Parameters" (2026): digits with the calling
code and without zeros in front.  Raw numbers are normalised as those of kind `phone`.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import Holds, TokenKind
from cleanroom_join.tokens.kinds.hashed.number_steps import hashes_of_numbers
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.kinds.phone import KIND as PHONE
from cleanroom_join.tokens.steps import Rearrange, Sha256

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.PHONE_SHA256_META,
    steps=(
        *PHONE.steps,
        Rearrange(pattern="[+]([0-9]+)", template="$1"),
        Sha256(),
    ),
    hash_steps=hashes_of_numbers(plus="", base64=False),
    examples=(
        Example(
            identifier="+1 (650) 555-1212",
            result="e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176",
        ),
        Example(
            identifier="E323EC626319CA94EE8BFF2E4C87CF613BE6EA19919ED1364124E16807AB3176",
            result="e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176",
            holds=Holds.HASH,
        ),
    ),
    leading_zeros_matter=False,
    free_text=False,
    luhn_digit=False,
    declared=PHONE.declared,
)
