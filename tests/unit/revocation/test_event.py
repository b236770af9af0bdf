"""Consent events: whatever way they come, the same state, and no opt-out is lost."""

from __future__ import annotations

import datetime as dt
import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.revocation import (
    Action,
    ConsentEvent,
    Scope,
    latest,
    order_key,
    restrictiveness,
)
from tests.support.examples import examples

START = dt.datetime(2026, 11, 28, tzinfo=dt.timezone.utc)
KEYS = {
    Scope.SUBJECT: ("a" * 64, "b" * 64),
    Scope.PARTY: ("acme",),
    Scope.DATASET: ("acme", "payments"),
}


@st.composite
def events(draw):
    """Return an event out of so few values that many meet: equal times, equal counts."""
    scope = draw(st.sampled_from(Scope))
    minutes = draw(st.integers(0, 3))
    return ConsentEvent(
        event_id=draw(st.sampled_from(["", "1", "2", "3"])),
        scope=scope,
        key=draw(st.sampled_from(KEYS[scope])),
        action=draw(st.sampled_from([a for a in Action if a.fits(scope)])),
        event_time=START + dt.timedelta(minutes=minutes),
        source_seq=draw(st.integers(0, 1)),
        received_at=START + dt.timedelta(minutes=minutes + draw(st.integers(0, 2))),
    )


def decided(state):
    """Return what a state says: for each key the action, and what it was ordered by."""
    return {about: order_key(event) for about, event in state.items()}


def reference(sequence):
    """Sort everything, strictest last, and let the last of each key stand."""
    strictness = ["OPT_IN", "RESUME", "OPT_OUT", "SUSPEND", "ERASE"].index
    rows = sorted(
        (
            e.event_time,
            e.source_seq,
            strictness(e.action.value),
            e.event_id,
            e.scope.value,
            e.key,
        )
        for e in sequence
    )
    state = {}
    for time, seq, action, event_id, scope, key in rows:
        state[scope, key] = (time, seq, action, event_id)
    return state


def as_reference(state):
    """Return a state in the form of `reference`."""
    strictness = ["OPT_IN", "RESUME", "OPT_OUT", "SUSPEND", "ERASE"].index
    return {
        (e.scope.value, e.key): (
            e.event_time,
            e.source_seq,
            strictness(e.action.value),
            e.event_id,
        )
        for e in state.values()
    }


@settings(max_examples=examples(1000))
@given(st.lists(events(), max_size=12))
def test_the_state_is_the_last_event_of_each_key(sequence):
    """As ten lines that sort everything say."""
    assert as_reference(latest(sequence)) == reference(sequence)


@settings(max_examples=examples(1000))
@given(st.lists(events(), max_size=8), st.randoms(use_true_random=False))
def test_every_permutation_and_repetition_ends_in_the_same_state(sequence, rng):
    """At-least-once delivery in any order changes nothing."""
    delivered = [event for event in sequence for _ in range(rng.choice([1, 1, 2, 3]))]
    rng.shuffle(delivered)

    assert decided(latest(delivered)) == decided(latest(sequence))


@settings(max_examples=examples(1000))
@given(st.lists(events(), max_size=12), st.lists(st.integers(0, 12), max_size=4))
def test_every_split_into_batches_ends_in_the_same_state(sequence, cuts):
    """Each batch is reduced by itself, then merged into the state, even twice."""
    state = {}
    bounds = [0, *sorted(min(cut, len(sequence)) for cut in cuts), len(sequence)]
    for first, end in itertools.pairwise(bounds):
        batch = latest(sequence[first:end]).values()
        state = latest([*state.values(), *batch])
        state = latest([*batch, *state.values()])  # the batch is replayed

    assert decided(state) == decided(latest(sequence))


@settings(max_examples=examples(1000))
@given(st.lists(events(), max_size=8), st.integers(0, 8))
def test_a_replay_from_anywhere_ends_in_the_same_state(sequence, start):
    """A source that begins again at an older offset."""
    replayed = [*sequence, *sequence[start:]]

    assert decided(latest(replayed)) == decided(latest(sequence))


@settings(max_examples=examples(1000))
@given(
    events().filter(lambda event: event.action.excludes),
    st.lists(events(), max_size=8),
    st.integers(0, 8),
)
def test_an_exclusion_is_not_lost_to_an_earlier_permission(event, others, index):
    """However late the permission arrives; nor to one of the same time and count."""
    about = event.scope, event.key
    not_later = [
        other
        for other in others
        if (other.event_time, other.source_seq) <= (event.event_time, event.source_seq)
    ]
    arrived = [*not_later[:index], event, *not_later[index:]]

    assert latest(arrived)[about].action.excludes


def test_a_later_permission_ends_an_exclusion():
    """Else nobody who opted out could ever take part again."""
    out = ConsentEvent(
        event_id="1",
        scope=Scope.SUBJECT,
        key="a" * 64,
        action=Action.ERASE,
        event_time=START,
        source_seq=9,
        received_at=START,
    )
    later = dict.fromkeys(
        ["event_time", "received_at"], START + dt.timedelta(seconds=1)
    )
    again = ConsentEvent(
        event_id="0",
        scope=out.scope,
        key=out.key,
        action=Action.OPT_IN,
        source_seq=0,
        **later,
    )

    for sequence in ([out, again], [again, out]):
        assert latest(sequence) == {(Scope.SUBJECT, "a" * 64): again}


def test_a_dataset_and_a_party_of_one_name_are_two_things():
    """The scope is part of what an event is about."""
    common = {"event_id": "1", "key": "acme", "event_time": START, "received_at": START}
    suspended = ConsentEvent(
        scope=Scope.PARTY, action=Action.SUSPEND, source_seq=0, **common
    )
    resumed = ConsentEvent(
        scope=Scope.DATASET, action=Action.RESUME, source_seq=1, **common
    )

    assert len(latest([suspended, resumed])) == 2


def test_every_action_fits_one_kind_of_scope():
    """Subjects have three actions; parties and datasets share the other two."""
    fitting = {scope: {a for a in Action if a.fits(scope)} for scope in Scope}

    assert fitting[Scope.PARTY] == fitting[Scope.DATASET]
    assert fitting[Scope.PARTY] | fitting[Scope.SUBJECT] == set(Action)
    assert not fitting[Scope.PARTY] & fitting[Scope.SUBJECT]


def test_what_excludes_is_what_restricts():
    """Of two events of one time and count, the one that excludes wins."""
    for action in Action:
        assert action.excludes is (restrictiveness(action) > 0)


def test_the_order_of_a_thousand_events_is_total():
    """Sorted from any order they are the same list: no two of them tie."""
    rng = random.Random(18)
    sequence = [
        ConsentEvent(
            event_id=str(index),
            scope=Scope.SUBJECT,
            key="a" * 64,
            action=rng.choice([Action.OPT_IN, Action.OPT_OUT]),
            event_time=START,
            source_seq=rng.randrange(2),
            received_at=START,
        )
        for index in range(1000)
    ]
    shuffled = rng.sample(sequence, k=1000)

    assert sorted(shuffled, key=order_key) == sorted(sequence, key=order_key)
