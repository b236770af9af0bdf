"""The time of now, by which contracts expire, entries are dated and states age."""

from __future__ import annotations

import datetime as dt

__all__ = ["utc_now", "utc_today"]


def utc_now() -> dt.datetime:
    """Return the time of now, UTC."""
    return dt.datetime.now(dt.timezone.utc)


def utc_today() -> dt.date:
    """Return the day of now, UTC."""
    return utc_now().date()
