"""
Estimate how many subjects two columns have in common, from counts per bucket.

Subjects fall into the B buckets of a grouping by bits of their token, which are random.
A subject on both sides is in the same bucket of both, so the counts vary together:
their covariance is ``n/B (1 - 1/B)`` for n common subjects, and their variances are
known from the number of subjects.  Other bits of the token give other groupings, each
of which is nearly as good as another table.

The rate is the one with the largest likelihood, counts taken as normal; the interval
holds the rates whose likelihood ratio to it the data do not reject (Wilks 1938,
https://doi.org/10.1214/aoms/1177732360).  At a rate of 40 % it is a third narrower
than the interval of the covariance alone, and it ends at 0 and 100 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, exp, log, pi, sqrt
from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.manifest import BUCKET_ROUNDING

if TYPE_CHECKING:
    from cleanroom_join.tokens.doctor.manifest import Groupings

__all__ = ["FEWEST_BUCKETS", "Overlap", "estimate", "evenly_filled", "merge_buckets"]

FEWEST_BUCKETS = 16
"""With fewer, counts are far from normal and the interval is of no use."""

_DROP = 1.92
"""How far the logarithm of the likelihood may fall: 95 % of chi-square, 1 d.f."""

_PARTS = 1000
"""Rates are tried in thousandths."""

_LARGEST_CORRELATION = 0.9999

_UNEVEN = 6.0
"""Standard deviations from which on counts are not those of random tokens."""

_HARMONICS = 12
"""Terms of the Fourier series of a rounding error; the rest is below 2 %."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pair:
    """What the counts of one grouping on both sides say; all are sums over buckets."""

    buckets: int
    subjects: tuple[int, int]
    noise: tuple[float, float]
    """Variance of rounding a count, on either side."""
    squares: tuple[float, float]
    """Squared deviations from the mean count, on either side."""
    products: float
    """Products of both sides' deviations."""

    @classmethod
    def of(cls, one: tuple[int, ...], other: tuple[int, ...]) -> _Pair:
        """Bring two lists of counts to the same buckets and sum them up."""
        size = min(len(one), len(other))
        sides = merge_buckets(one, size), merge_buckets(other, size)
        a, b = ([count - sum(side) / size for count in side] for side in sides)
        rounding = BUCKET_ROUNDING**2 / 12
        return cls(
            buckets=size,
            subjects=(sum(one), sum(other)),
            noise=(rounding * len(one) / size, rounding * len(other) / size),
            squares=(sum(x * x for x in a), sum(y * y for y in b)),
            products=sum(x * y for x, y in zip(a, b, strict=True)),
        )

    @property
    def variances(self) -> tuple[float, float]:
        """Variance of a count on either side, with that of its rounding."""
        within = (1 - 1 / self.buckets) / self.buckets
        (a, b), (noise, other) = self.subjects, self.noise
        return a * within + noise, b * within + other

    def covariance(self, rate: float) -> float:
        """Return the covariance of both sides' counts at a match rate."""
        within = (1 - 1 / self.buckets) / self.buckets
        common = rate * min(self.subjects) * within
        if self.noise[0] != self.noise[1]:
            return common
        # Counts that hardly differ are rounded alike.
        one, other = self.subjects
        apart = max((one + other) * within - 2 * common, 0.0)
        return common + self.noise[0] * _alike((one - other) / self.buckets, apart)

    def likelihood(self, rate: float) -> float:
        """Return the logarithm of the likelihood of a match rate."""
        a, b = self.variances
        correlation = self.covariance(rate) / sqrt(a * b)
        correlation = min(correlation, _LARGEST_CORRELATION)
        rest = 1 - correlation**2
        spread = self.squares[0] / a + self.squares[1] / b
        spread -= 2 * correlation * self.products / sqrt(a * b)
        return -((self.buckets - 1) * log(rest) + spread / rest) / 2

    def roughness(self, rate: float) -> float:
        """
        Return how much more the squared difference of counts varies than if normal.

        The difference of two rounded counts that hardly differ is 0 or one step.  The
        logarithm of the likelihood is divided by it (McCullagh 1983,
        https://doi.org/10.1214/aos/1176346056).
        """
        step = BUCKET_ROUNDING**2
        apart = sum(self.variances) - 2 * self.covariance(rate)
        return max(1.0, (step / max(apart, step / self.buckets) - 1) / 2)


def _alike(mean: float, variance: float) -> float:
    """
    Return the correlation of two counts' rounding errors.

    Their Fourier series, of a difference that is normal.

    Args:
        mean: Mean difference of the counts.
        variance: Its variance.
    """
    turn = 2 * pi / BUCKET_ROUNDING
    terms = (
        cos(turn * k * mean) * exp(-variance * (turn * k) ** 2 / 2) / k**2
        for k in range(1, _HARMONICS + 1)
    )
    return 6 / pi**2 * sum(terms)


def evenly_filled(groupings: Groupings) -> bool:
    """Return whether one side's counts spread as those of random tokens do."""
    for grouping in groupings:
        if len(grouping) < FEWEST_BUCKETS:
            continue
        pair = _Pair.of(grouping, grouping)
        freedom = pair.buckets - 1
        excess = pair.squares[0] / pair.variances[0] - freedom
        if abs(excess) > _UNEVEN * sqrt(2 * freedom):
            return False
    return True


def merge_buckets(buckets: tuple[int, ...], size: int) -> tuple[int, ...]:
    """
    Merge neighbouring buckets until *size* are left; both are powers of two.

    Examples:
        >>> merge_buckets((1, 2, 3, 4), 2)
        (3, 7)
    """
    width = len(buckets) // size
    return tuple(sum(buckets[i * width : (i + 1) * width]) for i in range(size))


def estimate(one: Groupings, other: Groupings) -> Overlap | None:
    """
    Estimate the match rate of two columns, or return None if nothing can be said.

    Nothing can be said about too few subjects.

    Args:
        one: Subjects per bucket of each grouping on one side.
        other: The same on the other side, perhaps in more or fewer buckets.
    """
    pairs = [
        _Pair.of(ours, theirs)
        for ours, theirs in zip(one, other, strict=False)
        if min(len(ours), len(theirs)) >= FEWEST_BUCKETS
    ]
    if not pairs:
        return None
    likelihoods = [
        sum(pair.likelihood(part / _PARTS) for pair in pairs)
        for part in range(_PARTS + 1)
    ]
    best = likelihoods.index(max(likelihoods))
    least = likelihoods[best] - _DROP * max(p.roughness(best / _PARTS) for p in pairs)
    kept = [part for part, one in enumerate(likelihoods) if one >= least]
    return Overlap(rate=best / _PARTS, low=min(kept) / _PARTS, high=max(kept) / _PARTS)
