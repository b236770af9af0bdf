"""
Canonical JSON and its SHA-256: the only serialiser whose output is hashed.

The bytes are those of RFC 8785 (JSON Canonicalization Scheme) for the values
allowed here: no floats, whose text form is the one hard part of that standard,
and integers only where a double could hold them (RFC 7493, section 2.2).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cleanroom_join.errors import InternalError

__all__ = ["canonical_bytes", "sha256_hex"]

_LARGEST_INTEGER = 2**53 - 1
"""RFC 7493, section 2.2: beyond it JSON readers lose digits."""


def canonical_bytes(value: object) -> bytes:
    """
    Return the canonical JSON bytes of *value*.

    Args:
        value: None, bool, int within 2^53, str, or lists, tuples and string-keyed
            mappings of these.

    Raises:
        InternalError: For any other type or a lone surrogate; the message names the
            type only, never the value.

    Examples:
        >>> canonical_bytes({"b": [1, None], "a": "é"}).decode()
        '{"a":"é","b":[1,null]}'
    """
    try:
        return json.dumps(
            _ordered(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")
        ).encode("utf-8")
    except UnicodeEncodeError:
        raise InternalError.of("a lone surrogate cannot be hashed") from None


def sha256_hex(value: object) -> str:
    """
    Return the SHA-256 of the canonical JSON of *value*, 64 lower-case digits.

    Examples:
        >>> sha256_hex({})
        '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
    """
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def _ordered(value: object) -> Any:
    """Return *value* with mappings sorted as RFC 8785 wants, or refuse it."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int) and abs(value) <= _LARGEST_INTEGER:
        return int(value)
    if isinstance(value, (list, tuple)):
        return [_ordered(item) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        # UTF-16 code units, not code points: RFC 8785, section 3.2.3.
        names = sorted(
            value, key=lambda name: name.encode("utf-16-be", "surrogatepass")
        )
        return {name: _ordered(value[name]) for name in names}
    raise InternalError.of(f"a {type(value).__name__} cannot be hashed")
