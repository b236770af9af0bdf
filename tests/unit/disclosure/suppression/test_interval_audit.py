"""
The feasibility intervals of suppressed cells, from all additive quantities at once.

The attacker has every published figure exactly, and solves one program over subjects,
values and sums of all cells.
"""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import protect
from cleanroom_join.testing import contract_toml
from tests.reference.attackers import Solver, primary_suppressions
from tests.reference.levels import contains
from tests.support.counting import cells_of
from tests.support.examples import examples
from tests.support.plain_tables import (
    MEAN,
    RATE,
    TWO_RATES,
    cells_from_counts,
    cells_from_groups,
    leaves_of,
    query_over,
    values_of,
    with_rate,
    with_values,
)
from tests.support.watched_room import K

M = 10
NARROW = 1e-4
FIVE_HUNDRED = settings(
    max_examples=examples(500), deadline=None, suppress_health_check=list(HealthCheck)
)


def grid(*rows):
    """Return leaves by row and column of a table."""
    return {
        (f"a{i + 1}", f"b{j + 1}"): leaf
        for i, row in enumerate(rows)
        for j, leaf in enumerate(row)
    }


def solver(table, leaves, query):
    """Return an attacker that knows only the published table."""
    truth = {}
    for leaf, group in leaves.items():
        found = [values_of(group, index, query) for index in range(len(query.columns))]
        truth[leaf] = [
            (
                values.total() - values[None],
                sum(v * n for v, n in values.items() if v is not None),
                values[None],
            )
            for values in found
        ]
    bounds = [
        (0, 1) if column.type.value == "boolean" else column.unit_bounds
        for column in query.columns.values()
    ]
    return Solver(table, truth, bounds, query)


def promises(table, leaves, query):
    """
    Return every promised interval: of which leaves, its width, and the least width.

    The subjects of every suppressed cell are uncertain by k.  Of a primary suppression
    the subjects with a value are too, and both sides of each measure by a unit for each
    of m.
    """
    attacker, secret = solver(table, leaves, query), primary_suppressions(table)
    asked_for = []
    for cell in table.suppressed:
        under = {leaf for leaf in leaves if contains(cell.labels, leaf, query)}
        if cell.labels in leaves or cell.labels in secret:
            asked_for.append((under, attacker.subjects(), K))
        if cell.labels not in secret:
            continue
        for column in range(len(query.columns)):
            asked_for += [
                (under, attacker.valued(column), K),
                (under, attacker.above(column), M),
                (under, attacker.below(column), M),
            ]
    found = attacker.widths([(under, what) for under, what, _ in asked_for])
    return [
        (under, width, least)
        for (under, _, least), width in zip(asked_for, found, strict=True)
    ]


def broken(promised):
    """Return the promises that are broken."""
    return [each for each in promised if each[1] < each[2] - NARROW]


def released(leaves, query, policy):
    """Return the guarded table, and the widths of suppressed quantities."""
    leaves = {leaf: group for leaf, group in leaves.items() if group.total()}
    table = protect(cells_from_groups(leaves, query), query, policy)
    return table, promises(table, leaves, query)


def test_a_rate_beside_a_count_does_not_determine_a_count():
    """Twenty subjects: from counts alone any number, with trues and falses exactly 20."""
    query, policy = query_over("ab", measures=RATE)

    table, promised = released(
        grid(
            [with_rate(0, 300), with_rate(10, 10)],
            [with_rate(200, 200), with_rate(300, 0)],
        ),
        query,
        policy,
    )

    assert broken(promised) == []
    assert ("a1", "b2") in primary_suppressions(table)


def test_a_rate_beside_a_count_does_not_determine_two_counts():
    """Two cells of sixty on a cycle of six."""
    query, policy = query_over("ab", measures=RATE)

    table, promised = released(
        grid(
            [with_rate(0, 300), with_rate(30, 30), with_rate(400, 400)],
            [with_rate(400, 400), with_rate(300, 0), with_rate(0, 300)],
            [with_rate(300, 0), with_rate(400, 400), with_rate(30, 30)],
        ),
        query,
        policy,
    )

    assert broken(promised) == []
    assert {("a1", "b2"), ("a3", "b3")} <= primary_suppressions(table)


