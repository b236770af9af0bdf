"""
Figures with bounded contributions: noise is scaled to one subject's largest one.

Counted in plain Python, which tests/spark hold to Spark; the noise is held against a
second implementation that works in fractions.
"""

from __future__ import annotations

import itertools
import random
from decimal import Decimal
from fractions import Fraction
from statistics import pstdev

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Policy, Protection
from cleanroom_join.disclosure import Contributions, Rule
from cleanroom_join.disclosure.primary.dominance import is_dominated
from tests.reference.bounded_reference import BoundedNoise
from tests.support.examples import examples
from tests.support.noise import (
    KEY,
    bounded_distribution,
    bounded_policy,
    figures_of,
    noise_of,
    one_cell,
    payments,
)

MANY = settings(
    max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck)
)


def test_with_one_row_per_subject_rows_have_the_subjects_noise():
    """Two noises of one quantity would have a smaller average."""
    policy = bounded_policy(1)

    for size, rows, cards, *_ in figures_of(payments(rows=7), policy, range(50)):
        assert size == rows == cards


@pytest.mark.slow
def test_noise_does_not_reveal_an_extreme_subject():
    """Its deviation is the same in a cell of small values and with one extreme subject."""
    policy = bounded_policy(4, count_base=1, rate_digits=6)
    usual = payments(rows=1, amount=Decimal(1)) + payments(30, 1, amount=Decimal(2))
    marked = [*usual, *payments(1, 500, name="target", amount=Decimal(1000))]
    spreads = []
    for rows in (usual, marked):
        found = figures_of(rows, policy, range(400))
        spreads.append([pstdev(float(f[i]) for f in found) for i in (0, 1, 3)])

    for plain, with_target in zip(*spreads, strict=True):
        assert abs(plain - with_target) < 0.12 * plain


def test_other_bounds_have_other_noise():
    """Two revisions of a contract with one draw would reveal the exact figure."""
    rows = payments(rows=1)
    small, large = (bounded_policy(n, count_base=1) for n in (2, 4))

    errors = [
        [figures[1] - 300 for figures in figures_of(rows, policy, range(200))]
        for policy in (small, large)
    ]

    exact = [2 * one - other for one, other in zip(*errors, strict=True)]
    assert sum(abs(x) <= 4 for x in exact) < 100  # all of them, were it one draw


# --- what rules decide ---------------------------------------------------------------


def test_no_subject_is_made_dominant():
    """Neither by rows nor by a value; without a bound it suppresses the cell."""
    heavy = payments(1, 9000, name="target", amount=Decimal(1000))
    one_value = payments(1, 1, name="target", amount=Decimal(1000))
    poor = payments(amount=Decimal(0)) + payments(40, 1, "r", amount=Decimal("0.01"))

    for marked in (heavy, one_value):
        plain = one_cell([*poor, *marked], Policy())
        perturbed = one_cell([*poor, *marked], Policy(protection=Protection.PERTURBED))
        assert plain == perturbed
        assert plain is Rule.DOMINANCE
        for most in (1, 10):
            assert isinstance(one_cell([*poor, *marked], bounded_policy(most)), tuple)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_no_contributions_are_dominated_where_noise_covers_them(largest, second, rest):
    """Neither in a cell nor in the residual of a total."""
    second, largest = sorted((largest, second))
    contributions = Contributions(
        total=largest + second + rest, largest=largest, second=second
    )

    assert not is_dominated(contributions, bounded_policy())


def test_no_subject_is_marked_by_values_outside_the_bounds():
    """Those of one subject do not suppress a cell; those of many do."""
    outside = payments(1, 50, name="target", amount=Decimal(99_999))
    large = payments(3000, 3) + payments(1500, 3, "r", amount=Decimal(99_999))

    assert one_cell([*payments(), *outside], Policy()) is Rule.CLAMPING
    for found in figures_of([*payments(), *outside], bounded_policy(20), range(40)):
        assert isinstance(found, tuple)
    for found in figures_of(large, bounded_policy(3), range(40)):
        assert found is Rule.CLAMPING


def test_the_rules_about_subjects_stay():
    """Fewer than k, and all but m alike."""
    assert one_cell(payments(99), bounded_policy()) is Rule.THRESHOLD
    alike = one_cell(payments(fraud=True), bounded_policy())
    assert alike is Rule.GROUP_DISCLOSURE


# --- the edge of k --------------------------------------------------------------------


@MANY
@given(
    st.integers(95, 125),
    st.integers(0, 30),
    st.integers(1, 3),
    st.integers(0, 2**32 - 1),
)
def test_a_cell_is_published_if_its_noisy_count_is_large_enough(
    size, without, most, key
):
    """Of subjects and of those with a value; with the noise of rows, if one row each."""
    rows = payments(size, 2) + payments(without, 2, "v", amount=None)
    policy = bounded_policy(most)
    noisy = BoundedNoise(noise_of(policy).table, KEY, key, most, policy)
    everyone, valued = size + without, size
    counts = [everyone + noisy.noise(noisy.digits("subjects", "", everyone), 1)]
    if without:
        path = "keeper.signals.payments.amount"
        own = ("valued", path) if most > 1 else ("subjects", "")
        digits = noisy.digits(*own, valued)
        counts.append(valued + noisy.noise(digits, 1))

    found = one_cell(rows, policy, key)

    assert isinstance(found, tuple) == (valued >= 100 and min(counts) >= 110)
    if not isinstance(found, tuple):
        assert found is Rule.THRESHOLD


@MANY
@given(st.integers(120, 140), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_a_cell_of_k_and_twice_the_largest_noise_is_published(size, most, key):
    """At every key: its noisy count is always large enough."""
    assert isinstance(one_cell(payments(size, 3), bounded_policy(most), key), tuple)


@pytest.mark.parametrize("variance", ["1", "4", "36"])
def test_the_presence_of_a_cell_reveals_little_of_one_subject(variance):
    """At every size; below k it is never published, and just above k hardly ever."""
    policy = bounded_policy(perturbation_variance=Decimal(variance), max_noise=30)
    chances = bounded_distribution(noise_of(policy), 1)
    top = max(chances.values())
    published = [
        sum(chance for value, chance in chances.items() if size + value >= 130)
        for size in range(90, 175)
    ]

    assert set(published[:10]) == {0}
    assert published[10] < Fraction(1, 10**6)  # k subjects
    assert set(published[-14:]) == {1}
    assert max(b - a for a, b in itertools.pairwise(published)) == top
    assert published == sorted(published)


def test_the_published_count_is_the_one_that_decided():
    """So the presence of a cell reveals no more than its count."""
    policy = bounded_policy(count_base=1)

    found = figures_of(payments(112), policy, range(300))
    published = [figures for figures in found if isinstance(figures, tuple)]

    assert 0 < len(published) < 300
    assert min(size for size, *_ in published) == 110


@pytest.mark.slow
def test_figures_are_right_on_average_far_from_their_limits():
    """Counts and sums, over many cells of the same figures."""
    rng = random.Random(3)
    policy = bounded_policy(2, count_base=1, rate_digits=6)
    rows = payments(2000, 2)
    exact = (2000, 4000, 20_000)
    found = figures_of(rows, policy, [rng.randrange(2**32) for _ in range(600)])

    for index, true in zip((0, 1, 5), exact, strict=True):
        errors = [float(f[index]) - true for f in found]
        assert abs(sum(errors) / 600) < 4 * pstdev(errors) / 600**0.5
