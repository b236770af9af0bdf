"""The match rate and its interval, from counts per bucket."""

from __future__ import annotations

import random

import pytest

from cleanroom_join.tokens.doctor import GROUPINGS, estimate
from cleanroom_join.tokens.doctor.manifest import BUCKET_ROUNDING, ROUNDING
from cleanroom_join.tokens.doctor.overlap import evenly_filled, merge_buckets
from tests.support.manifests import counts, people


def two_sides(seed, sizes, common, buckets):
    """Return the counts of two sides that have *common* subjects of the smaller."""
    shared = people(f"s{seed}", common)
    return [
        counts([*shared, *people(f"{side}{seed}", size - common)], buckets)
        for side, size in zip("ab", sizes, strict=True)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("buckets", [32, 128])
@pytest.mark.parametrize("rate", [0.0, 0.3, 0.6, 0.95, 1.0])
def test_the_limits_hold_the_true_rate(rate, buckets):
    """In 95 of 100 trials, less what chance allows."""
    held, size = 0, 150 * buckets
    for trial in range(100):
        found = estimate(*two_sides(trial, (size, size), round(size * rate), buckets))
        held += found.low - 0.005 <= rate <= found.high + 0.005

    assert held >= 88


@pytest.mark.slow
def test_the_limits_hold_if_one_side_has_more_subjects():
    """Though rounding then moves the sides in other directions."""
    held = 0
    for trial in range(100):
        found = estimate(*two_sides(trial, (4_800, 4_400), 4_400, 32))
        held += found.high >= 0.995

    assert held >= 88


@pytest.mark.slow
def test_nothing_in_common_is_hardly_ever_seen_as_something():
    """At most one in forty by construction; the bound allows for chance."""
    false = sum(
        estimate(*two_sides(trial, (20_000, 20_000), 0, 128)).is_significant
        for trial in range(200)
    )

    assert false <= 13


@pytest.mark.slow
def test_at_4500_subjects_four_groupings_tell_what_one_does_not():
    """A rate of 39 % is seen in nine of ten trials, and with one grouping in few."""
    seen = {1: 0, GROUPINGS: 0}
    for trial in range(60):
        sides = two_sides(trial, (4_750, 4_420), 1_739, 32)
        for groupings in seen:
            found = estimate(*(side[:groupings] for side in sides))
            seen[groupings] += found.is_significant

    assert seen[GROUPINGS] >= 50
    assert seen[1] <= 45


def test_one_subject_more_changes_no_more_counts_than_in_one_grouping():
    """Of twenty tables that differ in size, one for each grouping shows it."""
    changes = 0
    for size in range(2_000, 2_000 + BUCKET_ROUNDING):
        crowd = [0] * size
        one, other = counts(crowd, 16), counts([*crowd, 0], 16)
        changes += sum(a != b for a, b in zip(one, other, strict=True))

    assert changes * ROUNDING == BUCKET_ROUNDING


def test_buckets_of_two_sizes_are_compared():
    """The side with more people has more buckets; they are put together."""
    one = counts(people("x", 20_000))
    fewer = tuple(merge_buckets(grouping, 64) for grouping in one)

    assert estimate(one, fewer).rate == pytest.approx(1.0, abs=0.2)
    assert estimate(tuple(grouping[:8] for grouping in one), one) is None
    assert estimate((), one) is None
    assert estimate(((), (), (), ()), one) is None


def test_tokens_that_are_not_random_are_seen():
    """Serial numbers fill some buckets only; an HMAC's tokens fill all alike."""
    draws = random.Random(1)
    serial = [draws.randrange(2**40) << 9 | draws.randrange(300) for _ in range(20_000)]

    assert evenly_filled(counts(people("x", 20_000)))
    assert evenly_filled(counts(people("x", 900), 8))
    assert evenly_filled(())
    assert not evenly_filled(counts(serial))
