"""
The verdict on a guarded answer: exact agreement with the registered output.

Pure functions of recorded facts.  An unknown fact, an empty answer and a check
that did not run are findings, so that nothing is approved by default.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract import COHORT_FLOOR, COHORT_SIZE, OutputType
from cleanroom_join.disclosure import LedgerState
from cleanroom_join.errors import printable
from cleanroom_join.review.verdict import Check, Review, ReviewFinding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cleanroom_join.contract import OutputColumn
    from cleanroom_join.review.facts import ReleaseFacts

    _FactCheck = Callable[[ReleaseFacts], Iterator[ReviewFinding]]

__all__ = ["assess", "assess_terms"]


def assess(facts: ReleaseFacts) -> Review:
    """
    Return the verdict on the release that *facts* describe.

    The verdict is the worst that any finding allows; it is APPROVED only if every
    check ran and none found anything.
    """
    return _review(facts, (*_TERM_CHECKS, *_ROW_CHECKS))


def assess_terms(facts: ReleaseFacts) -> Review:
    """
    Return what is to be said whatever the tables hold: of query, contract and ledger.

    It approves nothing by itself.  A deferred release asks it before anything is
    computed, since a run that computes may not say what it found.
    """
    return _review(facts, _TERM_CHECKS)


def _review(facts: ReleaseFacts, checks: tuple[_FactCheck, ...]) -> Review:
    """Return the verdict of some checks."""
    findings = [finding for check in checks for finding in check(facts)]
    if any(finding.verdict is Verdict.REJECTED for finding in findings):
        verdict = Verdict.REJECTED
    elif findings:
        verdict = Verdict.NEEDS_REVIEW
    else:
        verdict = Verdict.APPROVED
    return Review(verdict=verdict, findings=tuple(findings))


def _held(check: Check, text: str) -> ReviewFinding:
    """Return a finding that a person may overrule."""
    return ReviewFinding(check=check, verdict=Verdict.NEEDS_REVIEW, text=text)


def _refused(check: Check, text: str) -> ReviewFinding:
    """Return a finding that nobody may overrule."""
    return ReviewFinding(check=check, verdict=Verdict.REJECTED, text=text)


def _facts(facts: ReleaseFacts) -> Iterator[ReviewFinding]:
    """Every fact is known."""
    unknown = [name for name in facts.__slots__ if getattr(facts, name) is None]
    if unknown:
        yield _held(Check.FACTS, f"not known: {', '.join(unknown)}")


def _registered(facts: ReleaseFacts) -> Iterator[ReviewFinding]:
    """The question is an output of the contract."""
    if facts.registered is not True:
        yield _held(Check.REGISTERED, "the question is no output of the contract")


def _pinned(facts: ReleaseFacts) -> Iterator[ReviewFinding]:
    """The contract's digest is the agreed one."""
    if facts.contract_pinned is not True:
        yield _held(Check.PINNED, "the contract was loaded without its agreed digest")


def _in_force(facts: ReleaseFacts) -> Iterator[ReviewFinding]:
    """The contract has not expired."""
    if facts.expires is None or facts.as_of is None:
        yield _held(Check.IN_FORCE, "it is not known whether the contract is in force")
    elif facts.as_of > facts.expires:
        yield _refused(Check.IN_FORCE, f"the contract expired on {facts.expires}")


_LEDGER = {
    LedgerState.MISSING: "there is none, or no anchor or joint secret to verify it by",
    LedgerState.STALE: "it does not end at the run that the other party saw last",
    LedgerState.FORKED: "it ends differently from what the other party was told",
    LedgerState.FORGED: "a part was changed, left out or made outside the room",
    LedgerState.OUTDATED: "an entry lacks what is compared by now",
}


