"""
What a run shows before it is entered in the ledger says nothing of any one subject.

Random small histories are played in two worlds that differ in one subject.  What an
observer sees is also worked out a second way, from labels and a count alone.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from cleanroom_join.attacks import ATTACKS, Mode, attacks_numbered, judge
from cleanroom_join.attacks.fixture import Fixture
from cleanroom_join.attacks.game import TARGET, Game, made_up_subjects, member, patient
from cleanroom_join.attacks.judge import succeeds
from cleanroom_join.attacks.policy_room import PolicyRoom
from cleanroom_join.attacks.query import COUNT, RATE, AttackQuery, Observation
from cleanroom_join.contract import Policy, Reveal
from cleanroom_join.review import preflight
from tests.support.examples import examples

CLUBS, SEGMENTS = ("g1", "g2"), ("a", "b", "c", "d")
FIXTURES = {
    "usual": Fixture(clubs=CLUBS),
    "a match rate": Fixture(clubs=CLUBS, min_match_rate=Decimal("0.5")),
    "one row per member": Fixture(clubs=CLUBS, many="patients"),
}
QUERIES = {
    AttackQuery(group_by=("club",), figures=(RATE,)): [CLUBS],
    AttackQuery(group_by=("club",), figures=(COUNT,), totals=((),)): [CLUBS],
    AttackQuery(group_by=("segment", "club"), figures=(RATE,)): [SEGMENTS, CLUBS],
}
"""Queries, and the labels of each of their dimensions."""

PEOPLE = made_up_subjects(260)


def patients(secret, few_ill):
    """Return the victim's table in one of two worlds, which differ in the target."""
    rows = [
        patient(p, ill=i < 9 if few_ill else i % 2 == 0, segment=SEGMENTS[i % 2])
        for i, p in enumerate(PEOPLE)
    ]
    target = {
        "is none": [],
        "is ill": [patient(TARGET, ill=True)],
        "is not ill": [patient(TARGET, ill=False)],
        "has no value": [patient(TARGET, ill=None)],
        "is no number": [patient(TARGET, ill=True, spend=float("nan"))],
    }
    return [*rows, *target[secret]]


SECRETS = ("is none", "is ill", "is not ill", "has no value", "is no number")


@st.composite
def runs(draw):
    """Return one run: a query, the attacker's table, and whether it is entered."""
    query = draw(st.sampled_from(list(QUERIES)))
    # Around k, where one subject more or less decides, and well away from it.
    known = draw(st.sampled_from([98, 99, 100, 130, 200, 260, 260]))
    strangers = draw(st.sampled_from([0, 0, 5, 100, 201]))
    split = draw(st.sampled_from([1, 2, 1000]))
    own = [
        member(p, club=CLUBS[i % split == 1])
        for i, p in enumerate([TARGET, *PEOPLE[:known]])
    ]
    own += [member(p) for p in made_up_subjects(strangers, "stranger")]
    if draw(st.integers(0, 4)) == 4:
        own.append(own[0])  # refused where a contract promises one row
    return query, own, draw(st.booleans())


def seen(text):
    """Return the number of a run and the lengths of its chunks, out of what it shows."""
    number, lengths = re.fullmatch(
        r"run (\d+), pending; chunks \[(.*)\]", text
    ).groups()
    return int(number), [int(length) for length in lengths.split(", ") if length]


def possible_cells(query):
    """Return every combination of labels: declared ones, others, NULL, and a total."""
    labels = [(*own, "(other)", None) for own in QUERIES[query]]
    cells = set(itertools.product(*labels))
    return cells | {("(all)",) * len(labels)} if query.totals else cells


