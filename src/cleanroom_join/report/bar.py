"""What a picture shows."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Bar"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar."""

    label: str
    value: int
    text: str
    """The figure as it is written at the end of the bar."""
