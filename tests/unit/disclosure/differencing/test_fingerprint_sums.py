"""Signed sums of fingerprints: a difference by few subjects is always found."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.disclosure import ROWS, SUBJECTS
from cleanroom_join.disclosure.differencing.fingerprint_sums import FingerprintSum
from cleanroom_join.disclosure.model.fingerprint import differs_by_fewer_than
from tests.support.examples import examples
from tests.support.fingerprint_unions import together
from tests.support.signatures import signature_of, subjects
from tests.support.watched_room import K


@settings(max_examples=examples(200), deadline=None)
@given(
    st.integers(0, 1500),
    st.integers(0, 1500),
    st.integers(0, 1500),
    st.sampled_from([100, 150, 300, 1000, 2000]),
)
def test_a_sum_of_one_fingerprint_is_close_where_the_fingerprint_is(
    common, left, came, k
):
    """The three low bits of every word are a prefilter, which decides nothing else."""
    before = signature_of(range(common + left)).facets[SUBJECTS]
    now = signature_of([*range(common), *range(10**6, 10**6 + came)]).facets[SUBJECTS]

    near = FingerprintSum.alone(now).is_close(FingerprintSum.alone(before), k)

    assert near == differs_by_fewer_than(k, now, before)
    assert near == (
        FingerprintSum.alone(now) - FingerprintSum.alone(before)
    ).differs_by_few(k)


def test_a_subject_with_the_same_change_in_two_cells_is_found():
    """No word of the sum differs, but the sum of the hashes does."""
    one, two = (dict.fromkeys(subjects(200 * i, 200), 1) for i in (0, 1))

    def sum_with(rows):
        return together([signature_of(cell | {999: rows}) for cell in (one, two)])

    before, now = sum_with(1), sum_with(2)

    assert before.facets[ROWS].words == now.facets[ROWS].words
    assert before.facets[SUBJECTS] == now.facets[SUBJECTS]
    assert sum_of(before).is_close(sum_of(now), K)
    assert not sum_of(before).is_close(sum_of(sum_with(1)), K)


def test_residuals_of_contributions_are_compared_too():
    """One subject of the residual has another row, and none of the subtracted cells."""
    part, rest = (dict.fromkeys(subjects(200 * i, 200), 1) for i in (0, 1))

    def left(rows):
        return sum_of(signature_of(part | rest | {300: rows})) - sum_of(
            signature_of(part)
        )

    assert (left(1) - sum_of(signature_of(rest))).is_zero
    assert left(1).is_close(left(2), K)
    assert not left(1).is_close(sum_of(signature_of(rest)), K)


def sum_of(signature):
    """Return the fingerprint sum of rows."""
    return FingerprintSum.alone(signature.facets[ROWS])
