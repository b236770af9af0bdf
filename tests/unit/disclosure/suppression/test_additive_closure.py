"""
Every sum that is derivable by adding and subtracting would be published as one cell.

The attacker adds and subtracts in fractions, and tries every set of suppressed cells.
"""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import ALL, Contract, Dimension, DimensionType, resolve
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.disclosure.primary import PRIMARY_RULES
from cleanroom_join.disclosure.primary.rule import RuleContext
from cleanroom_join.disclosure.suppression.additive_closure import (
    PublishedSums,
    TableLines,
)
from cleanroom_join.errors import InternalError
from cleanroom_join.testing import contract_toml
from tests.reference.attackers import Adder
from tests.support.examples import examples
from tests.support.plain_tables import (
    COUNT,
    MEAN,
    RATE,
    SUM,
    cell_from_group,
    cells_from_groups,
    leaves_of,
    query_over,
    with_rate,
    with_values,
)

SOME = settings(deadline=None, suppress_health_check=list(HealthCheck))
TOTALS = ['"all"', '[["a"], ["b"]]']
WIDE = {"b1": 1000, "b2": 400, "b3": 500, "b4": 600}
LAST = [(a, b) for a in ("a1", "a2") for b in ("b3", "b4")]
"""Two columns that a primary rule suppresses."""


def wide(group_of):
    """Return two rows of four leaves, of so many subjects each."""
    return {(a, b): group_of((a, b), n) for a in ("a1", "a2") for b, n in WIDE.items()}


def released(leaves, query, policy):
    """Return the guarded table, and an attacker."""
    table = protect(cells_from_groups(leaves, query), query, policy)
    return table, Adder(table, list(leaves), query)


