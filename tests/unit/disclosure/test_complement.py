"""
What is withheld cannot be computed from what is published.

The attacker here is written apart from the guard: one linear program per withheld
leaf over all cells and all published figures, unknowns or not, as equations.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import identity, kron

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import (
    Contributions,
    Rule,
    SubjectStatistics,
    protect,
)
from cleanroom_join.disclosure.model.cell import merge_subjects
from cleanroom_join.disclosure.suppression import complementary as complement_module
from cleanroom_join.errors import InternalError
from cleanroom_join.testing import contract_toml
from tests.reference.statistics import cells_of
from tests.reference.statistics import spread_of as spread
from tests.support.examples import examples
from tests.support.plain_tables import HIERARCHIES, full, items, query, tables

QUESTION, POLICY = query()
THOUSAND = settings(
    max_examples=examples(1000), deadline=None, suppress_health_check=list(HealthCheck)
)
SOME = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def beneath(key, leaf, asked):
    """Return whether a leaf is part of an item."""
    return all(
        label in (x, "(all)") or label in dimension.ancestors(x)
        for label, x, dimension in zip(key, leaf, asked.dimensions, strict=True)
    )


def limits(counts, table, asked):
    """
    Return what an attacker can say of all that was counted and is not published.

    Of every leaf that is not published, and of every total that breaks a rule by
    itself; a total withheld for the sake of others is a crowd and may follow.

    One program has a copy of the table for each limit that is looked for.
    """
    leaves = [leaf for leaf, n in counts.items() if n]
    published = [cell.labels for cell in table.published]
    broken = [
        cell.labels for cell in table.suppressed if cell.rule is not Rule.COMPLEMENTARY
    ]
    secret = sorted({*leaves, *broken} - set(published))
    if not secret:
        return {}
    unknown = [leaf for leaf in leaves if leaf not in published]
    if not any(beneath(key, leaf, asked) for key in published for leaf in unknown):
        # No sum is known of any of them: whatever one of them is in has no limit.
        return {
            key: (0, MUCH * any(beneath(key, leaf, asked) for leaf in unknown))
            for key in secret
        }
    values = np.array([float(counts[leaf]) for leaf in leaves])
    sums, wanted = (
        np.array(
            [[float(beneath(key, leaf, asked)) for leaf in leaves] for key in keys]
        ).reshape(len(keys), len(leaves))
        for keys in (published, secret)
    )
    copies = 2 * len(secret)
    answer = linprog(
        np.concatenate([wanted.ravel(), -wanted.ravel()]),
        A_eq=kron(identity(copies), sums, format="csr"),
        b_eq=np.tile(sums @ values, copies),
        bounds=(0, MUCH),
        method="highs",
    )
    assert answer.status == 0
    low, high = answer.x.reshape(2, len(secret), len(leaves))
    ends = zip((low * wanted).sum(axis=1), (high * wanted).sum(axis=1), strict=True)
    return dict(zip(secret, ends, strict=True))


MUCH = 1e6
"""More than there is anywhere: a count that may be as large is not limited."""


def assert_hidden(counts, table, asked, k=100):
    """Everything that is not published is uncertain by at least k."""
    for low, high in limits(counts, table, asked).values():
        assert high - low >= k - 1e-4


SHAPES = st.sampled_from(
    [*[(3, 3)] * 4, *[(2, 2, 2)] * 3, (3, 2, 2), (6, 6), (3, 3, 3)]
)
"""Small tables mostly: there is room for what counting misses from 3 x 3 on."""


@THOUSAND
@given(SHAPES.flatmap(tables))
def test_no_withheld_count_follows(counts):
    """A thousand tables in two and three dimensions, with all totals."""
    asked, policy = query("abc"[: len(next(iter(counts)))])

    table = protect(items(counts, asked), asked, policy)

    assert_hidden(counts, table, asked)


@SOME
@given(tables((6, 6, 3)))
def test_no_withheld_count_follows_in_large_tables(counts):
    """Up to 6 x 6 x 3 with all totals."""
    table = protect(items(counts, QUESTION), QUESTION, POLICY)

    assert_hidden(counts, table, QUESTION)


@st.composite
def hierarchical(draw):
    """Draw a table, and a question with coarser labels and any choice of totals."""
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
    return draw(tables(sizes) | full(sizes)), *query(dims, totals, parents=above)


@THOUSAND
@given(hierarchical())
def test_coarser_cells_reveal_nothing(drawn):
    """A coarser cell is a sum too: in one step or two, of one dimension or of several."""
    counts, asked, policy = drawn

    table = protect(items(counts, asked), asked, policy)

    assert_hidden(counts, table, asked)


def test_the_coarser_tables_have_coarser_cells():
    """The test above is no test of tables without them, nor without anything hidden."""
    seen = Counter()

    @settings(THOUSAND, max_examples=150, database=None, derandomize=True)
    @given(hierarchical())
    def look(drawn):
        counts, asked, policy = drawn
        table = protect(items(counts, asked), asked, policy)
        labels = {label for key in table.merged for label in key}
        seen.update(labels & {"low", "high", "tiny", "small", "left", "near"})
        seen.update({c.rule for c in table.suppressed})
        seen.update({(len(asked.dimensions), bool(table.merged))})
        seen.update(
            ["total"] if any("(all)" in c.labels for c in table.published) else []
        )

    look()
    wanted = [
        Rule.THRESHOLD,
        Rule.COMPLEMENTARY,
        "total",
        *((n, True) for n in (1, 2, 3)),
    ]
    assert min(seen[x] for x in [*wanted, "low", "tiny", "left"]) > 3, seen


@settings(SOME, max_examples=50)
@given(
    tables((3, 3, 2)), st.sets(st.sampled_from(["a", "b", "c", "ab", "ac", "bc", ""]))
)
def test_any_choice_of_totals_reveals_nothing(counts, kept):
    """Not only all of them."""
    asked, policy = query(totals=str([list(k) for k in sorted(kept)]).replace("'", '"'))

    table = protect(items(counts, asked), asked, policy)

    assert_hidden(counts, table, asked)


def test_one_withheld_cell_takes_another_with_it():
    """50 - 45 is 5: the classic."""
    asked, policy = query("a", '"all"')
    counts = {("a1",): 500, ("a2",): 5, ("a3",): 300, ("a4",): 400}

    table = protect(items(counts, asked), asked, policy)

    assert {c.labels[0]: c.rule for c in table.suppressed} == {
        "a2": Rule.THRESHOLD,
        "a3": Rule.COMPLEMENTARY,
    }
    assert table.audited


def test_two_small_cells_do_not_hide_each_other():
    """Three and four people: their sum says nearly everything."""
    asked, policy = query("a", '"all"')
    counts = {("a1",): 500, ("a2",): 3, ("a3",): 4, ("a4",): 400}

    table = protect(items(counts, asked), asked, policy)

    assert [c.labels[0] for c in table.suppressed] == ["a2", "a3", "a4"]


def test_large_enough_rests_cost_nothing():
    """Two cells of sixty are a crowd together."""
    asked, policy = query("a", '"all"')
    counts = {("a1",): 500, ("a2",): 60, ("a3",): 60}

    table = protect(items(counts, asked), asked, policy)

    assert [c.labels for c in table.published] == [("a1",), ("(all)",)]


def test_a_single_leaf_under_a_total_is_that_total():
    """A total over one cell is not published when the cell is not."""
    asked, policy = query("ab", '[["a"]]')
    counts = {("a1", "b1"): 99, ("a2", "b1"): 500, ("a2", "b2"): 500}

    table = protect(items(counts, asked), asked, policy)

    assert ("a1", "(all)") not in [c.labels for c in table.published]


@pytest.mark.parametrize("solver", [True, False])
def test_the_pattern_that_counting_misses(monkeypatch, solver):
    """
    Two withheld in every line, yet one follows exactly: only all sums together tell.

    The well-known case of sdcTable's attack: three independent sums pin one cell.
    Without a solver no total is published, and the answer says so.
    """
    monkeypatch.setattr(complement_module, "has_solver", lambda: solver)
    asked, policy = query("ab")
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

    table = protect(items(counts, asked), asked, policy)

    assert_hidden(counts, table, asked)
    assert table.audited is solver
    totals = [c for c in table.published if "(all)" in c.labels]
    assert bool(totals) is solver
    assert any("(all)" not in c.labels for c in table.published)


@settings(SOME, max_examples=40)
@given(tables((4, 4)))
def test_without_a_solver_less_is_published_and_nothing_follows(counts):
    """Layouts whose sums overlap are not published at all."""
    asked, policy = query("ab")
    with_solver = protect(items(counts, asked), asked, policy)
    patch = pytest.MonkeyPatch()
    patch.setattr(complement_module, "has_solver", lambda: False)
    try:
        table = protect(items(counts, asked), asked, policy)
    finally:
        patch.undo()

    assert_hidden(counts, table, asked)
    if table.audited:
        assert table == with_solver


@settings(SOME, max_examples=50)
@given(tables((6, 3)))
def test_small_cells_go_into_coarser_ones(counts):
    """Whoever is in a coarser cell that passes is published somewhere."""
    asked, policy = query("ab", "[]", parents=True)
    cells = items(counts, asked)

    table = protect(cells, asked, policy)

    shown = {c.labels for c in table.published}
    assert set(table.merged) <= shown
    for merged in table.merged:
        hidden = [
            leaf
            for leaf, n in counts.items()
            if n and beneath(merged, leaf, asked) and leaf not in shown
        ]
        assert hidden
    for a, b in itertools.product(("low", "high"), ("b1", "b2", "b3")):
        under = {
            leaf: n for leaf, n in counts.items() if n and beneath((a, b), leaf, asked)
        }
        if (
            sum(under.values()) >= 100
            and any(leaf not in shown for leaf in under)
            and len(under) > 1
        ):
            assert (a, b) in shown


def test_a_thing_with_one_child_is_no_merge():
    """A coarser cell that is one withheld leaf would be that leaf."""
    asked, policy = query(
        "a", "[]", parents=True, policy="dominance = { p_percent = 10 }"
    )
    counts = {("a1",): 99, ("a4",): 500}

    table = protect(items(counts, asked), asked, policy)

    assert [c.labels for c in table.published] == [("a4",)]


def crowd(names):
    """Return a question whose cells may share subjects, with a total over them."""
    text = contract_toml(
        payments=f"shop = {{ dimension = {json.dumps(names)} }}",
        group_by=("shop",),
        measures='n = { function = "count" }',
        totals='"all"',
    )
    contract = Contract.from_toml(text)
    return resolve(contract, contract.output("segments")), contract.policy


def test_the_same_people_in_two_cells_do_not_hide_each_other():
    """Sixty people in each of two small cells may be the same sixty: not a crowd."""
    asked, policy = crowd(["s1", "s2", "s3", "s4"])
    counts = {("s1",): 60, ("s2",): 60, ("s3",): 300, ("s4",): 400}

    table = protect(items(counts, asked), asked, policy)

    assert not asked.one_cell_per_subject
    assert [c.labels[0] for c in table.suppressed] == ["s1", "s2", "s3"]


AGED = Contract.from_toml(
    contract_toml(
        payments='shop = { dimension = ["s1", "s2", "s3"] }',
        accounts='age = { dimension = ["young", "old"] }',
        group_by=("shop", "age"),
        measures='n = { function = "count" }',
        totals='"all"',
    )
)
"""People buy in several shops, and each has one age."""
BY_AGE = resolve(AGED, replace(AGED.output("segments"), totals=((),)))
"""With a total over everything only."""


def test_people_of_different_ages_are_not_the_same_people():
    """Sixty young and sixty old ones are a crowd, in whichever shop they buy."""
    apart = {("s1", "young"): 60, ("s2", "old"): 60, ("s3", "old"): 300}
    mixed = {("s1", "old"): 60, ("s2", "old"): 60, ("s3", "old"): 300}

    suppressed = [
        {c.labels for c in protect(items(n, BY_AGE), BY_AGE, AGED.policy).suppressed}
        for n in (apart, mixed)
    ]

    assert BY_AGE.single_label_indices == (1,)
    assert suppressed[0] == {("s1", "young"), ("s2", "old")}
    assert len(suppressed[1]) > 2


@pytest.mark.parametrize("totals", ["[[]]", '"all"'])
@settings(SOME, max_examples=examples(100))
@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from(["young", "old"]),
            st.sampled_from([("s1",), ("s2",), ("s1", "s2"), ("s1", "s2", "s3")]),
        ),
        st.sampled_from([40, 60, 99, 130, 300]),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_left_of_a_sum_is_a_crowd(totals, people):
    """Counted in the rows: nobody twice, however many cells they are in."""
    rows = [
        {"card": f"{age}/{shops}/{i}", "age": age, "shop": shop}
        for (age, shops), n in people.items()
        for i in range(n)
        for shop in shops
    ]
    asked = BY_AGE if totals == "[[]]" else resolve(AGED, AGED.output("segments"))

    table = protect(cells_of(rows, asked, ["card"]), asked, AGED.policy)

    published = {cell.labels for cell in table.published}
    for key in published:
        left = {
            row["card"]
            for row in rows
            if beneath(key, (row["shop"], row["age"]), asked)
            and (row["shop"], row["age"]) not in published
        }
        assert not left or len(left) >= 100


def test_a_withheld_total_does_not_follow_from_its_cells():
    """A total that breaks a rule by itself is the sum of its cells."""
    asked, policy = query("a", '"all"')
    cells = items({("a1",): 300, ("a2",): 400}, asked)
    broken = [
        replace(cell, subjects={"card": replace(cell.subjects["card"], rows=spread)})
        if cell.labels == ("(all)",)
        else cell
        for cell in cells
        for spread in [Contributions(total=cell.rows, largest=cell.rows - 1, second=1)]
    ]

    table = protect(broken, asked, policy)

    assert {c.labels[0]: c.rule for c in table.suppressed} == {
        "(all)": Rule.DOMINANCE,
        "a1": Rule.COMPLEMENTARY,
    }


@pytest.mark.parametrize("key", [("low", "(all)"), ("nowhere", "b1")])
def test_a_stray_item_stops_everything(key):
    """What is above no leaf, or outside the domain, is no item."""
    asked, policy = query("ab", '"all"', parents=True)
    cells = items({("a4", "b1"): 300}, asked)
    stray = replace(cells[0], labels=key)

    with pytest.raises(InternalError):
        protect([*cells, stray], asked, policy)


def test_a_total_that_was_not_counted_stops_everything():
    """No sum is guessed."""
    asked, policy = query("ab")
    cells = items({("a1", "b1"): 300, ("a2", "b1"): 300}, asked)

    with pytest.raises(InternalError):
        protect([c for c in cells if c.labels != ("(all)", "(all)")], asked, policy)


def test_a_solver_that_gives_up_releases_nothing(monkeypatch):
    """Not solved is not hidden."""
    import scipy.optimize

    monkeypatch.setattr(
        scipy.optimize,
        "linprog",
        lambda *_, **__: scipy.optimize.OptimizeResult(status=1, x=np.zeros(99)),
    )
    asked, policy = query("ab")
    counts = {(f"a{i}", f"b{j}"): 60 for i in (1, 2, 3) for j in (1, 2, 3)}

    with pytest.raises(InternalError):
        protect(items(counts, asked), asked, policy)


def test_the_order_of_items_does_not_matter():
    """The answer is a function of the statistics."""
    counts = {
        (a, b, c): (i * 37) % 400
        for i, (a, b, c) in enumerate(
            itertools.product(("a1", "a2", "a3"), ("b1", "b2", "b3"), ("c1", "c2"))
        )
    }
    cells = items(counts, QUESTION)

    assert protect(cells[::-1], QUESTION, POLICY) == protect(cells, QUESTION, POLICY)


def people_of(sizes, frauds, measures, richest=1):
    """Return cells of a question by one dimension; so many have a fraud in each."""
    text = contract_toml(
        accounts='a = { dimension = ["a1", "a2", "a3", "a4"] }',
        group_by=("a",),
        measures=measures,
        totals='"all"',
    )
    contract = Contract.from_toml(text)
    asked = resolve(contract, contract.output("segments"))
    rows = [
        {
            "card": f"{a}/{i}",
            "a": a,
            "fraud": i < frauds[a],
            "amount": richest if (a, i) == ("a3", 0) else i % 2,
        }
        for a, n in sizes.items()
        for i in range(n)
    ]
    return cells_of(rows, asked, ["card"]), asked, contract.policy


SIZES = {"a1": 600, "a2": 200, "a3": 120, "a4": 130}


def test_the_rate_of_what_is_left_tells_nobodys_value():
    """Two cells are all fraud: withheld, and so would their sum be."""
    cells, asked, policy = people_of(
        SIZES,
        {"a1": 300, "a2": 100, "a3": 120, "a4": 130},
        'fraud_rate = { function = "rate", column = "fraud" }',
    )

    table = protect(cells, asked, policy)

    assert {c.labels[0]: c.rule for c in table.suppressed} == {
        "a2": Rule.COMPLEMENTARY,
        "a3": Rule.GROUP_DISCLOSURE,
        "a4": Rule.GROUP_DISCLOSURE,
    }


def test_the_sum_of_what_is_left_is_not_one_persons():
    """One rich person in a small cell is in the rest of the sum too."""
    sizes = {**SIZES, "a3": 90}
    cells, asked, policy = people_of(
        sizes,
        dict.fromkeys(SIZES, 20),
        'total_amount = { function = "sum", column = "amount" }',
        richest=1000,
    )

    table = protect(cells, asked, policy)

    assert [c.labels[0] for c in table.suppressed] == ["a2", "a3", "a4"]


@pytest.mark.parametrize("apart", [True, False])
@given(
    st.lists(
        st.dictionaries(st.integers(0, 9), st.integers(1, 50), min_size=1),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_certain_of_cells_together(apart, cells):
    """Never more subjects than there are, nor a smaller largest one."""
    if apart:
        cells = [{(i, who): n for who, n in c.items()} for i, c in enumerate(cells)]
    whole = Counter()
    for cell in cells:
        whole.update(cell)
    parts = [
        SubjectStatistics(subjects=len(c), rows=spread(c.values()), columns={})
        for c in cells
    ]

    merged = merge_subjects(parts, apart=apart)

    exact = spread(whole.values())
    assert merged.rows.total == exact.total
    assert merged.rows.largest >= exact.largest
    assert merged.subjects <= len(whole)
    assert not apart or (merged.rows, merged.subjects) == (exact, len(whole))
