"""Steps that leave the text alone or refuse it for their reason."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cleanroom_join.tokens.steps.portable import each_once, require, require_pattern

if TYPE_CHECKING:
    from cleanroom_join.tokens.steps.reason import Reason

__all__ = [
    "Check",
    "RejectIfHashOf",
    "RejectIfIn",
    "RejectIfMatches",
    "RejectIfOnly",
    "RejectIfPair",
    "RejectIfUniform",
    "RejectUnlessCharset",
    "RejectUnlessLength",
    "RejectUnlessMatches",
    "RejectUnlessMod97",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectIfIn:
    """Refuse a text that equals one of the values: ``x IN (values)``."""

    values: tuple[str, ...]
    """What the whole text is compared with."""
    reason: Reason

    def __post_init__(self) -> None:
        """Refuse an empty list, which Spark cannot parse."""
        require(bool(self.values), "RejectIfIn has no values")


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectUnlessCharset:
    """Refuse unless every character is allowed: ``translate(x, allowed, '') = ''``."""

    allowed: str
    """The allowed characters, each once."""
    reason: Reason

    def __post_init__(self) -> None:
        """Refuse an empty or repeating list."""
        require(each_once(self.allowed), "the charset lists a character twice")


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectIfMatches:
    r"""
    Refuse a text that matches as a whole: ``x RLIKE '\A(?:pattern)\z'``.

    Not ``$``, before which Java forgives a line end.
    """

    pattern: str
    """ASCII classes and literals, groups, alternatives and greedy repetition."""
    reason: Reason
    explains: bool = False
    """
    Whether it only gives a better reason for what a later check refuses anyway.

    An engine may then skip it for texts that pass the others.  A hint, which
    changes no result; held by a test.
    """

    def __post_init__(self) -> None:
        """Refuse what two regular expression engines could read differently."""
        require_pattern(self.pattern)


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectUnlessMatches:
    r"""Refuse unless it matches as a whole: ``NOT x RLIKE '\A(?:pattern)\z'``."""

    pattern: str
    reason: Reason

    def __post_init__(self) -> None:
        """Refuse what two regular expression engines could read differently."""
        require_pattern(self.pattern)


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectUnlessLength:
    """Refuse unless so many code points: ``length(x) BETWEEN minimum AND maximum``."""

    minimum: int
    maximum: int
    reason: Reason

    def __post_init__(self) -> None:
        """Refuse limits that nothing meets."""
        require(1 <= self.minimum <= self.maximum, "the length limits are crossed")


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectIfUniform:
    """Refuse one repeated character: ``replace(x, substring(x, 1, 1), '') = ''``."""

    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectIfPair:
    """
    Refuse if a character of one list is directly followed by one of another.

    ``contains(translate(x, first || second, 1st || … || 2nd), '1st2nd')``, where
    every character of a list is replaced by the list's first one.
    """

    first: str
    second: str
    reason: Reason

    def __post_init__(self) -> None:
        """Refuse lists that share a character."""
        require(each_once(self.first + self.second), "RejectIfPair repeats itself")


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectUnlessMod97:
    """
    Refuse unless the check digits are right (ISO/IEC 7064, MOD 97-10; ISO 13616-1).

    With the first four characters moved to the end and A to Z read as 10 to 35,
    the number is 1 modulo 97.  Spark folds over the characters.
    """

    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectIfOnly:
    """Refuse without another character: ``translate(x, characters, '') = ''``."""

    characters: str
    """The characters, each once."""
    reason: Reason

    def __post_init__(self) -> None:
        """Refuse an empty or repeating list."""
        require(each_once(self.characters), "RejectIfOnly lists a character twice")


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectIfHashOf:
    """Refuse the SHA-256 of one of the values in hexadecimal: ``x IN (hashes)``."""

    values: tuple[str, ...]
    reason: Reason

    def __post_init__(self) -> None:
        """Refuse an empty list, which Spark cannot parse."""
        require(bool(self.values), "RejectIfHashOf has no values")

    @property
    def hashes(self) -> frozenset[str]:
        """The hashes in lower-case hexadecimal digits."""
        return _sha256_of(self.values)


@cache
def _sha256_of(values: tuple[str, ...]) -> frozenset[str]:
    """Return the SHA-256 of each value."""
    return frozenset(hashlib.sha256(value.encode()).hexdigest() for value in values)


Check = (
    RejectIfIn
    | RejectIfOnly
    | RejectIfHashOf
    | RejectUnlessCharset
    | RejectIfMatches
    | RejectUnlessMatches
    | RejectUnlessLength
    | RejectIfUniform
    | RejectIfPair
    | RejectUnlessMod97
)
"""A step that leaves the text alone or refuses it for its `reason`."""
