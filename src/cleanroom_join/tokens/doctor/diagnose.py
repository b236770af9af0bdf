"""Two token manifests in; out whether tokens match, how often, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.causes import Finding, MismatchCause, percent
from cleanroom_join.tokens.doctor.overlap import estimate
from cleanroom_join.tokens.doctor.rules import (
    agreement_findings,
    column_findings,
    outside_findings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cleanroom_join.tokens.doctor.manifest import ColumnManifest, TokenManifest
    from cleanroom_join.tokens.doctor.overlap import Overlap

__all__ = ["MUCH", "WORTH_BLAMING", "Diagnosis", "Verdict", "diagnose", "worst"]

WORTH_BLAMING = 0.05
"""Share of rows from which on a finding is a cause; below, it is a remark."""

_WORTH_BLAMING = {
    # Many tables have rows without an identifier; that spoils no other row.
    MismatchCause.MISSING_VALUES: 0.5,
    MismatchCause.NULL_WORDS: 0.2,
    MismatchCause.PLACEHOLDERS: 0.2,
    # Few dates are seen to be wrong; those of the same origin that are not seen, too.
    MismatchCause.TWO_DIGIT_YEARS: 0.01,
    MismatchCause.ONE_DAY: 0.01,
}
"""The shares of causes for which it is another one."""

MUCH = 0.25
"""Match rate that "do not match" excludes, and "cannot be told" does not."""

_EXPLAINS_ALL = 0.5
"""Share from which on a cause explains that no match is seen."""

_NOTHING_CAN_MATCH = frozenset(
    (
        MismatchCause.OTHER_PARTNERSHIP,
        MismatchCause.OTHER_IDENTIFIER,
        MismatchCause.OTHER_KEY_ID,
        MismatchCause.WRONG_KEY,
    )
)
"""Disagreements under which all tokens differ, whatever the data."""


class Verdict(Enum):
    """What the doctor says of one subject; the values are stable."""

    MATCHES = "matches"
    """The interval of the match rate excludes 0."""
    DOES_NOT_MATCH = "does_not_match"
    """The interval excludes `MUCH`, or no token can match."""
    CANNOT_BE_TOLD = "cannot_be_told"
    """The interval holds 0 and much, or there is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """What the doctor finds about one subject of two manifests."""

    subject: str
    verdict: Verdict
    overlap: Overlap | None
    """The match rate with its limits; None if there are too few subjects."""
    causes: tuple[Finding, ...]
    """What explains missing matches, the most likely first."""
    remarks: tuple[Finding, ...]
    """What spoils only a few rows, or other columns than the identifier's."""


def diagnose(left: TokenManifest, right: TokenManifest) -> tuple[Diagnosis, ...]:
    """
    Return one diagnosis per subject that both manifests have.

    Disagreements come first, because one of them spoils every token; then the findings
    that spoil the largest share of either side's rows.  Populations may be disjoint if
    subjects do not match and no finding explains it; that comes last.
    """
    agreed = tuple(agreement_findings(left, right))
    return tuple(
        _subject(left, right, column, other, agreed)
        for column in left.columns
        if (other := right.column_of(column.subject)) is not None
    )


def worst(diagnoses: Iterable[Diagnosis]) -> Verdict:
    """Return the verdict about all subjects: one that does not match decides."""
    found = {diagnosis.verdict for diagnosis in diagnoses}
    for verdict in (Verdict.DOES_NOT_MATCH, Verdict.CANNOT_BE_TOLD):
        if verdict in found:
            return verdict
    return Verdict.MATCHES


def _subject(
    left: TokenManifest,
    right: TokenManifest,
    column: ColumnManifest,
    other: ColumnManifest,
    agreed: tuple[Finding, ...],
) -> Diagnosis:
    """Return the diagnosis of one subject."""
    found = column_findings((left, column), (right, other))
    found.sort(key=lambda finding: -finding.share)
    blamed = [f for f in found if f.share >= _worth_blaming(f.cause)]
    # Under another key, id or partnership nothing can match, whatever the data.
    causes = (*agreed, *blamed)
    random = all(f.cause is not MismatchCause.NOT_RANDOM for f in found)
    overlap = estimate(column.buckets, other.buckets) if random else None
    verdict = _verdict(overlap, causes, (column, other))
    if verdict is Verdict.DOES_NOT_MATCH:
        causes = (*causes, *_disjoint(causes, overlap))
    return Diagnosis(
        subject=column.subject,
        verdict=verdict,
        overlap=overlap,
        causes=causes,
        remarks=(
            *(f for f in found if f not in blamed),
            *outside_findings(left),
            *outside_findings(right),
        ),
    )


def _verdict(
    overlap: Overlap | None,
    causes: Sequence[Finding],
    columns: tuple[ColumnManifest, ColumnManifest],
) -> Verdict:
    """Return what the interval, the disagreements and the refused rows decide."""
    if any(finding.cause in _NOTHING_CAN_MATCH for finding in causes):
        return Verdict.DOES_NOT_MATCH
    # A side that has rows and no token cannot match.
    if any(one.reasons and not one.reasons.get("ready") for one in columns):
        return Verdict.DOES_NOT_MATCH
    if overlap is None:
        return Verdict.CANNOT_BE_TOLD
    if overlap.is_significant:
        return Verdict.MATCHES
    return Verdict.DOES_NOT_MATCH if overlap.high <= MUCH else Verdict.CANNOT_BE_TOLD


def _disjoint(
    causes: Sequence[Finding], overlap: Overlap | None
) -> tuple[Finding, ...]:
    """Return that the populations may be disjoint, if no cause explains so much."""
    if overlap is None or any(f.share >= _EXPLAINS_ALL for f in causes):
        return ()
    return (
        Finding(
            cause=MismatchCause.DISJOINT,
            party="",
            column="",
            share=1.0,
            evidence=f"at most {percent(overlap.high)} of the smaller side can match",
        ),
    )


def _worth_blaming(cause: MismatchCause) -> float:
    """Return the share from which on a finding is a cause."""
    return _WORTH_BLAMING.get(cause, WORTH_BLAMING)
