"""The first screen of a summary, and a next step for whatever is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cleanroom_join.disclosure import LedgerState
from cleanroom_join.review import (
    Check,
    Confirmed,
    Entered,
    NotEntered,
    Review,
    ReviewFinding,
    Verdict,
    next_steps,
    summary,
)
from cleanroom_join.review.ledger_problems import ledger_problem, ledger_step
from cleanroom_join.review.next_steps import STEPS
from tests.reference.reports import APPROVED, example

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "read-a-release.md"
BAD = [state for state in LedgerState if state is not LedgerState.VERIFIED]
LONG = "a reason of many words that wraps over more than one line of the text " * 4


def found(*checks, text="x"):
    """Return a review with a finding of each check."""
    return Review(
        verdict=Verdict.NEEDS_REVIEW,
        findings=tuple(
            ReviewFinding(check=c, verdict=Verdict.NEEDS_REVIEW, text=text)
            for c in checks
        ),
    )


@pytest.mark.parametrize("check", Check, ids=lambda c: c.value)
def test_every_finding_has_a_next_step(check):
    """In the report, on the first screen, and in the table of the page on releases."""
    review = found(check)

    (step,) = next_steps(review, NotEntered(), saved=False)

    assert {*STEPS, Check.LEDGER} == set(Check)
    text = " ".join(summary(example(review=review, earlier=False)).split())
    assert f" next {step} " in text
    if check is not Check.LEDGER:
        assert f"| `{check.value}` | {step} |" in PAGE.read_text()


@pytest.mark.parametrize("state", BAD, ids=lambda s: s.value)
def test_every_state_of_a_ledger_has_a_next_step(state):
    """Its own, since each asks another party for another thing."""
    (step,) = next_steps(
        found(Check.LEDGER, text=ledger_problem(state)), NotEntered(), saved=False
    )

    assert step == ledger_step(ledger_problem(state))
    assert f"| `ledger`: {state.value} | {step} |" in PAGE.read_text()
    assert len({ledger_step(ledger_problem(other)) for other in BAD}) == len(BAD)


@pytest.mark.parametrize(
    ("review", "ledger", "saved", "says"),
    [
        (Review(verdict=Verdict.PENDING, findings=()), NotEntered(), False, "save it"),
        (APPROVED, Confirmed(run=3), False, "save it"),
        (APPROVED, Entered(run=7, head="ab" * 32), True, "confirms run 7"),
        (APPROVED, Confirmed(run=3), True, "has the entry already"),
        (APPROVED, NotEntered(), True, "in no ledger"),
    ],
)
def test_a_release_without_a_finding_has_a_next_step(review, ledger, saved, says):
    """Save it, continue the ledger, or nothing."""
    (step,) = next_steps(review, ledger, saved=saved)

    assert says in step


def test_a_step_is_named_once():
    """However many findings lead to it."""
    review = found(Check.AGREED, Check.AGREED, Check.GRAIN, Check.VALUES)

    assert len(next_steps(review, NotEntered(), saved=False)) == 2


@pytest.mark.parametrize("noted", [0, 30])
@pytest.mark.parametrize(
    "review", [APPROVED, found(*Check, text=LONG)], ids=["approved", "all found"]
)
def test_the_first_screen_has_25_lines_at_most(review, noted):
    """Verdict, reason, rows and next step are on it, whatever else there is to say."""
    report = example(review=review, earlier=False)
    report = replace(report, notes=(*report.notes, *[LONG] * noted))

    lines = summary(report).splitlines()

    assert len(lines) <= 25
    assert max(map(len, lines)) <= 100
    assert lines[0].startswith(review.verdict.value)
    names = [line.split(" ")[0] for line in lines if line[0] != " "]
    wanted = ["rows", "next"] if review is APPROVED else ["findings", "next"]
    assert [n for n in dict.fromkeys(names) if n in {"findings", "rows", "next"}] == (
        wanted
    )
    assert names[-1] == "more"


def test_what_does_not_fit_is_said_to_be_elsewhere():
    """A reader of the first screen knows that there are further findings."""
    lines = summary(example(review=found(*Check, text=LONG), earlier=False))

    assert "… summary(full=True) has the rest" in lines


def test_settings_and_rules_are_on_request_only():
    """And then each is there."""
    short, full = summary(example()), summary(example(), full=True)

    assert "\npolicy" not in short
    assert "\nrule " not in short
    assert full.count("\npolicy") == len(example().policy)
    assert full.count("\nrule ") == len(example().rules)
    assert full.count("\nnext") == len(example().next_steps) == 1
