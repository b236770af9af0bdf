"""
Normalisation in plain Python: an identifier in, the one spelling of its kind out.

This is the reference for the Spark columns.  It is total: every text and NULL
give a value or a reason, and nothing raises, because an exception could quote
the identifier.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from cleanroom_join.errors import InternalError, assert_never
from cleanroom_join.tokens.kinds import KINDS, KindSpec
from cleanroom_join.tokens.steps import (
    Base64ToHex,
    Check,
    Delete,
    Expand,
    FoldMailbox,
    Rearrange,
    Reason,
    RejectIfHashOf,
    RejectIfIn,
    RejectIfMatches,
    RejectIfOnly,
    RejectIfPair,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
    RejectUnlessMod97,
    Rewrite,
    Sha256,
    Translate,
    Trim,
    TrimEnd,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract.terms.identifier import TokenKind

__all__ = [
    "Normalised",
    "netstrings",
    "normalise",
    "normalise_by",
    "normalise_components",
]


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

    Examples:
        >>> from cleanroom_join.contract.terms.identifier import TokenKind
        >>> normalise(TokenKind.PAN, " 4111-1111 1111\u00a01111").value
        '4111111111111111'
        >>> normalise(TokenKind.PAN, "411111XXXXXX1111").reason
        <Reason.MASKED: 'masked'>
    """
    return normalise_by(KINDS[kind], text)


def normalise_by(spec: KindSpec, text: str | None) -> Normalised:
    """Return what `normalise` does for a column with options; see `kind_spec`."""
    if text is None:
        return Normalised(reason=Reason.MISSING)
    if not _is_utf8(text):
        return Normalised(reason=Reason.INVALID_UTF8)
    for step in spec.steps:
        if isinstance(step, _CHECKS):
            if _refuses(step, text):
                return Normalised(reason=step.reason)
        else:
            text = rewritten(step, text)
    return Normalised(value=text)


def after_each_step(spec: KindSpec, text: str) -> list[str]:
    """
    Return what *text* is after each step; after a refusal, its reason in brackets.

    For comparing two installations on public test vectors, never for identifiers.
    """
    trace: list[str] = []
    refusal: Reason | None = None if _is_utf8(text) else Reason.INVALID_UTF8
    for step in spec.steps:
        if refusal is None:
            if isinstance(step, _CHECKS):
                refusal = step.reason if _refuses(step, text) else None
            else:
                text = rewritten(step, text)
        trace.append(text if refusal is None else f"[{refusal.value}]")
    return trace


def normalise_components(
    specs: Sequence[KindSpec], texts: Sequence[str | None]
) -> Normalised:
    """
    Return the message of an identifier, of which a token is the MAC.

    A single component is its own message, several are `netstrings`.  The first
    component without a value gives the reason: no token is ever made of fewer
    components than agreed.
    """
    done = [normalise_by(s, t) for s, t in zip(specs, texts, strict=True)]
    values = [one.value for one in done if one.value is not None]
    if len(values) < len(done):
        return next(one for one in done if one.value is None)
    return done[0] if len(done) == 1 else Normalised(value=netstrings(values))


def netstrings(texts: Sequence[str]) -> str:
    """
    Join texts so that no two different lists give one text (cr.yp.to/proto).

    Examples:
        >>> netstrings(["ab", "c"]), netstrings(["a", "bc"])
        ('2:ab,1:c,', '1:a,2:bc,')
    """
    return "".join(f"{len(text.encode('utf-8'))}:{text}," for text in texts)


def _is_utf8(text: str) -> bool:
    """Return whether *text* has no lone surrogate."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def rewritten(step: Rewrite, text: str) -> str:  # noqa: PLR0911 - one per step
    """Return *text* after one step that changes it."""
    match step:
        case Delete() | Translate() | Expand():
            return text.translate(_mapping(step))
        case Trim():
            return text.strip(step.characters)
        case TrimEnd():
            return text.rstrip(step.characters)
        case Rearrange():
            found = re.fullmatch(step.pattern, text, re.ASCII)
            # The templates have no digit after a group, so \1 means what $1 does.
            form = step.template.replace("$", "\\")
            return text if found is None else found.expand(form)
        case FoldMailbox():
            return _folded(step, text)
        case Sha256():
            return hashlib.sha256(text.encode("utf-8")).hexdigest()
        case Base64ToHex():
            found = re.fullmatch(step.PATTERN, text, re.ASCII)
            return text if found is None else base64.b64decode(text).hex()
        case _:
            return assert_never(step)


@cache
def _mapping(step: Delete | Translate | Expand) -> Mapping[int, int | str | None]:
    """Return what `str.translate` wants for *step*."""
    match step:
        case Delete():
            return dict.fromkeys(map(ord, step.characters))
        case Translate():
            return dict(zip(map(ord, step.source), map(ord, step.target), strict=True))
        case Expand():
            return {ord(character): expansion for character, expansion in step.pairs}


def _folded(step: FoldMailbox, text: str) -> str:
    """Return an address in its mailbox's one spelling."""
    if text.count("@") != 1:
        return text
    local, domain = text.split("@")
    for provider in step.providers:
        if domain in provider.domains:
            mailbox = local.split(provider.tag)[0] if provider.tag else local
            kept = "".join(c for c in mailbox if c not in provider.ignored)
            return f"{kept}@{provider.canonical}"
    return text


_CHECKS = (
    RejectIfHashOf,
    RejectIfIn,
    RejectIfMatches,
    RejectIfOnly,
    RejectIfPair,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
    RejectUnlessMod97,
)


def _refuses(step: Check, text: str) -> bool:  # noqa: C901, PLR0911 - one per check
    """Return whether *step* refuses *text*."""
    match step:
        case RejectIfIn():
            return text in step.values
        case RejectIfOnly():
            return set(text) <= set(step.characters)
        case RejectIfHashOf():
            return text in step.hashes
        case RejectUnlessCharset():
            return not set(text) <= set(step.allowed)
        case RejectIfMatches():
            return re.fullmatch(step.pattern, text, re.ASCII) is not None
        case RejectUnlessMatches():
            return re.fullmatch(step.pattern, text, re.ASCII) is None
        case RejectUnlessLength():
            return not step.minimum <= len(text) <= step.maximum
        case RejectIfUniform():
            return len(set(text)) <= 1
        case RejectIfPair():
            return any(a in step.first and b in step.second for a, b in pairwise(text))
        case RejectUnlessMod97():
            return _mod97(text) != 1
        case _:
            return assert_never(step)


def _mod97(text: str) -> int:
    """Return an account number's remainder (ISO 13616-1); 0 if it has none."""
    turned = text[4:] + text[:4]
    if not (turned.isascii() and turned.isalnum()):
        return 0
    return int("".join(str(int(character, 36)) for character in turned)) % 97
