"""The verdict: approved only if every fact is known and right."""

from __future__ import annotations

import datetime as dt
import inspect
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.attacks.guarded_room import USUAL_TOKENS
from cleanroom_join.contract import OutputColumn, OutputType
from cleanroom_join.disclosure import LedgerState
from cleanroom_join.disclosure.ledger.agreed import AgreedDigests
from cleanroom_join.disclosure.ledger.uncompared import Uncompared
from cleanroom_join.errors import InternalError
from cleanroom_join.review import Check, ReleaseFacts, Verdict, assess, assess_terms
from cleanroom_join.review.assess import (
    ROW_CHECKS,
    TERM_CHECKS,
    TOKEN_CHECKS,
    _review,
)
from tests.support.examples import examples

COLUMNS = (
    OutputColumn(name="region", type=OutputType.STRING),
    OutputColumn(name="cohort_size", type=OutputType.COUNT),
    OutputColumn(name="rate", type=OutputType.FIGURE),
)
NOTHING_UNCOMPARED = Uncompared(
    tokens=USUAL_TOKENS, others={}, accepted_through=0, last_run=0
)
GOOD = ReleaseFacts(
    registered=True,
    running=AgreedDigests(contract="c" * 64, library="d" * 64),
    anchored=AgreedDigests(contract="c" * 64, library="d" * 64),
    revision=1,
    highest_revision=0,
    uncompared=NOTHING_UNCOMPARED,
    expires=dt.date(2030, 1, 1),
    as_of=dt.date(2030, 1, 1),
    min_cohort=100,
    count_base=5,
    expected=COLUMNS,
    dimension_count=1,
    columns=COLUMNS,
    rows=(("north", 100, Decimal("0.5")), (None, 250, Decimal("0.25"))),
    ledger=LedgerState.VERIFIED,
)
NAMES = [f.name for f in fields(ReleaseFacts)]


def test_what_was_agreed_is_approved():
    """Every check ran and found nothing."""
    review = assess(GOOD)

    assert review.verdict is Verdict.APPROVED
    assert review.findings == ()


@settings(max_examples=examples(1000))
@given(st.sets(st.sampled_from(NAMES), min_size=1))
def test_an_unknown_fact_never_approves(unknown):
    """Whichever facts are missing, alone or together."""
    review = assess(replace(GOOD, **dict.fromkeys(unknown)))

    assert review.verdict is not Verdict.APPROVED


@pytest.mark.parametrize("name", NAMES)
def test_the_review_says_which_fact_is_not_known(name):
    """It holds the release: a person may know the fact."""
    review = assess(replace(GOOD, **{name: None}))

    assert review.verdict is Verdict.NEEDS_REVIEW
    assert all(f.text == f"not known: {name}" for f in review.findings)


def test_every_check_has_evidence_that_exists():
    """It needs facts by their names, and looks at no others."""
    for spec in (*TERM_CHECKS, *TOKEN_CHECKS, *ROW_CHECKS):
        assert set(spec.needs) <= set(NAMES)
        assert list(inspect.signature(spec.run).parameters) == list(spec.needs)
    assert {spec.check for spec in (*TERM_CHECKS, *TOKEN_CHECKS, *ROW_CHECKS)} == set(
        Check
    )


def test_terms_are_checked_without_a_table():
    """A run that may not say what it found asks these before it computes."""
    unknown = dict.fromkeys(("columns", "rows"))

    assert assess_terms(replace(GOOD, **unknown)).verdict is Verdict.PENDING
    held = assess_terms(replace(GOOD, **unknown, ledger=LedgerState.STALE))
    assert [f.check for f in held.findings] == [Check.LEDGER]


def test_to_check_nothing_approves_nothing():
    """No finding is what approves, so a review without checks is an error."""
    with pytest.raises(InternalError, match="without checks"):
        _review(GOOD, (), Verdict.APPROVED)


@given(
    st.sampled_from(NAMES),
    st.sampled_from([0, "", (), "yes", 1, [], dt.date(2000, 1, 1)]),
)
def test_no_strange_value_approves(name, value):
    """A fact of another type or an empty one is not taken for a yes."""
    if isinstance(getattr(GOOD, name), type(value)) and value:
        return
    try:
        review = assess(replace(GOOD, **{name: value}))
    except (TypeError, AttributeError):
        return  # an error releases nothing either

    assert review.verdict is not Verdict.APPROVED or getattr(GOOD, name) == value


