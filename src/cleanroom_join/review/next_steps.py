"""
What to do next: one step for each finding, or for a release without one.

Nothing here depends on data: a step follows from the check that failed.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.errors import assert_never
from cleanroom_join.review.ledger_problems import ledger_step
from cleanroom_join.review.report import Confirmed, Entered, NotEntered
from cleanroom_join.review.verdict import Check, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.review.report import LedgerOutcome
    from cleanroom_join.review.verdict import Review, ReviewFinding

__all__ = ["STEPS", "next_steps"]

_BUG = (
    "release nothing: the answer is not what the contract says it is. That is a fault"
    " of the library: report it with this text, which holds no figure"
)

STEPS: Mapping[Check, str] = MappingProxyType(
    {
        Check.REGISTERED: "write the query into the contract as an output, agree on"
        " that revision, and release it by its name",
        Check.AGREED: "both run `cleanroom-join check` and compare the digests; then"
        " run what both agreed on, or the other party updates its anchor",
        Check.IN_FORCE: "agree on a new revision with a later `expires`",
        Check.COMPARED: "both parties read docs/howto/change-the-key.md, and accept in"
        " the contract what cannot be compared",
        Check.COLUMNS: _BUG,
        Check.GRAIN: _BUG,
        Check.VALUES: _BUG,
        Check.COHORT: _BUG,
        Check.NOT_EMPTY: "rehearse with test data: `cleanroom-join advise` says which"
        " change of the contract would publish more, such as coarser labels",
    }
)
"""What to do about a finding of each check but the ledger's, see `ledger_step`."""

_SAVE = (
    "save it: `save` writes the ledger's entry, and only then tells what the run found"
)
_ENTERED = (
    "the runner appends the entry (`append_ledger`), then the other party confirms run"
    " {run} with this head (`confirm`); until then the next run is NEEDS_REVIEW"
)
_CONFIRMED = "use the figures: the ledger has the entry already"
_NOT_ENTERED = "nothing follows: the release is in no ledger"


def next_steps(review: Review, ledger: LedgerOutcome, *, saved: bool) -> list[str]:
    """
    Return what to do next, each step once.

    Args:
        review: Verdict and findings.
        ledger: What the run did with the ledger.
        saved: Whether the release is saved.
    """
    if review.findings:
        return list(dict.fromkeys(map(_step, review.findings)))
    if review.verdict is Verdict.PENDING or not saved:
        return [_SAVE]
    if isinstance(ledger, Entered):
        return [_ENTERED.format(run=ledger.run)]
    if isinstance(ledger, Confirmed):
        return [_CONFIRMED]
    if isinstance(ledger, NotEntered):
        return [_NOT_ENTERED]
    return assert_never(ledger)


def _step(finding: ReviewFinding) -> str:
    """Return what to do about a finding."""
    if finding.check is Check.LEDGER:
        return ledger_step(finding.text)
    return STEPS[finding.check]
