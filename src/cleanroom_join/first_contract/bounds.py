"""Bounds of a measure: round numbers around its quantiles."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from cleanroom_join.contract.terms.columns import LARGEST_UNITS

__all__ = ["QUANTILES", "round_bounds"]

QUANTILES = (0.001, 0.999)
"""
The range that bounds hold: one row in 500 lies outside.

The guard tolerates one row in 100 (``max_clamped_share``).  The least and the largest
value are not taken: each is the value of one subject.
"""
_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


def round_bounds(
    low: Decimal, high: Decimal, scale: int
) -> tuple[Decimal, Decimal] | None:
    """
    Return round numbers at or beyond two quantiles; None if they are too large.

    A bound is 1, 2 or 5 times a power of ten, so that it is no subject's value.  Zero
    is the lower bound of what is never negative.

    Args:
        low: The lower quantile.
        high: The upper quantile.
        scale: Decimal places of the column.

    Examples:
        >>> [str(b) for b in round_bounds(Decimal(17), Decimal(2586), 0)]
        ['0', '5000']
        >>> [str(b) for b in round_bounds(Decimal("-3.7"), Decimal("0.04"), 2)]
        ['-5', '0.05']
    """
    minimum = -_beyond(-low, scale) if low < 0 else Decimal(0)
    maximum = _beyond(high, scale) if high > 0 else Decimal(0)
    if minimum == maximum:
        maximum += 1
    units = Decimal(10) ** scale
    if max(-minimum, maximum) * units > LARGEST_UNITS:
        return None
    return minimum, maximum


def _beyond(magnitude: Decimal, scale: int) -> Decimal:
    """Return the least of 1, 2, 5, 10, … at or above a magnitude, not under a unit."""
    least = max(magnitude, Decimal(1).scaleb(-scale))
    power = Decimal(1).scaleb(least.adjusted())
    step = next(step for step in _STEPS if step * power >= least)
    return _plain(step * power)


def _plain(number: Decimal) -> Decimal:
    """Return a number without an exponent."""
    whole = number.to_integral_value(rounding=ROUND_CEILING)
    return whole.quantize(Decimal(1)) if whole == number else number
