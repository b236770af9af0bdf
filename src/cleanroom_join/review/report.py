"""
What a report says about one release, as values; `summary` and `report` show them.

No value appears in a ``repr``: it ends up in logs, which must hold no figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cleanroom_join.contract import CellLabels, OutputColumn
    from cleanroom_join.disclosure import Value
    from cleanroom_join.disclosure.coarse_counts import Coverage
    from cleanroom_join.review.plain_language import DescribedRule, DescribedSetting
    from cleanroom_join.review.verdict import Verdict

__all__ = [
    "BudgetUse",
    "CoarserCell",
    "Confirmed",
    "Entered",
    "FunnelStep",
    "LedgerOutcome",
    "MatchedOn",
    "NotEntered",
    "PublishedDetails",
    "ReleaseComparison",
    "ReleaseReport",
    "SizeClass",
    "SubjectCounts",
]

_UNMATCHED = "not matched"
"""Name of `MatchedOn.unmatched` in an entry."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class MatchedOn:
    """How subjects were matched where there are several kinds to match on; secret."""

    kinds: tuple[tuple[str, int], ...]
    """Distinct subjects matched on each kind, in order of trust."""
    unmatched: int
    """
    Subjects of one table that share a token with the other and were not matched.

    They contradict each other, or could be two subjects.
    """


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SubjectCounts:
    """How many subjects the tables have; secret."""

    tables: tuple[tuple[str, int], ...]
    """Distinct subjects by asset, in join order."""
    matched: int
    """Distinct subjects that are in all of them."""
    matched_on: MatchedOn | None = None
    """Of a query that joins on several kinds of subject."""

    @property
    def document(self) -> tuple[tuple[str, int], ...]:
        """All counts by name, as an entry holds them; no asset has a blank in it."""
        on = self.matched_on
        kinds = () if on is None else tuple((f"on {n}", size) for n, size in on.kinds)
        unmatched = () if on is None else ((_UNMATCHED, on.unmatched),)
        return (*self.tables, *kinds, *unmatched, ("", self.matched))

    @classmethod
    def read(cls, document: Sequence[tuple[str, int]]) -> SubjectCounts:
        """Return what `document` wrote; raises ValueError if it is something else."""
        *named, (_, matched) = document
        sizes = dict(named)
        unmatched = sizes.pop(_UNMATCHED, None)
        kinds = {name: sizes.pop(name) for name in list(sizes) if " " in name}
        on = None
        if unmatched is not None:
            found = tuple((n.partition(" ")[2], size) for n, size in kinds.items())
            on = MatchedOn(kinds=found, unmatched=unmatched)
        return cls(tables=tuple(sizes.items()), matched=matched, matched_on=on)


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
        return f"run {self.run}, confirmed by the other party; nothing new to enter"


LedgerOutcome = Entered | NotEntered | Confirmed
"""What a run did with the ledger."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class FunnelStep:
    """One step from whole tables to published cells, and how many subjects reach it."""

    name: str
    at_least: int
    """Lower limit of distinct subjects; at least k."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SizeClass:
    """How many published cells have a cohort size within some limits."""

    least: int
    below: int | None
    """None in the last class."""
    cells: int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class CoarserCell:
    """A published cell that stands for combinations without cells of their own."""

    labels: CellLabels
    combinations: int
    """How many of them; some may have no subjects."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ReleaseComparison:
    """How the rows of this release differ from those of an earlier one."""

    run: int
    """The run of the earlier release."""
    new: int
    """Rows that the earlier release does not have."""
    removed: int
    """Rows that only the earlier release has."""
    unchanged: int
    """Rows with the same figures, whether repeated or computed again."""
    changed: int
    """Rows with other figures."""
    row_states: tuple[str, ...]
    """For each row of this release: ``new``, ``unchanged`` or ``changed``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetUse:
    """How much of the budget against reconstruction one line has used."""

    line: str
    """What is secret: the values of a column, or the membership of a table."""
    percent: int
    """Of the limit, in all releases so far; rounded up to a multiple of ten."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedDetails:
    """Everything in a report that depends on the data; of an approved release only."""

    digest: str
    """SHA-256 over columns and rows."""
    columns: tuple[OutputColumn, ...]
    dimension_count: int
    """How many of the columns, from the left, are dimensions."""
    labels: tuple[CellLabels, ...]
    """The labels that rows have in each dimension, in the contract's order."""
    rows: tuple[tuple[Value, ...], ...]
    coverage: Coverage
    totals: int
    """Rows that are totals."""
    coarser: tuple[CoarserCell, ...]
    funnel: tuple[FunnelStep, ...]
    size_classes: tuple[SizeClass, ...]
    """Of cells, totals left out."""
    share: tuple[int, int] | None
    """Percent of subjects who are in published cells, from and to; None: not stated."""
    comparison: ReleaseComparison | None
    """None if no earlier release of the query is in the ledger."""
    budget: tuple[BudgetUse, ...] = ()
    """What the figures of the query are charged to."""
    matched_on: tuple[str, ...] = ()
    """How many subjects were matched on which kind, if there are several."""

    def __repr__(self) -> str:
        """Name the columns; figures are for the pages that show them."""
        return f"PublishedDetails(columns={[c.name for c in self.columns]})"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseReport:
    """What either company may read about one release."""

    verdict: Verdict
    output: str
    contract: str
    """Id and revision."""
    contract_sha256: str
    parties: tuple[str, ...]
    """Both companies, as the contract names them."""
    as_of: dt.date | None
    """Day of the run, UTC; None if the release is not saved."""
    library: str
    """The version of this library that wrote the report."""
    purpose: str
    query: tuple[tuple[str, str], ...]
    """What the query asks, as name and text."""
    min_cohort: int
    policy: tuple[DescribedSetting, ...]
    rules: tuple[DescribedRule, ...]
    findings: tuple[str, ...]
    """Of the review."""
    next_steps: tuple[str, ...]
    """What to do next."""
    published: PublishedDetails | None
    """None unless the verdict is APPROVED and the release is saved."""
    notes: tuple[str, ...]
    """What a reader of the figures must know."""
    ledger: str
    """What the run did with the ledger."""
    state_versions: tuple[tuple[str, int | None], ...] = ()
    """
    By party, the version of its consent state that the run read.

    None where the table has no versions; empty if the contract asks no state.
    """
