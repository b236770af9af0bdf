"""The day of now, by which contracts expire and ledger entries are dated."""

from __future__ import annotations

import datetime as dt

__all__ = ["utc_today"]


def utc_today() -> dt.date:
    """Return the day of now, UTC."""
    return dt.datetime.now(dt.timezone.utc).date()
