"""What is released depends on tables and columns, whatever a contract calls them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.attacks.fixture import Fixture, agreed
from cleanroom_join.attacks.game import Game, made_up_subjects, member, patient
from cleanroom_join.attacks.policy_room import PolicyRoom
from cleanroom_join.attacks.query import (
    COUNT,
    RATE,
    AttackQuery,
    Figure,
    SignedTerms,
)
from cleanroom_join.contract import Policy, Protection, resolve
from tests.support.examples import examples

PERTURBED = replace(Policy(), protection=Protection.PERTURBED)
MODES = {
    "threshold": Policy(),
    "perturbed": PERTURBED,
    "bounded": replace(PERTURBED, contribution_rows=2),
}
SPENT = Figure(name="spent", function="sum", column="spend")
QUERY = AttackQuery(group_by=("club",), figures=(RATE, COUNT, SPENT))
PEOPLE = made_up_subjects(150)
USUAL = SignedTerms()

NAMES = st.from_regex(r"[a-z][a-z0-9]{2,8}", fullmatch=True)
RENAMED = st.builds(
    SignedTerms,
    asset=NAMES.map("t_{}".format),
    contract_id=NAMES.map("c-{}".format),
)
"""A revision, or another contract of the pair, with other names for the same things."""


def patients(spends):
    """Return the victim's table; some people spend something else."""
    return [
        patient(p, ill=i % 3 == 0, spend=spends.get(i, 100 + i))
        for i, p in enumerate(PEOPLE)
    ]


def members(absent):
    """Return the attacker's table without some people."""
    return [member(p) for i, p in enumerate(PEOPLE) if i not in absent]


def released(policy, days, terms, confirmed=False):
    """Return the figures of one release a day, each under some terms and names."""
    tables = [patients(spends) for spends, _ in days]
    game = Game(policy=policy, seed=1)
    room = PolicyRoom(Fixture(), tables, game, ledger=True, confirmed=confirmed)
    found = []
    for index, ((_, absent), signed) in enumerate(zip(days, terms, strict=True)):
        query = replace(QUERY, signed=signed, name=f"asked{index % 3}")
        found.append(room.release(query, members(absent)).rows)
        if index + 1 < len(days):
            room.next_day()
    return found


INDICES = st.integers(0, len(PEOPLE) - 1)
DAYS = st.tuples(
    st.dictionaries(INDICES, st.integers(0, 1200), max_size=3),
    st.frozensets(INDICES, max_size=45),
)


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(DAYS, RENAMED), min_size=2, max_size=4))
def test_other_names_never_change_a_release(mode, days):
    """Neither noise nor comparison: whatever asset, output or contract they rename."""
    drawn = [day for day, _ in days]
    renamed = [signed for _, signed in days]

    usual = released(MODES[mode], drawn, [USUAL] * len(drawn))

    assert released(MODES[mode], drawn, renamed) == usual


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=examples(60), deadline=None)
@given(
    st.dictionaries(INDICES, st.integers(0, 1500), max_size=99),
    st.lists(st.integers(900, 1600), min_size=1, max_size=3),
)
def test_no_bound_shows_what_few_people_changed(mode, spends, bounds):
    """Fewer than k values change, and the column has another bound every time."""
    days = [({}, ()), *[(spends, ()) for _ in bounds]]
    terms = [USUAL, *(SignedTerms(most_spend=bound) for bound in bounds)]

    first, *later = released(MODES[mode], days, terms)

    assert all(rows == first for rows in later)


def test_values_that_no_bound_changes_are_compared_as_they_are():
    """If k people spend something else, a wider bound does not hold the figures back."""
    spends = dict.fromkeys(range(120), 500)

    before, after = released(
        Policy(), [({}, ()), (spends, ())], [USUAL, SignedTerms(most_spend=2000)]
    )

    assert after[0]["spent"] > before[0]["spent"]


def test_clamped_values_are_compared_by_their_subjects():
    """Of values beyond a bound nothing tells who contributes something else now."""
    day = ({0: 1500}, ())

    before, after = released(
        Policy(),
        [day, (dict.fromkeys(range(1, 120), 300) | {0: 1500}, ())],
        [USUAL, SignedTerms(most_spend=1100)],
    )

    assert before
    assert after == before


def test_names_are_in_no_identity_of_a_query():
    """The same tables and columns are the same query, facets and figures."""
    contracts = [
        agreed(Fixture().toml(replace(QUERY, name=name, signed=signed)))
        for name, signed in (
            ("asked", USUAL),
            ("again", SignedTerms(asset="renamed", contract_id="another-one")),
        )
    ]
    one, other = (
        resolve(c, c.output(name))
        for c, name in zip(contracts, ("asked", "again"), strict=True)
    )

    assert one.identity == other.identity
    assert set(one.facet_columns) == set(other.facet_columns)
    assert one.figure_ids == other.figure_ids


def test_case_is_in_no_identity_of_a_query():
    """Spark does not tell it in names of tables and columns."""
    text = Fixture().toml(QUERY)
    shouted = text.replace("shared.patients", "Shared.PATIENTS").replace(
        "spend", "Spend"
    )
    one, other = (
        resolve(c, c.output("asked")) for c in (agreed(text), agreed(shouted))
    )

    assert one.identity == other.identity
    assert set(one.facet_columns) == set(other.facet_columns)


def test_no_party_is_known_by_its_name():
    """Another room may call it otherwise; who keeps the ledger stays."""
    text = Fixture().toml(QUERY)
    renamed = text.replace("attacker", "aaa").replace("victim", "zzz")
    one, other = (
        resolve(c, c.output("asked")) for c in (agreed(text), agreed(renamed))
    )

    assert one.identity == other.identity
    assert list(one.facet_columns) == list(other.facet_columns)
    assert one.figure_ids == other.figure_ids
