"""
SHA-256 of a telephone number in E.164, in hexadecimal or base64.

UID2 documentation, "Normalization and Encoding" (90d6afee), and Google's formatter
(googleads/data-manager-python 5abbf5d): plus sign, calling code and digits.  Raw
numbers are normalised as those of kind `phone`.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import Holds, TokenKind
from cleanroom_join.tokens.kinds.hashed.number_steps import hashes_of_numbers
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.kinds.phone import KIND as PHONE
from cleanroom_join.tokens.steps import Sha256

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.PHONE_SHA256_E164,
    steps=(*PHONE.steps, Sha256()),
    hash_steps=hashes_of_numbers(plus="+", base64=True),
    examples=(
        Example(
            identifier="+1 234-567-8901",
            result="10e6f0b47054a83359477dcb35231db6de5c69fb1816e1a6b98e192de9e5b9ee",
        ),
        Example(
            identifier="EObwtHBUqDNZR33LNSMdtt5cafsYFuGmuY4ZLenlue4=",
            result="10e6f0b47054a83359477dcb35231db6de5c69fb1816e1a6b98e192de9e5b9ee",
            holds=Holds.HASH,
        ),
        Example(identifier="+12345678901", result="not_hashed", holds=Holds.HASH),
    ),
    leading_zeros_matter=False,
    free_text=False,
    luhn_digit=False,
    declared=PHONE.declared,
)
