"""
The verdict on a guarded answer: exact agreement with the registered output.

Pure functions of facts.  Each check declares the facts it needs, and `_findings`
alone says what becomes of a check whose facts are not known: it holds the release.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract import COHORT_FLOOR, COHORT_SIZE, OutputType
from cleanroom_join.disclosure import LedgerState
from cleanroom_join.errors import InternalError, assert_never, printable
from cleanroom_join.review.agreement import agreement_problems, revision_problems
from cleanroom_join.review.comparability import comparability_problems
from cleanroom_join.review.ledger_problems import ledger_problem
from cleanroom_join.review.verdict import Check, Review, ReviewFinding, Verdict

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence

    from cleanroom_join.contract import OutputColumn
    from cleanroom_join.disclosure.ledger.agreed import AgreedDigests
    from cleanroom_join.disclosure.ledger.uncompared import Uncompared
    from cleanroom_join.review.facts import ReleaseFacts

    _Row = Sequence[object]
    _Problem = tuple[Verdict, str]

__all__ = [
    "ROW_CHECKS",
    "TERM_CHECKS",
    "TOKEN_CHECKS",
    "CheckSpec",
    "assess",
    "assess_terms",
    "assess_tokens",
]

_HELD, _REFUSED = Verdict.NEEDS_REVIEW, Verdict.REJECTED
"""What a person may overrule, and what no person may."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckSpec:
    """One check of the review, and the evidence it needs."""

    check: Check
    needs: tuple[str, ...]
    """Fields of `ReleaseFacts`; `run` has a parameter of each name."""
    run: Callable[..., Iterator[_Problem]]
    """Yields each problem with the best verdict that it leaves possible."""


def assess(facts: ReleaseFacts) -> Review:
    """
    Return the verdict on the release that *facts* describe.

    The verdict is the worst that any finding allows; it is APPROVED only if every
    check ran and none found anything.
    """
    return _review(facts, (*TERM_CHECKS, *TOKEN_CHECKS, *ROW_CHECKS), Verdict.APPROVED)


def assess_terms(facts: ReleaseFacts) -> Review:
    """
    Return the findings that do not depend on the tables: on query, contract, ledger.

    It approves nothing: without a finding the verdict is PENDING.  Every run asks it
    before anything is computed, since a run that computes may not say what it found
    before that is in the ledger.
    """
    return _review(facts, TERM_CHECKS, Verdict.PENDING)


def assess_tokens(facts: ReleaseFacts) -> Review:
    """
    Return the findings on which tokens were joined.

    It approves nothing by itself.  A run about tokens that earlier releases are not
    about ends with them as an error.
    """
    return _review(facts, TOKEN_CHECKS, Verdict.PENDING)


def _review(facts: ReleaseFacts, checks: Sequence[CheckSpec], best: Verdict) -> Review:
    """
    Return the verdict of some checks, *best* if none finds anything.

    No finding is what approves.  So a check that could not run is a finding, and
    to run no check at all, which finds nothing either, is an error.
    """
    if not checks:
        raise InternalError.of("a review without checks")
    findings = tuple(finding for spec in checks for finding in _findings(spec, facts))
    verdicts = {finding.verdict for finding in findings}
    if Verdict.REJECTED in verdicts:
        verdict = Verdict.REJECTED
    elif findings:
        verdict = Verdict.NEEDS_REVIEW
    else:
        verdict = best
    return Review(verdict=verdict, findings=findings)


def _findings(spec: CheckSpec, facts: ReleaseFacts) -> Iterator[ReviewFinding]:
    """Yield what a check finds, or that it cannot run: unknown never approves."""
    evidence = {name: getattr(facts, name) for name in spec.needs}
    unknown = [name for name, fact in evidence.items() if fact is None]
    if unknown:
        text = f"not known: {', '.join(unknown)}"
        yield ReviewFinding(check=spec.check, verdict=_HELD, text=text)
        return
    for verdict, text in spec.run(**evidence):
        yield ReviewFinding(check=spec.check, verdict=verdict, text=text)


def _registered(*, registered: bool) -> Iterator[_Problem]:
    """Yield a problem unless the query is an output of the contract."""
    if registered is not True:
        yield _HELD, "the query is not an output of the contract"


def _agreed(*, running: AgreedDigests, anchored: AgreedDigests) -> Iterator[_Problem]:
    """Yield each digest of the run that the other party's anchor does not name."""
    for text in agreement_problems(running, anchored):
        yield _HELD, text


def _latest(*, revision: int, highest_revision: int) -> Iterator[_Problem]:
    """Yield a problem if the ledger has a release of a later revision."""
    for text in revision_problems(revision, highest_revision):
        yield _HELD, text


def _in_force(*, expires: dt.date, as_of: dt.date) -> Iterator[_Problem]:
    """Yield a problem if the contract has expired."""
    if as_of > expires:
        yield _REFUSED, f"the contract expired on {expires}"


