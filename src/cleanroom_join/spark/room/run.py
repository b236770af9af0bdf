"""
One run of the room: what its steps read, and the one sequence of these steps.

`computed` is that sequence, for a release and for a deferred one alike: join,
aggregate, guard, review, enter in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract import resolve
from cleanroom_join.crypto.library_digest import library_digest
from cleanroom_join.disclosure.ledger.agreed import AgreedDigests
from cleanroom_join.disclosure.ledger.chain import refuse_if_used_up
from cleanroom_join.disclosure.ledger.uncompared import uncompared
from cleanroom_join.errors import ReleaseRefused
from cleanroom_join.review import (
    Entered,
    NotEntered,
    ReleaseFacts,
    Verdict,
    assess,
    assess_terms,
    assess_tokens,
)
from cleanroom_join.spark.ledger.save_gate import utc_today
from cleanroom_join.spark.room.pipeline import answer

if TYPE_CHECKING:
    import datetime as dt

    from pyspark.sql import SparkSession

    from cleanroom_join.contract import Contract, Output, Query
    from cleanroom_join.disclosure import GuardedTable
    from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens
    from cleanroom_join.review import LedgerOutcome, Review
    from cleanroom_join.spark.common.table_source import TableSource
    from cleanroom_join.spark.ledger.entry_rows import EntryRows
    from cleanroom_join.spark.ledger.tables import Ledger
    from cleanroom_join.spark.room.pipeline import Answer

__all__ = ["Computed", "Run", "computed"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Run:
    """What every step of a run reads."""

    spark: SparkSession
    contract: Contract
    query: Query
    source: TableSource
    ledger: Ledger
    today: dt.date
    """Day of the run, UTC."""

    @classmethod
    def begin(
        cls,
        spark: SparkSession,
        contract: Contract,
        output: Output,
        source: TableSource,
        ledger: Ledger,
    ) -> Run:
        """
        Begin a run of today.

        Raises:
            ReleaseRefused: While an approved release is not saved (E506).
            ContractError: If the contract has expired (E102), or the query does not fit
                its assets (E100).
        """
        ledger.gate.refuse_while_held()
        today = utc_today()
        contract.refuse_if_expired(today)
        return cls(
            spark=spark,
            contract=contract,
            query=resolve(contract, output),
            source=source,
            ledger=ledger,
            today=today,
        )

    def facts(
        self,
        table: GuardedTable | None,
        tokens: JoinedTokens | None = None,
        *,
        before: int | None = None,
    ) -> ReleaseFacts:
        """
        Return the facts that the review checks; without a table, the terms alone.

        Args:
            table: The answer; None before there is one.
            tokens: Which tokens it is about.
            before: The run of its entry, if it is in the ledger already.
        """
        policy, terms = self.contract.policy, self.contract.terms
        earlier = [e for e in self.ledger.entries if before is None or e.run < before]
        return ReleaseFacts(
            registered=self.query.registered,
            running=AgreedDigests(
                contract=self.contract.digest, library=library_digest()
            ),
            anchored=self.ledger.anchored,
            revision=terms.revision,
            highest_revision=self.ledger.highest_revision(terms.id),
            uncompared=None if tokens is None else uncompared(tokens, earlier, terms),
            expires=terms.expires,
            as_of=self.today,
            min_cohort=policy.min_cohort,
            count_base=policy.count_base,
            expected=self.query.schema(),
            dimension_count=len(self.query.dimensions),
            columns=None if table is None else table.columns,
            rows=None if table is None else table.rows,
            ledger=self.ledger.state,
        )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Computed:
    """The result of a run; none of it leaves before it is in the ledger."""

    run: Run
    answer: Answer
    review: Review
    entry: EntryRows | None
    """What is to be added to the ledger; None if nothing was entered."""

    @property
    def outcome(self) -> LedgerOutcome:
        """What the run did with the ledger."""
        if self.entry is None:
            return NotEntered(problem=self.run.ledger.problem)
        return Entered(run=self.entry.end.run, head=self.entry.end.head)


def computed(run: Run, *, hidden: bool) -> Computed:
    """
    Join, aggregate, guard, review, enter: always, in this order.

    An approved answer is entered in the ledger before anybody can see it.  A hidden one
    is always entered: a missing entry would reveal that it was not approved.

    Args:
        run: What is asked, and under which contract.
        hidden: Whether the answer is for a deferred release.

    Raises:
        ReleaseRefused: If the answer is hidden and the query, the contract, the ledger
            or the kind of tokens stand in the way of it (E501).
        DisclosureError: If the releases of the contract are used up (E403), or the
            guard refuses the query.
        TableRefused, TokensRefused, NoOverlap: If the shared tables are not what the
            contract says.
    """
    if hidden:
        _refuse_unless_preparable(assess_terms(run.facts(None)))
    refuse_if_used_up(run.ledger.entries, run.contract.policy, run.today)
    found = answer(run.contract, run.query, run.source, run.ledger)
    facts = run.facts(found.table, found.tokens)
    if hidden:
        _refuse_unless_preparable(assess_tokens(facts))
    review = assess(facts)
    entry = None
    if hidden or review.verdict is Verdict.APPROVED:
        entry = run.ledger.continued(
            run.spark,
            run.contract,
            run.query,
            found.table,
            found.cells,
            run.today,
            tokens=found.tokens,
            sizes=found.sizes,
            hidden=hidden,
        )
    return Computed(run=run, answer=found, review=review, entry=entry)


def _refuse_unless_preparable(review: Review) -> None:
    """Refuse for findings that depend on no row of the tables."""
    if review.findings:
        found = [str(finding) for finding in review.findings]
        raise ReleaseRefused.because(review.verdict.value, found)
