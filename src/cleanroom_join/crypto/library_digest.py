"""
The library's digest: one SHA-256 over the files of this package as they are installed.

Two installations of one wheel have one digest, on any machine and with any extras.  It
finds a mistake: another version, another build, an edited file.  It proves nothing
against a party that means to deceive, since an altered library can state any digest;
against that stands the hash of the wheel in the notebook that both parties approve
(docs/adr/0028-agree-in-the-anchor.md).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cleanroom_join.crypto.canonical_json import sha256_hex

__all__ = ["library_digest"]

_PACKAGE = Path(__file__).parents[1]

_CACHE = "__pycache__"
"""Bytecode that Python derives from the files beside it, another on each machine."""


def library_digest(folder: Path = _PACKAGE) -> str | None:
    """
    Return the SHA-256 over path and content of every file below *folder*.

    Args:
        folder: The package; its bytecode caches do not count.

    Returns:
        64 hexadecimal digits; None if the files cannot all be read, for instance
        because they are in an archive.
    """
    try:
        paths = [p for p in folder.rglob("*") if _CACHE not in p.parts]
        # `rglob` does not look into these, and Python imports from them.
        if any(path.is_dir() and path.is_symlink() for path in paths):
            return None
        digests = {
            path.relative_to(folder).as_posix(): _file_digest(path)
            for path in paths
            if not path.is_dir()
        }
    except OSError:
        return None
    return sha256_hex(digests) if digests else None


def _file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
