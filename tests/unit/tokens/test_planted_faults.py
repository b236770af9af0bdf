"""Planted faults: two tables, two manifests, one diagnosis; the true cause is first."""

from __future__ import annotations

import pytest

from cleanroom_join.tokens.doctor import MismatchCause, Verdict
from tests.support.doctor_trials import examine
from tests.support.planted_faults import FAULTS, HEALTHY

SIZE = 3_000

SEEN = {"wrong key", "rounded by a spreadsheet", "extensions", "two-digit years"}
"""One of each family; `make long` tries all of them."""


def tried(cases):
    """Return the cases as parameters, of which few are fast."""
    return [
        pytest.param(
            case,
            marks=[] if case.name in SEEN else [pytest.mark.slow],
            id=case.name,
        )
        for case in cases
    ]


@pytest.mark.parametrize("case", tried(FAULTS))
def test_the_true_cause_comes_first(case):
    """Of every planted fault, however few subjects there are."""
    outcome = examine(case, SIZE)

    assert outcome.rank == 1, [f.cause for f in outcome.diagnosis.causes]


@pytest.mark.parametrize("case", tried(HEALTHY))
def test_nothing_is_blamed_if_nothing_is_wrong(case):
    """However carelessly the values are written."""
    outcome = examine(case, SIZE)

    assert outcome.diagnosis.causes == ()
    assert outcome.diagnosis.verdict is not Verdict.DOES_NOT_MATCH


def test_thirty_faults_are_planted():
    """Thirty-eight, of thirty and more causes."""
    assert len(FAULTS) == 38
    assert len({case.cause for case in FAULTS}) >= 30
    assert len({case.name for case in FAULTS}) == len(FAULTS)


def test_a_cause_that_is_not_planted_is_known():
    """Those that need two contracts, other kinds, or reasons of another version."""
    planted = {case.cause for case in FAULTS}

    assert set(MismatchCause) - planted == {
        MismatchCause.OTHER_IDENTIFIER,
        MismatchCause.NOT_RANDOM,
        MismatchCause.NOT_HASHED,
        MismatchCause.OTHER_HASH,
        MismatchCause.TRUNK_ZERO,
        MismatchCause.LOST_SEPARATORS,
        MismatchCause.UNDECLARED_COUNTRY,
        MismatchCause.ROWS_REFUSED,
        MismatchCause.OUTSIDE_CONTRACT,
    }
