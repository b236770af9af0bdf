"""Conditions on steps: what every engine reads alike, or the step is refused."""

from __future__ import annotations

import re

from cleanroom_join.errors import InternalError

__all__ = ["each_once", "require", "require_pattern"]

_PORTABLE_PATTERN = re.compile(
    r"""(?: (?: \[[0-9A-Za-z!\#$%&'*+,./:;=?_`{|}~@()-]+\]  # never negated or nested
              | [0-9A-Za-z:@/-]        # a literal
              | \) )
            (?: [*+?] | \{[0-9]+(?:,[0-9]*)?\} )?  # greedy, never possessive
          | \(\?: | \( (?!\?) | \| )+""",
    re.ASCII | re.VERBOSE,
)
"""What `re`, java.util.regex and RE2 read alike; no dot, escape or anchor."""


def require(condition: bool, otherwise: str) -> None:  # noqa: FBT001 - an assertion
    """Raise that the specification itself is wrong."""
    if not condition:
        raise InternalError.of(otherwise)


def each_once(characters: str) -> bool:
    """Return whether there are characters and none comes twice."""
    return 0 < len(characters) == len(set(characters))


def require_pattern(pattern: str) -> None:
    """Refuse what two regular expression engines could read differently."""
    portable = _PORTABLE_PATTERN.fullmatch(pattern) is not None
    # Java reads && inside a class as an intersection, and RE2 [: as a class name.
    portable = portable and "&&" not in pattern and "[:" not in pattern
    require(portable, "a pattern is not portable between regex engines")
    try:
        re.compile(pattern)
    except re.error:
        raise InternalError.of("a pattern is not a regular expression") from None
