"""
Forms in which bytes may hold a token, and whether they hold one of an erased subject.

Texts in UTF-8 or UTF-16 of the token's digits, with or without key id, in lower or
upper case; hexadecimal or base64 of such a text; base64 of the token's 32 bytes, or
these bytes as they are.  Base64 is found at every alignment, in both alphabets of
RFC 4648, and broken into lines as Spark's ``base64`` breaks it (RFC 2045, 6.8).
"""

from __future__ import annotations

import base64
import codecs
import re
from typing import TYPE_CHECKING

from cleanroom_join.revocation.erasure.character_runs import BASE64, HEX, runs
from cleanroom_join.revocation.erasure.subjects import TOKEN_DIGITS, ErasedSubjects

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FORMS", "LONGEST_FORM", "holds_bytes", "holds_text", "holds_token_text"]

FORMS = (
    "text in UTF-8 and UTF-16, with and without key id, lower and upper case",
    "hexadecimal and base64 of the text",
    "32 bytes, and base64 of the 32 bytes",
)
"""What is searched for, as an erasure statement says it."""

LONGEST_FORM = 1024
"""
Bytes that the longest form has at most.

Base64 of the text in UTF-16, in lines of 76 whose ends JSON escapes, in UTF-16 again:
4/3 of 2 x 81 characters and 3 ends of 4, twice, is below 500.
"""

_TOKEN_BYTES = TOKEN_DIGITS // 2
_LEAST_BASE64 = 43
"""Characters of base64 that 32 bytes have at least, without padding."""
_LEAST_BEGINNING = 16
"""Digits of a cut token that still single out a subject: 64 bits."""
_STANDARD = bytes.maketrans(b"-_", b"+/")


def holds_text(data: bytes, subjects: ErasedSubjects, *, packed: bool = False) -> bool:
    """
    Return whether bytes hold a token as text, or as text that encodes it.

    Args:
        data: What is searched.
        subjects: Whose tokens to look for.
        packed: Whether these are bytes of a compressed file: base64 of a token's bytes
            is not in them as it is, and looking for it takes one hash per byte.
    """
    return any(_in_text(text, subjects, packed=packed) for text in _texts(data))


def holds_bytes(data: bytes, subjects: ErasedSubjects) -> bool:
    """
    Return whether bytes hold the 32 bytes of a token, at any offset.

    One hash per byte.  So what is UTF-8 is passed over: of 10^8 tokens, fewer than one
    is valid UTF-8, and of 4 x 10^9 fewer than one has no byte above 127.
    """
    return not _is_utf8(data) and any(
        subjects.include(window.hex().encode())
        for window in _windows(data, _TOKEN_BYTES)
        if not window.isascii()
    )


def holds_token_text(data: bytes, subjects: ErasedSubjects) -> bool:
    """
    Return whether bytes hold a token's text of anybody, or the beginning of one.

    Delta's log keeps the first 32 characters of the least and the largest value of a
    column.  A digest cannot say whose beginning that is; so any is one too many.
    """
    some = b"|".join(re.escape(prefix) for prefix in subjects.prefixes)
    beginning = re.compile(b"(?:%s)[0-9a-f]{%d}" % (some, _LEAST_BEGINNING))
    return bool(subjects) and any(beginning.search(text) for text in _texts(data))


def _texts(data: bytes) -> tuple[bytes, ...]:
    """Return bytes as UTF-8, and every second of them: UTF-16 of either order."""
    return data, data[::2], data[1::2]


def _in_text(text: bytes, subjects: ErasedSubjects, *, packed: bool) -> bool:
    """Return whether an 8-bit text holds a token, or an encoding of one."""
    if _in_digits(text, subjects):
        return True
    for run in runs(text, HEX, 2 * TOKEN_DIGITS):
        for decoded in _unhexed(run):
            if any(_in_digits(inner, subjects) for inner in _texts(decoded)):
                return True
    for run in runs(_without_line_ends(text), BASE64, _LEAST_BASE64):
        if not _may_be_base64(run):
            continue
        for decoded in _unbase64ed(run):
            if any(_in_digits(inner, subjects) for inner in _texts(decoded)):
                return True
            if not packed and holds_bytes(decoded, subjects):
                return True
    return False


def _without_line_ends(text: bytes) -> bytes:
    """Return a text whose lines are joined, those of texts inside JSON too."""
    for escaped, plain in ((b"\\r", b""), (b"\\n", b""), (b"\\/", b"/")):
        text = text.replace(escaped, plain)
    return text.translate(None, b"\r\n")


def _may_be_base64(run: bytes) -> bool:
    """
    Return whether a run of the alphabet may be base64 of a token or of its bytes.

    Not names of files and not digits: base64 of digits has a letter of MNOQRYZ in each
    group of four, and of 32 bytes fewer than one in 10^9 has no capital letter.
    """
    return run != run.lower() and b"0" in run.translate(HEX)


def _in_digits(text: bytes, subjects: ErasedSubjects) -> bool:
    """Return whether a text holds the digits of a token."""
    return any(
        subjects.include(digits)
        for run in runs(text, HEX, TOKEN_DIGITS)
        for digits in _windows(run.lower(), TOKEN_DIGITS)
    )


def _windows(data: bytes, size: int) -> Iterator[bytes]:
    """Yield every piece of a size."""
    return (data[begin : begin + size] for begin in range(len(data) - size + 1))


def _unhexed(run: bytes) -> Iterator[bytes]:
    """Yield the bytes that a run of digits may stand for: it may begin in a byte."""
    for begin in (0, 1):
        digits = run[begin:]
        yield bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))


def _unbase64ed(run: bytes) -> Iterator[bytes]:
    """Yield the bytes that a run of base64 may stand for, at the four alignments."""
    for begin in range(4):
        text = run[begin:].translate(_STANDARD)
        # Filled up with zero bits, which add at most two bytes at the end.
        yield base64.b64decode(text + b"A" * (-len(text) % 4))


def _is_utf8(data: bytes) -> bool:
    """Return whether bytes are UTF-8 but for characters cut at both ends."""
    if data.isascii():
        return True
    begin = 0
    while begin < min(3, len(data)) and data[begin] & 0xC0 == 0x80:  # noqa: PLR2004 - RFC 3629
        begin += 1
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data[begin:])
    except UnicodeDecodeError:
        return False
    return True
