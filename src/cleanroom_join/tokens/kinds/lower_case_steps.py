"""Steps of the kinds that are written in lower case and keep their hyphens."""

from __future__ import annotations

from cleanroom_join.tokens.steps import Reason, RejectIfIn, RejectIfMatches
from cleanroom_join.tokens.tables import DASHES, NULL_LIKE

__all__ = ["HASHED_LOWER", "NULL_WORD_LOWER", "OTHER_DASHES"]

OTHER_DASHES = DASHES.characters.replace("-", "")
"""Every dash except the ASCII hyphen, which they become."""

NULL_WORD_LOWER = RejectIfIn(
    values=tuple(word.lower() for word in NULL_LIKE), reason=Reason.NULL_LIKE
)
"""Refuse a word that stands for NULL."""

HASHED_LOWER = RejectIfMatches(
    # 32 digits are an MD5 digest or a UUID without hyphens: no rule tells them apart.
    pattern="(?:[0-9a-z]{1,16}:|0x)?[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{40}"
    "|[0-9a-z+/_-]{43}[=]?",
    reason=Reason.ALREADY_HASHED,
    explains=True,
)
"""Refuse a digest or a token."""
