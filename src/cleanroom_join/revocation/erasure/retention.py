"""How long a Delta table keeps files that it no longer uses."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["DEFAULT_RETENTION", "RETENTION_PROPERTY", "parse_interval"]

RETENTION_PROPERTY = "delta.deletedFileRetentionDuration"
DEFAULT_RETENTION = dt.timedelta(days=7)
"""Delta's own where a table has no such property."""

_PART = re.compile(r"(\d{1,9}) (week|day|hour|minute|second)s?")


def parse_interval(text: str) -> dt.timedelta | None:
    """
    Return a property's interval; None if it is none that is understood.

    Delta refuses months and years here, which have no fixed length.

    Examples:
        >>> parse_interval("interval 1 week 2 days")
        datetime.timedelta(days=9)
    """
    parts = text.strip().lower().removeprefix("interval ").strip()
    found = _PART.findall(parts)
    if not found or " ".join(m[0] for m in _PART.finditer(parts)) != parts:
        return None
    try:
        return sum(
            (dt.timedelta(**{f"{unit}s": int(number)}) for number, unit in found),
            start=dt.timedelta(),
        )
    except OverflowError:  # millions of years
        return None
