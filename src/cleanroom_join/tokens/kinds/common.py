"""What several kinds have in common, and what a kind is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.errors import InternalError
from cleanroom_join.tokens.steps import (
    Delete,
    Expand,
    FoldMailbox,
    Rearrange,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectUnlessCharset,
    Rewrite,
    Step,
    Translate,
    Trim,
    TrimEnd,
)
from cleanroom_join.tokens.tables import (
    ASCII_DIGITS,
    ASCII_LOWER,
    ASCII_UPPER,
    DASHES,
    DIGITS,
    INVISIBLE,
    NULL_LIKE,
    WHITESPACE,
)

if TYPE_CHECKING:
    from cleanroom_join.contract.terms.identifier import TokenKind
    from cleanroom_join.tokens.steps import Check

__all__ = [
    "CLEAN",
    "DAMAGED",
    "DIGIT_VALUES",
    "EXCEL",
    "HIDDEN",
    "KindSpec",
    "Ordinary",
    "Round",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """Rewrites and the checks that follow them; an engine makes one text of each."""

    rewrites: tuple[Rewrite, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ordinary:
    """
    A short cut for the spellings that nearly all identifiers have.

    A hint to engines, which changes no result; held by tests.  If a raw text is
    ASCII and matches *pattern* once the *deleted* characters and blanks at the ends
    are gone, and letters are lower case where *lower* says so, then it is what the
    rewrites give, and every check passes but those that compare with whole texts.
    """

    pattern: str
    deleted: str = ""
    lower: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class KindSpec:
    """How identifiers of one kind are normalised."""

    kind: TokenKind
    steps: tuple[Step, ...]
    """Applied in order; the first check that refuses ends it."""
    ordinary: Ordinary | None = None
    """What most identifiers of this kind look like, if that saves work."""

    def __post_init__(self) -> None:
        """Refuse a kind that would let any character through."""
        if not any(isinstance(step, RejectUnlessCharset) for step in self.steps):
            raise InternalError.of(f"kind {self.kind.value} allows any character")

    @property
    def rounds(self) -> tuple[Round, ...]:
        """The steps, cut before every rewrite that follows a check."""
        rounds: list[tuple[list[Rewrite], list[Check]]] = [([], [])]
        for step in self.steps:
            if isinstance(step, _REWRITES):
                if rounds[-1][1]:
                    rounds.append(([], []))
                rounds[-1][0].append(step)
            else:
                rounds[-1][1].append(step)
        return tuple(Round(rewrites=tuple(r), checks=tuple(c)) for r, c in rounds)


_REWRITES = (Delete, Translate, Expand, Trim, TrimEnd, Rearrange, FoldMailbox)

HIDDEN = WHITESPACE.characters + INVISIBLE.characters
"""White space and everything else that nobody sees."""

DIGIT_VALUES = ASCII_DIGITS * (len(DIGITS.characters) // len(ASCII_DIGITS))
"""What the characters of `DIGITS` become."""

EXCEL = Trim(characters="\"'=")
"""A spreadsheet's ways to keep text a text: ``="0123"`` and ``'0123``."""

CLEAN: tuple[Step, ...] = (
    Delete(characters=HIDDEN + DASHES.characters),
    Translate(
        source=DIGITS.characters + ASCII_LOWER, target=DIGIT_VALUES + ASCII_UPPER
    ),
    EXCEL,
    RejectIfIn(values=("",), reason=Reason.EMPTY),
    RejectIfIn(values=NULL_LIKE, reason=Reason.NULL_LIKE),
    # SHA-256 in hexadecimal, SHA-1, SHA-256 in base64, or a token.
    RejectIfMatches(
        pattern="(?:[0-9A-Z]{1,16}:)?[0-9A-F]{64}|[0-9A-F]{40}|[0-9A-Z+/]{43}[=]?",
        reason=Reason.ALREADY_HASHED,
        explains=True,
    ),
)
"""What every kind begins with that is written in capitals or digits."""

DAMAGED: tuple[Step, ...] = (
    # Without the sign of the exponent too: dashes are gone by now.
    RejectIfMatches(
        pattern="[0-9]+(?:[.,][0-9]*)?E[+]?[0-9]+",
        reason=Reason.SCIENTIFIC,
        explains=True,
    ),
    RejectIfMatches(
        pattern="[0-9]+[.,]0*", reason=Reason.DECIMAL_SUFFIX, explains=True
    ),
    RejectIfMatches(
        pattern="[0-9]*[X*#][0-9X*#]*", reason=Reason.MASKED, explains=True
    ),
    RejectUnlessCharset(allowed=ASCII_DIGITS, reason=Reason.FORBIDDEN_CHARACTER),
)
"""How a text of digits can be spoilt."""