@pytest.mark.parametrize("confirmed", [True, False], ids=["confirmed", "at once"])
@settings(
    max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(
    st.lists(runs(), min_size=1, max_size=4),
    st.permutations(SECRETS),
    st.sampled_from(list(Mode)),
    st.sampled_from(list(FIXTURES)),
    st.booleans(),
    st.sampled_from([2, 100]),
)
def test_nothing_before_the_record_depends_on_one_subject(
    confirmed, history, secrets, mode, fixture, few_ill, most
):
    """In any order of queries and tables, entered or not; also after refusals."""
    policy = replace(mode.applied(Policy()), max_releases=most)
    worlds = [
        PolicyRoom(
            FIXTURES[fixture],
            [patients(secret, few_ill)],
            Game(policy=policy, seed=1),
            ledger=True,
            confirmed=confirmed,
        )
        for secret in secrets[:2]
    ]
    entered = 0
    for query, own, is_entered in history:
        shown = [world.unsaved(query, own) for world in worlds]

        assert shown[0] == shown[1]
        assert not shown[0].rows
        if entered >= most:
            assert "E403" in shown[0].text
            continue
        number, lengths = seen(shown[0].text)
        assert number == entered + 1
        assert len(set(lengths)) <= 1
        assert len(lengths) == confirmed * (1 + len(possible_cells(query)))
        if is_entered:
            told = [world.release(query, own) for world in worlds]
            event("answered" if told[0].rows else "refused")
            event("told apart" if told[0] != told[1] else "alike")
            entered += 1


@pytest.mark.parametrize("mode", Mode)
def test_a_verdict_before_the_record_is_noticed(mode, monkeypatch):
    """An attacker who looks at runs that are never saved learns from it."""
    monkeypatch.setattr(judge, "SEEDS", 5)
    # Without noise at the edge of m, or the attacker could not aim.
    monkeypatch.setattr(
        "cleanroom_join.disclosure.primary.group_disclosure._may_have_few",
        lambda *_: False,
    )
    monkeypatch.setattr("cleanroom_join.attacks.programs.edges._enough", lambda _: 10)

    def told(room, query, members):
        """Say before the entry whether there is an answer."""
        run = room._run(query, members)
        return Observation(text=str(run.entry.refusal or run.approved))

    (attack,) = attacks_numbered(["2e"])
    before = succeeds(attack, mode.applied(Policy()))
    monkeypatch.setattr(PolicyRoom, "unsaved", told)

    assert not before
    assert succeeds(attack, mode.applied(Policy()))


@pytest.mark.parametrize("mode", Mode)
def test_an_exact_match_rate_is_noticed(mode, monkeypatch):
    """It tells who is a customer, in every mode."""
    monkeypatch.setattr(judge, "SEEDS", 5)
    monkeypatch.setattr(preflight, "perturbed_matches", lambda matched, *_: matched)

    assert succeeds(attacks_numbered(["2d"])[0], mode.applied(Policy()))


def test_an_exact_edge_of_m_is_noticed(monkeypatch):
    """Bounded contributions stop the attack at it only because noise decides."""
    (attack,) = attacks_numbered(["2c"])
    monkeypatch.setattr(judge, "SEEDS", 5)
    monkeypatch.setattr("cleanroom_join.attacks.programs.edges._enough", lambda _: 10)
    monkeypatch.setattr(
        "cleanroom_join.disclosure.primary.group_disclosure._may_have_few",
        lambda *_: False,
    )

    assert succeeds(attack, Mode.BOUNDED.applied(Policy()))


@pytest.mark.parametrize(
    "program",
    [a for a in ATTACKS if a.limit and a.limit.stopped_by is Reveal.CONFIRMED],
)
@pytest.mark.parametrize("mode", Mode)
def test_confirmation_stops_runs_from_one_ledger(program, mode):
    """Of two entries with one number the other party confirms the first."""
    assert not succeeds(program, mode.applied(Policy()), confirmed=True)


@pytest.mark.parametrize("confirmed", [True, False], ids=["confirmed", "at once"])
def test_a_refusal_counts_as_a_release(confirmed):
    """So nobody repeats it for free; and it stays in the past without figures."""
    policy = replace(Policy(), max_releases=2)
    room = PolicyRoom(
        Fixture(),
        [patients("is ill", few_ill=False)],
        Game(policy=policy, seed=1),
        ledger=True,
        confirmed=confirmed,
    )
    (query, *_) = QUERIES
    strangers = [member(p) for p in made_up_subjects(300, "stranger")]

    told = [room.release(query, strangers).text for _ in range(3)]

    assert [text[:6] for text in told] == ["[E310]", "[E310]", "[E403]"]
    assert [entry.refusal.code for entry in room._room.entries] == ["E310", "E310"]
    assert all(not e.cells and not e.sizes for e in room._room.entries)


def test_figures_before_a_refusal_stay_the_last_ones():
    """Otherwise a party could make the room forget what it showed."""
    room = PolicyRoom(
        Fixture(),
        [patients("is none", few_ill=False)],
        Game(policy=Policy(), seed=1),
        ledger=True,
    )
    (query, *_) = QUERIES
    own = [member(p) for p in PEOPLE]

    first = room.release(query, own)
    refused = room.release(query, [member("stranger")])
    third = room.release(query, own[1:])

    assert refused.text.startswith("[E303]")
    assert first.rows
    assert third.rows == first.rows
