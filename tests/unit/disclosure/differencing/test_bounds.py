"""Releases under other bounds of a column never differ by few people's values."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.attacks.fixture import Fixture
from cleanroom_join.attacks.game import Game, made_up_subjects, member, patient
from cleanroom_join.attacks.policy_room import PolicyRoom
from cleanroom_join.attacks.query import AttackQuery, Figure, SignedTerms
from cleanroom_join.contract import Policy
from tests.support.examples import examples

POLICY = Policy()
CLUBS = ("g1", "g2", "g3", "g4")
PEOPLE = made_up_subjects(4 * 150)
SPENT = AttackQuery(
    group_by=("club",),
    totals=((),),
    figures=(Figure(name="spent", function="sum", column="spend"),),
)


def contributions(spends, bound):
    """Return what each person contributes; nothing without a value."""
    return {p: min(s, bound) for p, s in spends.items() if s is not None}


def sums(cells, clubs, own):
    """Return the contributions behind each figure, total less a cell, and sum of cells."""
    found = {}
    for cell in cells:
        labels = {label for _, label in cell} or set(CLUBS)
        found[cell] = {p: v for p, v in own.items() if clubs.get(p) in labels}
    total = found.get(())
    leaves = [cell for cell in found if cell]
    statements = [({cell}, f) for cell, f in found.items()]
    if total is not None:
        for cell in leaves:
            rest = {p: v for p, v in total.items() if p not in found[cell]}
            statements.append(({(), cell}, rest))
    if len(leaves) == len(CLUBS):
        together = {p: v for cell in leaves for p, v in found[cell].items()}
        statements.append((set(leaves), together))
    return statements


def day(random, spends, clubs, changed, moved, absent):
    """Return a later day: other values, other clubs, fewer people."""
    spends, clubs = dict(spends), dict(clubs)
    for person in random.sample(PEOPLE, changed):
        spends[person] = random.choice([None, 0, 500, 999, 1000, 1001, 1100, 1400])
    for person in random.sample(PEOPLE, moved):
        clubs[person] = random.choice(CLUBS)
    for person in random.sample(PEOPLE, absent):
        clubs.pop(person, None)
    return spends, clubs


FEW = st.integers(0, 4) | st.integers(90, 130) | st.integers(150, 400)


@settings(max_examples=examples(600), deadline=None)
@given(
    st.integers(0, 2**32),
    st.lists(
        st.tuples(FEW, FEW, FEW, st.sampled_from([1000, 1001, 1050, 2000])),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from([0, 3, 60]),
    st.booleans(),
)
def test_no_two_figures_differ_by_few_peoples_values(seed, days, nobodys, clamped):
    """Whatever the bounds, who changed, who moved, who left, and who has no value."""
    random = Random(seed)
    spends = {p: random.randint(100, 900) for p in PEOPLE}
    spends |= dict.fromkeys(random.sample(PEOPLE, nobodys))
    if clamped:
        spends |= dict.fromkeys(random.sample(PEOPLE, 2), 1400)
    clubs = {p: CLUBS[i % 4] for i, p in enumerate(PEOPLE)}
    history = [(spends, clubs, 1000)]
    for changed, moved, absent, bound in days:
        history.append(
            (
                *day(random, history[-1][0], history[-1][1], changed, moved, absent),
                bound,
            )
        )
    room = PolicyRoom(
        Fixture(),
        [[patient(p, spend=s) for p, s in spends.items()] for spends, *_ in history],
        Game(policy=POLICY, seed=1),
        ledger=True,
    )
    seen = []
    for index, (spends, clubs, bound) in enumerate(history):
        query = replace(SPENT, signed=SignedTerms(most_spend=bound))
        room.release(query, [member(p, club=c) for p, c in clubs.items()])
        entries = room._room.entries
        if entries and len(entries) > len(seen):
            new = {c for c, v in entries[-1].cells.items() if v.run == entries[-1].run}
            own = sums(new, clubs, contributions(spends, bound))
            for cells, mine in own:
                for earlier in seen:
                    for _, theirs in earlier:
                        differ = sum(
                            mine.get(p) != theirs.get(p)
                            for p in mine.keys() | theirs.keys()
                        )
                        assert differ == 0 or differ >= POLICY.min_cohort, cells
            seen.append(own)
        if index + 1 < len(history):
            room.next_day()
