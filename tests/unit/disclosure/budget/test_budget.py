"""
The budget against reconstruction, held against linear algebra.

The reference knows no shares: it counts how many independent equations about a set of
leaves all published figures together contain.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.attacks import plain_shares
from cleanroom_join.attacks.fixture import Fixture, agreed
from cleanroom_join.attacks.guarded_room import GuardedRoom
from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.attacks.query import COUNT, RATE, AttackQuery
from cleanroom_join.contract import Contract, Membership, Policy, resolve
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.disclosure.budget.lines import PARTS, budget_lines
from cleanroom_join.errors import InternalError
from cleanroom_join.testing import contract_toml
from tests.reference.levels import contains
from tests.support.examples import examples
from tests.support.plain_tables import RATE as COUNT_AND_RATE
from tests.support.plain_tables import cells_from_counts, leaves_of, query_over
from tests.support.signatures import cells_from_sets, subjects

QUERY, POLICY = query_over("ab")
MEMBERSHIP = "membership of other.risk.accounts"


def with_budget(policy, share):
    """Return a policy with one limit for everything."""
    share = Decimal(share)
    return replace(policy, budget_values=share, budget_membership=share)


# --- what is charged --------------------------------------------------------------


def test_values_and_memberships_are_charged():
    """A figure about a column is one about its values and about the other table."""
    query, policy = query_over("ab", measures=COUNT_AND_RATE)

    lines = {line.name: line for line in budget_lines(query, policy)}

    assert {name: line.figure_ids for name, line in lines.items()} == {
        "values of keeper.signals.payments.fraud": (
            "rate:keeper.signals.payments.fraud",
        ),
        "membership of keeper.signals.payments": ("cohort_size", "count:"),
        MEMBERSHIP: ("cohort_size", "count:", "rate:keeper.signals.payments.fraud"),
    }
    assert {line.limit for line in lines.values()} == {PARTS // 4, PARTS // 5}


def test_a_membership_that_is_known_costs_nothing():
    """The contract says so, so both companies have signed it."""
    text = contract_toml().replace(
        'one_row_per = "card"', 'one_row_per = "card"\nmembership = "known"'
    )
    contract = Contract.from_toml(text)
    query = resolve(contract, contract.output("segments"))

    names = [line.name for line in budget_lines(query, contract.policy)]

    assert contract.terms.assets["accounts"].membership is Membership.KNOWN
    assert not [name for name in names if "accounts" in name]
    assert [name for name in names if "membership of keeper" in name]


def test_the_number_of_rows_is_free_if_it_is_that_of_subjects():
    """With one row per subject everywhere, both are one figure."""
    contract = agreed(
        Fixture(many="none").toml(AttackQuery(group_by=("club",), figures=(COUNT,)))
    )
    query = resolve(contract, contract.output("asked"))

    lines = budget_lines(query, contract.policy)

    assert [line.figure_ids for line in lines] == [("cohort_size",)] * 2


# --- what it costs ----------------------------------------------------------------


def test_a_cell_costs_its_subjects_a_share_each():
    """Of 1 / n for each figure; totals that follow from cells cost nothing."""
    counts = {
        ("a1", "b1"): 200,
        ("a1", "b2"): 400,
        ("a2", "b1"): 250,
        ("a2", "b2"): 300,
    }

    table = protect(cells_from_counts(counts, QUERY), QUERY, POLICY)

    assert len(table.published) == 9
    assert table.charges == {
        "membership of keeper.signals.payments": 2 * PARTS // 200,
        MEMBERSHIP: 2 * PARTS // 200,
    }


def test_a_total_costs_those_of_its_suppressed_cells():
    """The others' cells are known anyway."""
    counts = {("a1", "b1"): 500, ("a1", "b2"): 80, ("a1", "b3"): 90, ("a1", "b4"): 700}
    query, policy = query_over("ab", totals='[["a"]]')

    table = protect(cells_from_counts(counts, query), query, policy)

    assert {c.labels for c in table.suppressed} == {("a1", "b2"), ("a1", "b3")}
    assert len(table.published) == 3
    assert table.charges[MEMBERSHIP] == 2 * -(-PARTS // 170)


def test_what_is_known_costs_nothing():
    """The same release again, and a cell that shows earlier figures."""
    room = GuardedRoom(POLICY)
    people = {("a1", "b1"): subjects(0, 300), ("a2", "b1"): subjects(1000, 400)}
    few_left = people | {("a1", "b1"): subjects(5, 295)}

    room.release(QUERY, cells_from_sets(people, QUERY))
    again = room.release(QUERY, cells_from_sets(people, QUERY))
    later = room.release(QUERY, cells_from_sets(few_left, QUERY))

    assert room.entries[0].charges[MEMBERSHIP] == 2 * -(-PARTS // 300)
    assert again.charges == later.charges == {}
    assert any(cell.repeated_from for cell in later.published)


def test_what_remains_of_a_cell_that_changed_is_charged():
    """Of 3,000 subjects 150 left and 150 came: the reader learns about these 300."""
    room = GuardedRoom(POLICY)
    query, _ = query_over("ab", totals="[]")

    room.release(query, cells_from_sets({("a1", "b1"): subjects(0, 3000)}, query))
    later = room.release(
        query, cells_from_sets({("a1", "b1"): subjects(150, 3000)}, query)
    )

    least, most = (2 * PARTS // n for n in (300, 200))
    assert least <= later.charges[MEMBERSHIP] <= most


# --- what it refuses --------------------------------------------------------------


def test_small_cells_go_first():
    """Large ones still fit what is left."""
    counts = {
        ("a1", "b1"): 150,
        ("a1", "b2"): 5000,
        ("a2", "b1"): 4000,
        ("a2", "b2"): 3000,
    }
    query, policy = query_over("ab", totals="[]")

    table = protect(
        cells_from_counts(counts, query), query, with_budget(policy, "0.01")
    )

    assert {c.labels: c.rule for c in table.suppressed} == {("a1", "b1"): Rule.BUDGET}
    assert table.charges[MEMBERSHIP] == 2 * -(-PARTS // 3000)


def test_earlier_releases_count():
    """Each new release of other subjects adds up, until cells show earlier figures."""
    room = GuardedRoom(with_budget(POLICY, "0.06"))
    query, _ = query_over("ab", totals="[]")

    def release(number):
        people = {("a1", "b1"): subjects(1000 * number, 120)}
        return room.release(query, cells_from_sets(people, query))

    first, second, third, fourth = (release(number) for number in range(4))

    assert [len(table.charges) for table in (first, second, third, fourth)] == [
        *(2, 2, 2),
        0,
    ]
    assert [c.repeated_from.run for c in fourth.published] == [3]
    assert room.entries[-1].charges == {}


LEAVES = leaves_of((3, 2))


@settings(max_examples=examples(150), deadline=None)
@given(
    st.fixed_dictionaries(
        dict.fromkeys(LEAVES, st.sampled_from([0, 3, 60, 99, 100, 101, 130, 300, 900]))
    ),
    st.sampled_from(["0.01", "0.02", "0.04", "0.1"]),
    st.sampled_from(['"all"', '[["a"]]', '[["a"], []]', "[]"]),
)
def test_no_set_of_subjects_has_more_equations_than_the_budget(counts, share, totals):
    """Whatever is added and subtracted: at most the limit, times the subjects in it."""
    query, policy = query_over("ab", totals=totals)
    counts = {leaf: n for leaf, n in counts.items() if n}

    table = protect(cells_from_counts(counts, query), query, with_budget(policy, share))

    leaves = sorted(counts)
    matrix = np.array(
        [
            [contains(cell.labels, leaf, query) for leaf in leaves]
            for cell in table.published
        ],
        dtype=float,
    ).reshape(len(table.published), len(leaves))
    for size in range(1, len(leaves) + 1):
        for inside in itertools.combinations(range(len(leaves)), size):
            outside = [i for i in range(len(leaves)) if i not in inside]
            equations = rank(matrix) - rank(matrix[:, outside])
            people = sum(counts[leaves[i]] for i in inside)
            # Two figures for each cell: the subjects, and the rows.
            assert 2 * equations <= Fraction(share) * people


def rank(matrix):
    """Return the rank of a matrix, 0 if it is empty."""
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0


# --- subjects in several leaves ---------------------------------------------------

CLUBS = tuple(f"g{i}" for i in range(6))
ASKED = AttackQuery(group_by=("club", "segment"), figures=(COUNT, RATE))


def many_rows(memberships):
    """Return joined rows: each subject in its clubs."""
    return [
        {
            "person": f"p{i}",
            "club": club,
            "segment": "a" if i % 2 else "b",
            "ill": i % 5 == 0,
        }
        for i, clubs in enumerate(memberships)
        for club in clubs
    ]


def overlapping_query():
    """Return a query whose clubs a subject may have several of."""
    contract = agreed(Fixture(clubs=CLUBS).toml(ASKED))
    return resolve(contract, contract.output("asked"))


@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_exact_shares_are_never_above_the_bound(data):
    """Whatever the subjects are in."""
    query, policy = overlapping_query(), with_budget(Policy(), "1")
    drawn = data.draw(st.lists(st.sets(st.sampled_from(CLUBS)), min_size=3, max_size=9))
    memberships = [clubs for clubs in drawn for _ in range(110)]
    rows = many_rows(memberships)
    cells = count(rows, query, b"key")

    bound = protect(cells, query, policy)
    exact = protect(
        cells,
        query,
        policy,
        count_shares=lambda asked: plain_shares.count_shares(rows, query, asked),
    )

    assert exact.rows == bound.rows
    assert exact.charges.keys() == bound.charges.keys()
    for line, charge in exact.charges.items():
        assert charge <= bound.charges[line]


def test_one_subject_in_every_cell_pays_for_all():
    """Thousands of subjects are in one club each, one is in all of them."""
    query = overlapping_query()
    memberships = [{CLUBS[i % 6]} for i in range(6000)]
    alone = many_rows(memberships)
    hub = many_rows([set(CLUBS), *memberships])

    def charge(rows):
        table = protect(
            count(rows, query, b"key"),
            query,
            Policy(),
            count_shares=lambda asked: plain_shares.count_shares(rows, query, asked),
        )
        return next(n for line, n in table.charges.items() if "values" in line)

    assert charge(alone) == PARTS // 1000
    assert charge(hub) > 2.9 * charge(alone)  # three cells are large enough


def test_a_planted_crowd_in_every_group_protects_nobody():
    """Groups of 2,000 that differ by 400 cost several times what 2,000 would."""
    query = overlapping_query()
    crowd = [set(CLUBS)] * 4000
    memberships = [{CLUBS[i % 6]} for i in range(1200)]
    cells = count(many_rows([*crowd, *memberships]), query, b"key")

    table = protect(cells, query, Policy())

    (charge,) = [n for line, n in table.charges.items() if "values" in line]
    assert len(table.published) == 12
    assert charge > 4 * (6 * PARTS // 2000)  # six groups with a subject of the crowd


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: {},
        lambda asked: dict.fromkeys(itertools.product(range(3), range(30)), 0),
        lambda asked: dict.fromkeys(itertools.product(range(3), range(30)), 400),
        lambda asked: dict.fromkeys(itertools.product(range(3), range(30)), math.nan),
        lambda asked: dict.fromkeys(itertools.product(range(3), range(30))),
    ],
    ids=["nothing", "zero", "less than one cell", "no number", "None"],
)
def test_shares_that_cannot_be_true_are_refused(answer):
    """Nobody is charged nothing because a count is missing."""
    query = overlapping_query()
    cells = count(many_rows([set(CLUBS)] * 600), query, b"key")

    with pytest.raises(InternalError, match="was not counted"):
        protect(cells, query, Policy(), count_shares=answer)
