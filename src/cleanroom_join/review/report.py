"""What is told of a release, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanroom_join.contract import OutputColumn
    from cleanroom_join.disclosure import Value
    from cleanroom_join.disclosure.coarse_counts import Coverage
    from cleanroom_join.review.plain_language import PolicyLine, RuleLine
    from cleanroom_join.review.verdict import Verdict

__all__ = [
    "Change",
    "Confirmed",
    "Entered",
    "LedgerOutcome",
    "Merged",
    "NotEntered",
    "Published",
    "ReleaseReport",
    "SizeBand",
    "Sizes",
    "Step",
]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Sizes:
    """How many subjects the tables have; secret."""

    tables: tuple[tuple[str, int], ...]
    """Distinct subjects by asset, in join order."""
    matched: int
    """Distinct subjects that are in all of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entered:
    """The release is a new entry of the ledger."""

    run: int
    head: str

    def __str__(self) -> str:
        """Return where the ledger ends now."""
        return f"run {self.run}, head {self.head}"


@dataclass(frozen=True, kw_only=True, slots=True)
class NotEntered:
    """The release is in no ledger."""

    problem: str | None = None
    """Why there is no ledger to rely on, if that is the cause; quotes no data."""

    def __str__(self) -> str:
        """Return that nothing was entered, and why."""
        return f"nothing was entered{f': {self.problem}' if self.problem else ''}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmed:
    """The release is an entry that the other party has confirmed."""

    run: int

    def __str__(self) -> str:
        """Return that there is nothing to enter."""
        return f"run {self.run}, confirmed; nothing is to be entered"


LedgerOutcome = Entered | NotEntered | Confirmed
"""What a run did with the ledger."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """How many subjects came so far."""

    name: str
    at_least: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SizeBand:
    """How many published cells have a cohort of some size."""

    least: int
    below: int | None
    """None in the last band."""
    cells: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """A coarser cell that stands for combinations that are no rows."""

    labels: tuple[str, ...]
    combinations: int
    """How many of them; some may be without anybody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What differs between the rows of this release and of the one before."""

    run: int
    """The run compared with."""
    new: int
    """Rows that were not there."""
    gone: int
    """Rows that are not there any more."""
    same: int
    """Rows with the same figures, whether repeated or just as they were."""
    different: int
    states: tuple[str, ...]
    """For each row of this release: ``new``, ``same`` or ``different``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What is told of an approved answer."""

    digest: str
    columns: tuple[OutputColumn, ...]
    keys: int
    """How many of the columns are dimensions."""
    rows: tuple[tuple[Value, ...], ...]
    coverage: Coverage
    totals: int
    """Rows that are totals."""
    coarser: tuple[Merged, ...]
    funnel: tuple[Step, ...]
    sizes: tuple[SizeBand, ...]
    """Of cells, totals left out."""
    share: tuple[int, int] | None
    """Percent of subjects who are in published cells, from and to; None: not told."""
    change: Change | None
    """None if there is no release before."""

    def __repr__(self) -> str:
        """Name the columns; figures are for the pages that show them."""
        return f"Published(columns={[c.name for c in self.columns]})"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseReport:
    """What may be handed to either company about one release."""

    verdict: Verdict
    output: str
    contract: str
    """Id and revision."""
    contract_sha256: str
    purpose: str
    query: tuple[tuple[str, str], ...]
    """What was asked, as name and text."""
    min_cohort: int
    policy: tuple[PolicyLine, ...]
    rules: tuple[RuleLine, ...]
    findings: tuple[str, ...]
    """Of the review."""
    published: Published | None
    """None unless the verdict is APPROVED."""
    notes: tuple[str, ...]
    ledger: str
