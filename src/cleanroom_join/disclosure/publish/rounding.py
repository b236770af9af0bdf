"""Rounding of published figures, in exact arithmetic."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["round_count", "round_figure"]


def round_count(count: int, base: int, floor: int) -> int:
    """
    Return *count* as the nearest multiple of *base*, ties upwards.

    Never below the smallest multiple that is at least *floor*: a count that reached k
    must not look as if it had not.

    Examples:
        >>> round_count(103, 5, 100), round_count(102, 5, 102)
        (105, 105)
    """
    nearest = (2 * count + base) // (2 * base) * base
    return max(nearest, -(-floor // base) * base)


def round_figure(value: Fraction, digits: int) -> Decimal:
    """
    Return *value* with *digits* significant digits, ties to even.

    The division itself rounds: first dividing with a few more digits could round twice.

    Examples:
        >>> from fractions import Fraction
        >>> round_figure(Fraction(2, 3), 3), round_figure(Fraction(1234567), 3)
        (Decimal('0.667'), Decimal('1.23E+6'))
    """
    context = Context(prec=digits, rounding=ROUND_HALF_EVEN)
    rounded = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    return rounded.normalize(Context(prec=digits))
