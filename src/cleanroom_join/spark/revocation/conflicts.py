"""Commits of two writers at once: Delta refuses the later one, which may try again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cleanroom_join.errors import SparkFailure

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["retried"]

T = TypeVar("T")

_TIMES = 5
_CONFLICT = "concurrent"
"""In the names of Delta's errors about them, and in its conditions."""


def retried(action: Callable[[], T]) -> T:
    """
    Do something that changes a table, again if another writer was faster.

    Args:
        action: May be done again: what is done already stays as it is.

    Raises:
        SparkFailure: If it fails for another reason, or five times.
    """
    left = _TIMES
    while True:
        left -= 1
        try:
            return action()
        except SparkFailure as failure:
            if not left or _CONFLICT not in failure.condition.lower():
                raise
