"""
Fingerprints in plain Python, by the algorithm that the room's Spark columns follow.

The words are those of `disclosure.model.fingerprint`; the keyed hash is another one, so
fingerprints made here are compared with each other only.
"""

from __future__ import annotations

import hashlib
import struct
from functools import lru_cache
from typing import TYPE_CHECKING

from cleanroom_join.disclosure import FINGERPRINT_WORDS, Fingerprint

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

__all__ = ["CONTENT_BYTES", "SUBJECT_BYTES", "fingerprint", "keyed_hash"]

SUBJECT_BYTES = 8
"""Bytes of a word in a fingerprint of subjects."""

CONTENT_BYTES = 2
"""Bytes of a word in a fingerprint of what subjects contribute."""

_FORMATS = {SUBJECT_BYTES: "Q", CONTENT_BYTES: "H"}


@lru_cache(maxsize=2**17)
def keyed_hash(key: bytes, *parts: Hashable) -> int:
    """
    Return a keyed hash of 64 bits, of a subject or of one with its contribution.

    Cached, because the games of one attack are about the same subjects.
    """
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big")


def fingerprint(hashes: Iterable[tuple[int, int]], word_bytes: int) -> Fingerprint:
    """
    Return the fingerprint of some subjects.

    Args:
        hashes: Of every subject, the hash that chooses its word, and the hash that is
            XORed into it.
        word_bytes: `SUBJECT_BYTES` or `CONTENT_BYTES`.
    """
    words = [0] * FINGERPRINT_WORDS
    subjects = hash_sum = 0
    last = 256**word_bytes - 1
    for subject, number in hashes:
        words[subject % FINGERPRINT_WORDS] ^= number & last
        subjects += 1
        hash_sum += number >> 32
    data = struct.pack(f">{FINGERPRINT_WORDS}{_FORMATS[word_bytes]}", *words)
    return Fingerprint(data, subjects, hash_sum)
