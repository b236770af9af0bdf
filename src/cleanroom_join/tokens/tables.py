r"""
Code points that normalisation removes or maps, as data with a digest.

They are enumerated, not asked of a runtime: `str.strip`, Java's ``trim``, Spark's
``trim`` and every ``\s`` remove different characters, and Unicode categories
change with the Python and Java version.  Both parties compare the digests.
"""

from __future__ import annotations

from dataclasses import dataclass

from cleanroom_join.canonical import sha256_hex

__all__ = [
    "ASCII_DIGITS",
    "ASCII_LOWER",
    "ASCII_UPPER",
    "DASHES",
    "DIGITS",
    "INVISIBLE",
    "TABLES",
    "WHITESPACE",
    "CodePointTable",
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

        >>> CodePointTable(name="x", code_points="0041-0043 0030").characters
        'ABC0'
        """
        text = ""
        for part in self.code_points.split():
            first, _, last = part.partition("-")
            text += "".join(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
        return text

    def document(self) -> dict[str, object]:
        """Return the table as JSON can hold it."""
        return {"name": self.name, "code_points": self.code_points}

    def sha256(self) -> str:
        """Return the digest of the canonical JSON of `document`."""
        return sha256_hex(self.document())


def notation(characters: str) -> str:
    """
    Write *characters* as code points, consecutive ones as ranges, order kept.

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


WHITESPACE = CodePointTable(
    name="ws_v1",
    code_points="0009-000D 001C-0020 0085 00A0 1680 2000-200A 2028-2029 202F 205F 3000",
)
"""The 29 characters that ``str.strip`` removes in Python, more than any JVM trims."""

INVISIBLE = CodePointTable(
    name="invisible_v1",
    code_points=(
        "0000-0008 000E-001B 007F-0084 0086-009F 00AD 034F 061C 17B4-17B5 180B-180F"
        " 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F FEFF FFA0 FFF0-FFFB"
        " 1D173-1D17A E0000-E0FFF"
    ),
)
"""Controls, zero-width and format characters, variation selectors and tags."""

DASHES = CodePointTable(
    name="dash_v1",
    code_points="002D 058A 05BE 1806 2010-2015 2043 207B 208B 2212 FE58 FE63 FF0D",
)
"""Hyphens, dashes and minus signs that people write between groups."""

DIGITS = CodePointTable(
    name="digit_v1",
    code_points="FF10-FF19 0660-0669 06F0-06F9 1D7CE-1D7FF",
)
"""
Full-width, Arabic-Indic and mathematical digits, in runs of ten from zero.

The character at position *i* means the digit *i* mod 10.
"""

TABLES = (WHITESPACE, INVISIBLE, DASHES, DIGITS)
"""Every table of this version."""
