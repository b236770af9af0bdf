"""
The room that a contract's policy makes: the real contract, guard, ledger and review.

Only counting is plain Python here (`plain_counts`): of the tables before the join, and
of the cells.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cleanroom_join.attacks.fixture import ASSETS, PURPOSE, agreed
from cleanroom_join.attacks.guarded_room import GuardedRoom
from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.attacks.plain_join import joined, with_tokens
from cleanroom_join.attacks.plain_preflight import check_tables
from cleanroom_join.attacks.plain_review import (
    EndedRun,
    Situation,
    approves,
    stops_of,
)
from cleanroom_join.attacks.plain_shares import count_shares
from cleanroom_join.attacks.query import Observation
from cleanroom_join.contract import count_possible_cells, resolve
from cleanroom_join.disclosure import GuardedTable, LedgerState
from cleanroom_join.disclosure.ledger.agreed import AgreedDigests
from cleanroom_join.disclosure.ledger.chain import refuse_if_used_up
from cleanroom_join.disclosure.ledger.encoding import chunk_bytes, write_entry
from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens
from cleanroom_join.errors import (
    CleanRoomJoinError,
    InternalError,
    NoOverlap,
    Refusal,
    ReleaseRefused,
    depends_on_data,
)
from cleanroom_join.review import (
    NotEntered,
    Verdict,
    assess,
    assess_terms,
    build_report_until_saved,
    summary,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from cleanroom_join.attacks.fixture import Fixture
    from cleanroom_join.attacks.game import Game, Rows
    from cleanroom_join.attacks.query import AttackQuery, SignedTerms
    from cleanroom_join.contract import Contract, Policy, Query
    from cleanroom_join.disclosure import CellStatistics
    from cleanroom_join.disclosure.ledger.entry import Entry

__all__ = ["PolicyRoom"]


class PolicyRoom:
    """
    A room under the policy of a game.

    Args:
        fixture: What the tables look like.
        days: The victim's table, day by day.
        game: The policy, and chance.
        ledger: Whether there is a record of earlier releases.  Without one, a reviewer
            must approve each release: the attacker sees what it would see if that
            reviewer, with no record either, approved.
        confirmed: Whether the other party confirms an answer before it is shown.
    """

    def __init__(
        self,
        fixture: Fixture,
        days: Sequence[Rows],
        game: Game,
        *,
        ledger: bool,
        confirmed: bool = False,
    ) -> None:
        self.stops: Counter[str] = Counter()
        """What stood in the way, by rule or error code."""
        self._fixture = fixture
        self._days = list(days)
        self._policy = replace(
            game.policy,
            min_match_rate=game.policy.min_match_rate or fixture.min_match_rate,
        )
        self._state = LedgerState.VERIFIED if ledger else LedgerState.MISSING
        self._key = hashlib.sha256(
            f"the joint key of game {game.seed}".encode()
        ).digest()
        self._room = GuardedRoom(
            self._policy, self._key, has_ledger=ledger, keeps_suppressed=confirmed
        )
        self._confirmed = confirmed
        self._behind = False
        self._purpose = PURPOSE
        self._anchored = self._running()
        self._last: EndedRun | None = None

    def release(self, query: AttackQuery, members: Rows) -> Observation:
        """Answer, or show the error that a notebook would show, once it is entered."""
        try:
            held = self._held(query)
            run = self._run(query, members) if held is None else None
        except InternalError:
            raise
        except CleanRoomJoinError as error:
            return self._error(error)
        if run is None:
            return Observation(text=held or "")
        self._room.entries.append(run.entry)
        self._last = run
        if self._confirmed and self._behind:
            # Of two entries with one number the other party has confirmed the first.
            self.stops.update(["not confirmed"])
            return Observation(text="not confirmed")
        if run.entry.refusal is not None:
            return self._error(run.entry.refusal.error())
        if not run.approved:
            return Observation(text="not approved")
        names = [column.name for column in run.table.columns]
        shown = [dict(zip(names, row, strict=True)) for row in run.table.rows]
        return Observation(rows=shown, text=f"{len(shown)} cells published")

    def unsaved(self, query: AttackQuery, members: Rows) -> Observation:
        """
        Return what a run shows before it is entered.

        That is an error that depends on no row, or else the run's number, and with
        confirmation how long each chunk of the prepared entry is.
        """
        try:
            held = self._held(query)
            run = self._run(query, members) if held is None else None
        except InternalError:
            raise
        except CleanRoomJoinError as error:
            return self._error(error)
        if run is None:
            return Observation(text=held or "")
        form = [len(chunk) for chunk in run.chunks] if self._confirmed else []
        return Observation(text=f"run {run.entry.run}, pending; chunks {form}")

    def _error(self, error: CleanRoomJoinError) -> Observation:
        """Show an error."""
        codes = {p.code for p in getattr(error, "problems", ())} or {error.code}
        self.stops.update(codes)
        return Observation(text=str(error))

    def next_day(self) -> None:
        """Go on to the table of the next day."""
        del self._days[0]
        self._room.today += dt.timedelta(days=1)

    def rewind(self) -> None:
        """Discard the last entry: the next run reads the same ledger."""
        if self._room.entries:
            self._behind = True
            del self._room.entries[-1]

    def revise_noise(self, variance: Decimal, max_noise: int) -> None:
        """Go on under a policy with other noise."""
        self._policy = replace(
            self._policy, perturbation_variance=variance, max_noise=max_noise
        )
        self._room.policy = self._policy
        self._anchored = self._running()

    def bring_contract(self, policy: Policy, purpose: str) -> None:
        """Go on under another contract; the victim's anchor names the agreed one."""
        self._policy = self._room.policy = policy
        self._purpose = purpose

    def entry_bytes(self) -> int:
        """Return how long all chunks of the last entry are together."""
        return 0 if self._last is None else sum(map(len, self._last.chunks))

    def _held(self, asked: AttackQuery) -> str | None:
        """
        Return what is printed of a release that contract or ledger do not allow.

        Nothing is computed.  Somebody of the victim's reads it.  A line of the
        attacker's that looks like the verdict is taken for it: then the victim's anchor
        names what runs, and the answer is None, as for a release that is allowed.
        """
        contract, query = self._resolved(asked)
        terms = assess_terms(self._situation(contract, query).facts())
        if approves(terms, self._state):
            return None
        told = build_report_until_saved(contract, query, terms, NotEntered())
        text = summary(told, full=True)
        best = Verdict.APPROVED.value
        if not any(line.startswith(best) for line in text.splitlines()):
            return text
        self._anchored = self._running()
        return None

    def _resolved(self, asked: AttackQuery) -> tuple[Contract, Query]:
        """Return the contract and the query, on the suite's own tables."""
        contract = replace(
            agreed(self._fixture.toml(asked, self._purpose)), policy=self._policy
        )
        return contract, resolve(contract, contract.output(asked.name))

    def _run(self, asked: AttackQuery, members: Rows) -> EndedRun:
        """Join, count, guard, review: always, in this order; nothing is entered."""
        contract, query = self._resolved(asked)
        refuse_if_used_up(self._room.entries, self._policy, self._room.today)
        tokens = JoinedTokens.of(
            contract.terms, asked.signed.subject, asked.signed.key_id
        )
        about: JoinedTokens | None = tokens
        situation = self._situation(contract, query)
        cells: tuple[CellStatistics, ...] = ()
        table = GuardedTable(columns=query.schema(), published=(), suppressed=())
        refusal = None
        try:
            cells, table = self._guarded(situation, asked.signed, members, tokens)
        except InternalError:
            raise
        except CleanRoomJoinError as error:
            if not depends_on_data(error):
                raise
            refusal, about = Refusal.of(error), None
        self.stops.update(stops_of(table))
        if refusal is None and self._policy.contribution_bounded and not table.rows:
            refusal = Refusal.of(NoOverlap.or_no_cell(*ASSETS))
        possible = 0
        if self._confirmed:
            possible = count_possible_cells(query.output, contract.terms.assets)
        entry = self._room.next_entry(
            query,
            cells,
            table,
            contract_id=contract.terms.id,
            contract_sha256=contract.digest,
            tokens=about,
            refusal=refusal,
        )
        review = assess(situation.facts(table, tokens))
        return EndedRun(
            table=table,
            approved=approves(review, self._state),
            entry=entry,
            chunks=write_entry(entry, chunk_bytes(query), 1 + possible),
        )

    def _guarded(
        self, run: Situation, signed: SignedTerms, members: Rows, tokens: JoinedTokens
    ) -> tuple[tuple[CellStatistics, ...], GuardedTable]:
        """Check the tables, join, count and guard."""
        query = run.query
        tables = [with_tokens(table, signed) for table in (self._days[0], members)]
        assets = [asset.name for asset in query.assets]
        by_asset = dict(zip(assets, tables, strict=True))
        check_tables(query, by_asset, self._policy, self._key)
        rows = joined(*tables)
        cells = count(rows, query, self._key, self._policy)
        shares = partial(count_shares, rows, query)
        table = self._room.guard(query, cells, tokens, shares)
        if problems := run.not_compared(tokens):
            self.stops.update(["tokens that cannot be compared"])
            raise ReleaseRefused.because(Verdict.NEEDS_REVIEW.value, problems)
        return cells, table

    @property
    def _entries(self) -> Sequence[Entry]:
        """The ledger, if there is one."""
        missing = self._state is LedgerState.MISSING
        return () if missing else self._room.entries

    def _running(self) -> AgreedDigests:
        """Return digests of what runs; a policy stands for the contract that has it."""
        terms = repr((self._policy, self._purpose)).encode()
        return AgreedDigests(
            contract=hashlib.sha256(terms).hexdigest(), library="0" * 64
        )

    def _situation(self, contract: Contract, query: Query) -> Situation:
        """Return what a run finds in the room."""
        return Situation(
            contract=contract,
            query=query,
            running=self._running(),
            anchored=self._anchored,
            state=self._state,
            entries=self._entries,
            today=self._room.today,
        )
