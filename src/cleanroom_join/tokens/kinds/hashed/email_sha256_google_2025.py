"""
SHA-256 of an e-mail address by Google's page of 2025, in hexadecimal or base64.

Data Manager API, "Formatting" (2025): all white space goes, letters become lower case;
at gmail.com and googlemail.com the local part loses its dots and ends before a plus
sign.  The two domains stay apart.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import Holds, TokenKind
from cleanroom_join.tokens.kinds.hashed.address_steps import (
    gmail,
    hashed_address,
    hashes_of_addresses,
)
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.steps import Delete
from cleanroom_join.tokens.tables import WHITESPACE

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.EMAIL_SHA256_GOOGLE_2025,
    steps=hashed_address(
        Delete(characters=WHITESPACE.characters),
        providers=gmail("gmail.com", "googlemail.com", tag="+"),
    ),
    hash_steps=hashes_of_addresses(base64=True),
    examples=(
        Example(
            identifier="Cloudy.SanFrancisco+Shopping@gmail.com",
            result="223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4",
        ),
        Example(
            identifier="Ij69pvaImxSUVRupAtnTgdry9kK64FWIjpY0PVPp+cQ=",
            result="223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4",
            holds=Holds.HASH,
        ),
    ),
    leading_zeros_matter=False,
    free_text=True,
    luhn_digit=False,
)
