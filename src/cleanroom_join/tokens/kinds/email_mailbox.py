"""
E-mail addresses of which all spellings for one mailbox become one.

A subject of kind `email` has this kind if the contract names the provider table
(`providers = "email_provider_v1"`).
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.email_steps import ADDRESS, REAL_MAILBOX
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.steps import FoldMailbox
from cleanroom_join.tokens.tables import PROVIDERS

__all__ = ["KIND"]

KIND = KindSpec(
    kind=TokenKind.EMAIL_MAILBOX,
    steps=(
        # Before folding: a tag that is cut off must not hide what is wrong in it.
        *ADDRESS,
        FoldMailbox(providers=PROVIDERS),
        *REAL_MAILBOX,
    ),
    examples=(
        Example(identifier="Jane.Doe+News@GoogleMail.com", result="janedoe@gmail.com"),
    ),
    leading_zeros_matter=False,
    free_text=True,
    luhn_digit=False,
)
