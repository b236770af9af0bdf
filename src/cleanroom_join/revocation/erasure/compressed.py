"""What compressed files hold, decompressed while it is read."""

from __future__ import annotations

import bz2
import gzip
import importlib
import lzma
from enum import Enum
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["Encoding", "decompressed", "encoding_of"]


class Encoding(Enum):
    """How the bytes of a file encode its content, as its first bytes say."""

    PLAIN = "plain"
    PARQUET = "Parquet"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTANDARD = "Zstandard"
    UNREAD = "another compression"


_MAGIC = (
    (b"PAR1", Encoding.PARQUET),
    (b"\x1f\x8b", Encoding.GZIP),  # RFC 1952, section 2.3.1
    (b"BZh", Encoding.BZIP2),
    (b"\xfd7zXZ\x00", Encoding.XZ),
    (b"\x28\xb5\x2f\xfd", Encoding.ZSTANDARD),  # RFC 8878, section 3.1.1
    (b"PARE", Encoding.UNREAD),  # Parquet whose footer is encrypted
    (b"PK\x03\x04", Encoding.UNREAD),  # zip
    (b"\x04\x22\x4d\x18", Encoding.UNREAD),  # LZ4 frame
    (b"LZ4Block", Encoding.UNREAD),  # Spark's default for state stores
    (b"\xff\x06\x00\x00sNaPpY", Encoding.UNREAD),
    (b"Obj\x01", Encoding.UNREAD),  # Avro
    (b"ORC", Encoding.UNREAD),
    (b"\x02\x21\x4c\x18", Encoding.UNREAD),  # LZ4, as its old frames begin
    (b"7z\xbc\xaf\x27\x1c", Encoding.UNREAD),
    (b"Rar!\x1a\x07", Encoding.UNREAD),
    (b"\x1f\x9d", Encoding.UNREAD),  # compress, of Unix
    (b"\x89LZO", Encoding.UNREAD),
    (b"LZIP", Encoding.UNREAD),
    (b"\x5d\x00\x00", Encoding.UNREAD),  # LZMA without a container
    # zlib: RFC 1950, section 2.2
    *((b"\x78" + level, Encoding.UNREAD) for level in (b"\x01", b"\x9c", b"\xda")),
    (b"age-encryption.org/", Encoding.UNREAD),
    (b"Salted__", Encoding.UNREAD),  # OpenSSL's command
)
_UNREAD_SUFFIXES = (
    *(".snappy", ".lz4", ".deflate", ".zip", ".orc", ".avro", ".sst", ".br", ".lzo"),
    *(".7z", ".rar", ".z", ".zz", ".zlib", ".lzma", ".gpg", ".pgp", ".age", ".enc"),
)
"""Names of compressed or encrypted files, also where first bytes are no constant."""


def encoding_of(name: str, first: bytes) -> Encoding:
    """
    Return how a file encodes its content.

    Args:
        name: Name of the file.
        first: Its first bytes, 16 or more if it has as many.

    Examples:
        >>> encoding_of("part.parquet", b"PAR1....")
        <Encoding.PARQUET: 'Parquet'>
    """
    for magic, encoding in _MAGIC:
        if first.startswith(magic):
            return encoding
    if name.lower().endswith(_UNREAD_SUFFIXES):
        return Encoding.UNREAD
    return Encoding.PLAIN


def decompressed(file: BinaryIO, encoding: Encoding) -> BinaryIO | None:
    """
    Return a stream of what a compressed file holds; None if nothing here reads it.

    Reading it may raise OSError, EOFError, or an error of the compression if the file
    is cut or damaged.
    """
    if encoding is Encoding.GZIP:
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    if encoding is Encoding.BZIP2:
        return cast("BinaryIO", bz2.BZ2File(file))
    if encoding is Encoding.XZ:
        return cast("BinaryIO", lzma.LZMAFile(file))
    if encoding is Encoding.ZSTANDARD:
        return _zstandard(file)
    return None


def _zstandard(file: BinaryIO) -> BinaryIO | None:
    """Return a reader of all frames; None if its package is not installed."""
    try:
        package = importlib.import_module("zstandard")
    except ImportError:
        return None
    reader = package.ZstdDecompressor().stream_reader(file, read_across_frames=True)
    return cast("BinaryIO", reader)
