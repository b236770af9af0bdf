"""Figures out of collected rows: each must be there, and of its type."""

from __future__ import annotations

from cleanroom_join.errors import InternalError

__all__ = ["require_int"]


def require_int(value: object) -> int:
    """
    Return a figure that must be a whole number.

    Raises:
        InternalError: If it is missing or of another type; a missing figure is no zero.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InternalError.of("a collected figure is missing or no whole number")
    return value
