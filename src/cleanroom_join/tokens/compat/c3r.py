"""
AWS C3R fingerprints, format version 02 (aws/c3r fc7cab2): keyed.

The message is the value with a byte that tells its type; the key is derived from
the shared secret, the collaboration's id and, unless columns of other names may be
joined, the column's name.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac

from cleanroom_join.crypto.hkdf import hkdf_sha256
from cleanroom_join.errors import TokenError

__all__ = ["c3r_column_key", "c3r_fingerprint", "c3r_message"]

_STRING, _BIGINT, _BOOLEAN, _DATE = 0x02, 0x04, 0x06, 0x0A
_EPOCH = dt.date(1970, 1, 1)
_BIGINT_BYTES, _DATE_BYTES = 8, 4


def c3r_column_key(secret: bytes, salt: str, column: str | None) -> bytes:
    """
    Return a column's key.

    Args:
        secret: The shared secret.
        salt: The collaboration's id as text.
        column: The target column's name; None where columns of other names may be
            joined, and then the key is also C3R's encryption key.
    """
    label = (
        "c3r-encryption-primary-aes-gcm-256"
        if column is None
        else "c3r-hmac-sha256-col-" + column.strip().lower()
    )
    return hkdf_sha256(secret, salt.encode("utf-8"), label.encode("utf-8"), 32)


def c3r_message(value: str | int | bool | dt.date) -> bytes:  # noqa: FBT001 - a value
    """
    Return a value's bytes with its type.

    Raises:
        TokenError: If it is of a type without fingerprints.
    """
    if isinstance(value, bool):
        return bytes([value, _BOOLEAN])
    if isinstance(value, int):
        number = value.to_bytes(_BIGINT_BYTES, "big", signed=True)
        return number + bytes([_BIGINT])
    if isinstance(value, str):
        return value.encode("utf-8", "replace") + bytes([_STRING])
    given: object = value  # callers without a type checker exist
    if isinstance(given, dt.date) and not isinstance(given, dt.datetime):
        days = (given - _EPOCH).days.to_bytes(_DATE_BYTES, "big", signed=True)
        return days + bytes([_DATE])
    message = f"C3R has no fingerprint of {type(given).__name__}."
    raise TokenError(message)


def c3r_fingerprint(key: bytes, message: bytes) -> str:
    """Return the fingerprint of a message under a column's key."""
    code = hmac.digest(key, message, hashlib.sha256)
    return "02:hmac:" + base64.b64encode(code).decode("ascii")
