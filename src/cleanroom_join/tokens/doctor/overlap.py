"""
Estimate how many subjects two columns have in common, from counts per bucket.

Subjects fall into buckets by bits of their token, which are random.  A subject on
both sides is in the same bucket of both, so the counts vary together: their
covariance over B buckets is ``n/B (1 - 1/B)`` for n common subjects.  If the tokens
have different keys, it is zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from cleanroom_join.tokens.doctor.manifest import ROUNDING

__all__ = ["FEWEST_BUCKETS", "Overlap", "estimate", "merge_buckets"]

FEWEST_BUCKETS = 16
"""With fewer, the confidence interval is wider than any useful answer."""

_LIMITS = 1.96
"""Standard errors on either side of the estimate: 95 % of a normal distribution."""

_SIGNIFICANT = 2.58
"""Standard errors above zero from which on an overlap is significant: 99 %."""


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
    def is_significant(self) -> bool:
        """Whether chance alone does not explain the overlap."""
        return self.low > 0


def merge_buckets(buckets: tuple[int, ...], size: int) -> tuple[int, ...]:
    """
    Merge neighbouring buckets until *size* are left; both are powers of two.

    Examples:
        >>> merge_buckets((1, 2, 3, 4), 2)
        (3, 7)
    """
    width = len(buckets) // size
    return tuple(sum(buckets[i * width : (i + 1) * width]) for i in range(size))


def estimate(one: tuple[int, ...], other: tuple[int, ...]) -> Overlap | None:
    """
    Estimate the match rate of two columns, or return None for too few subjects.

    Args:
        one: Subjects per bucket on one side.
        other: Subjects per bucket on the other side, perhaps in more or fewer buckets.
    """
    size = min(len(one), len(other))
    if size < FEWEST_BUCKETS:
        return None
    a, b = merge_buckets(one, size), merge_buckets(other, size)
    mean_a, mean_b = sum(a) / size, sum(b) / size
    products = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    common = products / (1 - 1 / size)
    # The Poisson variance of a bucket, plus the variance of rounding to multiples.
    noise = ROUNDING**2 / 12
    spread_a, spread_b = mean_a + noise, mean_b + noise
    error = sqrt(size * (spread_a * spread_b + (max(common, 0) / size) ** 2))
    smaller = min(sum(a), sum(b))
    # The error if the sides had nothing in common decides about significance.
    floor = sqrt(size * spread_a * spread_b)
    significant = common > _SIGNIFICANT * floor
    low = max(common - _LIMITS * error, 1.0) if significant else 0.0
    return Overlap(
        rate=min(1.0, max(0.0, common / smaller)),
        low=min(1.0, low / smaller),
        high=min(1.0, max(0.0, (common + _LIMITS * error) / smaller)),
    )
