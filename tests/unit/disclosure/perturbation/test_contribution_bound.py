"""Bounded contributions: no subject changes a cell by more than the bound, before noise."""

from __future__ import annotations

import dataclasses
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.contract import Contract, Policy, resolve
from cleanroom_join.disclosure.perturbation.contribution_bound import (
    largest_sum,
    most_rows,
    scaled,
)
from cleanroom_join.testing import contract_toml
from tests.reference.bounded_reference import quantities, rows_by_subject
from tests.support.noise import bounded_policy, payments_query

MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
QUERY = payments_query(
    accounts='tier = { dimension = ["t1", "t2"], parents = { t1 = "any", t2 = "any" } }',
    group_by=("region", "tier"),
    totals='"all"',
)
ROW = st.fixed_dictionaries(
    {
        "region": st.sampled_from(["north", "south", "elsewhere", None]),
        "fraud": st.sampled_from([True, False, None]),
        "amount": st.sampled_from([None, Decimal(0), Decimal("3.37"), Decimal(2000)]),
        "balance": st.sampled_from([None, -900, -50, -7, 0, 11, 20]),
    }
)
CARD = st.tuples(
    st.lists(st.tuples(ROW, st.integers(1, 15)), min_size=1, max_size=3),
    st.sampled_from(["t1", "t2", "t9", None]),
)
"""The rows of a card, each with how often it is repeated, and the card's tier."""


def rows_of(cards):
    """Return the rows of drawn cards."""
    return [
        row | {"card_token": f"c{i}", "tier": tier}
        for i, (own, tier) in enumerate(cards)
        for row, times in own
        for _ in range(times)
    ]


def by_labels(rows, policy):
    """Return the statistics of every cell."""
    return {cell.labels: cell for cell in count(rows, QUERY, b"key", policy)}


@given(
    st.integers(-(10**15), 10**15),
    st.integers(1, 10**7),
    st.integers(1, 1000),
    st.integers(0, 2**32 - 1),
)
def test_scaling_is_the_mean_times_the_bound(total, rows, most, number):
    """Rounded to an integer beside it; untouched where the rows are within the bound."""
    found = scaled(total, rows, most, number)
    exact = Fraction(total, rows) * most

    if rows <= most:
        assert found == total
    else:
        assert found == floor(exact + Fraction(number % rows, rows))
        assert abs(found - exact) < 1


@given(st.integers(-(10**6), 10**6), st.integers(2, 300), st.integers(1, 299))
def test_rounding_a_scaled_sum_adds_nothing_on_average(total, rows, most):
    """Exactly, over all seeds; so a rate of subjects who are seldom true stays a rate."""
    most = min(most, rows - 1)

    assert sum(scaled(total, rows, most, n) for n in range(rows)) == total * most


@given(st.integers(-1000, 1000), st.integers(0, 2000), st.integers(1, 300), st.data())
def test_scaled_sums_are_sums_of_values_within_bounds(low, width, rows, data):
    """So no contribution exceeds the bound times the largest value."""
    total = data.draw(st.integers(low * rows, (low + width) * rows))
    most, number = data.draw(st.integers(1, 300)), data.draw(st.integers(0, 2**32 - 1))
    counted = min(rows, most)

    assert low * counted <= scaled(total, rows, most, number) <= (low + width) * counted


@MANY
@given(st.lists(CARD, min_size=1, max_size=6), st.integers(1, 12))
def test_no_subject_changes_more_than_the_bound(cards, most):
    """One that joins or leaves, in every cell, coarser cell and total, before noise."""
    policy = bounded_policy(most)
    without, with_it = (by_labels(rows_of(c), policy) for c in (cards[:-1], cards))

    assert without.keys() <= with_it.keys()
    for labels, cell in with_it.items():
        before = without.get(labels)
        label = QUERY.subjects[0].label
        subjects = before.subjects[label].subjects if before else 0
        assert cell.subjects[label].subjects - subjects in (0, 1)
        assert 0 <= cell.rows - (before.rows if before else 0) <= most
        for name, column in QUERY.columns.items():
            now = cell.columns[name]
            then = dataclasses.asdict(before.columns[name]) if before else Counter()
            assert 0 <= now.rows - then["rows"] <= most
            assert 0 <= now.clamped - then["clamped"] <= most
            assert abs(now.total - then["total"]) <= largest_sum(column, most)
        if before == cell:
            continue
        assert cell.subjects[label].rows.largest <= most


@MANY
@given(st.lists(CARD, min_size=1, max_size=6), st.integers(1, 12), st.randoms())
def test_counting_agrees_with_fractions_in_any_order(cards, most, rng):
    """In every quantity of every cell; the order of rows changes none of them."""
    rows = rows_of(cards)
    expected = rows_by_subject(rows, QUERY, "card_token")
    shuffled = rng.sample(rows, len(rows))

    found = by_labels(rows, bounded_policy(most))

    assert found == by_labels(shuffled, bounded_policy(most))
    assert found.keys() == expected.keys()
    for labels, cell in found.items():
        subjects, n, columns = quantities(expected[labels], QUERY, most)
        assert (cell.subjects["card"].subjects, cell.rows) == (subjects, n)
        assert {name: (c.rows, c.total) for name, c in cell.columns.items()} == columns


@MANY
@given(st.lists(CARD, min_size=1, max_size=6))
def test_a_bound_that_no_subject_reaches_changes_nothing(cards):
    """Nor does one without noise, which no contract has."""
    rows = rows_of(cards)
    unbounded = by_labels(rows, None)

    assert by_labels(rows, bounded_policy(1000)) == unbounded
    assert by_labels(rows, Policy(contribution_rows=1)) == unbounded


def test_where_tables_have_one_row_per_subject_the_bound_is_one():
    """Noise for more rows than a subject can have would be wasted."""
    text = contract_toml().replace(
        'table = "signals.payments"', 'table = "signals.payments"\none_row_per = "card"'
    )
    contract = Contract.from_toml(text)
    query = resolve(contract, contract.output("segments"))

    assert most_rows(query, bounded_policy(7)) == 1
    assert most_rows(QUERY, bounded_policy(7)) == 7
    assert most_rows(QUERY, Policy()) is None
