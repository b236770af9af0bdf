"""
Suppressed counts are not derivable from published ones.

The attacker is written apart from the guard: one linear program over all leaves, with all
published figures as equations.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from cleanroom_join.disclosure import Contributions, Rule, protect
from cleanroom_join.disclosure.suppression import (
    complementary,
    sensitive_unions,
    solver,
)
from cleanroom_join.errors import InternalError
from tests.reference.attackers import assert_hidden
from tests.reference.levels import contains
from tests.support.examples import examples
from tests.support.plain_tables import (
    HIERARCHIES,
    RATE,
    SMALL_COUNTS,
    cells_from_counts,
    cells_from_groups,
    full,
    query_over,
    tables,
    with_rate,
)

QUERY, POLICY = query_over()


THOUSAND = settings(
    max_examples=examples(1000), deadline=None, suppress_health_check=list(HealthCheck)
)


SOME = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
SHAPES = st.sampled_from(
    [*[(3, 3)] * 4, *[(2, 2, 2)] * 3, (3, 2, 2), (6, 6), (3, 3, 3)]
)
"""Small tables mostly; from 3 x 3 on they need more than counting suppressed cells."""


@THOUSAND
@given(SHAPES.flatmap(tables))
def test_no_suppressed_count_is_derivable(counts):
    """A thousand tables in two and three dimensions, with all totals."""
    query, policy = query_over("abc"[: len(next(iter(counts)))])

    table = protect(cells_from_counts(counts, query), query, policy)

    assert_hidden(counts, table, query)


@SOME
@given(tables((6, 6, 3)))
def test_no_suppressed_count_is_derivable_in_large_tables(counts):
    """Up to 6 x 6 x 3 with all totals."""
    table = protect(cells_from_counts(counts, QUERY), QUERY, POLICY)

    assert_hidden(counts, table, QUERY)


@st.composite
def hierarchical(draw):
    """Draw a table, and a query with coarser labels and any choice of totals."""
    sizes = draw(
        st.sampled_from([(6,), (4, 2), (4, 3), (6, 2), (2, 2, 2), (4, 2, 2), (3, 2, 3)])
    )
    dims = "abc"[: len(sizes)]
    every = [k for n in range(len(dims)) for k in itertools.combinations(dims, n)]
    kept = draw(
        st.one_of(
            st.just([]),
            st.just([()]),
            st.sampled_from(every).map(lambda k: [k]),
            st.lists(st.sampled_from(every), unique=True, max_size=3),
            st.just(every) if len(dims) < 3 else st.just([()]),
        )
    )
    above = draw(st.sampled_from(sorted(HIERARCHIES.keys() - {"flat"})))
    totals = json.dumps([list(k) for k in kept])
    counts = draw(tables(sizes) | full(sizes) | full(sizes, SMALL_COUNTS))
    return counts, *query_over(dims, totals, parents=above)


@THOUSAND
@given(hierarchical())
def test_coarser_cells_reveal_nothing(drawn):
    """They are sums too: in one step or two, of one dimension or of several."""
    counts, query, policy = drawn

    table = protect(cells_from_counts(counts, query), query, policy)

    assert_hidden(counts, table, query)


@pytest.mark.slow
def test_the_drawn_tables_have_coarser_and_suppressed_cells():
    """So the test above tests them."""
    seen = Counter()
    wanted = [
        Rule.THRESHOLD,
        Rule.COMPLEMENTARY,
        "total",
        *((n, True) for n in (2, 3)),
        *("low", "tiny", "left"),
    ]

    # A fixed seed: `derandomize` would draw other tables whenever this text changes.
    @seed(5)
    @settings(THOUSAND, max_examples=200, database=None)
    @given(hierarchical())
    def look(drawn):
        if min(seen[x] for x in wanted) > 3:
            return
        counts, query, policy = drawn
        table = protect(cells_from_counts(counts, query), query, policy)
        labels = {label for key in table.merged for label in key}
        seen.update(labels & {"low", "high", "tiny", "small", "left", "near"})
        seen.update({c.rule for c in table.suppressed})
        seen.update({(len(query.dimensions), bool(table.merged))})
        seen.update(
            ["total"] if any("(all)" in c.labels for c in table.published) else []
        )

    look()
    assert min(seen[x] for x in wanted) > 3, seen
    assert seen[1, True]  # rare: a total less one coarser cell is often the other one


@settings(SOME, max_examples=50)
@given(
    tables((3, 3, 2)), st.sets(st.sampled_from(["a", "b", "c", "ab", "ac", "bc", ""]))
)
def test_any_choice_of_totals_reveals_nothing(counts, kept):
    """All of them, some, or none."""
    query, policy = query_over(
        totals=str([list(k) for k in sorted(kept)]).replace("'", '"')
    )

    table = protect(cells_from_counts(counts, query), query, policy)

    assert_hidden(counts, table, query)


def test_one_suppressed_cell_needs_a_complement():
    """Total less all other cells would be the suppressed count."""
    query, policy = query_over("a", '"all"')
    counts = {("a1",): 500, ("a2",): 5, ("a3",): 300, ("a4",): 400}

    table = protect(cells_from_counts(counts, query), query, policy)

    assert {c.labels[0]: c.rule for c in table.suppressed} == {
        "a2": Rule.THRESHOLD,
        "a3": Rule.COMPLEMENTARY,
    }
    assert table.audited


def test_two_small_cells_do_not_hide_each_other():
    """Of three and four subjects, the sum reveals nearly everything."""
    query, policy = query_over("a", '"all"')
    counts = {("a1",): 500, ("a2",): 3, ("a3",): 4, ("a4",): 400}

    table = protect(cells_from_counts(counts, query), query, policy)

    assert [c.labels[0] for c in table.suppressed] == ["a2", "a3", "a4"]


def test_large_enough_residuals_cost_nothing():
    """Two cells of sixty have more than k subjects together."""
    query, policy = query_over("a", '"all"')
    counts = {("a1",): 500, ("a2",): 60, ("a3",): 60}

    table = protect(cells_from_counts(counts, query), query, policy)

    assert [c.labels for c in table.published] == [("a1",), ("(all)",)]


def test_a_single_leaf_under_a_total_is_that_total():
    """A total over one cell is suppressed if the cell is."""
    query, policy = query_over("ab", '[["a"]]')
    counts = {("a1", "b1"): 99, ("a2", "b1"): 500, ("a2", "b2"): 500}

    table = protect(cells_from_counts(counts, query), query, policy)

    assert ("a1", "(all)") not in [c.labels for c in table.published]


@pytest.mark.parametrize("solver", [True, False])
def test_the_pattern_that_counting_misses(monkeypatch, solver):
    """
    Two cells of every line are suppressed, yet one is derivable from all sums together.

    The well-known case of sdcTable's attack: three independent sums determine one cell.
    Without a solver no total is published, and the answer is marked as not audited.
    """
    monkeypatch.setattr(complementary, "has_solver", lambda: solver)
    query, policy = query_over("ab")
    sizes = [
        [20, 50, 800, 90],
        [60, 700, 20, 900],
        [500, 20, 90, 700],
        [90, 900, 50, 600],
    ]
    counts = {
        (f"a{i + 1}", f"b{j + 1}"): n
        for i, row in enumerate(sizes)
        for j, n in enumerate(row)
    }

    table = protect(cells_from_counts(counts, query), query, policy)

    assert_hidden(counts, table, query)
    assert table.audited is solver
    totals = [c for c in table.published if "(all)" in c.labels]
    assert bool(totals) is solver
    assert any("(all)" not in c.labels for c in table.published)


@settings(SOME, max_examples=40)
@given(tables((4, 4)))
def test_without_a_solver_less_is_published_and_nothing_is_derivable(counts):
    """Totals whose sums overlap are suppressed."""
    query, policy = query_over("ab")
    with_solver = protect(cells_from_counts(counts, query), query, policy)
    patch = pytest.MonkeyPatch()
    patch.setattr(complementary, "has_solver", lambda: False)
    try:
        table = protect(cells_from_counts(counts, query), query, policy)
    finally:
        patch.undo()

    assert_hidden(counts, table, query)
    if table.audited:
        assert table == with_solver


@settings(SOME, max_examples=50)
@given(tables((6, 3)) | full((6, 3), SMALL_COUNTS))
def test_small_cells_go_into_coarser_ones(counts):
    """
    A coarser cell is published if what is left of it is several leaves and k subjects.

    Less the published leaves below it, it is known like a cell.  It costs no leaf: all
    leaves with k subjects are published.
    """
    query, policy = query_over("ab", "[]", parents=True)

    table = protect(cells_from_counts(counts, query), query, policy)

    large = {leaf for leaf, n in counts.items() if n >= 100}
    stands_for = {}
    for a, b in itertools.product(("low", "high"), ("b1", "b2", "b3")):
        small = [
            n
            for leaf, n in counts.items()
            if 0 < n < 100 and contains((a, b), leaf, query)
        ]
        if len(small) > 1 and sum(small) >= 100:
            stands_for[a, b] = small
    assert set(table.merged) == set(stands_for)
    assert {c.labels for c in table.published} == large | set(stands_for)


def test_a_coarser_cell_costs_no_leaf():
    """Less the leaf of 300, the group would be one leaf of 60."""
    query, policy = query_over("a", "[]", parents=True)
    counts = {("a1",): 60, ("a2",): 300, ("a4",): 60, ("a5",): 60, ("a6",): 300}

    table = protect(cells_from_counts(counts, query), query, policy)

    assert {c.labels for c in table.published} == {("a2",), ("a6",), ("high",)}
    assert {c.labels[0]: c.rule for c in table.suppressed} == dict.fromkeys(
        ["a1", "a4", "a5"], Rule.THRESHOLD
    )


def test_a_coarser_cell_that_is_refused_makes_room_for_a_coarser_one():
    """Less the leaf of 300, *small* is one leaf; *low* is that leaf and two others."""
    query, policy = query_over("a", "[]", parents="two steps")
    counts = {("a1",): 60, ("a2",): 5, ("a3",): 60, ("a4",): 300}

    table = protect(cells_from_counts(counts, query), query, policy)

    assert table.merged == (("low",),)
    assert {c.labels for c in table.published} == {("a4",), ("low",)}


def test_the_least_coarse_cells_stand_for_leaves():
    """*low* less *tiny* would be one leaf, so *tiny* is all that is published."""
    query, policy = query_over("a", "[]", parents="two steps")
    counts = {("a1",): 60, ("a2",): 60, ("a3",): 60}

    table = protect(cells_from_counts(counts, query), query, policy)

    assert table.merged == (("tiny",),)


def test_a_coarser_cell_of_one_suppressed_leaf_is_not_published():
    """It would be that leaf."""
    query, policy = query_over(
        "a", "[]", parents=True, policy="dominance = { p_percent = 10 }"
    )
    counts = {("a1",): 99, ("a4",): 500}

    table = protect(cells_from_counts(counts, query), query, policy)

    assert [c.labels for c in table.published] == [("a4",)]


def test_a_suppressed_total_is_not_derivable_from_its_cells():
    """A total that breaks a rule by itself is the sum of its cells."""
    query, policy = query_over("a", '"all"')
    cells = cells_from_counts({("a1",): 300, ("a2",): 400}, query)
    spoilt = [
        replace(cell, subjects={"card": replace(cell.subjects["card"], rows=spread)})
        if cell.labels == ("(all)",)
        else cell
        for cell in cells
        for spread in [Contributions(total=cell.rows, largest=cell.rows - 1, second=1)]
    ]

    table = protect(spoilt, query, policy)

    assert {c.labels[0]: c.rule for c in table.suppressed} == {
        "(all)": Rule.DOMINANCE,
        "a1": Rule.COMPLEMENTARY,
    }


@pytest.mark.parametrize("key", [("low", "(all)"), ("nowhere", "b1")])
def test_a_stray_cell_stops_everything(key):
    """It is above no leaf, or outside the domain."""
    query, policy = query_over("ab", '"all"', parents=True)
    cells = cells_from_counts({("a4", "b1"): 300}, query)
    stray = replace(cells[0], labels=key)

    with pytest.raises(InternalError):
        protect([*cells, stray], query, policy)


def test_a_total_that_was_not_counted_stops_everything():
    """No sum is computed in its place."""
    query, policy = query_over("ab")
    cells = cells_from_counts({("a1", "b1"): 300, ("a2", "b1"): 300}, query)

    with pytest.raises(InternalError):
        protect([c for c in cells if c.labels != ("(all)", "(all)")], query, policy)


def test_a_solver_that_gives_up_releases_nothing(monkeypatch):
    """A cell is hidden only if the solver proves it."""
    started = solver._quiet

    def tired():
        highs = started()
        highs.setOptionValue("simplex_iteration_limit", 0)
        highs.setOptionValue("presolve", "off")
        return highs

    monkeypatch.setattr(solver, "_quiet", tired)
    query, policy = query_over("ab")
    counts = {(f"a{i}", f"b{j}"): 60 for i in (1, 2, 3) for j in (1, 2, 3)}

    with pytest.raises(InternalError):
        protect(cells_from_counts(counts, query), query, policy)


def test_a_search_for_unions_that_gives_up_releases_nothing(monkeypatch):
    """A second kind of subject has its own program."""
    query, policy = query_over("ab", measures=RATE, shops=True)
    leaves = {
        (f"a{i}", f"b{j}"): with_rate(200, 200, 0, [7] if i == j else range(150))
        for i in (1, 2, 3)
        for j in (1, 2, 3)
    }
    cells = cells_from_groups(leaves, query)
    assert protect(cells, query, policy).published

    def tired(*equations):
        program = solver.Program(*equations)
        program._highs.setOptionValue("simplex_iteration_limit", 0)
        program._highs.setOptionValue("presolve", "off")
        return program

    monkeypatch.setattr(sensitive_unions, "Program", tired)

    with pytest.raises(InternalError):
        protect(cells, query, policy)


def test_a_table_without_sensitive_cells_is_published_whole():
    """A total over one leaf is that leaf, and totals may bound a leaf that is shown."""
    query, policy = query_over("ab")
    one_leaf = {("a1", "b1"): 500, ("a2", "b1"): 300, ("a2", "b2"): 300}
    bounded = {("a1", "b1"): 1600, ("a1", "b2"): 500, ("a2", "b1"): 1200}

    for counts in (one_leaf, bounded):
        table = protect(cells_from_counts(counts, query), query, policy)

        assert table.suppressed == ()


@settings(SOME, max_examples=50)
@given(SHAPES.flatmap(lambda s: full(s, st.sampled_from([0, 100, 130, 1000, 2000]))))
def test_no_cell_is_suppressed_unless_some_cell_is_sensitive(counts):
    """With all totals."""
    query, policy = query_over("abc"[: len(next(iter(counts)))])

    table = protect(cells_from_counts(counts, query), query, policy)

    assert table.suppressed == ()


def test_the_order_of_cells_does_not_matter():
    """The answer is a function of the statistics."""
    counts = {
        (a, b, c): (i * 37) % 400
        for i, (a, b, c) in enumerate(
            itertools.product(("a1", "a2", "a3"), ("b1", "b2", "b3"), ("c1", "c2"))
        )
    }
    cells = cells_from_counts(counts, QUERY)

    assert protect(cells[::-1], QUERY, POLICY) == protect(cells, QUERY, POLICY)
