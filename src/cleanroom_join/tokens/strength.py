"""
Whether bytes can be a secret key: long enough, and not obviously made up.

Nothing here proves randomness.  It stops what happens in practice: a passphrase,
a placeholder, or the sample key of some documentation in production.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from itertools import pairwise

__all__ = ["MINIMUM_BYTES", "decoded", "other_encoding", "weakness"]

MINIMUM_BYTES = 32
"""256 bits, HMAC-SHA256's full strength (NIST SP 800-107r1, section 5.3.4)."""

_MINIMUM_DISTINCT = 16
"""32 random bytes have about 30 distinct ones; fewer than 16 once in 10^14 keys."""

_TYPED = frozenset(b"\t\n\r" + bytes(range(0x20, 0x7F)))
"""Bytes that a keyboard makes; 32 random ones are all of these once in 10^13 keys."""

_HEX = "0123456789abcdef"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SHORTEST_TEXT = 43
"""Digits of 32 bytes in base64, the shortest text of a key in any encoding."""

_ASCII_WHITESPACE = "\t\n\v\f\r "

_PUBLIC_KEYS = frozenset(
    {
        # NIST SP 800-38A, F.1.5: the AES-256 sample key.
        "b93c72b74bc8487d29827005f80d635918f91bc22b14d7ed05714d58f96702dd",
        # RFC 8439, A.5: the ChaCha20 sample key.
        "b2fc17bf5e95289cefb59ca945471f60dd000eb17a59c23a3deb85a76929a2ce",
        # RFC 7515, A.1: the HMAC key of the JWS example.
        "c8ecc9361a05e285f04c26f9572131a6deab07e9e2b865053c6f75a4d8bd2b32",
        # RFC 8032, 7.1: the first Ed25519 secret key.
        "644d50ab64864c20a12b3c4656d46b4a48f69ef7c47ecdc8415cd28316b22ef5",
        # github.com/fernet/spec, generate.json: the Fernet key.
        "cbeb362f1fa69a6691db592f4529cf6bea1ce089eb132a3350c9081279ff8f34",
    }
)
"""SHA-256 of keys that everybody has."""


def other_encoding(text: str) -> str | None:
    """
    Return the encoding that a key seems to have instead of base64, or None.

    Every hexadecimal text, and every text of base32 without its padding, is base64 of
    other bytes: a program that decodes it as it is meant has another key.  32 random
    bytes in base64 have only digits of base32 once in 10^13 keys.

    Examples:
        >>> other_encoding("00112233445566778899aabbccddeeff" * 2)
        'hexadecimal'
    """
    digits = set(text.strip(_ASCII_WHITESPACE).rstrip("="))
    if len(text.strip(_ASCII_WHITESPACE)) < _SHORTEST_TEXT:
        return None
    if any(digits <= set(case) for case in (_HEX, _HEX.upper())):
        return "hexadecimal"
    if any(digits <= set(case) for case in (_BASE32, _BASE32.lower())):
        return "base32"
    return None


def decoded(text: str) -> bytes | None:
    """
    Return what the base64 *text* stands for, or None if it is not base64.

    RFC 4648, sections 4 and 5: one alphabet, padding complete or absent, unused
    bits zero, nothing between the digits.
    """
    body = text.strip(_ASCII_WHITESPACE)
    if set(body) & set("+/") and set(body) & set("-_"):
        return None
    digits = body.rstrip("=")
    padded = digits + "=" * (-len(digits) % 4)
    if body not in (digits, padded):
        return None
    standard = padded.translate(str.maketrans("-_", "+/"))
    try:
        material = base64.b64decode(standard, validate=True)
    except (binascii.Error, ValueError):
        return None
    # The decoder ignores unused bits; two texts must not be one key.
    return material if base64.b64encode(material).decode("ascii") == standard else None


def weakness(material: bytes) -> str | None:  # noqa: PLR0911 - one per weakness
    """Return why *material* is no secret key, without any of its bytes, or None."""
    size = len(material)
    if size < MINIMUM_BYTES:
        return f"the key has {size} bytes, at least {MINIMUM_BYTES} are needed."
    if len(set(material)) < _MINIMUM_DISTINCT:
        return f"the key's {size} bytes have too few different values."
    if _TYPED.issuperset(material):
        return f"the key's {size} bytes are all printable: a passphrase, or still text."
    if len({(b - a) % 256 for a, b in pairwise(material)}) == 1:
        return f"the key's {size} bytes are an arithmetic sequence."
    # A text that repeats a shorter one occurs inside its own double.
    if material in (material + material)[1:-1]:
        return f"the key's {size} bytes are a shorter key repeated."
    if hashlib.sha256(material).hexdigest() in _PUBLIC_KEYS:
        return f"the key's {size} bytes are a published sample key."
    return None
