"""
Interpret a token kind in plain Python: an identifier in, its one spelling out.

This is the reference for the Spark columns.  It is total: every text and NULL
give a value or a reason, and nothing raises, because an exception could quote
the identifier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NoReturn

from cleanroom_join.errors import InternalError
from cleanroom_join.tokens.spec import KINDS
from cleanroom_join.tokens.steps import (
    Check,
    Delete,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
    Rewrite,
    Translate,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract.model import TokenKind

__all__ = ["Normalised", "normalise"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Normalised:
    """Either the normalised identifier or the reason why there is none."""

    value: str | None = field(default=None, repr=False)
    """The identifier; kept out of the repr because it is somebody's."""
    reason: Reason | None = None

    def __post_init__(self) -> None:
        """Refuse both and neither."""
        if (self.value is None) is (self.reason is None):
            raise InternalError.of("an identifier has both or neither outcome")


def normalise(kind: TokenKind, text: str | None) -> Normalised:
    r"""
    Return the one spelling of an identifier, or why it has none.

    >>> from cleanroom_join.contract.model import TokenKind
    >>> normalise(TokenKind.PAN, " 4111-1111 1111\u00a01111").value
    '4111111111111111'
    >>> normalise(TokenKind.PAN, "411111XXXXXX1111").reason
    <Reason.MASKED: 'masked'>
    """
    if text is None:
        return Normalised(reason=Reason.MISSING)
    if not _is_utf8(text):
        return Normalised(reason=Reason.INVALID_UTF8)
    for step in KINDS[kind].steps:
        if isinstance(step, (Delete, Translate)):
            text = text.translate(_mapping(step))
        elif _refuses(step, text):
            return Normalised(reason=step.reason)
    return Normalised(value=text)


def _is_utf8(text: str) -> bool:
    """Return whether *text* has no lone surrogate."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _mapping(step: Rewrite) -> Mapping[int, int | None]:
    """Return what `str.translate` wants for *step*."""
    if isinstance(step, Delete):
        return dict.fromkeys(map(ord, step.characters))
    return dict(zip(map(ord, step.source), map(ord, step.target), strict=True))


def _refuses(step: Check, text: str) -> bool:
    """Return whether *step* refuses *text*."""
    match step:
        case RejectIfIn():
            return text in step.values
        case RejectUnlessCharset():
            return not set(text) <= set(step.allowed)
        case RejectIfMatches():
            return re.fullmatch(step.pattern, text, re.ASCII) is not None
        case RejectUnlessLength():
            return not step.minimum <= len(text) <= step.maximum
        case RejectIfUniform():
            return len(set(text)) <= 1
        case _:
            return _never(step)


def _never(step: NoReturn) -> NoReturn:
    """Let the type checker prove that `_refuses` knows every check."""
    raise InternalError.of(f"no interpreter for {type(step).__name__}")