def column(index, **changes):
    """Return the columns with one changed."""
    return (*COLUMNS[:index], replace(COLUMNS[index], **changes), *COLUMNS[index + 1 :])


@pytest.mark.parametrize(
    ("changes", "check", "verdict"),
    [
        ({"registered": False}, Check.REGISTERED, Verdict.NEEDS_REVIEW),
        *(
            (
                {side: replace(GOOD.running, **{part: digest})},
                Check.AGREED,
                Verdict.NEEDS_REVIEW,
            )
            for side in ("running", "anchored")
            for part in ("contract", "library")
            for digest in ("e" * 64, "", None, 7)
        ),
        ({"highest_revision": 2}, Check.AGREED, Verdict.NEEDS_REVIEW),
        ({"highest_revision": -1}, Check.AGREED, Verdict.NEEDS_REVIEW),
        ({"revision": 0}, Check.AGREED, Verdict.NEEDS_REVIEW),
        (
            {"uncompared": replace(NOTHING_UNCOMPARED, others={USUAL_TOKENS: 1})},
            Check.COMPARED,
            Verdict.NEEDS_REVIEW,
        ),
        ({"as_of": dt.date(2030, 1, 2)}, Check.IN_FORCE, Verdict.REJECTED),
        ({"rows": ()}, Check.NOT_EMPTY, Verdict.NEEDS_REVIEW),
        ({"columns": COLUMNS[::-1]}, Check.COLUMNS, Verdict.REJECTED),
        ({"columns": column(0, name="Region")}, Check.COLUMNS, Verdict.REJECTED),
        (
            {"columns": column(2, type=OutputType.COUNT)},
            Check.COLUMNS,
            Verdict.REJECTED,
        ),
        ({"columns": COLUMNS[:2]}, Check.COLUMNS, Verdict.REJECTED),
        ({"rows": (("north", 99, Decimal(1)),)}, Check.COHORT, Verdict.REJECTED),
        ({"rows": (("north", 102, Decimal(1)),)}, Check.COHORT, Verdict.REJECTED),
        ({"rows": (("north", None, Decimal(1)),)}, Check.COHORT, Verdict.REJECTED),
        ({"rows": (("north", True, Decimal(1)),)}, Check.COHORT, Verdict.REJECTED),
        ({"rows": (("north", 100, 0.5),)}, Check.VALUES, Verdict.REJECTED),
        ({"rows": (("north", 100, Decimal("NaN")),)}, Check.VALUES, Verdict.REJECTED),
        ({"rows": ((7, 100, Decimal(1)),)}, Check.VALUES, Verdict.REJECTED),
        ({"rows": (("north", 100),)}, Check.VALUES, Verdict.REJECTED),
        ({"rows": (("north", 100, Decimal(1)),) * 2}, Check.GRAIN, Verdict.REJECTED),
        ({"rows": ((None, 100, Decimal(1)),) * 2}, Check.GRAIN, Verdict.REJECTED),
        ({"min_cohort": 99}, Check.COHORT, Verdict.REJECTED),
        ({"min_cohort": 101}, Check.COHORT, Verdict.REJECTED),
        ({"expected": ()}, Check.COLUMNS, Verdict.NEEDS_REVIEW),
        *(
            ({"ledger": state}, Check.LEDGER, Verdict.NEEDS_REVIEW)
            for state in LedgerState
            if state is not LedgerState.VERIFIED
        ),
    ],
)
def test_each_check(changes, check, verdict):
    """What breaks the contract is rejected; what the contract does not say is held."""
    review = assess(replace(GOOD, **changes))

    assert check in {finding.check for finding in review.findings}
    assert review.verdict is verdict


def test_findings_hold_no_figure_of_the_data():
    """A count below k is not in the text that says so."""
    review = assess(replace(GOOD, rows=(("secret-region", 37, Decimal("0.987")),)))

    text = " ".join(map(str, review.findings))
    assert "37" not in text
    assert "secret-region" not in text
    assert "0.987" not in text


def test_facts_have_no_repr():
    """Rows do not get into a log by way of the facts."""
    assert "north" not in repr(GOOD)
