"""
The operations a token kind is made of, and the reasons for which they refuse.

A kind is data: an ordered tuple of these steps.  Two engines read it, the
interpreter in `normalise` and Spark columns in ``cleanroom_join.spark``, so a
step exists only if both can do it exactly, without asking their runtime's
Unicode tables.  Each class names its Spark form, which holds from Spark 3.5 on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from cleanroom_join.errors import InternalError

__all__ = [
    "Check",
    "Delete",
    "Reason",
    "RejectIfIn",
    "RejectIfMatches",
    "RejectIfUniform",
    "RejectUnlessCharset",
    "RejectUnlessLength",
    "Rewrite",
    "Step",
    "Translate",
]

_PORTABLE_PATTERN = re.compile(
    r"""(?: (?: \[[0-9A-Za-z*#+.,:-]+\]  # a class, never negated or nested
              | [0-9A-Za-z:]             # a literal
              | \) )
            (?: [*+?] | \{[0-9]+(?:,[0-9]+)?\} )?  # greedy, never possessive
          | \(\?: | \| )+""",
    re.ASCII | re.VERBOSE,
)
"""What `re`, java.util.regex and RE2 read alike; no dot, escape or anchor."""


class Reason(Enum):
    """Why an identifier gets no token; the values are stable and may be shown."""

    MISSING = "missing"
    """The value is NULL."""
    INVALID_UTF8 = "invalid_utf8"
    """The bytes are not UTF-8: somebody decoded with another encoding."""
    EMPTY = "empty"
    """Nothing is left after whitespace, invisible characters and dashes."""
    NULL_LIKE = "null_like"
    """A word that stands for NULL, such as ``N/A``."""
    ALREADY_HASHED = "already_hashed"
    """64 hexadecimal digits, or a token: it was tokenised before."""
    SCIENTIFIC = "scientific"
    """``4.11111E+15``: a spreadsheet or a double has lost the last digits."""
    DECIMAL_SUFFIX = "decimal_suffix"
    """``4111.0``: the column was a number once, so leading zeros are gone."""
    MASKED = "masked"
    """``411111XXXXXX1111``: digits are hidden, so many cards look alike."""
    FORBIDDEN_CHARACTER = "forbidden_character"
    """A character that this kind does not have; it is never dropped silently."""
    BAD_LENGTH = "bad_length"
    """Shorter or longer than this kind can be."""
    PLACEHOLDER = "placeholder"
    """A stand-in such as ``0000000000000000``, which would join strangers."""

    @property
    def is_absence(self) -> bool:
        """Whether there was no identifier at all, rather than an unusable one."""
        return self in (Reason.MISSING, Reason.EMPTY, Reason.NULL_LIKE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delete:
    """Remove every listed character anywhere: ``translate(x, characters, '')``."""

    characters: str
    """The characters, each once."""

    def __post_init__(self) -> None:
        """Refuse an empty or repeating list."""
        _require(_each_once(self.characters), "Delete lists a character twice")


@dataclass(frozen=True, kw_only=True, slots=True)
class Translate:
    """Replace characters one for one: ``translate(x, source, target)``."""

    source: str
    """The characters to replace, each once."""
    target: str
    """Their replacements, in the same order."""

    def __post_init__(self) -> None:
        """Refuse what Spark's ``translate`` would read differently."""
        _require(_each_once(self.source), "Translate lists a character twice")
        _require(len(self.source) == len(self.target), "Translate is not 1:1")
        # Spark keeps NUL in its dictionary for "delete this character".
        _require("\0" not in self.target, "Translate maps to NUL")


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectIfIn:
    """Refuse a text that equals one of the values: ``x IN (values)``."""

    values: tuple[str, ...]
    """What the whole text is compared with."""
    reason: Reason

    def __post_init__(self) -> None:
        """Refuse an empty list, which Spark cannot parse."""
        _require(bool(self.values), "RejectIfIn has no values")


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectUnlessCharset:
    """Refuse unless every character is allowed: ``translate(x, allowed, '') = ''``."""

    allowed: str
    """The allowed characters, each once."""
    reason: Reason

    def __post_init__(self) -> None:
        """Refuse an empty or repeating list."""
        _require(_each_once(self.allowed), "the charset lists a character twice")


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectIfMatches:
    """
    Refuse a text that matches as a whole: ``x RLIKE '^(?:pattern)$'``.

    Java's ``$`` also matches before a final line end; `KindSpec` therefore
    demands that line ends are deleted earlier.
    """

    pattern: str
    """ASCII classes and literals, groups, alternatives and greedy repetition."""
    reason: Reason

    def __post_init__(self) -> None:
        """Refuse what two regular expression engines could read differently."""
        portable = _PORTABLE_PATTERN.fullmatch(self.pattern) is not None
        _require(portable, "a pattern is not portable between regex engines")
        try:
            re.compile(self.pattern)
        except re.error:
            raise InternalError.of("a pattern is not a regular expression") from None


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectUnlessLength:
    """Refuse unless so many code points: ``length(x) BETWEEN minimum AND maximum``."""

    minimum: int
    maximum: int
    reason: Reason

    def __post_init__(self) -> None:
        """Refuse limits that nothing meets."""
        _require(1 <= self.minimum <= self.maximum, "the length limits are crossed")


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectIfUniform:
    """Refuse one repeated character: ``translate(x, substring(x, 1, 1), '') = ''``."""

    reason: Reason


Rewrite = Delete | Translate
"""A step that changes the text and refuses nothing."""

Check = (
    RejectIfIn
    | RejectUnlessCharset
    | RejectIfMatches
    | RejectUnlessLength
    | RejectIfUniform
)
"""A step that leaves the text alone or refuses it for its `reason`."""

Step = Rewrite | Check
"""Any step."""


def _each_once(characters: str) -> bool:
    """Return whether there are characters and none comes twice."""
    return 0 < len(characters) == len(set(characters))


def _require(condition: bool, otherwise: str) -> None:  # noqa: FBT001 - an assertion
    """Raise that the specification itself is wrong."""
    if not condition:
        raise InternalError.of(otherwise)
