"""
What follows about withheld cells from everything that adds up, at once.

The attacker has every published figure exactly, and solves one program over people,
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
from tests.reference.attackers import Solver, beneath, broken
from tests.reference.split_tables import (
    MEAN,
    RATE,
    TWO_RATES,
    K,
    ask,
    cells,
    people,
    rated,
    values_of,
)
from tests.reference.statistics import cells_of
from tests.support.examples import examples
from tests.support.plain_tables import items

M = 10
NARROW = 1e-4
FIVE_HUNDRED = settings(
    max_examples=examples(500), deadline=None, suppress_health_check=list(HealthCheck)
)


def grid(*rows):
    """Return leaves by their place in a table."""
    return {
        (f"a{i + 1}", f"b{j + 1}"): leaf
        for i, row in enumerate(rows)
        for j, leaf in enumerate(row)
    }


def solver(table, leaves, asked):
    """Return an attacker who knows nothing but what is published."""
    truth = {}
    for leaf, group in leaves.items():
        found = [values_of(group, place, asked) for place in range(len(asked.columns))]
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
        for column in asked.columns.values()
    ]
    return Solver(table, truth, bounds, asked)


def promises(table, leaves, asked):
    """
    Return every width that is promised: of which leaves, how wide it is, and the least.

    People of whatever is withheld are uncertain by k; of what breaks a rule by itself
    also those with a value, and both sides of each measure by a unit for each of m.
    """
    attacker, secret = solver(table, leaves, asked), broken(table)
    asked_for = []
    for cell in table.suppressed:
        under = {leaf for leaf in leaves if beneath(cell.labels, leaf, asked)}
        if cell.labels in leaves or cell.labels in secret:
            asked_for.append((under, attacker.people(), K))
        if cell.labels not in secret:
            continue
        for column in range(len(asked.columns)):
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


def too_narrow(promised):
    """Return the promises that are broken."""
    return [each for each in promised if each[1] < each[2] - NARROW]


def released(leaves, asked, policy):
    """Return what is published, and how wide what is withheld is."""
    leaves = {leaf: group for leaf, group in leaves.items() if group.total()}
    table = protect(cells(leaves, asked), asked, policy)
    return table, promises(table, leaves, asked)


# --- one case for each way there was ------------------------------------------------


def test_a_rate_beside_a_count_does_not_pin_a_count():
    """Twenty people: with counts alone any number, with trues and falses exactly 20."""
    asked, policy = ask("ab", RATE)

    table, promised = released(
        grid(
            [rated(0, 300), rated(10, 10)],
            [rated(200, 200), rated(300, 0)],
        ),
        asked,
        policy,
    )

    assert too_narrow(promised) == []
    assert ("a1", "b2") in broken(table)


def test_a_rate_beside_a_count_does_not_pin_two_counts():
    """Two cells of sixty on a cycle of six."""
    asked, policy = ask("ab", RATE)

    table, promised = released(
        grid(
            [rated(0, 300), rated(30, 30), rated(400, 400)],
            [rated(400, 400), rated(300, 0), rated(0, 300)],
            [rated(300, 0), rated(400, 400), rated(30, 30)],
        ),
        asked,
        policy,
    )

    assert too_narrow(promised) == []
    assert {("a1", "b2"), ("a3", "b3")} <= broken(table)


def test_a_mean_between_bounds_does_not_pin_a_count():
    """Everybody at the lowest value here and at the highest there: no room beside."""
    asked, policy = ask("ab", MEAN)

    table, promised = released(
        grid(
            [people({-2: 300}), people({1: 20})],
            [people({1: 400}), people({3: 300})],
        ),
        asked,
        policy,
    )

    assert too_narrow(promised) == []
    assert ("a1", "b2") in broken(table)


def test_that_nobody_has_it_does_not_follow_from_the_rates_around():
    """Two cells without fraud: both rates of zero followed exactly."""
    asked, policy = ask("ab", RATE)
    true = [[0, 50, 300], [300, 50, 0], [50, 300, 50]]
    size = [[300, 200, 900], [900, 210, 300], [220, 900, 230]]

    table, promised = released(
        grid(
            *(
                [rated(t, n - t) for t, n in zip(*row, strict=True)]
                for row in zip(true, size, strict=True)
            )
        ),
        asked,
        policy,
    )

    assert too_narrow(promised) == []
    assert {("a1", "b1"), ("a2", "b3")} <= broken(table)


def test_how_many_have_a_value_does_not_follow():
    """Five with an income of 300 people: known to within ten."""
    asked, policy = ask("ab", MEAN)
    valued = [[5, 150, 700], [700, 150, 5], [150, 700, 150]]
    size = [[300, 200, 900], [900, 210, 300], [220, 900, 230]]

    table, promised = released(
        grid(
            *(
                [
                    people({0: v - v // 2, 1: v // 2, None: n - v})
                    for v, n in zip(*row, strict=True)
                ]
                for row in zip(valued, size, strict=True)
            )
        ),
        asked,
        policy,
    )

    assert too_narrow(promised) == []
    assert {("a1", "b1"), ("a2", "b3")} <= broken(table)


def test_two_rates_together_do_not_pin_what_neither_does():
    """By the one a count may only be larger, by the other only smaller."""
    asked, policy = ask("ab", TWO_RATES)
    leaves = grid(
        # No trues of the first rate in one corner, nothing else in the opposite one.
        [people({(0, 0): 150, (0, 1): 150}), people({(0, 0): 150, (1, 0): 150})],
        # No trues of the second in this corner's right, nothing else in its left.
        [people({(0, 1): 150, (1, 1): 150}), people({(1, 0): 150, (1, 1): 150})],
    )

    table, promised = released(leaves, asked, policy)

    assert too_narrow(promised) == []
    assert broken(table) >= leaves.keys()


def test_subjects_are_looked_at_where_some_dimensions_are_fixed():
    """Rows are wide, but the subjects of a shop by age and region add up too."""
    text = contract_toml(
        accounts='a = { dimension = ["a1", "a2", "a3"] }\n'
        'b = { dimension = ["b1", "b2", "b3"] }',
        payments='shop = { dimension = ["s1"] }',
        group_by=("shop", "a", "b"),
        totals='[["shop", "a"], ["shop", "b"], ["shop"]]',
        measures='n = { function = "count" }',
    )
    contract = Contract.from_toml(text)
    asked = resolve(contract, contract.output("segments"))
    subjects = [[5, 150, 900], [900, 150, 5], [150, 900, 150]]
    rows_each = [[60, 4, 1], [1, 4, 60], [4, 1, 4]]
    rows = [
        {"card": f"{i}{j}/{n}", "shop": "s1", "a": f"a{i + 1}", "b": f"b{j + 1}"}
        for i, j in itertools.product(range(3), repeat=2)
        for n in range(subjects[i][j])
        for _ in range(rows_each[i][j])
    ]

    table = protect(cells_of(rows, asked, ["card"]), asked, contract.policy)

    leaves = {
        ("s1", f"a{i + 1}", f"b{j + 1}"): subjects[i][j]
        for i, j in itertools.product(range(3), repeat=2)
    }
    truth = {leaf: [(n, 0, 0)] for leaf, n in leaves.items()}
    attacker = Solver(table, truth, [(0, 1)], asked)
    hidden = [c.labels for c in table.suppressed if c.labels in leaves]
    widths = attacker.widths([({leaf}, attacker.valued()) for leaf in hidden])
    assert ("s1", "a1", "b1") in hidden
    assert min(widths) >= K - NARROW


def test_a_group_of_two_illnesses_costs_nothing_where_both_are_shown():
    """
    A coarser label is one value of a sensitive dimension, its cells are two.

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
    asked = resolve(contract, contract.output("segments"))
    counts = {(a, i): 300 for a in ("a1", "a2", "a3") for i in ("i1", "i2")}
    small = {(a, i): 60 for a in ("a2", "a3") for i in ("i3", "i4")}

    table = protect(items(counts | small, asked), asked, contract.policy)

    assert {cell.labels for cell in table.suppressed} == set(small)


