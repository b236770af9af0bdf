"""Erased subjects, as the consent tables know them: by the digests of their tokens."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract.token_format import KEY_ID_PATTERN
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["TOKEN_DIGITS", "ErasedSubjects"]

TOKEN_DIGITS = 64
"""Hexadecimal digits of a token behind its key id: an HMAC-SHA-256."""


@dataclass(frozen=True, slots=True, repr=False)
class ErasedSubjects:
    """
    Subjects to search for: a candidate is hashed, and its digest looked up.

    So a search needs no token.  It can be repeated for years, by whoever has the
    consent tables, when no token is left anywhere to search for.
    """

    _digests: Mapping[bytes, frozenset[bytes]]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str]]) -> ErasedSubjects:
        """
        Return the subjects of rows of key id and SHA-256 of the token, in hex.

        Raises:
            InternalError: If a row is no such pair: a subject that cannot be looked up
                would be found nowhere.
        """
        digests: dict[bytes, set[bytes]] = {}
        for key_id, digest in rows:
            if re.fullmatch(KEY_ID_PATTERN, key_id or "") is None:
                raise InternalError.of("a consent row has no key id")
            if re.fullmatch("[0-9a-f]{64}", digest or "") is None:
                raise InternalError.of("a consent row has no digest")
            prefix = f"{key_id}:".encode()
            digests.setdefault(prefix, set()).add(bytes.fromhex(digest))
        return cls({prefix: frozenset(some) for prefix, some in digests.items()})

    def __bool__(self) -> bool:
        """Whether there is a subject."""
        return bool(self._digests)

    def __repr__(self) -> str:
        """Tell nothing: neither a digest nor how many there are."""
        return "ErasedSubjects(…)"

    @property
    def prefixes(self) -> tuple[bytes, ...]:
        """What tokens of these subjects begin with: key id and colon."""
        return tuple(sorted(self._digests))

    def include(self, digits: bytes) -> bool:
        """
        Return whether a token of these subjects has these digits.

        Args:
            digits: 64 hexadecimal digits in lower case.
        """
        for prefix, digests in self._digests.items():
            if hashlib.sha256(prefix + digits).digest() in digests:
                return True
        return False
