"""
SHA-256 of an e-mail address by Google's formatter of 2023, in hexadecimal or base64.

googleads/data-manager-python 5abbf5d, format.py: blanks at both ends go, letters become
lower case; at gmail.com and googlemail.com the local part loses its dots and keeps its
tag.  Addresses with white space inside are refused.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import Holds, TokenKind
from cleanroom_join.tokens.kinds.hashed.address_steps import (
    gmail,
    hashed_address,
    hashes_of_addresses,
)
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.steps import Trim

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.EMAIL_SHA256_GOOGLE_2023,
    steps=hashed_address(
        Trim(characters=" "), providers=gmail("gmail.com", "googlemail.com", tag="")
    ),
    hash_steps=hashes_of_addresses(base64=True),
    examples=(
        Example(
            identifier="Jefferson.LOVES.Hiking+x@googlemail.com",
            result="b6959c4671aa0de0dd93e156cd29433812a01c7314475679b5ace9b32d3d7e2c",
        ),
        Example(
            identifier="509E933019BB285A134A9334B8BB679DFF79D0CE023D529AF4BD744D47B4FD8A",
            result="509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a",
            holds=Holds.HASH,
        ),
    ),
    leading_zeros_matter=False,
    free_text=True,
    luhn_digit=False,
)
