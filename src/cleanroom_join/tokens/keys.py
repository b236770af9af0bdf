"""
The secret key and what is derived from it: RFC 5869 over the standard library.

A key that can be printed ends up in a notebook's output, a log or a pickled
closure.  These classes hold bytes and show none: not in a repr, an exception,
a copy or a pickle.  They do not defend against code in the same process.
"""

from __future__ import annotations

import hmac
from typing import final

from cleanroom_join.crypto.redacted import Redacted
from cleanroom_join.errors import KeyRefused
from cleanroom_join.tokens.derivation import SUBKEY_BYTES, check_value, subkey_bytes
from cleanroom_join.tokens.strength import decoded, other_encoding, weakness

__all__ = ["SecretKey", "Subkey"]

_BLOCK_BYTES = 64
"""Block of SHA-256, to which HMAC pads its key (RFC 2104, section 2)."""

_HINT = "`cleanroom-join key new` makes one; keep it in a secret store."


@final
class SecretKey(Redacted):
    """
    The key both parties share and nobody else has; made by a named constructor.

    .. danger::
        Whoever holds it can find the identifier behind every token by trying all
        card numbers.  It never enters the clean room.
    """

    __slots__ = ("__material",)
    __material: bytes

    def __new__(cls) -> SecretKey:
        """Refuse: a key says how it is encoded."""
        message = "use SecretKey.from_base64 or SecretKey.from_bytes"
        raise TypeError(message)

    @classmethod
    def from_bytes(cls, material: bytes) -> SecretKey:
        """
        Take at least 32 random bytes.

        Raises:
            KeyRefused: If it is too short, or no secret; without any byte of it.
        """
        if not isinstance(material, (bytes, bytearray)):
            kind = type(material).__name__
            message = f"a key is made of bytes, got {kind}."
            raise KeyRefused(message, hint=_HINT)
        problem = weakness(bytes(material))
        if problem is not None:
            raise KeyRefused(problem, hint=_HINT)
        key = object.__new__(cls)
        object.__setattr__(key, "_SecretKey__material", bytes(material))
        return key

    @classmethod
    def from_base64(cls, text: str) -> SecretKey:
        """
        Take base64 of at least 32 random bytes, as a secret store holds it.

        Args:
            text: RFC 4648, section 4 or 5 (URL-safe), padded or not at all, with
                ASCII whitespace around it at most.

        Raises:
            KeyRefused: If it is not base64, too short, or no secret; if it is one in
                another encoding, which base64 would read as other bytes.
        """
        if not isinstance(text, str):
            message = f"a key is base64 text, got {type(text).__name__}."
            raise KeyRefused(message, hint=_HINT)
        encoding = other_encoding(text)
        if encoding is not None:
            raise KeyRefused.encoded_as(encoding)
        material = decoded(text)
        if material is None:
            message = "the key is not base64."
            raise KeyRefused(message, hint=_HINT)
        return cls.from_bytes(material)

    def __eq__(self, other: object) -> bool:
        """Compare in constant time."""
        if not isinstance(other, SecretKey):
            return NotImplemented
        return hmac.compare_digest(self.__material, other.__material)

    def subkey(self, *, label: str, partnership: str, key_id: str) -> Subkey:
        """
        Derive the key that makes the tokens of one label in one partnership.

        Args:
            label: `Identifier.label`: a kind, or the kinds of a composite.
            partnership: The contract's partnership.
            key_id: This key's id in the contract.

        Raises:
            TokenError: If *label*, *partnership* or *key_id* is malformed.
        """
        return Subkey.from_bytes(
            subkey_bytes(
                self.__material, label=label, partnership=partnership, key_id=key_id
            )
        )

    def check_value(self, partnership: str) -> str:
        """
        Return 8 hexadecimal digits that two parties compare to see that keys are equal.

        Equal keys have equal values; unequal keys have equal values once in 2**32.
        The digits are 4 bytes of a MAC under a key of its own, so they tell nothing
        else about a key of 256 bits.  Another partnership has another value.

        Raises:
            TokenError: If *partnership* is malformed.
        """
        return check_value(self.__material, partnership=partnership)


@final
class Subkey(Redacted):
    """A key for one label, one partnership and one key id; as secret as its root."""

    __slots__ = ("__material",)
    __material: bytes

    def __new__(cls) -> Subkey:
        """Refuse: a subkey is derived."""
        message = "use SecretKey.subkey or Subkey.from_bytes"
        raise TypeError(message)

    @classmethod
    def from_bytes(cls, material: bytes) -> Subkey:
        """
        Take what `subkey_bytes` gave.

        Raises:
            KeyRefused: If it is not 32 bytes.
        """
        given: object = material  # callers without a type checker exist
        if not isinstance(given, bytes) or len(given) != SUBKEY_BYTES:
            message = f"a subkey is made of {SUBKEY_BYTES} bytes."
            raise KeyRefused(message)
        subkey = object.__new__(cls)
        object.__setattr__(subkey, "_Subkey__material", material)
        return subkey

    def __eq__(self, other: object) -> bool:
        """Compare in constant time."""
        if not isinstance(other, Subkey):
            return NotImplemented
        return hmac.compare_digest(self.__material, other.__material)

    def mac(self, message: bytes) -> bytes:
        """Return HMAC-SHA256 (RFC 2104) of *message*."""
        return hmac.digest(self.__material, message, "sha256")

    def native(self) -> bytes:
        """
        Return the subkey itself, for an engine with an HMAC of its own.

        .. danger::
            Never put it in a literal, a SQL argument, a log or a plan.
        """
        return self.__material

    def hmac_pads(self) -> tuple[bytes, bytes]:
        """
        Return the key XOR ipad and the key XOR opad, 64 bytes each.

        With them HMAC is two plain hashes, ``sha256(opad + sha256(ipad + m))``,
        which is how an engine without a native HMAC computes it.

        .. danger::
            Each pad is the key: XOR with a constant gives it back.  Never put one
            in a literal, a SQL argument, a log or a plan.
        """
        block = self.__material.ljust(_BLOCK_BYTES, b"\0")
        return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)
