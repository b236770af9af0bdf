"""From a secret key to what is used of it: RFC 5869 over the standard library."""

from __future__ import annotations

import hashlib
import hmac
import re

from cleanroom_join.errors import TokenError
from cleanroom_join.tokens.spec import (
    CHECK_LABEL,
    INFO_LABEL,
    KEY_ID_PATTERN,
    LABEL_PATTERN,
    PARTNERSHIP_PATTERN,
)

__all__ = ["SUBKEY_BYTES", "check_value", "hkdf_sha256", "subkey_bytes"]

SUBKEY_BYTES = 32
"""Length of a subkey: that of a SHA-256 value, so HMAC loses no strength."""

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


def subkey_bytes(root: bytes, *, label: str, partnership: str, key_id: str) -> bytes:
    """
    Derive a subkey's bytes from a root of any strength: for public test vectors.

    The salt separates partnerships; the info separates labels and key ids, so one
    card number as `pan` and as `account` gives two unrelated tokens.

    Args:
        root: The secret key's bytes.
        label: `Identifier.label`: a kind, or the kinds of a composite.
        partnership: The contract's id.
        key_id: The key's name in the contract.

    Raises:
        TokenError: If *label*, *partnership* or *key_id* is malformed.
    """
    if re.fullmatch(LABEL_PATTERN, label) is None:
        message = "an identifier's label is its kinds joined by plus signs."
        raise TokenError(message)
    if re.fullmatch(KEY_ID_PATTERN, key_id) is None:
        message = "a key id is 1 to 16 lower-case ASCII letters and digits."
        raise TokenError(message)
    salt = _salt(partnership)
    info = b"\0".join(part.encode("ascii") for part in (INFO_LABEL, label, key_id))
    return hkdf_sha256(root, salt, info, SUBKEY_BYTES)


def check_value(root: bytes, *, partnership: str) -> str:
    """Return `key_check_value` of a root of any strength: for public test vectors."""
    subkey = hkdf_sha256(
        root, _salt(partnership), CHECK_LABEL.encode("ascii"), SUBKEY_BYTES
    )
    return hmac.digest(subkey, b"key check value", "sha256")[:4].hex()


def _salt(partnership: str) -> bytes:
    """Return what separates partnerships, or raise if the name is malformed."""
    if re.fullmatch(PARTNERSHIP_PATTERN, partnership) is None:
        message = "a partnership is named by 1 to 128 ASCII characters without spaces."
        raise TokenError(message)
    return hashlib.sha256(partnership.encode("ascii")).digest()
