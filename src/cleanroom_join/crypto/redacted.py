"""Objects that hold a secret and show none of it: not in a repr, a copy or a pickle."""

from __future__ import annotations

from typing import NoReturn, SupportsIndex

__all__ = ["Redacted"]


class Redacted:
    """
    Something that is never shown, copied, pickled, hashed or changed.

    A key that can be printed ends up in a notebook's output, a log or a pickled
    closure.  Copies, deep copies and pickles all go through ``__reduce_ex__``, and
    every format through ``__repr__``.  Nothing here defends against code in the same
    process.
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # a key belongs in no set

    def __repr__(self) -> str:
        """Return the class name only."""
        return f"{type(self).__name__}(<redacted>)"

    def __setattr__(self, name: str, value: object, /) -> NoReturn:
        """Refuse any change."""
        raise AttributeError(self._refusal("changed"))

    def __delattr__(self, name: str, /) -> NoReturn:
        """Refuse any change."""
        raise AttributeError(self._refusal("changed"))

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> NoReturn:
        """Refuse a pickle: a closure sent to Spark's executors would hold the key."""
        raise TypeError(self._refusal("pickled or copied"))

    def __getstate__(self) -> NoReturn:
        """Refuse to give the slots away, as `object` does from Python 3.11 on."""
        raise TypeError(self._refusal("pickled or copied"))

    def _refusal(self, what: str) -> str:
        """Return that it cannot be treated so."""
        return f"a {type(self).__name__} cannot be {what}"
