r"""
What normalisation removes, maps and recognises: data files, each with a digest.

Code points are enumerated, not asked of a runtime: `str.strip`, Java's ``trim``,
Spark's ``trim`` and every ``\s`` remove different characters, and Unicode
categories change with the Python and Java version.  Both parties compare digests.  No
rule comes in: `tokens.steps` says what is done with a table.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cleanroom_join.crypto.canonical_json import sha256_hex

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ASCII_DIGITS",
    "ASCII_LOWER",
    "ASCII_UPPER",
    "COMBINING",
    "COUNTRIES",
    "DASHES",
    "DIGITS",
    "FOLD_LATIN",
    "INVISIBLE",
    "NULL_LIKE",
    "PLANS",
    "PROVIDERS",
    "QUOTES",
    "TABLES",
    "WHITESPACE",
    "CodePointTable",
    "Country",
    "Lengths",
    "NumberingPlan",
    "Provider",
    "notation",
]

ASCII_DIGITS = "0123456789"
ASCII_LOWER = "abcdefghijklmnopqrstuvwxyz"
ASCII_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, kw_only=True, slots=True)
class CodePointTable:
    """A named, ordered list of Unicode code points."""

    name: str
    """Name with its version; a changed list gets a new name."""
    code_points: str
    """Hexadecimal code points and inclusive ranges, separated by spaces."""

    @property
    def characters(self) -> str:
        """
        Every character of the table, in order.

        Examples:
            >>> CodePointTable(name="x", code_points="0041-0043 0030").characters
            'ABC0'
        """
        text = ""
        for part in self.code_points.split():
            first, _, last = part.partition("-")
            text += "".join(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
        return text


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """Mail domains that deliver several spellings to one mailbox."""

    domains: tuple[str, ...]
    canonical: str
    """The domain that stands for all of them."""
    ignored: str
    """Characters that mean nothing in the local part."""
    tag: str
    """Character from which on the local part is the user's own note, if any is."""


Lengths = tuple[tuple[int, int], ...]
"""Numbers of digits: ranges, fewest and most of each included."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberingPlan:
    """What follows a calling code (ITU-T E.164)."""

    digits: Lengths
    """How many digits there are after the code."""
    first: str
    """The digits with which they begin, as a range such as ``1-9``."""
    trunk: tuple[str, ...]
    """
    Trunk prefixes that people write after the code, where none belongs.

    The first that fits counts.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Country:
    """How one country writes and dials telephone numbers (ITU-T E.123, E.129)."""

    code: str
    """Calling code."""
    trunk: str
    """Prefix of national numbers that international ones do not have; or empty."""
    digits: Lengths
    """How many digits follow the trunk prefix; none if there is no prefix."""
    bare: Lengths
    """How many digits numbers without a trunk prefix have; none if unknown."""
    idd: str
    """What is dialled for ``+``, as a pattern; empty if it is not known."""
    ambiguous: bool
    """
    Whether that begins with 00 and a digit from 2 to 9.

    What is dialled may then be a possible number behind 00, too.
    """


def notation(characters: str) -> str:
    """
    Write *characters* as code points, consecutive ones as ranges, order kept.

    Examples:
        >>> notation("ABC0")
        '0041-0043 0030'
    """
    runs: list[list[int]] = []
    for point in map(ord, characters):
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return " ".join(
        f"{first:04X}" if first == last else f"{first:04X}-{last:04X}"
        for first, last in runs
    )


def _read(name: str) -> dict[str, Any]:
    """Return a data file; its explanation is for people and decides nothing."""
    text = resources.files(__name__).joinpath(f"{name}.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    del document["what"]
    return document


_NAMES = (
    *("ws_v1", "invisible_v1", "dash_v1", "digit_v1", "quote_v1", "combining_v1"),
    *("fold_latin_v1", "null_like_v1", "email_provider_v1", "country_v1"),
)
_DOCUMENTS: Mapping[str, dict[str, Any]] = {name: _read(name) for name in _NAMES}

TABLES: Mapping[str, str] = MappingProxyType(
    {name: sha256_hex(document) for name, document in _DOCUMENTS.items()}
)
"""SHA-256 of the canonical JSON of every table of this version, by name."""


def _code_points(name: str) -> CodePointTable:
    """Return a data file that lists code points."""
    return CodePointTable(name=name, code_points=_DOCUMENTS[name]["code_points"])


WHITESPACE = _code_points("ws_v1")
"""The 29 characters that ``str.strip`` removes in Python, more than any JVM trims."""

INVISIBLE = _code_points("invisible_v1")
"""Controls, zero-width and format characters, variation selectors and tags."""

DASHES = _code_points("dash_v1")
"""Hyphens, dashes and minus signs that people write between groups."""

DIGITS = _code_points("digit_v1")
"""
Full-width, Arabic-Indic and mathematical digits, in runs of ten from zero.

The character at position *i* means the digit *i* mod 10.
"""

QUOTES = _code_points("quote_v1")
"""Apostrophes and quotation marks."""

COMBINING = _code_points("combining_v1")
"""Combining marks, which decomposed text has after its letters."""

FOLD_LATIN: Mapping[str, str] = MappingProxyType(
    {chr(int(p, 16)): text for p, text in _DOCUMENTS["fold_latin_v1"]["map"].items()}
)
"""Latin letters with marks, and what they become: one or two letters A to Z."""

NULL_LIKE: tuple[str, ...] = tuple(_DOCUMENTS["null_like_v1"]["words"])
"""Words for NULL as they look in upper case without whitespace and dashes."""

PROVIDERS = tuple(
    Provider(**{**p, "domains": tuple(p["domains"])})
    for p in _DOCUMENTS["email_provider_v1"]["providers"]
)
"""Mail providers whose spellings may be folded, if the contract says so."""


def _lengths(text: str) -> Lengths:
    """Read a list such as ``6,8-9``; an empty text is an empty list."""
    parts = (part.partition("-") for part in text.split(",") if part)
    return tuple((int(fewest), int(most or fewest)) for fewest, _, most in parts)


PLANS: Mapping[str, NumberingPlan] = MappingProxyType(
    {
        code: NumberingPlan(
            digits=_lengths(plan["digits"]),
            first=plan.get("first", "1-9"),
            trunk=tuple(plan.get("trunk", ())),
        )
        for code, plan in _DOCUMENTS["country_v1"]["plans"].items()
    }
)
"""Numbering plans by calling code."""

COUNTRIES: Mapping[str, Country] = MappingProxyType(
    {
        name: Country(
            code=country["code"],
            trunk=country.get("trunk", ""),
            digits=_lengths(country.get("digits", "")),
            bare=_lengths(country.get("bare", "")),
            idd=country.get("idd", ""),
            ambiguous=country.get("ambiguous", False),
        )
        for name, country in _DOCUMENTS["country_v1"]["countries"].items()
    }
)
"""Countries by ISO 3166-1 alpha-2 code."""
