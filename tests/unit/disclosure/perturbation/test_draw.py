"""Noise by itself: its mean, its variance, its limits, and that no draw is known."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from statistics import correlation, fmean, pvariance

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanroom_join.disclosure.perturbation.draw import Draw
from cleanroom_join.errors import InternalError
from tests.support.examples import examples
from tests.support.noise import (
    KEYS,
    bounded_distribution,
    bounded_policy,
    noise_of,
    perturbed_policies,
)
from tests.support.noise_variance import realised_variance

MANY = settings(
    max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck)
)


def draws_of(noise, count):
    """Return a draw and its weight for each noise of a count."""
    weights = [w for _, w in noise.table.weights(count)]
    starts = [0, *accumulate(weights)][:-1]
    return [
        (Draw(noise=start, rounding=0, within=0), weight)
        for start, weight in zip(starts, weights, strict=True)
        if weight
    ]


@MANY
@given(perturbed_policies(), st.integers(0, 3000), st.integers(1, 500))
def test_counts_have_the_ptables_mean_and_variance(policy, above, unit):
    """Exactly: zero bias, the declared variance, and no count below the floor."""
    noise = noise_of(policy)
    count = noise.table.floor + above
    step = max(1, min(unit, above // policy.max_noise))
    steps = noise.table.floor + above // step

    found = [
        (noise.perturb_count(count, d, unit), w) for d, w in draws_of(noise, steps)
    ]

    assert sum(value * w for value, w in found) == count * KEYS
    assert min(value for value, _ in found) >= noise.table.floor
    assert max(abs(v - count) for v, _ in found) <= step * policy.max_noise
    variance = Fraction(sum((v - count) ** 2 * w for v, w in found), KEYS)
    assert variance == step**2 * realised_variance(noise.table, steps)
    if above // step >= policy.max_noise:
        declared = Fraction(policy.perturbation_variance)
        assert abs(variance / step**2 - declared) < declared / 10**6


@given(perturbed_policies(), st.integers(100, 5000))
def test_rounding_a_count_adds_nothing_on_average(policy, count):
    """Each neighbour is as frequent as it is close, to within one draw of 2**32."""
    noise = noise_of(policy)
    base, floor = noise.base, noise.table.floor

    def at(draw):
        return noise.rounded(count, Draw(noise=0, rounding=draw, within=0))

    if count < floor:
        assert {at(0), at(KEYS - 1)} == {floor}
        return
    rest = count % base
    ups = -(-rest * KEYS // base)
    assert at(KEYS - 1) == count - rest
    assert ups == 0 or at(ups - 1) == count - rest + base
    assert ups == KEYS or at(ups) == count - rest
    assert at(0) % base == 0
    assert at(KEYS - 1) >= floor


@MANY
@given(
    perturbed_policies(),
    st.integers(-(10**9), 10**9),
    st.fractions(0, 10**6),
    st.fractions(0, 10**6),
)
def test_magnitudes_have_symmetric_noise_inside_their_room(policy, value, room, unit):
    """Exactly: zero bias, the declared variance in steps, and strictly inside."""
    noise = noise_of(policy)
    far = noise.table.floor + policy.max_noise
    step = min(unit, room / (policy.max_noise + 1))

    found = [
        (noise.perturb_magnitude(value, room, unit, d), w)
        for d, w in draws_of(noise, far)
    ]

    assert sum(v * w for v, w in found) == value * KEYS
    assert all(abs(v - value) < room or room == 0 for v, _ in found)
    variance = sum((v - value) ** 2 * w for v, w in found) / KEYS
    assert variance == step**2 * realised_variance(noise.table, far)


def test_draws_are_distributed_as_the_ptable():
    """Over many cells: mean 0, variance 4; and two figures of a cell are unrelated."""
    noise = noise_of()
    rng = random.Random(1)
    cells = [rng.randrange(KEYS) for _ in range(4000)]

    sizes, rows = (
        [noise.perturb_count(1000, noise.draw(c, of, 1000)) - 1000 for c in cells]
        for of in (("subjects", "card"), ("rows", "payments"))
    )

    for found in (sizes, rows):
        assert abs(fmean(found)) < 0.15
        assert abs(pvariance(found) - 4) < 0.5
    assert abs(correlation(sizes, rows)) < 0.06
    share = sum((w / KEYS) ** 2 for _, w in noise.table.weights(1000))
    equal = fmean(one == other for one, other in zip(sizes, rows, strict=True))
    assert abs(equal - share) < 0.03


@given(st.integers(0, KEYS - 1), st.integers(100, 10**6))
def test_every_input_moves_the_draw(cell_key, value):
    """Cell, quantity, value and key; each by itself."""
    one = noise_of().draw(cell_key, ("rows", "payments"), value)

    others = [
        noise_of().draw((cell_key + 1) % KEYS, ("rows", "payments"), value),
        noise_of().draw(cell_key, ("rows", "transfers"), value),
        noise_of().draw(cell_key, ("total", "payments"), value),
        noise_of().draw(cell_key, ("rows", "payments"), value + 1),
        noise_of(key=bytes(32)).draw(cell_key, ("rows", "payments"), value),
    ]

    assert one not in others
    assert len({(d.noise, d.rounding) for d in others}) == len(others)


def test_a_key_of_another_length_is_refused():
    """An empty key would not be secret."""
    with pytest.raises(InternalError):
        noise_of(key=b"")


def test_no_part_of_the_noise_has_a_repr():
    """A reader of a draw could subtract the noise."""
    noise = noise_of()

    for secret in (noise, noise.draw(1, ("subjects", "card"), 200)):
        shown = repr(secret).split(" at 0x")[0]
        assert not any(character.isdigit() for character in shown)


# --- noise that is scaled to a bound --------------------------------------------------


@pytest.mark.parametrize("variance", ["1", "4", "36"])
@pytest.mark.parametrize("step", [1, 2, 5, 12])
def test_the_presence_of_one_subject_is_hidden_as_declared(variance, step):
    """For every contribution, no test separates both worlds more often than declared."""
    noise = noise_of(bounded_policy(perturbation_variance=Decimal(variance)))
    chances = bounded_distribution(noise, step)
    _, top = max(
        noise.table.weights(noise.table.floor + noise.table.bound), key=lambda w: w[1]
    )

    assert sum(chances.values()) == 1
    assert sum(value * chance for value, chance in chances.items()) == 0
    assert all(chances[-value] == chance for value, chance in chances.items())
    for shift in range(1, step + 1):
        values = {*chances, *(value + shift for value in chances)}
        apart = sum(abs(chances[v] - chances[v - shift]) for v in values) / 2
        assert apart <= Fraction(top, 2**32)
    assert apart == Fraction(top, 2**32)  # the largest shift, which is the bound


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.integers(1, 10**12))
def test_bounded_noise_is_within_the_bound_and_as_fine_as_the_quantity(
    number, within, step
):
    """Every value within a step is one noise, so no remainder shows."""
    noise = noise_of(bounded_policy())
    draw = Draw(noise=number, rounding=0, within=within)

    found = noise.perturb_bounded(7, step, draw) - 7

    assert abs(found) <= step * noise.table.bound + Fraction(step - 1, 2)
    assert (found + Fraction(step - 1, 2)).denominator == 1
