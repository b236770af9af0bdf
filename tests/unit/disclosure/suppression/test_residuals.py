"""The residual of a total obeys the rules of a published cell."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.disclosure.suppression.residuals import ResidualCheck
from cleanroom_join.testing import contract_toml
from tests.reference.attackers import Adder
from tests.reference.levels import contains
from tests.support.counting import cells_of
from tests.support.examples import examples
from tests.support.plain_tables import (
    MEAN,
    RATE,
    cells_from_counts,
    cells_from_groups,
    query_over,
    with_rate,
    with_values,
)

ONE, TWO, THREE = ("a1", "b1"), ("a2", "b1"), ("a3", "b1")


def is_sensitive(measures, groups, **more):
    """Return whether some groups of subjects would not be published as one cell."""
    query, policy = query_over("ab", measures=measures, **more)
    leaves = dict(zip((ONE, TWO, THREE), groups, strict=False))
    counted = {cell.labels: cell for cell in cells_from_groups(leaves, query)}
    return ResidualCheck(counted, query, policy).is_sensitive(frozenset(leaves))


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], False),
        ([with_rate(500, 500)], True),
        ([with_rate(30, 30), with_rate(20, 20)], False),
        ([with_rate(30, 30), with_rate(20, 19)], True),
        ([with_rate(300, 0), with_rate(0, 300)], False),
        ([with_rate(300, 4), with_rate(300, 5)], True),
        ([with_rate(300, 5), with_rate(300, 5)], False),
        ([with_rate(49, 50, 100), with_rate(0, 0, 100)], True),
    ],
)
def test_a_residual_must_pass_the_rules_of_a_cell(groups, expected):
    """An empty one passes, one cell does not; others need k subjects, m on each side."""
    assert is_sensitive(RATE, groups) is expected


def test_both_bounds_of_a_mean_are_checked():
    """Nine are above the least value, or below the largest."""
    for end, other in ((-2, 3), (3, -2)):
        assert is_sensitive(
            MEAN, [with_values({end: 200, other: 4}), with_values({end: 200, other: 5})]
        )
        assert not is_sensitive(
            MEAN, [with_values({end: 200, other: 5}), with_values({end: 99, other: 5})]
        )


def test_other_subjects_may_be_the_same_in_all():
    """Sixty shops in each of two cells may be the same sixty."""
    assert is_sensitive(RATE, [with_rate(200, 200, 0, range(60))] * 2, shops=True)
    assert not is_sensitive(RATE, [with_rate(200, 200, 0, range(120))] * 2, shops=True)


def test_one_illness_is_not_derivable_from_the_totals():
    """
    All subjects of two regions have one illness.

    All subjects less those of the other regions, and the same of that illness alone.
    """
    text = contract_toml(
        accounts='a = { dimension = ["a1", "a2", "a3", "a4"] }\n'
        'ill = { dimension = ["1", "2", "3"], sensitive = true }',
        group_by=("a", "ill"),
        totals='"all"',
        measures='n = { function = "count" }',
    )
    contract = Contract.from_toml(text)
    query = resolve(contract, contract.output("segments"))
    counts = {("a1", "1"): 500, ("a2", "1"): 450} | {
        (a, i): 300 + int(i) for a in ("a3", "a4") for i in ("1", "2", "3")
    }

    table = protect(cells_from_counts(counts, query), query, contract.policy)

    shown = {cell.labels for cell in table.published}
    rows = [("(all)", "(all)"), ("a3", "(all)"), ("a4", "(all)")]
    assert not shown.issuperset(rows)
    assert not shown.issuperset((row, "1") for row, _ in rows)
    # Nor is one derivable while the other is known to be the same.
    attacker = Adder(table, list(counts), query)
    both = [leaf for leaf in [("a1", "1"), ("a2", "1")] if leaf in attacker.unknown]
    assert len(both) == 2
    assert not attacker.knows(both)


def query_by_shop(names):
    """Return a query whose cells may share subjects, with a total over them."""
    text = contract_toml(
        payments=f"shop = {{ dimension = {json.dumps(names)} }}",
        group_by=("shop",),
        measures='n = { function = "count" }',
        totals='"all"',
    )
    contract = Contract.from_toml(text)
    return resolve(contract, contract.output("segments")), contract.policy


def test_the_same_subjects_in_two_cells_do_not_hide_each_other():
    """Sixty subjects in each of two small cells may be the same sixty: fewer than k."""
    query, policy = query_by_shop(["s1", "s2", "s3", "s4"])
    counts = {("s1",): 60, ("s2",): 60, ("s3",): 300, ("s4",): 400}

    table = protect(cells_from_counts(counts, query), query, policy)

    assert not query.one_cell_per_subject
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
"""Subjects buy in several shops, and each has one age."""

BY_AGE = resolve(AGED, replace(AGED.output("segments"), totals=((),)))
"""With a total over everything only."""


def test_subjects_of_different_ages_are_not_the_same_subjects():
    """Sixty young and sixty old ones are more than k, in whichever shop they buy."""
    apart = {("s1", "young"): 60, ("s2", "old"): 60, ("s3", "old"): 300}
    mixed = {("s1", "old"): 60, ("s2", "old"): 60, ("s3", "old"): 300}

    suppressed = [
        {
            c.labels
            for c in protect(
                cells_from_counts(n, BY_AGE), BY_AGE, AGED.policy
            ).suppressed
        }
        for n in (apart, mixed)
    ]

    assert BY_AGE.single_label_indices == (1,)
    assert suppressed[0] == {("s1", "young"), ("s2", "old")}
    assert len(suppressed[1]) > 2


@pytest.mark.parametrize("totals", ["[[]]", '"all"'])
@settings(
    max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck)
)
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
def test_the_residual_of_a_sum_has_k_subjects(totals, groups):
    """Counted from rows: each subject once, however many cells it is in."""
    rows = [
        {"card": f"{age}/{shops}/{i}", "age": age, "shop": shop}
        for (age, shops), n in groups.items()
        for i in range(n)
        for shop in shops
    ]
    query = BY_AGE if totals == "[[]]" else resolve(AGED, AGED.output("segments"))

    table = protect(cells_of(rows, query, ["card"]), query, AGED.policy)

    published = {cell.labels for cell in table.published}
    for key in published:
        left = {
            row["card"]
            for row in rows
            if contains(key, (row["shop"], row["age"]), query)
            and (row["shop"], row["age"]) not in published
        }
        assert not left or len(left) >= 100


def cells_of_cards(sizes, frauds, measures, richest=1):
    """Return cells of a query by one dimension; so many have a fraud in each."""
    text = contract_toml(
        accounts='a = { dimension = ["a1", "a2", "a3", "a4"] }',
        group_by=("a",),
        measures=measures,
        totals='"all"',
    )
    contract = Contract.from_toml(text)
    query = resolve(contract, contract.output("segments"))
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
    return cells_of(rows, query, ["card"]), query, contract.policy


SIZES = {"a1": 600, "a2": 200, "a3": 120, "a4": 130}


def test_the_rate_of_a_residual_reveals_no_value():
    """Two cells are all fraud: they are suppressed, and so would their sum be."""
    cells, query, policy = cells_of_cards(
        SIZES,
        {"a1": 300, "a2": 100, "a3": 120, "a4": 130},
        'fraud_rate = { function = "rate", column = "fraud" }',
    )

    table = protect(cells, query, policy)

    assert {c.labels[0]: c.rule for c in table.suppressed} == {
        "a2": Rule.COMPLEMENTARY,
        "a3": Rule.GROUP_DISCLOSURE,
        "a4": Rule.GROUP_DISCLOSURE,
    }


@pytest.mark.parametrize(
    ("richest", "suppressed"),
    [(1, ["a2", "a3"]), (1000, ["a2", "a3", "a4"])],
    ids=["equal", "one rich subject"],
)
def test_the_sum_of_a_residual_is_not_one_subjects(richest, suppressed):
    """
    One rich subject in a small cell is in the residual of the sum too.

    All others of that cell and one more have under 100 together, 10 % of what it has.
    """
    sizes = {"a1": 600, "a2": 100, "a3": 90, "a4": 110}
    cells, query, policy = cells_of_cards(
        sizes,
        dict.fromkeys(sizes, 20),
        'total_amount = { function = "sum", column = "amount" }',
        richest=richest,
    )

    table = protect(cells, query, policy)

    assert [c.labels[0] for c in table.suppressed] == suppressed
