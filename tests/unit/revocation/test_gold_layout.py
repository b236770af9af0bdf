"""How Gold is laid out: buckets that tell little, and ranges that cover them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.revocation.gold_layout import (
    BUCKETS,
    GoldLayout,
    covering_ranges,
)

COUNTS = st.integers(0, 10**10)
SETS = st.sets(st.integers(0, 2**16 - 1), min_size=1, max_size=200)


@given(COUNTS, COUNTS, st.integers(3, 10_000))
def test_a_bucket_holds_at_least_k_subjects_on_average(rows, subjects, k):
    """Unless there is only one bucket, which tells nothing."""
    layout = GoldLayout.fitting(rows=rows, subjects=subjects, k=k)

    assert layout.buckets == 1 or subjects >= k * layout.buckets
    assert layout.buckets.bit_count() == 1
    assert 1 <= layout.files <= layout.buckets <= 2**16


@pytest.mark.parametrize(
    ("rows", "subjects", "buckets", "files"),
    [
        (0, 0, 1, 1),
        (10_000, 199, 1, 1),
        (10_000, 200, 2, 1),
        (2_000_000, 200_000, 1024, 62),
        (20_000_000, 2_000_000, 16_384, 611),
        (10**9, 10**8, 2**16, 1024),
    ],
)
def test_the_layout_grows_with_the_table(rows, subjects, buckets, files):
    """Up to limits, so that neither the log nor the number of files explodes."""
    layout = GoldLayout.fitting(rows=rows, subjects=subjects, k=100)

    assert layout == GoldLayout(buckets, files)


def test_the_properties_name_no_column_but_those_of_buckets():
    """Statistics on a column of tokens would outlive an erasure."""
    found = GoldLayout(8, 2).properties(["card_bucket", "mail_bucket"])

    assert found == {
        "delta.dataSkippingStatsColumns": "`card_bucket`,`mail_bucket`",
        "delta.enableDeletionVectors": "true",
        BUCKETS: "8",
    }


@given(SETS, st.integers(1, 64))
def test_ranges_cover_every_bucket(buckets, most):
    """In at most so many ranges, in order and apart, that begin and end with one."""
    ranges = covering_ranges(buckets, most)

    assert 1 <= len(ranges) <= most
    assert {b for b in buckets if any(x <= b <= y for x, y in ranges)} == buckets
    assert {end for pair in ranges for end in pair} <= buckets
    ends = [end for pair in ranges for end in pair]
    assert ends == sorted(ends)


@given(SETS)
def test_enough_ranges_hold_nothing_else(buckets):
    """With as many ranges as buckets, every other bucket is spared."""
    ranges = covering_ranges(buckets, len(buckets))

    assert ranges == [(b, b) for b in sorted(buckets)]


def test_the_widest_gaps_are_spared():
    """Ranges join what is near each other; nothing has no range."""
    assert covering_ranges([1, 100, 2, 101, 1000], 2) == [(1, 101), (1000, 1000)]
    assert covering_ranges([], 5) == []