def test_a_mean_between_bounds_does_not_determine_a_count():
    """All have the least value in one cell and the largest in another."""
    query, policy = query_over("ab", measures=MEAN)

    table, promised = released(
        grid(
            [with_values({-2: 300}), with_values({1: 20})],
            [with_values({1: 400}), with_values({3: 300})],
        ),
        query,
        policy,
    )

    assert broken(promised) == []
    assert ("a1", "b2") in primary_suppressions(table)


def test_a_rate_of_zero_is_not_derivable_from_the_rates_around():
    """Of two cells without fraud, both rates were determined exactly."""
    query, policy = query_over("ab", measures=RATE)
    true = [[0, 50, 300], [300, 50, 0], [50, 300, 50]]
    size = [[300, 200, 900], [900, 210, 300], [220, 900, 230]]

    table, promised = released(
        grid(
            *(
                [with_rate(t, n - t) for t, n in zip(*row, strict=True)]
                for row in zip(true, size, strict=True)
            )
        ),
        query,
        policy,
    )

    assert broken(promised) == []
    assert {("a1", "b1"), ("a2", "b3")} <= primary_suppressions(table)


def test_how_many_have_a_value_is_not_derivable():
    """Five of 300 subjects have an income: known to within ten."""
    query, policy = query_over("ab", measures=MEAN)
    valued = [[5, 150, 700], [700, 150, 5], [150, 700, 150]]
    size = [[300, 200, 900], [900, 210, 300], [220, 900, 230]]

    table, promised = released(
        grid(
            *(
                [
                    with_values({0: v - v // 2, 1: v // 2, None: n - v})
                    for v, n in zip(*row, strict=True)
                ]
                for row in zip(valued, size, strict=True)
            )
        ),
        query,
        policy,
    )

    assert broken(promised) == []
    assert {("a1", "b1"), ("a2", "b3")} <= primary_suppressions(table)


def test_two_rates_together_do_not_determine_a_count():
    """By the one it may only be larger, by the other only smaller."""
    query, policy = query_over("ab", measures=TWO_RATES)
    leaves = grid(
        # No trues of the first rate in one corner, only trues in the opposite one.
        [
            with_values({(0, 0): 150, (0, 1): 150}),
            with_values({(0, 0): 150, (1, 0): 150}),
        ],
        # No trues of the second rate right of this corner, only trues left of it.
        [
            with_values({(0, 1): 150, (1, 1): 150}),
            with_values({(1, 0): 150, (1, 1): 150}),
        ],
    )

    table, promised = released(leaves, query, policy)

    assert broken(promised) == []
    assert primary_suppressions(table) >= leaves.keys()


def test_subjects_are_audited_where_some_dimensions_are_fixed():
    """Rows are uncertain, but the subjects of a shop by age and region add up too."""
    text = contract_toml(
        accounts='a = { dimension = ["a1", "a2", "a3"] }\n'
        'b = { dimension = ["b1", "b2", "b3"] }',
        payments='shop = { dimension = ["s1"] }',
        group_by=("shop", "a", "b"),
        totals='[["shop", "a"], ["shop", "b"], ["shop"]]',
        measures='n = { function = "count" }',
    )
    contract = Contract.from_toml(text)
    query = resolve(contract, contract.output("segments"))
    subjects = [[5, 150, 900], [900, 150, 5], [150, 900, 150]]
    rows_each = [[60, 4, 1], [1, 4, 60], [4, 1, 4]]
    rows = [
        {"card": f"{i}{j}/{n}", "shop": "s1", "a": f"a{i + 1}", "b": f"b{j + 1}"}
        for i, j in itertools.product(range(3), repeat=2)
        for n in range(subjects[i][j])
        for _ in range(rows_each[i][j])
    ]

    table = protect(cells_of(rows, query, ["card"]), query, contract.policy)

    leaves = {
        ("s1", f"a{i + 1}", f"b{j + 1}"): subjects[i][j]
        for i, j in itertools.product(range(3), repeat=2)
    }
    truth = {leaf: [(n, 0, 0)] for leaf, n in leaves.items()}
    attacker = Solver(table, truth, [(0, 1)], query)
    hidden = [c.labels for c in table.suppressed if c.labels in leaves]
    widths = attacker.widths([({leaf}, attacker.valued()) for leaf in hidden])
    assert ("s1", "a1", "b1") in hidden
    assert min(widths) >= K - NARROW


def test_a_group_of_two_illnesses_costs_nothing_where_both_are_published():
    """
    A coarser label of a sensitive dimension is one value, and its cells have two.

    Its cell breaks a rule, and is the sum of cells that do not.
    """
    text = contract_toml(
        accounts='a = { dimension = ["a1", "a2", "a3"] }\n'
        'ill = { dimension = ["i1", "i2", "i3", "i4"], sensitive = true, '
        'parents = { i1 = "g", i2 = "g" } }',
        group_by=("a", "ill"),
        measures='n = { function = "count" }',
        totals='"all"',
    )
    contract = Contract.from_toml(text)
    query = resolve(contract, contract.output("segments"))
    counts = {(a, i): 300 for a in ("a1", "a2", "a3") for i in ("i1", "i2")}
    small = {(a, i): 60 for a in ("a2", "a3") for i in ("i3", "i4")}

    table = protect(cells_from_counts(counts | small, query), query, contract.policy)

    assert {cell.labels for cell in table.suppressed} == set(small)


SHAPES = [(2, 2), (3, 3), (2, 2, 2), (2, 3), (3, 4)]


@st.composite
def groups_by_leaf(draw, values):
    """Return leaves of small tables; most values are at the bounds, which limits most."""
    shape = draw(st.sampled_from(SHAPES))
    size = st.one_of(
        st.just(0), st.integers(1, 99), st.integers(100, 130), st.integers(130, 600)
    )
    empty = draw(st.sampled_from([0, 0, 3]))
    leaf = st.tuples(size, st.sampled_from(values), st.integers(0, empty), size)
    leaves = {}
    for key in leaves_of(shape):
        many, (first, second, part), without, none = draw(leaf)
        few = many * part // 100
        missing = None if isinstance(first, int) else (None,) * len(first)
        found = {first: many - few, missing: none if without == 1 else 0}
        found[second] = found.get(second, 0) + few
        leaves[key] = with_values(found)
    return shape, leaves


ENDS = [(low, high, part) for low, high in [(0, 1), (1, 0)] for part in (0, 0, 3, 50)]
RATINGS = [
    *[(-2, 3, 0), (3, -2, 0), (-2, 3, 2), (3, -2, 2)],
    *[(0, 1, 50), (-2, 3, 50), (-2, 0, 10), (1, 3, 80)],
]


PAIRS = [
    ((a, b), (c, d), part)
    for a, b, c, d in itertools.product((0, 1), repeat=4)
    for part in ((50,) if (a, b) != (c, d) else (0,))
]
"""Two rates: all alike in both, or in one, or in none."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measures", "values"), [(RATE, ENDS), (MEAN, RATINGS), (TWO_RATES, PAIRS)]
)
def test_no_interval_is_narrower_than_promised(measures, values):
    """Of rates, and of means between a negative and a positive bound; some have no value."""
    seen = Counter()

    @FIVE_HUNDRED
    @given(groups_by_leaf(values))
    def holds(made):
        shape, leaves = made
        query, policy = query_over("abc"[: len(shape)], measures=measures)
        table, promised = released(leaves, query, policy)
        assert broken(promised) == []
        totals = [cell for cell in table.published if "(all)" in cell.labels]
        seen[bool(promised and totals)] += 1

    holds()
    # At least some of the tables suppress cells, and publish totals.
    assert seen[True] > seen.total() // 10
