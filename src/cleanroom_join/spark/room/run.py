"""
One run of the room: what its steps read, and the one sequence of these steps.

`computed` is that sequence, for a release and for a deferred one alike: join,
aggregate, guard, review, enter in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleanroom_join.contract import resolve
from cleanroom_join.contract.clock import utc_today
from cleanroom_join.crypto.library_digest import library_digest
from cleanroom_join.disclosure import GuardedTable
from cleanroom_join.disclosure.ledger.agreed import AgreedDigests
from cleanroom_join.disclosure.ledger.chain import refuse_if_used_up
from cleanroom_join.disclosure.ledger.uncompared import uncompared
from cleanroom_join.errors import (
    NoOverlap,
    Refusal,
    ReleaseRefused,
    depends_on_data,
)
from cleanroom_join.review import (
    Entered,
    NotEntered,
    ReleaseFacts,
    SubjectCounts,
    Verdict,
    assess,
    assess_tokens,
)
from cleanroom_join.spark.room.consent import read_consent
from cleanroom_join.spark.room.inputs.engine import refuse_other_engine
from cleanroom_join.spark.room.neutral_errors import or_neutral
from cleanroom_join.spark.room.pipeline import answer, opened
from cleanroom_join.spark.room.progress import silent

if TYPE_CHECKING:
    import datetime as dt

    from pyspark.sql import SparkSession

    from cleanroom_join.contract import Contract, Output, Query
    from cleanroom_join.disclosure.ledger.entry import TableVersions
    from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens
    from cleanroom_join.review import LedgerOutcome, Review
    from cleanroom_join.spark.common.table_source import TableSource
    from cleanroom_join.spark.ledger.entry_rows import EntryRows
    from cleanroom_join.spark.ledger.tables import Ledger
    from cleanroom_join.spark.room.consent import Consent
    from cleanroom_join.spark.room.inputs.shared_tables import SharedTables
    from cleanroom_join.spark.room.pipeline import Answer
    from cleanroom_join.spark.room.progress import Progress

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
    progress: Progress = silent

    @classmethod
    def begin(
        cls,
        spark: SparkSession,
        contract: Contract,
        output: Output,
        source: TableSource,
        ledger: Ledger,
        progress: Progress = silent,
    ) -> Run:
        """
        Begin a run of today.

        Raises:
            ReleaseRefused: While a release is not saved (E506).
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
            progress=progress,
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
    """How a run ended; none of it is told before it is in the ledger."""

    run: Run
    table: GuardedTable
    """What the guard published and suppressed; empty after a refusal."""
    answer: Answer | None
    """None if the run has none."""
    tokens: JoinedTokens | None
    """Which tokens the entry is about; None if it is about none."""
    review: Review
    refusal: Refusal | None
    """The error that the run ended with."""
    entry: EntryRows | None
    """What is to be added to the ledger; None if nothing may be entered."""

    @property
    def outcome(self) -> LedgerOutcome:
        """What the run did with the ledger."""
        if self.entry is None:
            return NotEntered(problem=self.run.ledger.problem)
        return Entered(run=self.entry.end.run, head=self.entry.end.head)

    @property
    def sizes(self) -> SubjectCounts:
        """How many subjects the tables have; nothing after a refusal."""
        if self.answer is None or self.refusal is not None:
            return SubjectCounts(tables=(), matched=0)
        return self.answer.sizes

    @property
    def versions(self) -> TableVersions:
        """The version at which each shared table was read; unknown after a refusal."""
        if self.answer is None or self.refusal is not None:
            return ()
        return self.answer.versions


def computed(run: Run, terms: Review, *, hidden: bool) -> Computed:
    """
    Join, aggregate, guard, review, enter: always, in this order.

    However the run ends, with an answer, without a cell or with an error that depends
    on data, it is entered in the ledger before anybody can see how.  Only if contract
    or ledger do not allow a release, nothing is entered: a rehearsal goes on then.

    Args:
        run: What is asked, and under which contract.
        terms: What the review says of contract and ledger (`assess_terms`).
        hidden: Whether the answer is for a deferred release, whose entry shows not even
            whether there is an answer.

    Raises:
        ReleaseRefused: If the run cannot be entered, whatever the reason (E508).
        DisclosureError: If the releases of the contract are used up (E403).
        TableRefused, TokensRefused: If the columns of the shared tables are not what
            the contract says.
        ConsentRefused: If a consent state is stale, or suspends a party or a table.
        SparkFailure: If a table cannot be opened, or Spark is not one that the room
            can rely on (E391).
    """
    refuse_if_used_up(run.ledger.entries, run.contract.policy, run.today)
    with run.progress("the room opens the shared tables"):
        refuse_other_engine(run.spark)
        shared = opened(run.spark, run.contract, run.query, run.source)
    consent = read_consent(shared, run.contract, run.query)
    with run.progress("the room joins, counts, guards and reviews: most of the time"):
        done = _ended(run, shared, consent)
    if terms.findings:
        return done
    with run.progress("the room encrypts the entry for the ledger"):
        entry = or_neutral(lambda: _entered(done, hidden=hidden))
    return replace(done, entry=entry)


def _ended(run: Run, shared: SharedTables, consent: Consent | None) -> Computed:
    """Return how a run ended: any error that depends on data is one of the ends."""
    try:
        found = answer(run.contract, run.query, shared, run.ledger, consent)
        facts = run.facts(found.table, found.tokens)
        review, about = assess(facts), assess_tokens(facts)
        refusal, table = _unshowable(run, review, about, found.table)
        tokens = None if about.findings else found.tokens
    except Exception as error:
        if not depends_on_data(error):
            raise
        found, refusal, tokens = None, Refusal.of(error), None
        table = _nothing(run.query)
        review = assess(run.facts(table))
    return Computed(
        run=run,
        table=table,
        answer=found,
        tokens=tokens,
        review=review,
        refusal=refusal,
        entry=None,
    )


def _nothing(query: Query) -> GuardedTable:
    """Return a table without cells."""
    return GuardedTable(columns=query.schema(), published=(), suppressed=())


def _unshowable(
    run: Run, review: Review, about: Review, table: GuardedTable
) -> tuple[Refusal | None, GuardedTable]:
    """
    Return the error of an answer that is not shown, and what the entry keeps of it.

    With bounded contributions an answer without cells is the same error as tables that
    do not match.  An answer about tokens that cannot be compared with an earlier
    release is an error, too.  The cells that a rule suppressed stay suppressed all the
    same.
    """
    assets, bounded = run.query.assets, run.contract.policy.contribution_bounded
    against = about if about.findings else review
    if about.findings or review.verdict is Verdict.REJECTED:
        found = [str(finding) for finding in against.findings]
        error = ReleaseRefused.because(against.verdict.value, found)
        return Refusal.of(error), _nothing(run.query)
    if bounded and run.ledger.key is not None and not table.published:
        return Refusal.of(NoOverlap.or_no_cell(assets[0].name, assets[-1].name)), table
    return None, table


def _entered(done: Computed, *, hidden: bool) -> EntryRows:
    """Enter how a run ended in the ledger."""
    run = done.run
    return run.ledger.continued(
        run.spark,
        run.contract,
        run.query,
        done.table,
        () if done.answer is None else done.answer.cells,
        run.today,
        tokens=done.tokens,
        sizes=done.sizes,
        versions=done.versions,
        refusal=done.refusal,
        hidden=hidden,
    )
