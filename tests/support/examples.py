"""On how many examples a property is tried."""

from __future__ import annotations

import os

__all__ = ["examples"]

_LEAST = 50
"""Examples below which there is no saving."""


def examples(most: int) -> int:
    """
    Return how many examples to try.

    ``make unit`` tries a tenth of *most* but 50 at least, which takes as long as a
    developer waits; ``make properties``, which CI runs, sets ``CLEANROOM_EXAMPLES=all``.
    """
    if os.environ.get("CLEANROOM_EXAMPLES") == "all":
        return most
    return max(min(most, _LEAST), most // 10)
