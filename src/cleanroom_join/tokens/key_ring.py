"""The keys of a partnership by id, while both parties change from one to the next."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, final

from cleanroom_join.errors import KeyRefused
from cleanroom_join.tokens.keys import SecretKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract import AssetTerms

__all__ = ["KeyRing"]


@final
class KeyRing:
    """
    Secret keys by the id that the contract gives each.

    The ring does not say which key is active and which are retiring: the contract
    does, and both parties read the same contract.

    Examples:
        >>> KeyRing({})
        KeyRing()
    """

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[str, SecretKey]) -> None:
        """
        Take one key for each id.

        Raises:
            KeyRefused: If a value is not a `SecretKey`; nothing of it is quoted.
        """
        for key in keys.values():
            given: object = key  # callers without a type checker exist
            if not isinstance(given, SecretKey):
                message = f"a key ring holds secret keys, got {type(given).__name__}."
                raise KeyRefused(message, hint="SecretKey.from_base64(...) makes one.")
        self._keys = MappingProxyType(dict(keys))

    def __repr__(self) -> str:
        """Return the ids; a contract shows them too."""
        return f"KeyRing({', '.join(sorted(self._keys))})"

    @classmethod
    def of(cls, key: SecretKey | KeyRing, terms: AssetTerms) -> KeyRing:
        """Return *key* as a ring; a key alone is the contract's active one."""
        return key if isinstance(key, KeyRing) else cls({terms.key_id: key})

    def by_id(self, terms: AssetTerms) -> Mapping[str, SecretKey]:
        """
        Return the key of each id, the active one first.

        Raises:
            KeyRefused: If the ids are not the contract's active and retiring ones.
        """
        wanted = (terms.key_id, *terms.retiring)
        if set(self._keys) != set(wanted):
            raise KeyRefused.other_ids(terms.key_id, terms.retiring)
        return {key_id: self._keys[key_id] for key_id in wanted}
