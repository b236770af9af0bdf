"""Search of one file for tokens of erased subjects, whatever encodes its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.described import Described
from cleanroom_join.revocation.erasure.compressed import (
    Encoding,
    decompressed,
    encoding_of,
)
from cleanroom_join.revocation.erasure.parquet_values import can_decode, decoded_values
from cleanroom_join.revocation.erasure.storage_kind import StorageKind
from cleanroom_join.revocation.erasure.streams import any_piece
from cleanroom_join.revocation.erasure.token_forms import (
    holds_bytes,
    holds_text,
    holds_token_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from cleanroom_join.revocation.erasure.subjects import ErasedSubjects

__all__ = ["FileFinding", "Unread", "search_file"]

_FIRST = 16
"""Bytes by which a compression is known."""


class FileFinding(Described):
    """What the search found in a file."""

    NOTHING = "nothing", "The whole file was searched, and holds no such token."
    TOKEN = "token", "It holds the token of an erased subject."
    BEGINNING = "beginning", "It holds beginnings of tokens, as statistics do."


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that was not searched, or not to its end, and why."""

    why: str


def search_file(
    path: Path, kind: StorageKind, subjects: ErasedSubjects
) -> FileFinding | Unread:
    """
    Search a file's bytes, and its decoded content where a format encodes it.

    Args:
        path: The file; no link.
        kind: What it is for: in a log no token of anybody may be, nor a beginning.
        subjects: Whose tokens to look for.
    """
    finding = FileFinding.NOTHING

    def holds(data: bytes, *, raw: bool) -> bool:
        nonlocal finding
        if holds_text(data, subjects, packed=not raw) or (
            raw and holds_bytes(data, subjects)
        ):
            finding = FileFinding.TOKEN
        elif kind is StorageKind.LOG and holds_token_text(data, subjects):
            finding = FileFinding.BEGINNING
        return finding is FileFinding.TOKEN  # a beginning: the whole may follow

    try:
        unread = _search(path, holds)
    except FileNotFoundError:
        unread = Unread("files vanished while they were searched")
    except OSError:
        unread = Unread("files cannot be read")
    except Exception:  # noqa: BLE001 - decoders' errors for damage have no common class
        unread = Unread("files are damaged, encrypted or not decoded")
    # A file that holds a token needs no further search.
    return finding if unread is None or finding is FileFinding.TOKEN else unread


def _search(path: Path, holds: Callable[..., bool]) -> Unread | None:
    """Apply a test to all that a file holds until it is met; say what was not read."""
    with path.open("rb") as file:
        encoding = encoding_of(path.name, file.read(_FIRST))
        file.seek(0)
        # In a compressed file 32 bytes of a token are in no page as they are.
        plain = encoding is Encoding.PLAIN
        if any_piece(file, lambda data: holds(data, raw=plain)) or plain:
            return None
        if encoding is Encoding.PARQUET:
            return _search_parquet(path, holds)
        file.seek(0)
        return _search_compressed(file, encoding, holds)


def _search_parquet(path: Path, holds: Callable[..., bool]) -> Unread | None:
    """Apply the test to the values of a Parquet file."""
    if not can_decode():
        return Unread("PyArrow, which decodes Parquet, is not installed")
    any(holds(values, raw=True) for values in decoded_values(path))
    return None


def _search_compressed(
    file: BinaryIO, encoding: Encoding, holds: Callable[..., bool]
) -> Unread | None:
    """Apply the test to what a compressed file holds."""
    stream = decompressed(file, encoding)
    if stream is None:
        return Unread(f"the search does not read files of {encoding.value} here")
    first = stream.read(_FIRST)
    if encoding_of("", first) is not Encoding.PLAIN:
        return Unread("files are compressed or encoded twice")
    any_piece(stream, lambda data: holds(data, raw=True), begun_with=first)
    return None
