"""What a number of a contract may be: finite, short, perhaps whole, within a range."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Limits", "is_short"]

_MAX_DIGITS = 18
"""Largest order of magnitude read: ``1e999999999`` would take minutes to expand."""


def is_short(number: int | Decimal) -> bool:
    """
    Return whether a number is finite and can be worked with cheaply.

    Examples:
        >>> (
        ...     is_short(Decimal("0.5")),
        ...     is_short(Decimal("NaN")),
        ...     is_short(Decimal("1e99")),
        ... )
        (True, False, False)
    """
    exact = Decimal(number)
    return exact.is_finite() and abs(exact.adjusted()) <= _MAX_DIGITS


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The range of a number, both ends included."""

    minimum: Decimal
    maximum: Decimal
    whole: bool = False
    """Whether only whole numbers make sense."""
    floor: str = ""
    """What is said of a number below the minimum, as E114; as of others if empty."""

    def fault(self, number: int | Decimal) -> tuple[str, str] | None:
        """Return the text and the code of what is wrong with *number*, or None."""
        if not is_short(number):
            return "must be finite and of at most 18 digits", "E113"
        if self.whole and number != int(number):
            return "must be a whole number", "E112"
        if self.floor and number < self.minimum:
            return self.floor, "E114"
        if not self.minimum <= number <= self.maximum:
            return f"must be from {self.minimum} to {self.maximum}", "E113"
        return None
