"""From a secret key to what is used of it: RFC 5869 over the standard library."""

from __future__ import annotations

import hashlib
import hmac
import re

from cleanroom_join.contract.token_format import KEY_ID_PATTERN
from cleanroom_join.crypto.hkdf import hkdf_sha256
from cleanroom_join.errors import TokenError
from cleanroom_join.tokens.spec import (
    CHECK_LABEL,
    INFO_LABEL,
    LABEL_PATTERN,
    PARTNERSHIP_PATTERN,
)

__all__ = ["SUBKEY_BYTES", "check_value", "subkey_bytes"]

SUBKEY_BYTES = 32
"""Length of a subkey: that of a SHA-256 value, so HMAC loses no strength."""


def subkey_bytes(root: bytes, *, label: str, partnership: str, key_id: str) -> bytes:
    """
    Derive a subkey's bytes from a root of any strength: for public test vectors.

    The salt separates partnerships; the info separates labels and key ids, so one
    card number as `pan` and as `account` gives two unrelated tokens.

    Args:
        root: The secret key's bytes.
        label: `Identifier.label`: a kind, or the kinds of a composite.
        partnership: The contract's partnership.
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
