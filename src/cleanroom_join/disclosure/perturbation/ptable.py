"""
The ptable of the cell-key method: which noise each count gets for each cell key.

Every record has a random record key; a cell key is the sum of the record keys of a
cell, and decides its noise.  So the same records get the same noise in every table, and
repeating a query averages nothing away.  Other records get other noise, so differences
of tables do not disclose a single record.  Record keys must be uniform on 0..2**32-1
and secret: whoever knows a cell key can undo the noise.

The method: Fraser and Wooton, "A proposed method for confidentialising tabular
output to protect against differencing", Joint UNECE/Eurostat work session on
statistical data confidentiality, 2005; Marley and Leaver, "A method for
confidentialising user-defined tables", ISI World Statistics Congress, 2011.  The
distributions: Giessing, "Computational issues in the design of transition
probabilities and disclosure risk estimation for additive noise", Privacy in
Statistical Databases, 2016.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import gcd
from typing import TYPE_CHECKING

from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PTable", "cell_key", "ptable"]

_KEYS = 2**32
"""Number of cell keys, and sum of the weights of one distribution."""

_MIN_VARIANCE = Fraction(1, 1000)
"""Below it, rounding to 1 / 2**32 shows in the sixth digit of the variance."""

_MAX_BOUND = 100
"""Above it, distributions take long; up to it, `_centred` has enough weight to move."""

_CONTEXT = Context(prec=80, rounding=ROUND_HALF_EVEN, Emin=-(10**8), Emax=10**8)
"""
Arithmetic of the solver.  The four operations, ``exp`` and ``ln`` of decimals are
rounded correctly by their specification, so the tables are the same everywhere.
"""

_PRECISION = Decimal("1e-30")
"""The solver stops if the mean and the variance are off by less."""

_SLACK = Decimal("1e-9")
"""Far above the solver's error: a share that is whole up to it is taken as whole."""

_MAX_STEPS = 1000
"""Limit of Newton steps, and of halvings of one; some tens are needed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PTable:
    """
    The distributions of noise, one for each count from the floor to floor + bound.

    The noise of a count neither exceeds the bound nor brings the count below the floor,
    and its mean is exactly zero.  Among such distributions the table has the one of
    largest entropy with the declared variance or, if none has that much, with the
    largest possible variance.  A count at the floor itself gets no noise; just above
    it noise is skewed, and a large variance gives it a second peak at the bound.
    Counts of at least floor + bound share one distribution, which is symmetric.
    """

    variance: Fraction
    """Variance of the noise, wherever the floor leaves room for it."""
    bound: int
    """Largest noise, upwards and downwards."""
    floor: int
    """Smallest count there is noise for, and smallest count after noise."""
    _rows: tuple[tuple[int, ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse impossible parameters, and compute the distributions."""
        if not isinstance(self.variance, Fraction):
            raise InternalError.of("the variance of the noise is no fraction")
        if not _is_integer(self.bound) or not 1 <= self.bound <= _MAX_BOUND:
            raise InternalError.of(f"noise is bounded by 1 to {_MAX_BOUND}")
        if not _is_integer(self.floor) or self.floor < 1:
            raise InternalError.of("the floor of noise is a count of at least 1")
        if not _MIN_VARIANCE <= self.variance <= self.bound**2:
            raise InternalError.of(
                "noise has a variance from 1/1000 to the square of its bound"
            )
        object.__setattr__(self, "_rows", _distributions(self.variance, self.bound))

    def noise(self, cell_key: int, count: int) -> int:
        """
        Return the noise of *count* for one cell key.

        Examples:
            >>> table = ptable(variance=Decimal(4), bound=10, floor=100)
            >>> table.noise(0, 100), table.noise(0, 101), table.noise(2**32 - 1, 500)
            (0, -1, 10)

        Raises:
            InternalError: If the count is below the floor or the key is not of 32 bits.
        """
        if not _is_integer(cell_key) or not 0 <= cell_key < _KEYS:
            raise InternalError.of("a cell key is not a whole number of 32 bits")
        weights = self._row(count)
        index = bisect_right(list(accumulate(weights)), cell_key)
        return index - (len(weights) - 1 - self.bound)

    def weights(self, count: int) -> tuple[tuple[int, int], ...]:
        """
        Return each noise of *count*, rising, and how many of 2**32 cell keys give it.

        Examples:
            >>> table = ptable(variance=Decimal("0.5"), bound=1, floor=100)
            >>> [(v, weight / 2**32) for v, weight in table.weights(500)]
            [(-1, 0.25), (0, 0.5), (1, 0.25)]
        """
        weights = self._row(count)
        return tuple(enumerate(weights, start=self.bound + 1 - len(weights)))

    def _row(self, count: int) -> tuple[int, ...]:
        """Return the weights of *count*, from its smallest noise to the bound."""
        if not _is_integer(count) or count < self.floor:
            raise InternalError.of("a count below the floor was to get noise")
        return self._rows[min(count - self.floor, self.bound)]


