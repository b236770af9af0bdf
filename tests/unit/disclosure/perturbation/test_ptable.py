"""
The ptable of the cell-key method: exact sums, declared moments, and its shape.

The solver works with decimals and Newton's method; the reference here with floats
and bisection.
"""

from __future__ import annotations

import copy
import hashlib
import math
import pickle
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.disclosure.perturbation import ptable as module
from cleanroom_join.disclosure.perturbation.ptable import PTable, cell_key, ptable
from cleanroom_join.errors import InternalError
from tests.support.noise_variance import realised_variance

KEYS = 2**32
TABLE = ptable(variance=Decimal(4), bound=10, floor=100)
TABLE_SHA256 = "233dd0c0be07e77db6566ab28942e4602cbe98e1e97f1664752e486c884f2872"

BORDERS = [
    ("0.001", 25),
    ("0.001", 100),
    ("0.01", 3),
    ("0.5", 1),
    ("0.9999999999", 1),
    ("1", 1),
    ("2", 5),
    ("4", 10),
    ("30", 10),
    ("36.6666666", 10),
    ("99.99999", 10),
    ("99.9999999998", 10),
    ("99.99999999999", 10),
    ("100", 10),
    ("12", 25),
    ("624.999", 25),
    ("625", 25),
]
"""Variance and bound at and near every point where the solver changes its method."""


@st.composite
def tables(draw):
    """Return any table of moderate bound."""
    bound = draw(st.integers(1, 12))
    variance = draw(
        st.fractions(Fraction(1, 1000), bound**2, max_denominator=10**6)
        | st.integers(1, bound**2).map(Fraction)
    )
    floor = draw(st.integers(1, 10**6))
    return ptable(variance=variance, bound=bound, floor=floor)


def counts(table):
    """Return every count from the floor to twice the bound above it."""
    return range(table.floor, table.floor + 2 * table.bound + 1)


def most(table, count):
    """Return the variance that *count* should get: the declared one, or the largest."""
    room = min(count - table.floor, table.bound)
    return min(table.variance, Fraction(room * table.bound))


def near(found, wanted, relative=1e-6):
    """Return whether two fractions agree but for the rounding to 2**32 keys."""
    return abs(found - wanted) <= Fraction(relative) * wanted


def check_sums(table):
    """Assert what holds exactly for every count."""
    for count in counts(table):
        weights = table.weights(count)

        assert [v for v, _ in weights] == list(
            range(max(-table.bound, table.floor - count), table.bound + 1)
        )
        assert min(w for _, w in weights) >= 0
        assert sum(w for _, w in weights) == KEYS
        assert sum(v * w for v, w in weights) == 0


@given(tables())
def test_sums_are_exact_for_any_table(table):
    """All keys are used, the mean is zero, noise is within the bound and the floor."""
    check_sums(table)


@pytest.mark.parametrize(("variance", "bound"), BORDERS)
def test_sums_are_exact_at_borders(variance, bound):
    """The same where variance is as small or as large as it may be."""
    check_sums(ptable(variance=Decimal(variance), bound=bound, floor=100))


@pytest.mark.parametrize(("variance", "bound"), BORDERS)
def test_variance_is_as_declared_at_borders(variance, bound):
    """The same where variance is as small or as large as it may be."""
    table = ptable(variance=Decimal(variance), bound=bound, floor=100)

    assert near(realised_variance(table, 100 + bound), Fraction(variance))


@given(tables())
def test_variance_is_as_declared_far_from_the_floor(table):
    """Rounding changes it by at most a millionth."""
    for above in (0, 1, 7, 10**9):
        count = table.floor + table.bound + above

        assert near(realised_variance(table, count), table.variance)


@given(tables())
def test_variance_never_falls_with_the_count(table):
    """Near the floor it is room * bound, until that is the declared variance."""
    found = [realised_variance(table, count) for count in counts(table)]

    assert found[0] == 0
    for count, variance in zip(counts(table), found, strict=True):
        assert near(variance, most(table, count), 1e-5)
    for lower, higher in pairwise(found):
        assert lower <= higher * (1 + Fraction(1, 10**5))


def test_variance_rises_strictly_while_the_floor_limits_it():
    """Variance 30 within 10 needs room for 3 downwards."""
    table = ptable(variance=Fraction(30), bound=10, floor=100)

    found = [round(float(realised_variance(table, n)), 4) for n in range(100, 106)]

    assert found == [0, 10, 20, 30, 30, 30]


@given(tables(), st.integers(0, KEYS - 1), st.integers(0, 30))
def test_no_key_breaks_bound_or_floor(table, key, above):
    """At every key, the noisy count is one that may be published."""
    count = table.floor + above

    noise = table.noise(key, count)

    assert abs(noise) <= table.bound
    assert count + noise >= table.floor
    assert noise == table.noise(key, count)


