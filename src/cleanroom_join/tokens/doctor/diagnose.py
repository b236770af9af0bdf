"""Two token manifests in, ranked causes out: why tokens do not match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.causes import Finding, MismatchCause
from cleanroom_join.tokens.doctor.overlap import estimate
from cleanroom_join.tokens.doctor.rules import agreement_findings, column_findings

if TYPE_CHECKING:
    from cleanroom_join.tokens.doctor.manifest import ColumnManifest, TokenManifest
    from cleanroom_join.tokens.doctor.overlap import Overlap

__all__ = ["WORTH_BLAMING", "Diagnosis", "diagnose"]

WORTH_BLAMING = 0.05
"""Share of rows from which on a finding is a cause; below, it is a remark."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """What the doctor finds about one subject of two manifests."""

    subject: str
    overlap: Overlap | None
    """The match rate with its limits; None if there are too few subjects."""
    causes: tuple[Finding, ...]
    """What explains missing matches, the most likely first; none if healthy."""
    remarks: tuple[Finding, ...]
    """What spoils only a few rows."""

    @property
    def healthy(self) -> bool:
        """Whether subjects match and there is no cause."""
        overlaps = self.overlap is not None and self.overlap.is_significant
        return not self.causes and overlaps


def diagnose(left: TokenManifest, right: TokenManifest) -> tuple[Diagnosis, ...]:
    """
    Return one diagnosis per subject that both manifests have.

    Disagreements come first, because one of them spoils every token; then the findings
    that spoil the largest share of either side's rows.  Populations are called disjoint
    only if nothing else explains the missing matches.
    """
    agreed = tuple(agreement_findings(left, right))
    return tuple(
        _subject(left, right, column, other, agreed)
        for column in left.columns
        if (other := right.column_of(column.subject)) is not None
    )


def _subject(
    left: TokenManifest,
    right: TokenManifest,
    column: ColumnManifest,
    other: ColumnManifest,
    agreed: tuple[Finding, ...],
) -> Diagnosis:
    """Return the diagnosis of one subject."""
    overlap = estimate(column.buckets, other.buckets)
    found = [
        *column_findings(left, column, other),
        *column_findings(right, other, column),
    ]
    found.sort(key=lambda finding: -finding.share)
    blamed = [f for f in found if f.share >= _worth_blaming(f.cause)]
    # Under another key, id or partnership nothing can match, whatever the data.
    causes = (*agreed, *blamed)
    if not causes and overlap is not None and not overlap.is_significant:
        limit = f"at most {overlap.high:.0%} of the smaller side can match"
        disjoint = Finding(
            cause=MismatchCause.DISJOINT,
            party="",
            column="",
            share=1.0,
            evidence=limit,
        )
        causes = (disjoint,)
    return Diagnosis(
        subject=column.subject,
        overlap=overlap,
        causes=causes,
        remarks=tuple(f for f in found if f not in blamed),
    )


def _worth_blaming(cause: MismatchCause) -> float:
    """Return the share from which on a finding is a cause."""
    # Many tables have rows without an identifier; that spoils no other row.
    return 0.5 if cause is MismatchCause.MISSING_VALUES else WORTH_BLAMING