def ptable(*, variance: Decimal | Fraction, bound: int, floor: int) -> PTable:
    """
    Return the ptable of a variance, a largest noise and a floor; equal ones are shared.

    Examples:
        >>> ptable(variance=Decimal("2.5"), bound=5, floor=100)
        PTable(variance=Fraction(5, 2), bound=5, floor=100)

    Raises:
        InternalError: If no noise has these parameters.
    """
    if isinstance(variance, Decimal) and not variance.is_finite():
        raise InternalError.of("the variance of the noise is no number")
    if not isinstance(variance, (Decimal, Fraction)):
        raise InternalError.of("the variance of the noise is not exact")
    return _table(Fraction(variance), bound, floor)


def cell_key(record_keys: Iterable[int]) -> int:
    """
    Return the cell key of records: the sum of their record keys modulo 2**32.

    It is uniform if any one of the record keys is, whatever the others are.

    Examples:
        >>> cell_key([2**32 - 1, 3])
        2
    """
    return sum(record_keys) % _KEYS


@lru_cache(maxsize=64, typed=True)
def _table(variance: Fraction, bound: int, floor: int) -> PTable:
    """Return the one table of these parameters."""
    return PTable(variance=variance, bound=bound, floor=floor)


def _is_integer(value: object) -> bool:
    """Return whether *value* is a whole number; a boolean is none."""
    return isinstance(value, int) and not isinstance(value, bool)


@lru_cache(maxsize=64)
def _distributions(variance: Fraction, bound: int) -> tuple[tuple[int, ...], ...]:
    """Return the weights for each room below the count, from 0 to *bound*."""
    with localcontext(_CONTEXT):
        return tuple(_weights(variance, room, bound) for room in range(bound + 1))


def _weights(variance: Fraction, room: int, bound: int) -> tuple[int, ...]:
    """
    Return the weights of the noise -room..bound.

    For noise V of mean zero, E[(bound - V) * (V + room)] equals room * bound minus the
    variance.  So room * bound is the largest variance, and only noise on {-room, bound}
    has it; if the declared variance is within one key of it, less than one key is
    elsewhere.  Every smaller variance is that of exactly one density
    exp(a*v + b*v*v) of mean zero.
    """
    if room * bound - variance <= Fraction(1, _KEYS):
        return _two_ends(room, bound)
    declared = Decimal(variance.numerator) / Decimal(variance.denominator)
    up, down = _solved(declared, room, bound)
    total = sum(up) + sum(down[1:])
    shares = [p * _KEYS / total for p in (*reversed(down[1:]), *up)]
    # Rounding down exceeds the true shares by less than one key in all, so the weight
    # that is left for zero noise is not negative.
    weights = [int(share + _SLACK) for share in shares]
    weights[room] = 0
    weights[room] = _KEYS - sum(weights)
    return _centred(weights, room)