def _ledger(*, ledger: LedgerState) -> Iterator[_Problem]:
    """Yield a problem unless the record of earlier releases can be relied on."""
    if ledger is not LedgerState.VERIFIED:
        yield _HELD, ledger_problem(ledger)


def _compared(*, uncompared: Uncompared) -> Iterator[_Problem]:
    """Yield each release that the answer cannot be compared with, and should be."""
    for text in comparability_problems(uncompared):
        yield _HELD, text


def _columns(
    *, expected: Sequence[OutputColumn], columns: Sequence[OutputColumn]
) -> Iterator[_Problem]:
    """Yield a problem unless names, types and order are the registered ones."""
    if not expected:
        yield _HELD, "the contract gives the output no columns"
    elif list(columns) != list(expected):
        yield (
            _REFUSED,
            f"expected ({_described(expected)}), got ({_described(columns)})",
        )


def _not_empty(*, rows: Sequence[_Row]) -> Iterator[_Problem]:
    """Yield a problem if there is nothing to release."""
    if not rows:
        yield _HELD, "no cell passed the guard"


def _values(
    *, rows: Sequence[_Row], columns: Sequence[OutputColumn], dimension_count: int
) -> Iterator[_Problem]:
    """Yield each column that holds values of another type."""
    if any(len(row) != len(columns) for row in rows):
        yield _REFUSED, "a row has another number of values than there are columns"
        return
    for index, column in enumerate(columns):
        nullable = index < dimension_count
        if not all(_fits(row[index], column.type, nullable=nullable) for row in rows):
            yield (
                _REFUSED,
                f'"{printable(column.name)}" holds other than {column.type.value}',
            )


def _grain(*, rows: Sequence[_Row], dimension_count: int) -> Iterator[_Problem]:
    """Yield a problem if two rows have the same dimension values."""
    labels = {tuple(map(repr, row[:dimension_count])) for row in rows}
    if len(labels) < len(rows):
        yield _REFUSED, "two rows describe the same cell"


def _floor(*, min_cohort: int) -> Iterator[_Problem]:
    """Yield a problem if the policy's k is below the floor."""
    if min_cohort < COHORT_FLOOR:
        yield _REFUSED, f"k is below the floor of {COHORT_FLOOR}"


def _cohort_size(*, columns: Sequence[OutputColumn]) -> Iterator[_Problem]:
    """Yield a problem unless the answer says how many subjects each cell has."""
    if COHORT_SIZE not in [column.name for column in columns]:
        yield _REFUSED, f"there is no column {COHORT_SIZE}"


def _counts(
    *,
    rows: Sequence[_Row],
    columns: Sequence[OutputColumn],
    min_cohort: int,
    count_base: int,
) -> Iterator[_Problem]:
    """Yield each count column with a value below k, or not a multiple of the base."""
    for index, column in enumerate(columns):
        if column.type is not OutputType.COUNT:
            continue
        counts = [row[index] for row in rows if len(row) > index]
        if not all(_enough(count, min_cohort, count_base) for count in counts):
            name = printable(column.name)
            yield _REFUSED, f'"{name}" is below k or not rounded in some row'


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
    if kind is OutputType.FIGURE:
        return isinstance(value, Decimal) and math.isfinite(value)
    return assert_never(kind)


def _described(columns: Sequence[OutputColumn]) -> str:
    """Return columns as ``name TYPE, …``."""
    return ", ".join(f"{printable(c.name)} {c.type.value}" for c in columns)


TERM_CHECKS = (
    CheckSpec(check=Check.REGISTERED, needs=("registered",), run=_registered),
    CheckSpec(check=Check.AGREED, needs=("running", "anchored"), run=_agreed),
    CheckSpec(check=Check.AGREED, needs=("revision", "highest_revision"), run=_latest),
    CheckSpec(check=Check.IN_FORCE, needs=("expires", "as_of"), run=_in_force),
    CheckSpec(check=Check.LEDGER, needs=("ledger",), run=_ledger),
)
"""Checks of the query, the contract and the ledger: they need no table."""

TOKEN_CHECKS = (CheckSpec(check=Check.COMPARED, needs=("uncompared",), run=_compared),)
"""Checks of which tokens were joined: they need the key id that the tables have."""

ROW_CHECKS = (
    CheckSpec(check=Check.COLUMNS, needs=("expected", "columns"), run=_columns),
    CheckSpec(check=Check.NOT_EMPTY, needs=("rows",), run=_not_empty),
    CheckSpec(
        check=Check.VALUES, needs=("rows", "columns", "dimension_count"), run=_values
    ),
    CheckSpec(check=Check.GRAIN, needs=("rows", "dimension_count"), run=_grain),
    CheckSpec(check=Check.COHORT, needs=("min_cohort",), run=_floor),
    CheckSpec(check=Check.COHORT, needs=("columns",), run=_cohort_size),
    CheckSpec(
        check=Check.COHORT,
        needs=("rows", "columns", "min_cohort", "count_base"),
        run=_counts,
    ),
)
"""Checks of the answer."""
