"""
SHA-256 of an e-mail address by Meta's and Snap's rules, in hexadecimal.

Meta Conversions API, "Customer Information Parameters" (2026), and Snap Conversions
API: white space at both ends goes, letters become lower case; tags and dots stay.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import Holds, TokenKind
from cleanroom_join.tokens.kinds.hashed.address_steps import (
    hashed_address,
    hashes_of_addresses,
)
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.steps import Trim
from cleanroom_join.tokens.tables import WHITESPACE

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.EMAIL_SHA256_META,
    steps=hashed_address(Trim(characters=WHITESPACE.characters)),
    hash_steps=hashes_of_addresses(base64=False),
    examples=(
        Example(
            identifier=" Jane.Saoirse+Work@gmail.com",
            result="6f0f30b37b9cd7ab345145aa600a4fd1bbb903024880f561b00045d9143db80c",
        ),
        Example(
            identifier="0x6f0f30b37b9cd7ab345145aa600a4fd1bbb903024880f561b00045d9143db80c",
            result="6f0f30b37b9cd7ab345145aa600a4fd1bbb903024880f561b00045d9143db80c",
            holds=Holds.HASH,
        ),
    ),
    leading_zeros_matter=False,
    free_text=True,
    luhn_digit=False,
)
