"""Within one release, no two figures, nor a total and its parts, differ by few people."""

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

K, M = 100, 10
COUNT = 'n = { function = "count" }'
SHOPS = ("s1", "s2", "s3")


def asked_by_shop(dims=("shop",), totals="", measures=COUNT):
    """Return a question whose cells may share people, and its policy."""
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


def released(groups, asked, policy, key=b"key"):
    """
    Return what is published.

    Args:
        groups: How many people have a row in each of some cells, and how many of them
            are ill.
        asked: The question.
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
        for group, (places, n, ill) in enumerate(groups)
        for i in range(n)
        for cell in places
    ]
    table = protect(count(rows, asked, key), asked, policy)
    sets = {}
    for group, (places, n, _) in enumerate(groups):
        for cell in places:
            leaf = (cell[0], cell[-1])[: len(asked.dimensions)]
            sets.setdefault(leaf, set()).update((group, i) for i in range(n))
    return table, sets


RATE = COUNT + '\nr = { function = "rate", column = "ill" }'


@pytest.mark.parametrize("few", [1, 50, 99])
def test_two_cells_that_few_make_the_difference_of_are_not_both_shown(few):
    """Everybody is in both shops, but a few: their illness was one rate less another."""
    asked, policy = asked_by_shop(measures=RATE)

    table, _ = released(
        [([("s1",), ("s2",)], 150, 40), ([("s1",)], few, few)], asked, policy
    )

    assert [(c.labels[0], c.rule) for c in table.suppressed] == [
        ("s2", Rule.DIFFERENCING)
    ]


@pytest.mark.parametrize("key", range(20))
def test_those_with_least_in_common_are_found(key):
    """Of a hundred each 51 are in both, so 98 rows make the difference."""
    asked, policy = asked_by_shop()
    apart = [([("s1",)], 49, 0), ([("s2",)], 49, 0)]

    table, _ = released(
        [([("s1",), ("s2",)], 51, 0), *apart], asked, policy, key.to_bytes(4, "big")
    )

    assert [c.rule for c in table.suppressed] == [Rule.DIFFERENCING]


def test_a_large_k_has_no_words_to_find_candidates_by():
    """Every word has several subjects in one of the cells only."""
    asked, policy = asked_by_shop()
    policy = replace(policy, min_cohort=8000)
    apart = [([("s1",)], 3990, 0), ([("s2",)], 3990, 0)]

    table, _ = released([([("s1",), ("s2",)], 4100, 0), *apart], asked, policy)

    assert [c.rule for c in table.suppressed] == [Rule.DIFFERENCING]


def test_two_cells_with_the_same_people_tell_no_more_than_one():
    """Nobody makes a difference."""
    asked, policy = asked_by_shop(measures=RATE)

    table, _ = released([([("s1",), ("s2",)], 150, 40)], asked, policy)

    assert not table.suppressed


def test_a_crowd_apart_costs_nothing():
    """A hundred are in one shop only."""
    asked, policy = asked_by_shop()

    table, _ = released(
        [([("s1",), ("s2",)], 150, 40), ([("s1",)], 100, 40)], asked, policy
    )

    assert not table.suppressed


@pytest.mark.parametrize("both", [1, 10, 99])
def test_few_who_are_in_two_cells_are_not_counted_by_the_total(both):
    """
    One shop and the other, less the total: the people who are in both.

    The total goes, and no cell for its sake: it does not follow from them.
    """
    asked, policy = asked_by_shop(totals='"all"')

    table, _ = released(
        [([("s1",)], 300, 9), ([("s2",)], 300, 9), ([("s1",), ("s2",)], both, 1)],
        asked,
        policy,
    )

    assert [c.labels for c in table.published] == [("s1",), ("s2",)]


@pytest.mark.parametrize("both", [0, 100])
def test_nobody_or_a_crowd_in_two_cells_costs_nothing(both):
    """The total is shown."""
    asked, policy = asked_by_shop(totals='"all"')

    table, _ = released(
        [([("s1",)], 300, 9), ([("s2",)], 300, 9), ([("s1",), ("s2",)], both, 1)],
        asked,
        policy,
    )

    assert not table.suppressed


def test_totals_by_shop_do_not_tell_who_is_in_two_either():
    """The cells beneath are too small; the totals of both shops and over all are not."""
    asked, policy = asked_by_shop(("shop", "day"), '[["shop"], []]')
    small = [([(shop, day)], 60, 5) for shop in SHOPS[:2] for day in ("d1", "d2")]

    table, _ = released([*small, ([("s1", "d1"), ("s2", "d2")], 10, 1)], asked, policy)

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
def test_no_two_sets_are_nearly_alike(totals, groups):
    """People are m apart, and people with as many rows k: of all that is shown."""
    asked, policy = asked_by_shop(("shop", "day"), totals)

    table, leaves = released(groups, asked, policy)

    def inside(key):
        return Counter(
            who
            for leaf, people in leaves.items()
            if all(x in (y, "(all)") for x, y in zip(key, leaf, strict=True))
            for who in people
        )

    shown = {cell.labels: inside(cell.labels) for cell in table.published}
    for one, other in itertools.combinations(shown.values(), 2):
        assert not 0 < len(one.keys() ^ other.keys()) < M
        apart = {who for who in one.keys() | other.keys() if one[who] != other[who]}
        assert not 0 < len(apart) < K
    for key, whole in shown.items():
        for place in [i for i, label in enumerate(key) if label == "(all)"]:
            labels = sorted({leaf[place] for leaf in leaves})
            line = [(*key[:place], label, *key[place + 1 :]) for label in labels]
            line = [part for part in line if inside(part)]
            if all(part in shown for part in line):
                assert not 0 < sum(len(shown[p]) for p in line) - len(whole) < K