def _ledger(facts: ReleaseFacts) -> Iterator[ReviewFinding]:
    """Without earlier releases nobody can say what a difference would tell."""
    if facts.ledger is not LedgerState.VERIFIED:
        # Whatever is no known state is no ledger.
        known = facts.ledger if isinstance(facts.ledger, LedgerState) else None
        why = _LEDGER[known or LedgerState.MISSING]
        yield _held(Check.LEDGER, f"the ledger cannot be relied on: {why}")


def _columns(facts: ReleaseFacts) -> Iterator[ReviewFinding]:
    """Names, types and order are the registered ones."""
    expected, columns = facts.expected, facts.columns
    if expected is None or columns is None or not expected:
        yield _held(Check.COLUMNS, "the columns are not known")
    elif list(columns) != list(expected):
        yield _refused(
            Check.COLUMNS,
            f"expected ({_described(expected)}), got ({_described(columns)})",
        )


def _rows(facts: ReleaseFacts) -> Iterator[ReviewFinding]:
    """There are rows, each complete, of the right types, and about enough subjects."""
    if facts.rows is None or facts.columns is None or facts.keys is None:
        yield _held(Check.NOT_EMPTY, "the rows are not known")
        return
    if not facts.rows:
        yield _held(Check.NOT_EMPTY, "no cell passed the guard")
        return
    if any(len(row) != len(facts.columns) for row in facts.rows):
        yield _refused(Check.VALUES, "a row has another number of values")
        return
    for index, column in enumerate(facts.columns):
        values = [row[index] for row in facts.rows]
        nullable = index < facts.keys
        if not all(_fits(value, column.type, nullable=nullable) for value in values):
            yield _refused(
                Check.VALUES,
                f'"{printable(column.name)}" holds other than {column.type.value}',
            )
    keys = {tuple(map(repr, row[: facts.keys])) for row in facts.rows}
    if len(keys) < len(facts.rows):
        yield _refused(Check.GRAIN, "two rows are about the same cell")


def _cohort(facts: ReleaseFacts) -> Iterator[ReviewFinding]:
    """Every count in every row is at least k, and a multiple of the base."""
    if facts.min_cohort is None or facts.count_base is None:
        yield _held(Check.COHORT, "k is not known")
        return
    if facts.min_cohort < COHORT_FLOOR:
        yield _refused(Check.COHORT, f"k is below the floor of {COHORT_FLOOR}")
    columns = list(facts.columns or ())
    if COHORT_SIZE not in [column.name for column in columns]:
        yield _refused(Check.COHORT, f"there is no column {COHORT_SIZE}")
    for index, column in enumerate(columns):
        if column.type is not OutputType.COUNT:
            continue
        counts = [row[index] for row in facts.rows or () if len(row) > index]
        if not all(_enough(c, facts.min_cohort, facts.count_base) for c in counts):
            yield _refused(
                Check.COHORT,
                f'"{printable(column.name)}" is below k or not rounded in some row',
            )


_TERM_CHECKS: tuple[_FactCheck, ...] = (_registered, _pinned, _in_force, _ledger)
"""Checks of the query, the contract and the ledger."""

_ROW_CHECKS: tuple[_FactCheck, ...] = (_facts, _columns, _rows, _cohort)
"""Checks of the answer."""


def _enough(count: object, k: int, base: int) -> bool:
    """Return whether *count* is a rounded count of at least *k*."""
    return type(count) is int and count >= k and base > 0 and count % base == 0


def _fits(value: object, kind: OutputType, *, nullable: bool) -> bool:
    """Return whether *value* is of *kind*; NULL only where a dimension may be."""
    if value is None:
        return nullable
    if kind is OutputType.STRING:
        return isinstance(value, str)
    if kind is OutputType.BOOLEAN:
        return isinstance(value, bool)
    if kind is OutputType.COUNT:
        return type(value) is int
    return isinstance(value, Decimal) and math.isfinite(value)


def _described(columns: Sequence[OutputColumn]) -> str:
    """Return columns as ``name TYPE, …``."""
    return ", ".join(f"{printable(c.name)} {c.type.value}" for c in columns)
