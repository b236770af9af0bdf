"""Runs of characters of an alphabet in bytes, without a step of Python per byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BASE64", "HEX", "alphabet", "runs"]


def alphabet(characters: bytes) -> bytes:
    """Return a table for `bytes.translate`: ``1`` for a character of it, else ``0``."""
    return bytes(ord("1") if byte in characters else ord("0") for byte in range(256))


HEX = alphabet(b"0123456789abcdefABCDEF")
BASE64 = alphabet(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
"""Both alphabets of RFC 4648, sections 4 and 5, without padding."""


def runs(data: bytes, table: bytes, least: int) -> Iterator[bytes]:
    """
    Yield every longest run of characters of an alphabet.

    `bytes.find` looks for the marks of a run, so bytes that hold none cost no Python.

    Args:
        data: What is searched.
        table: The alphabet, as `alphabet` returns it.
        least: Characters that a run has at least.

    Examples:
        >>> list(runs(b"no, cafe, face it", HEX, 4))
        [b'cafe', b'face']
    """
    marks = data.translate(table)
    wanted = b"1" * least
    begin = marks.find(wanted)
    while begin >= 0:
        end = marks.find(b"0", begin + least)
        if end < 0:
            end = len(marks)
        yield data[begin:end]
        begin = marks.find(wanted, end)