@given(tables())
def test_every_noise_has_as_many_keys_as_its_weight(table):
    """Keys are cut into runs of the weights' lengths; both sides of a cut are checked."""
    for count in counts(table):
        weights = table.weights(count)
        cuts = accumulate((w for _, w in weights), initial=0)
        for (first, end), (v, w) in zip(pairwise(cuts), weights, strict=True):
            assert end - first == w
            if w:
                assert table.noise(first, count) == v
                assert table.noise(end - 1, count) == v


def test_noise_rises_with_the_key():
    """So the runs above hold no key of another noise."""
    keys = [*range(0, KEYS, KEYS // 997), KEYS - 1]

    for count in counts(TABLE):
        found = [TABLE.noise(key, count) for key in keys]
        assert found == sorted(found)


@given(tables())
def test_large_counts_share_one_symmetric_distribution(table):
    """From floor + bound on, noise does not depend on the count."""
    shared = table.weights(table.floor + table.bound)

    assert [w for _, w in shared] == [w for _, w in reversed(shared)]
    for above in (1, 2, 10**12):
        assert table.weights(table.floor + table.bound + above) == shared


@given(tables(), st.integers(1, 10**6))
def test_floors_only_shift(table, floor):
    """Noise depends only on how far a count is above the floor."""
    other = ptable(variance=table.variance, bound=table.bound, floor=floor)

    for above in range(table.bound + 2):
        assert other.weights(floor + above) == table.weights(table.floor + above)


def test_the_floor_itself_gets_no_noise():
    """Zero is the only mean that noise upwards could have."""
    assert {TABLE.noise(key, 100) for key in (0, 1, KEYS // 2, KEYS - 1)} == {0}
    assert [w for v, w in TABLE.weights(100) if v] == [0] * 10


@given(tables())
def test_logarithms_of_weights_are_quadratic(table):
    """That, and the moments, define the largest entropy."""
    large = 2**20
    for count in counts(table):
        weights = [w for _, w in table.weights(count)]
        for w in zip(weights, weights[1:], weights[2:], weights[3:], strict=False):
            if min(w) > large:
                a, b, c, d = map(math.log, w)
                assert abs(d - 3 * c + 3 * b - a) < 1e-2


def shares(a, b, values):
    """Return exp(a*v + b*v*v), normalised."""
    powers = [a * v + b * v * v for v in values]
    parts = [math.exp(p - max(powers)) for p in powers]
    return [p / sum(parts) for p in parts]


def middle(low, high, too_low):
    """Bisect."""
    for _ in range(70):
        half = (low + high) / 2
        low, high = (half, high) if too_low(half) else (low, half)
    return low


def reference(variance, room, bound):
    """Solve for a in b by bisection, in floats."""
    values = range(-room, bound + 1)

    def moment(found, order):
        return sum(p * v**order for p, v in zip(found, values, strict=True))

    def centred(b):
        """Find the *a* that makes the mean zero."""
        a = middle(-700, 700, lambda a: moment(shares(a, b, values), 1) < 0)
        return shares(a, b, values)

    b = middle(-20, 20, lambda b: moment(centred(b), 2) < variance)
    return centred(b)


@pytest.mark.parametrize(
    ("variance", "bound", "room"),
    [(4, 10, 10), (4, 10, 1), (4, 10, 3), (2, 5, 2), (0.01, 3, 1), (90, 10, 10)],
)
def test_weights_are_those_of_the_reference(variance, bound, room):
    """Newton's method with decimals and bisection with floats find the same."""
    table = ptable(variance=Decimal(str(variance)), bound=bound, floor=100)

    found = [w / KEYS for _, w in table.weights(100 + room)]

    assert found == pytest.approx(reference(variance, room, bound), abs=1e-7)


def test_known_distributions():
    """Half, uniform and the ends alone follow from symmetry."""
    half = ptable(variance=Decimal("0.5"), bound=1, floor=100)
    even = ptable(variance=Fraction(10, 3) * 11, bound=10, floor=100)
    ends = ptable(variance=Decimal(100), bound=10, floor=100)

    assert half.weights(200) == ((-1, 2**30), (0, 2**31), (1, 2**30))
    assert {w - KEYS // 21 for v, w in even.weights(200) if v} == {0}
    assert {v: w for v, w in ends.weights(200) if w} == {-10: 2**31, 10: 2**31}
    # -1 ten times as often as 10; the keys that 11 does not divide have no noise.
    assert {v: w for v, w in ends.weights(101) if w} == {
        -1: KEYS // 11 * 10,
        0: KEYS % 11,
        10: KEYS // 11,
    }


def test_the_table_is_pinned():
    """Every machine and every release gives the same noise for the same key."""
    lines = [
        f"{count - TABLE.floor} {v} {w}\n"
        for count in counts(TABLE)
        for v, w in TABLE.weights(count)
    ]

    found = hashlib.sha256("".join(lines).encode("ascii")).hexdigest()

    assert found == TABLE_SHA256


def test_the_callers_decimal_context_does_not_matter():
    """The solver has its own."""
    module._table.cache_clear()
    module._distributions.cache_clear()
    with localcontext() as context:
        context.prec = 3
        found = ptable(variance=Decimal(4), bound=10, floor=100)

    assert found is not TABLE
    assert all(found.weights(n) == TABLE.weights(n) for n in counts(TABLE))


def test_tables_are_values():
    """Equal parameters are one table; copies are equal and give the same noise."""
    same = ptable(variance=Fraction(4), bound=10, floor=100)
    again = ptable(floor=100, bound=10, variance=Decimal("4.00"))
    copies = [copy.deepcopy(same), pickle.loads(pickle.dumps(same))]

    assert same is again
    assert all(other == same and hash(other) == hash(same) for other in copies)
    assert all(other.weights(103) == same.weights(103) for other in copies)
    assert same != ptable(variance=Fraction(4), bound=10, floor=101)


@given(
    st.lists(st.integers(0, KEYS - 1)),
    st.lists(st.integers(0, KEYS - 1)),
    st.randoms(use_true_random=False),
)
def test_cell_keys_add_up_whatever_the_order(some, others, rng):
    """The key of two cells together is the sum of theirs, in any order."""
    together = [*some, *others]
    rng.shuffle(together)

    assert cell_key(iter(together)) == (cell_key(some) + cell_key(others)) % KEYS
    assert 0 <= cell_key(together) < KEYS


def test_cell_keys_of_nothing_and_of_one():
    """A record alone has the cell's key."""
    assert cell_key([]) == 0
    assert cell_key([KEYS - 1]) == KEYS - 1
    assert cell_key([KEYS - 1, 1]) == 0


@given(st.integers(0, KEYS - 1), st.integers(1, KEYS - 1))
def test_another_record_gives_another_key(key, record):
    """Unless its own key is zero."""
    assert cell_key([key, record]) != cell_key([key])


@pytest.mark.parametrize("count", [99, 0, -1, True, 100.0])
def test_counts_below_the_floor_are_refused(count):
    """A small count never reaches noise, nor the message about it."""
    for ask in (
        lambda: TABLE.noise(0, count),
        lambda: TABLE.weights(count),
        lambda: realised_variance(TABLE, count),
    ):
        with pytest.raises(InternalError) as error:
            ask()
        assert not any(c.isdigit() for c in error.value.message)


@pytest.mark.parametrize("key", [-1, KEYS, 0.5, True, None])
def test_values_that_are_no_keys_are_refused(key):
    """A key is an integer of 32 bits."""
    with pytest.raises(InternalError, match="cell key"):
        TABLE.noise(key, 100)


@pytest.mark.parametrize(
    ("variance", "bound", "floor"),
    [
        (Decimal(0), 10, 100),
        (Decimal(-1), 10, 100),
        (Decimal("0.0009"), 10, 100),
        (Decimal("100.0001"), 10, 100),
        (Decimal(2), 1, 100),
        (Decimal("NaN"), 10, 100),
        (Decimal("sNaN"), 10, 100),
        (Decimal("Infinity"), 10, 100),
        (4.0, 10, 100),
        ("4", 10, 100),
        (None, 10, 100),
        (Decimal("0.5"), 0, 100),
        (Decimal("0.5"), -1, 100),
        (Decimal(4), 101, 100),
        (Decimal("0.5"), True, 100),
        (Decimal(4), 10.0, 100),
        (Decimal(4), 10, 0),
        (Decimal(4), 10, -5),
        (Decimal(4), 10, 100.0),
        (Decimal(4), 10, True),
    ],
)
def test_impossible_parameters_are_refused(variance, bound, floor):
    """No noise has these parameters, or has them exactly."""
    with pytest.raises(InternalError):
        ptable(variance=variance, bound=bound, floor=floor)


def test_tables_are_valid_when_they_are_made():
    """The class refuses as the function does, and takes fractions only."""
    with pytest.raises(InternalError, match="variance"):
        PTable(variance=Fraction(101), bound=10, floor=100)
    with pytest.raises(InternalError, match="fraction"):
        PTable(variance=Decimal(4), bound=10, floor=100)
