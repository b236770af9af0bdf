"""On how many examples a property is tried."""

from __future__ import annotations

import os

__all__ = ["examples"]

_LEAST = 50


def examples(most: int) -> int:
    """
    Return how many examples to try: a tenth, or *most* where all are asked for.

    ``make unit`` tries a tenth, to be done while somebody waits; ``make properties``,
    which CI runs, sets ``CLEANROOM_EXAMPLES=all``.

    >>> os.environ["CLEANROOM_EXAMPLES"] = "all"
    >>> examples(1000)
    1000
    """
    if os.environ.get("CLEANROOM_EXAMPLES") == "all":
        return most
    return max(min(most, _LEAST), most // 10)
