"""Search of streams in pieces that overlap, so that no border hides a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.revocation.erasure.token_forms import LONGEST_FORM

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

__all__ = ["any_piece"]

_PIECE = 1 << 20
"""Bytes read at once: what a search needs of memory does not grow with the file."""


def any_piece(
    stream: BinaryIO,
    holds: Callable[[bytes], bool],
    *,
    begun_with: bytes = b"",
    piece: int = _PIECE,
) -> bool:
    """
    Return whether a test holds for a piece of a stream, read from where it stands.

    Every form of a token lies whole in one of the pieces.

    Args:
        stream: Bytes to read.
        holds: The test.
        begun_with: Bytes that come before, already read.
        piece: Bytes read at once, at least 1.
    """
    kept, more = begun_with, True
    while more:
        read = stream.read(piece)
        more = bool(read)
        kept += read
        if holds(kept):
            return True
        kept = kept[-LONGEST_FORM:]
    return False
