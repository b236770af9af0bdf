"""Counts that a report may state: enough to be useful, too coarse to subtract."""

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
from tests.support import plain_tables

PUBLISHED = st.builds(
    lambda least, more, unpublished: Coverage(
        least=least,
        most=least + more,
        combinations=unpublished,
        detailed=0,
        coarser=0,
    ),
    st.integers(0, 30_000),
    st.one_of(st.just(0), st.integers(0, 20_000)),
    st.integers(0, 40),
)
K = st.sampled_from([100, 150, 1000])
SLACK = st.integers(0, 200)


@given(PUBLISHED, K, SLACK, st.integers(100, 60_000))
def test_no_limit_shows_that_fewer_than_k_are_unpublished(published, k, slack, count):
    """Whatever the count, the limit above it leaves room for k unpublished subjects."""
    for joined in (True, False):
        limits = disclosable_range(count, published, k, joined=joined, slack=slack)

        assert limits.below is None or limits.below - (published.most + slack) >= k
        assert limits.below is None or count < limits.below


@given(PUBLISHED, K, SLACK, st.integers(100, 60_000))
def test_an_unpublished_cell_may_always_be_too_small(published, k, slack, count):
    """No limit shows that one has k subjects: it would be suppressed for another reason."""
    limits = disclosable_range(count, published, k, joined=True, slack=slack)

    assert limits.least <= max(
        k, published.most - slack + (k - 1) * published.unpublished
    )


@given(
    PUBLISHED,
    K,
    SLACK,
    st.integers(100, 60_000),
    st.integers(100, 60_000),
    st.booleans(),
)
def test_counts_within_the_same_limits_have_the_same_range(
    published, k, slack, one, other, joined
):
    """Limits depend on what is published; the count only decides between them."""
    limits = disclosable_range(one, published, k, joined=joined, slack=slack)
    inside = (limits.below is None or other < limits.below) and (
        limits.least <= other or limits.least <= max(k, published.least - slack)
    )

    if inside:
        assert (
            disclosable_range(other, published, k, joined=joined, slack=slack) == limits
        )


@given(PUBLISHED, K, SLACK, st.integers(0, 60_000))
def test_the_lower_limit_is_true(published, k, slack, count):
    """There are at least so many, if there are k and no fewer than those published."""
    count = max(count, k, published.least)

    assert (
        disclosable_range(count, published, k, joined=True, slack=slack).least <= count
    )


def test_limits_are_stated_if_they_are_far_enough():
    """A report may state the size of a table with many unpublished subjects."""
    published = Coverage(least=600, most=600, combinations=50, detailed=4, coarser=0)

    assert disclosable_range(3000, published, 100, joined=True).least == 2000
    assert disclosable_range(3000, published, 100, joined=True).below == 5000
    assert disclosable_range(950, published, 100, joined=True).below == 1000
    near = replace(published, least=950, most=950)
    assert disclosable_range(955, near, 100, joined=True).below == 2000
    full = replace(published, combinations=5)
    assert disclosable_range(3000, full, 100, joined=True).least == 600


@given(plain_tables.tables((4, 3)), st.booleans())
def test_coverage_counts_every_subject_once(counts, parents):
    """Leaves that are part of coarser cells or totals are not added to them."""
    asked, policy = plain_tables.query_over("ab", parents=parents)
    table = protect(plain_tables.cells_from_counts(counts, asked), asked, policy)

    published = coverage(asked, table.rows)

    dims = asked.dimensions
    cells = [c.labels for c in table.published if "(all)" not in c.labels]
    covered = {leaf for labels in cells for leaf in leaves_below(dims, labels)}
    subjects = sum(n for leaf, n in counts.items() if leaf in covered)
    assert published.combinations == 8 * 8
    assert published.unpublished == 8 * 8 - len(covered)
    assert published.detailed == len([labels for labels in cells if labels in counts])
    # Rounding to multiples of 5 is off by at most 4 a row.
    assert (
        published.least - 4 * len(cells) <= subjects <= published.most + 4 * len(cells)
    )
