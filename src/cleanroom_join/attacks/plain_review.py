"""The review of the suite's rooms: the facts that the real review looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract import OTHER
from cleanroom_join.disclosure import LedgerState, Rule
from cleanroom_join.disclosure.ledger.uncompared import uncompared
from cleanroom_join.review import Check, ReleaseFacts, Review, Verdict
from cleanroom_join.review.comparability import comparability_problems

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from cleanroom_join.contract import Contract, Query
    from cleanroom_join.disclosure import GuardedTable
    from cleanroom_join.disclosure.ledger.agreed import AgreedDigests
    from cleanroom_join.disclosure.ledger.entry import Entry
    from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens

__all__ = ["EndedRun", "Situation", "approves", "stops_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """What a run finds in the room, besides the tables."""

    contract: Contract
    query: Query
    running: AgreedDigests
    anchored: AgreedDigests
    state: LedgerState
    entries: Sequence[Entry]
    """The ledger; nothing if it is missing."""
    today: dt.date

    def facts(
        self, table: GuardedTable | None = None, tokens: JoinedTokens | None = None
    ) -> ReleaseFacts:
        """Return what the review looks at; without a table, the terms alone."""
        terms, policy = self.contract.terms, self.contract.policy
        revisions = (
            entry.contract_revision
            for entry in self.entries
            if entry.contract_id == terms.id
        )
        return ReleaseFacts(
            registered=self.query.registered,
            running=self.running,
            anchored=self.anchored,
            revision=terms.revision,
            highest_revision=max(revisions, default=0),
            uncompared=None
            if tokens is None
            else uncompared(tokens, self.entries, terms),
            expires=terms.expires,
            as_of=self.today,
            min_cohort=policy.min_cohort,
            count_base=policy.count_base,
            expected=self.query.schema(),
            dimension_count=len(self.query.dimensions),
            columns=None if table is None else table.columns,
            rows=None if table is None else table.rows,
            ledger=self.state,
        )

    def not_compared(self, tokens: JoinedTokens) -> list[str]:
        """Return why an answer about these tokens is not compared with all others."""
        other = uncompared(tokens, self.entries, self.contract.terms)
        return list(comparability_problems(other))


@dataclass(frozen=True, kw_only=True, slots=True)
class EndedRun:
    """How one run ended."""

    table: GuardedTable
    approved: bool
    entry: Entry
    chunks: Sequence[bytes]
    """The entry as it is written, before it is encrypted."""


def approves(review: Review, state: LedgerState) -> bool:
    """Return whether the review approves, or only the ledger is missing."""
    against = {finding.check for finding in review.findings}
    if state is LedgerState.MISSING and against == {Check.LEDGER}:
        return True
    return review.verdict in (Verdict.APPROVED, Verdict.PENDING)


def stops_of(table: GuardedTable) -> Iterator[str]:
    """Yield which rules suppressed or repeated a cell."""
    yield from (cell.rule.value for cell in table.suppressed)
    if any(cell.repeated_from is not None for cell in table.published):
        yield Rule.DIFFERENCING.value
    if any(OTHER in cell.labels for cell in table.published):
        yield "undeclared labels are one group"