def _two_ends(room: int, bound: int) -> tuple[int, ...]:
    """Return the zero-mean weights on -room and bound; zero gets the remainder."""
    unit = gcd(room, bound)
    shares = (room + bound) // unit
    weights = [0] * (room + bound + 1)
    weights[0] = bound // unit * (_KEYS // shares)
    weights[-1] = room // unit * (_KEYS // shares)
    weights[room] += _KEYS % shares
    return tuple(weights)


def _centred(weights: list[int], room: int) -> tuple[int, ...]:
    """
    Return *weights* with a mean of exactly zero.

    Moving one key by one step changes the sum of v * w by one.  So we move as many keys
    as that sum, from the largest weight that has a neighbour on that side.

    That weight has enough keys.  Each weight was rounded by less than one key, so the
    sum is within 1 + 2 + ... + 100 = 5,050 of the zero it was.  A mean of zero leaves
    at least 1/101 of 2**32 keys to noise other than -room, and half of them to noise
    other than the bound; these are at most 200 weights, so one has 200,000 keys.
    """
    excess = sum(v * w for v, w in enumerate(weights, start=-room))
    moved = list(weights)
    if excess > 0:
        source = max(range(1, len(weights)), key=weights.__getitem__)
        moved[source - 1] += excess
    else:
        source = max(range(len(weights) - 1), key=weights.__getitem__)
        moved[source + 1] -= excess
    moved[source] -= abs(excess)
    if min(moved) < 0:
        raise InternalError.of("noise could not be given a mean of zero")
    return tuple(moved)


def _solved(
    variance: Decimal, room: int, bound: int
) -> tuple[list[Decimal], list[Decimal]]:
    """
    Return the density exp(a*v + b*v*v) on -room..bound of mean zero and this variance.

    It maximises entropy; a and b minimise the strictly convex function
    ln(sum of the density) - b * variance, here by Newton's method with halving.
    """
    a = b = Decimal(0)
    up, down = _density(a, b, room, bound)
    for _ in range(_MAX_STEPS):
        m = [_moment(up, down, k) for k in range(5)]
        mean, error = m[1] / m[0], m[2] / m[0] - variance
        if abs(mean) < _PRECISION and abs(error) < _PRECISION:
            return up, down
        aa = m[2] / m[0] - mean * mean
        ab = m[3] / m[0] - mean * m[2] / m[0]
        bb = m[4] / m[0] - (m[2] / m[0]) ** 2
        det = aa * bb - ab * ab
        da, db = (ab * error - bb * mean) / det, (ab * mean - aa * error) / det
        slope = mean * da + error * db
        size = Decimal(1)
        for _ in range(_MAX_STEPS):
            up, down = _density(a + size * da, b + size * db, room, bound)
            gained = (_moment(up, down, 0) / m[0]).ln() - size * db * variance
            if gained <= size * slope / 4:
                break
            size /= 2
        a, b = a + size * da, b + size * db
    raise InternalError.of("the distribution of noise was not found")


def _density(
    a: Decimal, b: Decimal, room: int, bound: int
) -> tuple[list[Decimal], list[Decimal]]:
    """Return exp(a*v + b*v*v) for v of 0..bound, and for v of 0..-room (`down`)."""
    square = b.exp()
    sides = []
    for first, last in ((a, bound), (-a, room)):
        side, ratio = [Decimal(1)], first.exp() * square
        for _ in range(last):
            side.append(side[-1] * ratio)
            ratio *= square * square
        sides.append(side)
    return sides[0], sides[1]


def _moment(up: list[Decimal], down: list[Decimal], order: int) -> Decimal:
    """
    Return the sum of v**order times the density.

    Both sides are summed alike, so odd moments of a symmetric density are exactly 0.
    """
    above = sum((v**order * p for v, p in enumerate(up)), Decimal(0))
    below = sum((v**order * p for v, p in enumerate(down) if v), Decimal(0))
    return above - below if order % 2 else above + below
