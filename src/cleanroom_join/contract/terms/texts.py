"""
Texts of a contract as people read them: what may be in one, and which look alike.

Each text may be the other company's, and it reaches summaries, pages, terminals and
logs.  Nothing in it may be invisible, act on what is around it, or pass for another.
"""

from __future__ import annotations

import unicodedata

from cleanroom_join.errors import is_visible

__all__ = ["imitates", "readings", "text_fault"]

_MOST_MARKS = 4
"""Marks on one letter; the limit of Unicode Technical Standard 39, section 5.4."""

_LOOKALIKES = {
    # Cyrillic and Greek letters, dashes and quotation marks that no reader tells from
    # the sign below, after `confusables.txt` of Unicode Technical Standard 39.
    "АВЕЅІЈКМНОРСТУХԚԜҺ": "ABESIJKMHOPCTYXQWh",
    "аеѕіјорсухԛԝһԁӏ": "aesijopcyxqwhdl",  # noqa: RUF001
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ": "ABEZHIKMNOPTYXCJ",  # noqa: RUF001
    "αινορυϲϳ": "aivopucj",  # noqa: RUF001
    "ı": "i",  # noqa: RUF001
    "‐‑‒–—―−": "-------",  # noqa: RUF001
    "‘’‛ʼ′`": "''''''",  # noqa: RUF001
    "“”″": '"""',
}
_ALIKE = {
    ord(one): other
    for signs, others in _LOOKALIKES.items()
    for one, other in zip(signs, others, strict=True)
}

_BARE = str.maketrans("01i", "oll")
"""What stands for a letter inside brackets, where no code stands."""
_OURS = ("other", "all", "null")
"""The letters of ``(other)`` and ``(all)``, and what pages and terminals call NULL."""


def text_fault(text: str) -> str | None:
    r"""
    Return what is wrong with a text that people will read, or None.

    A text is in NFC (Unicode Standard Annex 15), has no blank around it, and has only
    characters that `str.isprintable` lets pass and that can be seen: no control
    character, no direction mark, no blank but the space.

    Examples:
        >>> text_fault("départs à l'heure") is None
        True
        >>> text_fault("g1\u200b")
        'has U+200B, which is not printable'
    """
    for char in text:
        if not is_visible(char):
            return f"has U+{ord(char):04X}, which is not printable"
    if text != text.strip():
        return "has a blank at its beginning or end"
    if text != unicodedata.normalize("NFC", text):
        return "is not in Unicode's normal form NFC"
    if unicodedata.category(text[:1] or "x").startswith("M"):
        return "begins with a mark that belongs on a letter"
    if _most_marks(text) > _MOST_MARKS:
        return f"has more than {_MOST_MARKS} marks on one letter"
    return None


def _most_marks(text: str) -> int:
    """Return the length of the longest run of marks that take no place of their own."""
    most = run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        most = max(most, run)
    return most


def readings(text: str) -> frozenset[str]:
    r"""
    Return what a reader may take a text for; two that share a reading look alike.

    One is the text in folded case and compatible forms, with single blanks (NFKC with
    full case folding, as in Unicode Standard Annex 31).  In the other, letters of other
    scripts that look like Latin ones are Latin, and dashes and quotation marks are
    those of ASCII.  ``0`` and ``O``, ``1`` and ``l`` differ: codes need them.

    Examples:
        >>> sorted(readings("New  YORK")), readings("O2") & readings("\u041e2")
        (['new york'], frozenset({'o2'}))
    """
    return frozenset([_folded(text), _as_latin(text)])


def _folded(text: str) -> str:
    """Return a text without what case, compatible forms and blanks add."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def _as_latin(text: str) -> str:
    """Return a folded text in which letters that look like Latin ones are Latin."""
    # Lookalikes are replaced before case is folded: a capital Greek rho is like a P.
    plain = unicodedata.normalize("NFKC", text.translate(_ALIKE)).translate(_ALIKE)
    return _folded(_folded(plain).translate(_ALIKE))


def imitates(label: str) -> bool:
    """
    Return whether a label could pass for one of ours: ``(other)``, ``(all)``, NULL.

    The bare words "other" and "all" are ordinary labels; with signs around them they
    are not, whichever the signs are.

    Examples:
        >>> [imitates(label) for label in ("(Other)", "[ a11 ]", "null", "other")]
        [True, True, True, False]
    """
    seen = _as_latin(label)
    letters = "".join(char for char in seen if char.isalnum())
    return seen == "null" or (seen != letters and letters.translate(_BARE) in _OURS)
