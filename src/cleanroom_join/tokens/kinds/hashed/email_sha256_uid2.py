"""
SHA-256 of an e-mail address by UID2's rules, in hexadecimal or base64.

UID2 documentation, "Normalization and Encoding" (90d6afee): blanks at both ends go,
letters become lower case; at gmail.com the local part loses its dots and ends before
a plus sign.  Addresses with white space inside are refused.
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
    kind=TokenKind.EMAIL_SHA256_UID2,
    steps=hashed_address(Trim(characters=" "), providers=gmail("gmail.com", tag="+")),
    hash_steps=hashes_of_addresses(base64=True),
    examples=(
        Example(
            identifier="JaneSaoirse+Work@gmail.com",
            result="92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f",
        ),
        Example(
            identifier="janesaoirse@gmail.com>",
            result="forbidden_character",
        ),
        Example(
            identifier="ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8=",
            result="92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f",
            holds=Holds.HASH,
        ),
        Example(
            identifier="janesaoirse@gmail.com",
            result="not_hashed",
            holds=Holds.HASH,
        ),
    ),
    leading_zeros_matter=False,
    free_text=True,
    luhn_digit=False,
)
