"""Steps that change the text and refuse nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cleanroom_join.tokens.steps.portable import each_once, require, require_pattern

if TYPE_CHECKING:
    from cleanroom_join.tokens.tables import Provider

__all__ = [
    "Base64ToHex",
    "Delete",
    "Expand",
    "FoldMailbox",
    "Rearrange",
    "Rewrite",
    "Sha256",
    "Translate",
    "Trim",
    "TrimEnd",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Delete:
    """Remove every listed character anywhere: ``translate(x, characters, '')``."""

    characters: str
    """The characters, each once."""

    def __post_init__(self) -> None:
        """Refuse an empty or repeating list."""
        require(each_once(self.characters), "Delete lists a character twice")


@dataclass(frozen=True, kw_only=True, slots=True)
class Translate:
    """Replace characters one for one: ``translate(x, source, target)``."""

    source: str
    """The characters to replace, each once."""
    target: str
    """Their replacements, in the same order."""

    def __post_init__(self) -> None:
        """Refuse what Spark's ``translate`` would read differently."""
        require(each_once(self.source), "Translate lists a character twice")
        require(len(self.source) == len(self.target), "Translate is not 1:1")
        # Spark keeps NUL in its dictionary for "delete this character".
        require("\0" not in self.target, "Translate maps to NUL")


@dataclass(frozen=True, kw_only=True, slots=True)
class Expand:
    """Replace single characters by texts: ``replace(x, character, text)`` each."""

    pairs: tuple[tuple[str, str], ...]
    """Characters and their texts, in which no such character occurs."""

    def __post_init__(self) -> None:
        """Refuse pairs whose order would matter."""
        sources = "".join(source for source, _ in self.pairs)
        require(
            each_once(sources) and len(sources) == len(self.pairs),
            "Expand needs single characters, each once",
        )
        texts = "".join(text for _, text in self.pairs)
        require(not set(sources) & set(texts), "Expand makes what it replaces")


@dataclass(frozen=True, kw_only=True, slots=True)
class Trim:
    """Remove listed characters at both ends: ``btrim(x, characters)``."""

    characters: str

    def __post_init__(self) -> None:
        """Refuse an empty or repeating list."""
        require(each_once(self.characters), "Trim lists a character twice")


@dataclass(frozen=True, kw_only=True, slots=True)
class TrimEnd:
    """Remove listed characters at the end: ``rtrim(x, characters)``."""

    characters: str

    def __post_init__(self) -> None:
        """Refuse an empty or repeating list."""
        require(each_once(self.characters), "TrimEnd lists a character twice")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rearrange:
    r"""
    Rewrite a text that matches as a whole; leave any other alone.

    ``regexp_replace(x, '\A(?:pattern)\z', template)``.
    """

    pattern: str
    """As in `RejectIfMatches`, with groups."""
    template: str
    """ASCII text with ``$1`` to ``$9`` for groups; one that took no part is empty."""

    def __post_init__(self) -> None:
        """Refuse what engines read differently."""
        require_pattern(self.pattern)
        # "$10" is group 10 to one engine and group 1 to another.
        form = re.fullmatch(r"(?:\$[1-9](?![0-9])|[0-9A-Za-z+-])+", self.template)
        require(form is not None, "a template is not portable between regex engines")


@dataclass(frozen=True, kw_only=True, slots=True)
class FoldMailbox:
    """
    Give the spellings of one mailbox one form; ``CASE WHEN domain IN (…)``.

    Applies to texts with exactly one ``@`` and a listed domain: the local part
    ends before the first tag character, loses the ignored ones, and the domain
    becomes the canonical one.  Without a tag character the local part keeps its tag.
    """

    providers: tuple[Provider, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sha256:
    """Replace the text by the SHA-256 of its UTF-8 in hexadecimal: ``sha2(x, 256)``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Base64ToHex:
    """
    Write a SHA-256 in hexadecimal that is written in base64; leave other texts alone.

    RFC 4648, section 4, with padding and with the two unused bits zero, so that one
    hash has one spelling: ``lower(hex(unbase64(x)))``.
    """

    PATTERN: ClassVar[str] = "[0-9A-Za-z+/]{42}[AEIMQUYcgkosw048][=]"
    """What the text matches as a whole."""


Rewrite = (
    Delete
    | Translate
    | Expand
    | Trim
    | TrimEnd
    | Rearrange
    | FoldMailbox
    | Sha256
    | Base64ToHex
)
"""A step that changes the text and refuses nothing."""