@pytest.mark.parametrize("totals", TOTALS)
def test_two_columns_that_are_all_fraud_are_not_derivable_together(totals):
    """They are both rows, less the two columns that are published."""
    query, policy = query_over("ab", totals, measures=RATE)
    leaves = wide(
        lambda leaf, n: (
            with_rate(n, 0) if leaf in LAST else with_rate(n // 4, n - n // 4)
        )
    )

    _, attacker = released(leaves, query, policy)

    assert not attacker.knows(LAST)


@pytest.mark.parametrize("totals", TOTALS)
def test_the_rows_of_one_shop_are_not_derivable(totals):
    """A subject of another kind has all rows of two columns."""
    query, policy = query_over("ab", totals, measures=RATE, shops=True)
    leaves = wide(
        lambda leaf, n: with_rate(
            n // 4, n - n // 4, 0, [999] if leaf in LAST else range(200)
        )
    )

    _, attacker = released(leaves, query, policy)

    assert not attacker.knows(LAST)


@pytest.mark.parametrize("totals", TOTALS)
def test_the_mean_of_few_subjects_is_not_derivable(totals):
    """Nearly no subject in two columns has a value."""
    query, policy = query_over("ab", totals, measures=MEAN)
    leaves = wide(
        lambda leaf, n: (
            with_values({0: 3, None: n - 3})
            if leaf in LAST
            else with_values({0: n // 2, 1: n - n // 2})
        )
    )

    _, attacker = released(leaves, query, policy)

    assert not attacker.knows(LAST)


def test_the_sum_of_two_rich_subjects_is_not_derivable():
    """They have nearly all that two columns have, or what is left of these."""
    query, policy = query_over("ab", measures=SUM)
    rich = {("a1", "b3"): 90_000, ("a1", "b4"): 88_000}
    leaves = wide(
        lambda leaf, n: (
            with_values({1: n // 2, 0: n - n // 2, rich.get(leaf, 2): 1})
            if leaf in LAST
            else with_values({900: n // 2, 901: n - n // 2})
        )
    )

    table, attacker = released(leaves, query, policy)

    left = [leaf for leaf in LAST if leaf in attacker.unknown]
    assert left
    assert not attacker.knows(left)
    # The poorer of the two knows what the richer one has, within p %.
    reasons = {cell.labels: cell.rule for cell in table.suppressed}
    assert all(reasons.get(leaf) is Rule.DOMINANCE for leaf in rich)


def test_a_total_less_cells_of_several_levels_is_checked():
    """Less a leaf, a group and a group of groups, two leaves are left, all fraud."""
    text = contract_toml(
        accounts='a = { dimension = ["a1","a2","a3","a5","a6","a7","a10","a8","a9"], '
        'parents = { a1="g1", a2="g1", a5="h1", a6="h1", a7="h2", a10="h2", '
        'h1="H", h2="H" } }',
        group_by=("a",),
        totals='"all"',
        measures=RATE,
    )
    contract = Contract.from_toml(text)
    query = resolve(contract, contract.output("segments"))
    names = ["a1", "a2", "a3", "a5", "a6", "a7", "a10", "a8", "a9"]
    true = [20, 30, 300, 10, 10, 10, 10, 500, 600]
    sizes = [70, 80, 900, 30, 35, 40, 45, 500, 600]
    leaves = {
        (a,): with_rate(t, n - t) for a, t, n in zip(names, true, sizes, strict=True)
    }

    _, attacker = released(leaves, query, contract.policy)

    assert not attacker.knows([("a8",), ("a9",)])


def test_two_cells_in_no_common_table_line_are_not_derivable_together():
    """Two rows less a column leave one cell in each, both of one shop."""
    query, policy = query_over("ab", measures=RATE, shops=True)
    leaves = {
        (f"a{i + 1}", f"b{j + 1}"): with_rate(
            200, 200, 0, [7] if (i, j) in {(0, 0), (1, 1)} else range(150)
        )
        for i, j in itertools.product(range(3), repeat=2)
    }

    _, attacker = released(leaves, query, policy)

    assert not attacker.knows([("a1", "b1"), ("a2", "b2")])


SHAPES = [(3, 3), (2, 4), (3, 4), (4, 4), (2, 2, 2), (3, 2, 2)]
SIZES = st.one_of(
    st.just(0), st.integers(1, 99), st.integers(100, 130), st.integers(130, 600)
)


SHOPS = st.one_of(
    st.sampled_from([[0], [1], [*[0] * 4, *range(1, 60)]]),
    st.sampled_from([range(130), range(200), range(100, 230)]),
)


@st.composite
def groups_by_leaf(draw, shape):
    """Return small tables in which many subjects are all true or all false."""
    found = {}
    for leaf in leaves_of(shape):
        many = draw(SIZES)
        true = many * draw(st.sampled_from([0, 1, 30, 50, 99, 100])) // 100
        found[leaf] = with_rate(true, many - true, 0, draw(SHOPS))
    return {leaf: group for leaf, group in found.items() if group.total()}


@pytest.mark.slow
@pytest.mark.parametrize("shops", [True, False])
@pytest.mark.parametrize("measures", [RATE, COUNT])
def test_every_derivable_set_would_be_published(shops, measures):
    """All sets of up to ten suppressed cells, in table lines or not."""

    @settings(SOME, max_examples=examples(350 if shops else 150))
    @given(st.data())
    def holds(data):
        shape = data.draw(st.sampled_from(SHAPES))
        leaves = data.draw(groups_by_leaf(shape))
        totals = data.draw(st.sampled_from(['"all"', '"all"', '[["a"], ["b"]]']))
        query, policy = query_over(
            "abc"[: len(shape)], totals, measures=measures, shops=shops
        )
        _, attacker = released(leaves, query, policy)
        assume(0 < len(attacker.unknown) <= 10)
        for some in attacker.derivable_sets():
            group = sum((leaves[leaf] for leaf in some), Counter())
            together = cell_from_group((ALL,) * len(shape), group, query)
            assert len(some) > 1
            context = RuleContext(query=query, policy=policy)
            for rule in (Rule.THRESHOLD, Rule.GROUP_DISCLOSURE, Rule.DOMINANCE):
                sensitive = PRIMARY_RULES[rule].is_sensitive(together, context)
                assert not sensitive, (rule, sorted(some))

    holds()


TWO = tuple(
    Dimension(
        name=name,
        type=DimensionType.STRING,
        values=tuple(f"{name}{i}" for i in range(1, 20)),
    )
    for name in "ab"
)


def sums_of(leaves, *chosen):
    """Return sums over leaves whose labels begin so."""
    sets = [frozenset(leaf for leaf in leaves if one in leaf) for one in chosen]
    return PublishedSums(leaves, [found for found in sets if found])


def found_in(sums):
    """Return the derivable sets."""
    return {
        found.leaves for found in sums.derivable_sets(TableLines(sums._leaves, TWO))
    }


def test_a_table_line_is_derivable_from_all_others():
    """Both rows less the first column leave the second."""
    leaves = list(itertools.product(["a1", "a2"], ["b1", "b2"]))

    found = found_in(sums_of(leaves, "a1", "a2", "b1"))

    assert frozenset([("a1", "b2"), ("a2", "b2")]) in found
    assert not any(len(some) == 1 for some in found)


def test_a_derivation_has_the_sums_that_are_needed():
    """The third row is not one of them."""
    leaves = [
        *itertools.product(["a1", "a2"], ["b1", "b2"]),
        ("a3", "b3"),
        ("a3", "b4"),
    ]
    sums = sums_of(leaves, "a1", "a2", "a3", "b1")

    derivation = sums.derivation([("a1", "b2"), ("a2", "b2")])

    assert set(derivation) == {
        frozenset(leaf for leaf in leaves if one in leaf) for one in ("a1", "a2", "b1")
    }


def test_without_sums_no_set_is_derivable():
    """With one sum, that set is."""
    leaves = [("a1", "b1"), ("a1", "b2")]

    assert found_in(PublishedSums(leaves, [])) == set()
    assert found_in(sums_of(leaves, "a1")) == {frozenset(leaves)}


@pytest.mark.parametrize("count", [2, 5, 12, 19])
def test_pairs_of_a_long_table_line_are_found(count):
    """
    Every cell of one row moves against every cell of another, by one amount.

    However many relations there are between the labels, each two that move against
    each other are derivable together.
    """
    leaves = [(a, f"b{i}") for i in range(1, count + 1) for a in ("a1", "a2")]
    pairs = [
        frozenset([("a1", f"b{i}"), ("a2", f"b{j}")])
        for i in range(1, count + 1)
        for j in range(1, count + 1)
    ]

    found = found_in(PublishedSums(leaves, pairs))

    columns = [
        frozenset([("a1", f"b{i}"), ("a2", f"b{i}")]) for i in range(1, count + 1)
    ]
    assert set(columns) <= found


@pytest.mark.parametrize("steps", [3, 60, 600])
def test_a_long_chain_of_sums_is_followed_to_its_end(steps):
    """Each row has a cell in common with the next column; one large sum beside them."""
    leaves = [(f"r{i}", f"c{i + j}") for i in range(steps) for j in (0, 1)]
    beside = [("far", f"x{i}") for i in range(3 * steps)]
    rows = [frozenset(leaves[2 * i : 2 * i + 2]) for i in range(steps)]
    columns = [frozenset(leaves[2 * i + 1 : 2 * i + 3]) for i in range(steps - 1)]
    sums = PublishedSums([*leaves, *beside], [*rows, *columns, frozenset(beside)])

    moves = sums._free_directions(9)

    # None of them is known, but the first with the last: rows less columns.
    assert np.abs(moves[0]).max() > 1e-3
    assert np.abs(moves[0] + moves[2 * steps - 1]).max() < 1e-7
    assert len(sums.derivation([leaves[0], leaves[-1]])) == 2 * steps - 1


def test_the_order_of_sums_does_not_matter():
    """The search draws no random numbers."""
    leaves = list(itertools.product(["a1", "a2", "a3"], ["b1", "b2", "b3"]))
    chosen = ["a1", "a2", "b1", "b3"]

    lines = TableLines(leaves, TWO)
    assert list(sums_of(leaves, *chosen).derivable_sets(lines)) == list(
        sums_of(leaves, *chosen[::-1]).derivable_sets(lines)
    )


@settings(max_examples=examples(200), deadline=None)
@given(st.integers(1, 8), st.integers(1, 40), st.randoms())
def test_the_sums_themselves_are_in_their_space(many, wide_, draws):
    """At every rank, moves leave every published sum as it is."""
    leaves = [(f"a{i}", "b1") for i in range(wide_)]
    sets = [
        frozenset(draws.sample(leaves, draws.randint(1, wide_))) for _ in range(many)
    ]
    sums = PublishedSums(leaves, set(sets))

    moves = sums._free_directions(9)

    for some in sets:
        assert np.abs(moves[[leaves.index(x) for x in some]].sum(axis=0)).max() < 1e-7


def rank(sets, leaves):
    """Return how many of the sets are independent."""
    rows = [[leaf in some for leaf in leaves] for some in sets]
    return int(np.linalg.matrix_rank(np.array(rows, float))) if rows else 0


@settings(max_examples=examples(300), deadline=None)
@given(st.integers(2, 12), st.integers(2, 7), st.randoms())
def test_a_derivation_adds_up_and_needs_every_sum(many, wide_, draws):
    """Its weights are those of the sums; without one of them the rest is too little."""
    leaves = [(f"a{i}", "b1") for i in range(wide_)]
    sets = {
        frozenset(draws.sample(leaves, draws.randint(1, wide_))) for _ in range(many)
    }
    wanted = frozenset(draws.sample(leaves, draws.randint(1, wide_)))
    sums = PublishedSums(leaves, sets)
    is_derivable = rank([*sets, wanted], leaves) == rank(sets, leaves)

    if not is_derivable:
        with pytest.raises(InternalError):
            sums.derivation(wanted)
        return
    derivation = sums.derivation(wanted)

    assert set(derivation) <= sets
    for leaf in leaves:
        weight = sum(w for some, w in derivation.items() if leaf in some)
        assert weight == pytest.approx(float(leaf in wanted), abs=1e-6)
    for left_out in derivation:
        rest = [some for some in derivation if some != left_out]
        assert rank([*rest, wanted], leaves) > rank(rest, leaves)


def test_a_derivation_has_the_smallest_weights():
    """One sum rather than two, and two rather than three."""
    leaves = [(f"a{i}", "b1") for i in range(6)]
    pairs = [frozenset(leaves[i : i + 2]) for i in (0, 2, 4)]
    four, everything = frozenset(leaves[:4]), frozenset(leaves)

    with_four = PublishedSums(leaves, [*pairs, four])
    without = PublishedSums(leaves, [*pairs, everything])

    assert with_four.derivation(leaves[:4]) == pytest.approx({four: 1})
    assert with_four.derivation(leaves[4:]) == pytest.approx({pairs[2]: 1})
    assert without.derivation(leaves[:4]) in (
        pytest.approx({pairs[0]: 1, pairs[1]: 1}),
        pytest.approx({everything: 1, pairs[2]: -1}),
    )


def test_a_set_that_is_not_derivable_has_no_derivation():
    """Half a pair, or any set without sums."""
    leaves = [(f"a{i}", "b1") for i in range(2)]

    for known in ([], [frozenset(leaves)]):
        with pytest.raises(InternalError):
            PublishedSums(leaves, known).derivation(leaves[:1])
