"""Encodings of text: by their first bytes, by name, and as Spark reads them."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

__all__ = ["UTF_8", "Encoding", "encoding_named", "marked_encoding"]

_LATIN = "ISO-8859-1"
"""What Spark reads every byte with, where it does not know an encoding of one byte."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoding:
    """An encoding, for Python and for Spark."""

    python: str
    spark: str
    """
    The value of Spark's option ``encoding``.

    Spark 4 knows seven encodings only.  One of one byte is read as ISO-8859-1, and its
    characters are then replaced.
    """
    found: str = ""
    """Characters of ISO-8859-1 that are others in this encoding."""
    meant: str = ""
    """The characters that they are, in the same order."""

    @property
    def is_wide(self) -> bool:
        """Whether a line end has several bytes, so that Spark cannot split the file."""
        return self.spark.startswith(("UTF-16", "UTF-32"))


UTF_8 = Encoding(python="utf-8-sig", spark="UTF-8")

_MARKS = (
    # The mark of UTF-32 begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, Encoding(python="utf-32", spark="UTF-32")),
    (codecs.BOM_UTF32_BE, Encoding(python="utf-32", spark="UTF-32")),
    (codecs.BOM_UTF16_LE, Encoding(python="utf-16", spark="UTF-16")),
    (codecs.BOM_UTF16_BE, Encoding(python="utf-16", spark="UTF-16")),
    (codecs.BOM_UTF8, UTF_8),
)
_WITHOUT_MARK = {
    "utf-8": UTF_8,
    # Windows calls it UTF-16 or Unicode.
    "utf-16": Encoding(python="utf-16-le", spark="UTF-16LE"),
    "utf-16-le": Encoding(python="utf-16-le", spark="UTF-16LE"),
    "utf-16-be": Encoding(python="utf-16-be", spark="UTF-16BE"),
}
_BYTES = bytes(range(256))
_ASCII = _BYTES[:128].decode("ascii")


def marked_encoding(first: bytes) -> Encoding | None:
    """Return the encoding that a byte order mark says, if there is one."""
    return next((known for mark, known in _MARKS if first.startswith(mark)), None)


def encoding_named(name: str) -> Encoding | None:
    """
    Return an encoding by one of Python's names for it, or None.

    Encodings of one byte are known if their first half is ASCII: cp1252, latin-1,
    cp850, mac-roman, koi8-r, but not EBCDIC.

    Examples:
        >>> encoding_named("Windows-1252").meant[0], encoding_named("cp037")
        ('€', None)
    """
    try:
        python = codecs.lookup(name).name
        characters = _BYTES.decode(python, "replace")
    except (LookupError, ValueError):
        return None
    if (known := _WITHOUT_MARK.get(python)) is not None:
        return known
    one_byte_each = len(characters) == len(_BYTES) and "escape" not in python
    if not (one_byte_each and characters.startswith(_ASCII)):
        return None
    others = [
        (chr(byte), character)
        for byte, character in enumerate(characters)
        if character not in (chr(byte), "\ufffd")
    ]
    return Encoding(
        python=python,
        spark=_LATIN,
        found="".join(one for one, _ in others),
        meant="".join(other for _, other in others),
    )
