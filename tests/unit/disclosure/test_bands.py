"""What may be said of a secret count: enough for people, too little to subtract."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.disclosure import protect
from cleanroom_join.disclosure.coarse_counts import (
    Coverage,
    coverage,
    disclosable_range,
    leaves_below,
)
from tests.reference import plain_tables

SHOWN = st.builds(
    lambda least, more, missing: Coverage(
        least=least,
        most=least + more,
        combinations=missing,
        alone=0,
        merged=0,
    ),
    st.integers(0, 30_000),
    st.one_of(st.just(0), st.integers(0, 20_000)),
    st.integers(0, 40),
)
K = st.sampled_from([100, 150, 1000])
SLACK = st.integers(0, 200)


@given(SHOWN, K, SLACK, st.integers(100, 60_000), st.integers(0, 3000))
def test_nobody_can_tell_that_fewer_than_k_are_missing(shown, k, slack, count, more):
    """Whatever the count, the limit above it leaves room for k who are missing."""
    for everybody in (True, False):
        told = disclosable_range(count, shown, k, everybody=everybody, slack=slack)

        assert told.below is None or told.below - (shown.most + slack) >= k
        assert told.below is None or count < told.below


@given(SHOWN, K, SLACK, st.integers(100, 60_000))
def test_a_missing_cell_may_always_have_been_too_small(shown, k, slack, count):
    """No limit says that somebody missing is in a cell of k: why is it missing then?"""
    told = disclosable_range(count, shown, k, everybody=True, slack=slack)

    assert told.least <= max(k, shown.most - slack + (k - 1) * shown.missing)


@given(
    SHOWN, K, SLACK, st.integers(100, 60_000), st.integers(100, 60_000), st.booleans()
)
def test_counts_within_the_same_limits_are_told_alike(
    shown, k, slack, one, other, everybody
):
    """Limits depend on what is published; of the count only on which side it is."""
    told = disclosable_range(one, shown, k, everybody=everybody, slack=slack)
    inside = (told.below is None or other < told.below) and (
        told.least <= other or told.least <= max(k, shown.least - slack)
    )

    if inside:
        assert (
            disclosable_range(other, shown, k, everybody=everybody, slack=slack) == told
        )


@given(SHOWN, K, SLACK, st.integers(0, 60_000))
def test_what_is_told_is_true(shown, k, slack, count):
    """At least so many, if there are k and not fewer than those published."""
    count = max(count, k, shown.least)

    assert (
        disclosable_range(count, shown, k, everybody=True, slack=slack).least <= count
    )


def test_limits_are_told_where_they_are_far_enough():
    """Of a table with many who are missing, how large it is may be said."""
    shown = Coverage(least=600, most=600, combinations=50, alone=4, merged=0)

    assert disclosable_range(3000, shown, 100, everybody=True).least == 2000
    assert disclosable_range(3000, shown, 100, everybody=True).below == 5000
    assert disclosable_range(950, shown, 100, everybody=True).below == 1000
    near = replace(shown, least=950, most=950)
    assert disclosable_range(955, near, 100, everybody=True).below == 2000
    full = replace(shown, combinations=5)
    assert disclosable_range(3000, full, 100, everybody=True).least == 600


@given(plain_tables.tables((4, 3)), st.booleans())
def test_coverage_counts_everybody_once(counts, parents):
    """Leaves within coarser cells and totals are not added to them."""
    asked, policy = plain_tables.query("ab", parents=parents)
    table = protect(plain_tables.items(counts, asked), asked, policy)

    shown = coverage(asked, table.rows)

    dims = asked.dimensions
    cells = [c.labels for c in table.published if "(all)" not in c.labels]
    covered = {leaf for key in cells for leaf in leaves_below(dims, key)}
    people = sum(n for leaf, n in counts.items() if leaf in covered)
    assert shown.combinations == 8 * 8
    assert shown.missing == 8 * 8 - len(covered)
    assert shown.alone == len([key for key in cells if key in counts])
    # Rounding to multiples of 5 is off by at most 4 a row.
    assert shown.least - 4 * len(cells) <= people <= shown.most + 4 * len(cells)
