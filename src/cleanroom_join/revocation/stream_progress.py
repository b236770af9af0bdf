"""Up to when a running stream has applied its source, by what Spark says of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["applied_until"]


def applied_until(progress: Mapping[str, object]) -> dt.datetime | None:
    """
    Return the time up to which everything at the source is applied; None: unknown.

    That is when the trigger began, if it found nothing, or if it took all there was.  A
    trigger with a limit, such as ``maxOffsetsPerTrigger``, may have left something; so
    may one whose sources do not say how far they reach.

    Args:
        progress: A progress of a streaming query, as JSON has it (Spark, "Monitoring
            Streaming Queries").
    """
    began, durations = progress.get("timestamp"), progress.get("durationMs")
    sources = progress.get("sources")
    if not isinstance(began, str) or not isinstance(durations, dict):
        return None
    if "addBatch" in durations and not _took_all(sources):
        return None
    try:
        return dt.datetime.strptime(began, "%Y-%m-%dT%H:%M:%S.%fZ").replace(
            tzinfo=dt.timezone.utc
        )
    except ValueError:
        return None


def _took_all(sources: object) -> bool:
    """Return whether every source says that its batch reached its end."""
    if not isinstance(sources, list) or not sources:
        return False
    return all(
        isinstance(source, dict)
        and source.get("latestOffset") is not None
        and source.get("latestOffset") == source.get("endOffset")
        for source in sources
    )
