"""The checksum that Hadoop keeps beside a local file, and whether it fits."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["has_stale_checksum"]

_HEADER = struct.Struct(">4sI")
"""Magic bytes, and how many bytes each of the following checksums is over."""
_MAGIC = b"crc\0"


def has_stale_checksum(file: Path) -> bool:
    """
    Return whether a file was changed without the checksum beside it.

    ``.<name>.crc`` has a CRC-32 for each piece of the file (Hadoop,
    ``ChecksumFileSystem``).  No such file, or one of another form, says nothing.
    """
    try:
        beside = file.with_name(f".{file.name}.crc").read_bytes()
        content = file.read_bytes()
    except OSError:
        return False
    if len(beside) < _HEADER.size:
        return False
    magic, size = _HEADER.unpack_from(beside)
    if magic != _MAGIC or size == 0:
        return False
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    sums = b"".join(struct.pack(">I", zlib.crc32(piece)) for piece in pieces)
    return sums != beside[_HEADER.size :]
