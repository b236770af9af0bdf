"""
How many subjects two columns share, from counts that name nobody.

Subjects fall into buckets by bits of their token, which are random.  A subject on
both sides is in the same bucket of both, so the counts vary together: their
covariance over B buckets is ``n/B (1 - 1/B)`` for n common subjects.  With tokens of
another key it is zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from cleanroom_join.tokens.doctor.manifest import ROUNDING

__all__ = ["FEWEST_BUCKETS", "Overlap", "estimate", "merged"]

FEWEST_BUCKETS = 16
"""Below this the interval is wider than any answer."""

_LIMITS = 1.96
"""Standard errors on either side: 95 % of a normal distribution."""

_CERTAIN = 2.58
"""Standard errors above nothing from which on there is an overlap: 99 %."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlap:
    """Share of the smaller side's subjects that the other side has too."""

    rate: float
    """Best estimate, 0 to 1."""
    low: float
    """Lower limit, at 95 %."""
    high: float
    """Upper limit, at 95 %."""

    @property
    def is_there(self) -> bool:
        """Whether there is certainly some overlap."""
        return self.low > 0


def merged(buckets: tuple[int, ...], size: int) -> tuple[int, ...]:
    """
    Return *size* counts instead of more: neighbours have equal leading bits.

    >>> merged((1, 2, 3, 4), 2)
    (3, 7)
    """
    width = len(buckets) // size
    return tuple(sum(buckets[i * width : (i + 1) * width]) for i in range(size))


def estimate(one: tuple[int, ...], other: tuple[int, ...]) -> Overlap | None:
    """
    Return the match rate of two columns, or None if too few subjects tell it.

    Args:
        one: Subjects per bucket of one side.
        other: The same of the other side, perhaps in more or fewer buckets.
    """
    size = min(len(one), len(other))
    if size < FEWEST_BUCKETS:
        return None
    a, b = merged(one, size), merged(other, size)
    mean_a, mean_b = sum(a) / size, sum(b) / size
    products = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    common = products / (1 - 1 / size)
    # Poisson variance of a bucket, and that of rounding to multiples.
    noise = ROUNDING**2 / 12
    spread_a, spread_b = mean_a + noise, mean_b + noise
    error = sqrt(size * (spread_a * spread_b + (max(common, 0) / size) ** 2))
    smaller = min(sum(a), sum(b))
    # Under "nothing in common" the error is this one: it decides whether there is.
    floor = sqrt(size * spread_a * spread_b)
    there = common > _CERTAIN * floor
    low = max(common - _LIMITS * error, 1.0) if there else 0.0
    return Overlap(
        rate=min(1.0, max(0.0, common / smaller)),
        low=min(1.0, low / smaller),
        high=min(1.0, max(0.0, (common + _LIMITS * error) / smaller)),
    )
