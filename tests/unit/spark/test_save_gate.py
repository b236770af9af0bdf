"""The gate: one approved release at a time, each saved once, before the last day."""

from __future__ import annotations

import datetime as dt

import pytest

from cleanroom_join.errors import ReleaseRefused
from cleanroom_join.spark.ledger import save_gate
from cleanroom_join.spark.ledger.save_gate import SaveGate
from cleanroom_join.testing import contract

AGREED = contract()


@pytest.fixture
def gate():
    """A gate that holds nothing."""
    return SaveGate()


def refused(action, *arguments):
    """Return the code with which something is refused; None if it is not."""
    try:
        action(*arguments)
    except ReleaseRefused as error:
        return error.code
    return None


def test_what_is_held_is_saved_once(gate):
    """Afterwards the next run may begin."""
    release = object()
    gate.hold(release)

    assert refused(gate.refuse_while_held) == "E506"
    assert refused(gate.refuse_unless_held, release, AGREED) is None
    gate.close()
    assert refused(gate.refuse_unless_held, release, AGREED) == "E505"
    assert refused(gate.refuse_while_held) is None


def test_an_equal_object_is_another_one(gate):
    """Fields can be copied; the object cannot."""
    gate.hold([1])

    assert refused(gate.refuse_unless_held, [1], AGREED) == "E505"


def test_only_the_last_release_is_held(gate):
    """The entry of the one before is not the last one any more."""
    first, second = object(), object()
    gate.hold(first)
    gate.hold(second)

    assert refused(gate.refuse_unless_held, first, AGREED) == "E505"
    assert refused(gate.refuse_unless_held, second, AGREED) is None


@pytest.mark.parametrize(("days", "code"), [(0, None), (1, "E507")])
def test_the_last_day_of_the_contract_counts(gate, monkeypatch, days, code):
    """A release made before may be saved on it, and not after it."""
    day = AGREED.terms.expires + dt.timedelta(days=days)
    monkeypatch.setattr(save_gate, "utc_today", lambda: day)
    release = object()
    gate.hold(release)

    assert refused(gate.refuse_unless_held, release, AGREED) == code


def test_the_way_on_is_in_the_error(gate):
    """It forgets nothing: the parties' ledger is read again."""
    gate.hold(object())

    with pytest.raises(ReleaseRefused) as caught:
        gate.refuse_while_held()

    assert "new `CleanRoom`" in str(caught.value)
    assert "append and confirm" in str(caught.value)
