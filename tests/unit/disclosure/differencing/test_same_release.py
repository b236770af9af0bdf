"""Within one release, no two cells, nor a total and its parts, differ by few subjects."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.testing import contract_toml
from tests.support.examples import examples
from tests.support.plain_tables import COUNT
from tests.support.watched_room import K

M = 10
SHOPS = ("s1", "s2", "s3")


def query_by_shop(dims=("shop",), totals="", measures=COUNT):
    """Return a query whose cells may share subjects, and its policy."""
    text = contract_toml(
        payments='shop = { dimension = ["s1", "s2", "s3"] }\n'
        'day = { dimension = ["d1", "d2"] }',
        accounts='ill = { measure = "boolean" }',
        group_by=dims,
        measures=measures,
        totals=totals,
    )
    contract = Contract.from_toml(text)
    return resolve(contract, contract.output("segments")), contract.policy


def released(groups, query, policy, key=b"key"):
    """
    Return the guarded table, and the set of subjects of each leaf.

    Args:
        groups: How many subjects have a row in each of some cells, and how many of them
            are ill.
        query: What is asked.
        policy: Its policy.
        key: The joint key.
    """
    rows = [
        {
            "card_token": f"{group}/{i}",
            "shop": cell[0],
            "day": cell[-1],
            "fraud": False,
            "amount": None,
            "ill": i < ill,
        }
        for group, (labels, n, ill) in enumerate(groups)
        for i in range(n)
        for cell in labels
    ]
    table = protect(count(rows, query, key), query, policy)
    sets = {}
    for group, (labels, n, _) in enumerate(groups):
        for cell in labels:
            leaf = (cell[0], cell[-1])[: len(query.dimensions)]
            sets.setdefault(leaf, set()).update((group, i) for i in range(n))
    return table, sets


ILL = COUNT + '\ni = { function = "rate", column = "ill" }'


@pytest.mark.parametrize("few", [1, 50, 99])
def test_two_cells_that_differ_by_few_are_not_both_published(few):
    """All but a few are in both shops: one rate less the other is the rate of those."""
    query, policy = query_by_shop(measures=ILL)

    table, _ = released(
        [([("s1",), ("s2",)], 150, 40), ([("s1",)], few, few)], query, policy
    )

    assert [(c.labels[0], c.rule) for c in table.suppressed] == [
        ("s2", Rule.DIFFERENCING)
    ]


@pytest.mark.parametrize("key", range(20))
def test_the_near_duplicates_with_least_in_common_are_found(key):
    """Of a hundred each, 51 are in both, so the cells differ by 98 rows."""
    query, policy = query_by_shop()
    apart = [([("s1",)], 49, 0), ([("s2",)], 49, 0)]

    table, _ = released(
        [([("s1",), ("s2",)], 51, 0), *apart], query, policy, key.to_bytes(4, "big")
    )

    assert [c.rule for c in table.suppressed] == [Rule.DIFFERENCING]


def test_a_large_k_has_no_words_to_find_candidates_by():
    """Every word has several subjects that are in only one of the cells."""
    query, policy = query_by_shop()
    policy = replace(policy, min_cohort=8000)
    apart = [([("s1",)], 3990, 0), ([("s2",)], 3990, 0)]

    table, _ = released([([("s1",), ("s2",)], 4100, 0), *apart], query, policy)

    assert [c.rule for c in table.suppressed] == [Rule.DIFFERENCING]


def test_two_cells_with_the_same_subjects_reveal_no_more_than_one():
    """Their difference is about no subject."""
    query, policy = query_by_shop(measures=ILL)

    table, _ = released([([("s1",), ("s2",)], 150, 40)], query, policy)

    assert not table.suppressed


def test_cells_that_differ_by_k_cost_nothing():
    """A hundred are in only one shop."""
    query, policy = query_by_shop()

    table, _ = released(
        [([("s1",), ("s2",)], 150, 40), ([("s1",)], 100, 40)], query, policy
    )

    assert not table.suppressed


@pytest.mark.parametrize("both", [1, 10, 99])
def test_a_total_does_not_reveal_how_few_are_in_two_cells(both):
    """
    One shop and the other, less the total, are the subjects in both.

    The total is suppressed, and no cell as its complement: they do not derive it.
    """
    query, policy = query_by_shop(totals='"all"')

    table, _ = released(
        [([("s1",)], 300, 9), ([("s2",)], 300, 9), ([("s1",), ("s2",)], both, 1)],
        query,
        policy,
    )

    assert [c.labels for c in table.published] == [("s1",), ("s2",)]


@pytest.mark.parametrize("both", [0, 100])
def test_none_or_k_in_two_cells_cost_nothing(both):
    """The total is published."""
    query, policy = query_by_shop(totals='"all"')

    table, _ = released(
        [([("s1",)], 300, 9), ([("s2",)], 300, 9), ([("s1",), ("s2",)], both, 1)],
        query,
        policy,
    )

    assert not table.suppressed


def test_totals_by_shop_do_not_reveal_it_either():
    """The leaves are too small; the totals of both shops and over all are not."""
    query, policy = query_by_shop(("shop", "day"), '[["shop"], []]')
    small = [([(shop, day)], 60, 5) for shop in SHOPS[:2] for day in ("d1", "d2")]

    table, _ = released([*small, ([("s1", "d1"), ("s2", "d2")], 10, 1)], query, policy)

    shown = {c.labels for c in table.published}
    totals = {("s1", "(all)"), ("s2", "(all)"), ("(all)", "(all)")}
    assert not totals <= shown


CELLS = list(itertools.product(SHOPS, ("d1", "d2")))


@pytest.mark.parametrize("totals", ["", '"all"'])
@settings(
    max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(CELLS), min_size=1, max_size=4).map(sorted),
            st.sampled_from([1, 40, 99, 100, 150, 300]),
            st.just(0),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_no_two_published_sets_are_nearly_alike(totals, groups):
    """They differ by none or by m subjects, and by none or by k with their rows."""
    query, policy = query_by_shop(("shop", "day"), totals)

    table, leaves = released(groups, query, policy)

    def inside(key):
        return Counter(
            who
            for leaf, own in leaves.items()
            if all(x in (y, "(all)") for x, y in zip(key, leaf, strict=True))
            for who in own
        )

    shown = {cell.labels: inside(cell.labels) for cell in table.published}
    for one, other in itertools.combinations(shown.values(), 2):
        assert not 0 < len(one.keys() ^ other.keys()) < M
        apart = {who for who in one.keys() | other.keys() if one[who] != other[who]}
        assert not 0 < len(apart) < K
    for key, total in shown.items():
        for index in [i for i, label in enumerate(key) if label == "(all)"]:
            labels = sorted({leaf[index] for leaf in leaves})
            line = [(*key[:index], label, *key[index + 1 :]) for label in labels]
            line = [part for part in line if inside(part)]
            if all(part in shown for part in line):
                assert not 0 < sum(len(shown[p]) for p in line) - len(total) < K
