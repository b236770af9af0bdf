"""Rounded counts and figures are the nearest that may be published."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.disclosure.publish.rounding import round_count, round_figure


@given(st.integers(100, 10**12), st.integers(1, 1000), st.integers(100, 10**6))
def test_rounded_counts_stay_near_and_above_k(count, base, k):
    """A rounded count is the nearest multiple, or the smallest that is at least k."""
    rounded = round_count(count, base, k)

    assert rounded % base == 0
    assert rounded >= k
    assert abs(rounded - count) * 2 <= base or rounded - base < k


@given(st.fractions(), st.integers(1, 6))
def test_rounded_figures_are_the_nearest(value, digits):
    """No decimal of that many digits is nearer to the exact value."""
    rounded = round_figure(value, digits)
    step = Decimal(1).scaleb(rounded.adjusted() - digits + 1) if rounded else Decimal(0)

    assert len(rounded.as_tuple().digits) <= digits
    assert abs(Fraction(rounded) - value) * 2 <= Fraction(step) or not value
