"""Fingerprints: how many subjects two cells do not have in common."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.disclosure import SUBJECTS, Fingerprint
from cleanroom_join.disclosure.model.fingerprint import (
    LENGTHS,
    differs_by_at_least,
    differs_by_few,
    differs_by_fewer_than,
)
from cleanroom_join.errors import InternalError
from tests.support.examples import examples
from tests.support.fingerprint_unions import together
from tests.support.signatures import signature_of, subjects


@settings(max_examples=examples(200), deadline=None)
@given(
    st.integers(100, 3000),
    st.integers(0, 2000),
    st.integers(0, 2000),
    st.sampled_from([100, 150, 1000]),
)
def test_a_small_difference_is_never_taken_for_a_large_one(common, left, came, k):
    """At all sizes; and a much larger one is found to be large."""
    before = signature_of(range(common + left)).facets[SUBJECTS]
    now = signature_of([*range(common), *range(10**6, 10**6 + came)]).facets[SUBJECTS]
    differ = left + came

    close = differs_by_fewer_than(k, before, now)

    if 0 < differ < k:
        assert close
    if differ == 0 or abs(left - came) >= k or (k < 500 and differ > 2 * k):
        assert not close


@settings(max_examples=examples(200), deadline=None)
@given(
    st.integers(0, 3000),
    st.integers(0, 400),
    st.integers(0, 400),
    st.sampled_from([100, 101, 150, 1000, 10**6]),
)
def test_the_fast_path_decides_as_all_words_do(common, left, came, k):
    """Three bits of each word settle a comparison only where all of them would."""
    before = signature_of(range(common + left)).facets[SUBJECTS]
    now = signature_of([*range(common), *range(10**6, 10**6 + came)]).facets[SUBJECTS]

    assert differs_by_fewer_than(k, before, now) == differs_by_few(
        k,
        before.differing(now),
        before.subjects - now.subjects,
        before.hash_sum - now.hash_sum,
    )


def test_fingerprints_of_another_length_are_refused():
    """A fingerprint has all its words, or is none."""
    with pytest.raises(InternalError):
        Fingerprint(bytes(8), 1, 1)


@pytest.mark.parametrize("more", [0, 1, 500])
def test_fingerprints_of_two_lengths_are_not_compared(more):
    """However different the numbers of their subjects are."""
    long, short = (Fingerprint(bytes(n), 100 + more, 1) for n in LENGTHS)

    with pytest.raises(InternalError):
        differs_by_fewer_than(100, replace(long, subjects=100), short)


def test_sums_that_differ_only_in_size_are_close():
    """A subject in both of two cells leaves both: no word of the sum differs."""
    both = together([signature_of(subjects(0, 200)), signature_of(subjects(199, 200))])
    neither = together(
        [signature_of(subjects(0, 199)), signature_of(subjects(200, 199))]
    )
    both, neither = (signature.facets[SUBJECTS] for signature in (both, neither))

    assert both.differing(neither) == 0
    assert differs_by_fewer_than(100, both, neither)
    assert not differs_by_fewer_than(100, both, both)


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 20_000))
@settings(max_examples=examples(60), deadline=None)
def test_a_difference_is_never_less_than_its_lower_bound(only_one, only_other, common):
    """And zero for equal sets only; far apart, the bound still grows with it."""
    base = subjects(0, common)
    one = signature_of(base | subjects(100_000, only_one)).facets[SUBJECTS]
    other = signature_of(base | subjects(200_000, only_other)).facets[SUBJECTS]

    bound = differs_by_at_least(one, other)

    assert bound <= only_one + only_other
    assert (bound == 0) is (only_one + only_other == 0)
    assert bound >= min((only_one + only_other) // 3, 900)
