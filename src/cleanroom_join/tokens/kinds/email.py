"""
E-mail addresses in ASCII, the whole address in lower case.

White space inside is refused: `jane doe@example.com` is one of two mailboxes.
Spellings of one mailbox stay different.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.email_steps import ADDRESS
from cleanroom_join.tokens.kinds.kind import Example, FastPath, KindSpec

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.EMAIL,
    steps=ADDRESS,
    examples=(
        Example(
            identifier="<Jane.Doe+News@Gmail.com>", result="jane.doe+news@gmail.com"
        ),
        Example(identifier="jane doe@example.com", result="forbidden_character"),
    ),
    leading_zeros_matter=False,
    free_text=True,
    luhn_digit=False,
    fast_path=FastPath(
        pattern="[0-9a-z._+-]{1,64}@[0-9a-z-]{1,63}[.](?:[0-9a-z-]{1,63}[.]){0,2}"
        "[a-z]{2,12}",
        lower=True,
    ),
)
