"""HKDF with SHA-256 over the standard library: RFC 5869."""

from __future__ import annotations

import hmac

from cleanroom_join.errors import TokenError

__all__ = ["hkdf_sha256"]

_HASH_BYTES = 32
"""HashLen of RFC 5869 for SHA-256."""


def hkdf_sha256(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """
    Return *length* bytes of HKDF-SHA256 (RFC 5869, section 2).

    Raises:
        TokenError: If *length* is not between 1 and 8160.
    """
    if not 1 <= length <= 255 * _HASH_BYTES:
        message = f"HKDF-SHA256 gives 1 to 8160 bytes, not {length}."
        raise TokenError(message)
    # RFC 5869, section 2.2: an empty salt stands for HashLen zero bytes.
    pseudorandom_key = hmac.digest(salt or bytes(_HASH_BYTES), ikm, "sha256")
    block, output = b"", b""
    for counter in range(1, -(-length // _HASH_BYTES) + 1):
        block = hmac.digest(pseudorandom_key, block + info + bytes([counter]), "sha256")
        output += block
    return output[:length]