# --- a thousand tables --------------------------------------------------------------

SHAPES = [(2, 2), (3, 3), (2, 2, 2), (2, 3), (3, 4)]


@st.composite
def tables(draw, values):
    """Return leaves of small tables; values crowd at the bounds, which limits most."""
    shape = draw(st.sampled_from(SHAPES))
    size = st.one_of(
        st.just(0), st.integers(1, 99), st.integers(100, 130), st.integers(130, 600)
    )
    empty = draw(st.sampled_from([0, 0, 3]))
    leaf = st.tuples(size, st.sampled_from(values), st.integers(0, empty), size)
    names = [
        [f"{d}{i + 1}" for i in range(n)] for d, n in zip("abc", shape, strict=False)
    ]
    leaves = {}
    for key in itertools.product(*names):
        many, (first, second, part), without, none = draw(leaf)
        few = many * part // 100
        nothing = None if isinstance(first, int) else (None,) * len(first)
        found = {first: many - few, nothing: none if without == 1 else 0}
        found[second] = found.get(second, 0) + few
        leaves[key] = people(found)
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


@pytest.mark.parametrize(
    ("measures", "values"), [(RATE, ENDS), (MEAN, RATINGS), (TWO_RATES, PAIRS)]
)
def test_nothing_is_narrower_than_promised(measures, values):
    """Rates, and means between a negative and a positive bound; some without a value."""
    seen = Counter()

    @FIVE_HUNDRED
    @given(tables(values))
    def holds(made):
        shape, leaves = made
        asked, policy = ask("abc"[: len(shape)], measures)
        table, promised = released(leaves, asked, policy)
        assert too_narrow(promised) == []
        totals = [cell for cell in table.published if "(all)" in cell.labels]
        seen[bool(promised and totals)] += 1

    holds()
    # It is no test of tables that hide nothing, or that show no sum.
    assert seen[True] > seen.total() // 10
