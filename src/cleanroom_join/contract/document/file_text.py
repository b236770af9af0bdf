"""A contract's file as text, whatever the editor that saved it put before it."""

from __future__ import annotations

import codecs

__all__ = ["SAVE_AGAIN", "decoded", "without_bom"]

SAVE_AGAIN = "save it again in your editor, with the encoding UTF-8"
"""What to do with a file in another encoding."""

_MARK = "\ufeff"
"""The byte order mark, as decoded text has it."""

_WIDE = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
"""Beginnings of files in other encodings; that of UTF-16 begins one of UTF-32."""


def decoded(data: bytes) -> tuple[str, str | None]:
    r"""
    Return a file's text, or an empty text and why it is none.

    Editors on Windows begin UTF-8 with a byte order mark, which says nothing.

    Examples:
        >>> decoded(b"\xef\xbb\xbfschema = 1")
        ('schema = 1', None)
        >>> decoded("schema = 1".encode("utf-16"))
        ('', 'is UTF-16, not UTF-8')
    """
    for mark, name in _WIDE:
        if data.startswith(mark):
            return "", f"is {name}, not UTF-8"
    # Latin text in UTF-16 has a zero in every pair of bytes, and no TOML has any.
    if data.count(0) > len(data) // 4:
        return "", "is UTF-16 or no text, not UTF-8"
    try:
        return without_bom(data.decode("utf-8")), None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    return "", f"is not UTF-8 in line {line}: perhaps it is Latin-1, or ANSI"


def without_bom(text: str) -> str:
    """Return a text without a byte order mark before it."""
    return text.removeprefix(_MARK)
