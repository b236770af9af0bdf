"""
The room that a contract's policy makes: the real contract, guard, ledger and review.

Only counting is plain Python here (`plain_counts`): of the tables before the join, and
of the cells.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from cleanroom_join.attacks.fixture import ASSETS, agreed
from cleanroom_join.attacks.guarded_room import GuardedRoom
from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.attacks.plain_join import joined, with_tokens
from cleanroom_join.attacks.query import Observation
from cleanroom_join.contract import OTHER, resolve
from cleanroom_join.disclosure import LedgerState, Rule
from cleanroom_join.disclosure.ledger.agreed import AgreedDigests
from cleanroom_join.disclosure.ledger.chain import refuse_if_used_up
from cleanroom_join.disclosure.ledger.encoding import chunk_bytes, write_entry
from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens
from cleanroom_join.disclosure.ledger.uncompared import uncompared
from cleanroom_join.errors import (
    CleanRoomJoinError,
    InternalError,
    NoOverlap,
)
from cleanroom_join.review import (
    Check,
    JoinCounts,
    ReleaseFacts,
    TableValues,
    TokenCounts,
    Verdict,
    assess,
    check_counts,
    check_values,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from cleanroom_join.attacks.fixture import Fixture
    from cleanroom_join.attacks.game import Game, Rows
    from cleanroom_join.attacks.query import AttackQuery
    from cleanroom_join.contract import Contract, Query
    from cleanroom_join.disclosure import GuardedTable
    from cleanroom_join.disclosure.ledger.entry import Entry

__all__ = ["PolicyRoom"]

_KEY_ID = "k1"

_AGREED = AgreedDigests(contract="0" * 64, library="0" * 64)
"""The suite attacks what both parties agreed on."""


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
        self._policy = game.policy
        self._state = LedgerState.VERIFIED if ledger else LedgerState.MISSING
        self._key = hashlib.sha256(
            f"the joint key of game {game.seed}".encode()
        ).digest()
        self._room = GuardedRoom(
            game.policy, self._key, has_ledger=ledger, keeps_suppressed=confirmed
        )
        self._confirmed = confirmed
        self._behind = False
        self._last: tuple[Entry, Query] | None = None

    def release(self, query: AttackQuery, members: Rows) -> Observation:
        """Answer, or show the error that a notebook would show."""
        try:
            return self._answer(query, members)
        except InternalError:
            raise
        except CleanRoomJoinError as error:
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

    def entry_bytes(self) -> int:
        """Return how long all chunks of the last entry are together."""
        if self._last is None:
            return 0
        entry, query = self._last
        return sum(map(len, write_entry(entry, chunk_bytes(query))))

    def _answer(self, asked: AttackQuery, members: Rows) -> Observation:
        """Join, count, guard, review: always, in this order."""
        # The rules of the contract under attack, on the suite's own tables.
        contract = replace(agreed(self._fixture.toml(asked)), policy=self._policy)
        query = resolve(contract, contract.output(asked.name))
        refuse_if_used_up(self._room.entries, self._policy, self._room.today)
        signed = asked.signed
        tokens = JoinedTokens.of(contract.terms, signed.subject, signed.key_id)
        patients, members = (with_tokens(t, signed) for t in (self._days[0], members))
        names = [asset.name for asset in query.assets]
        self._check_tables(query, dict(zip(names, (patients, members), strict=True)))
        cells = count(joined(patients, members), query, self._key, self._policy)
        table = self._room.guard(query, cells, tokens)
        self._note(table)
        if self._policy.contribution_bounded and not table.published:
            raise NoOverlap.or_no_cell(*ASSETS)
        if not self._approved(contract, query, table, tokens):
            return Observation(text="not approved")
        entry = self._room.enter(
            query,
            cells,
            table,
            contract_id=contract.terms.id,
            contract_sha256=contract.digest,
            tokens=tokens,
        )
        self._last = entry, query
        if self._confirmed and self._behind:
            # Of two entries with one number the other party has confirmed the first.
            self.stops.update(["not confirmed"])
            return Observation(text="not confirmed")
        names = [column.name for column in table.columns]
        rows = [dict(zip(names, row, strict=True)) for row in table.rows]
        return Observation(rows=rows, text=f"{len(rows)} cells published")

    def _check_tables(self, query: Query, tables: Mapping[str, Rows]) -> None:
        """Refuse tables that the room refuses before it joins them."""
        owners = {
            asset.name: [row[query.output.on] for row in tables[asset.name]]
            for asset in query.assets
        }
        subjects = {name: Counter(found) for name, found in owners.items()}
        counts = JoinCounts(
            joined=tuple(
                TokenCounts(
                    asset=name,
                    column=query.output.on,
                    malformed=0,
                    raw_like=0,
                    tokens=len(found),
                    repeated=sum(rows > 1 for rows in found.values()),
                    first_key_id=_KEY_ID,
                    last_key_id=_KEY_ID,
                )
                for name, found in subjects.items()
            ),
            others=(),
            matched=len(set.intersection(*map(set, subjects.values()))),
        )
        check_counts(counts, query, self._policy, (_KEY_ID,))
        check_values(
            [
                TableValues(
                    asset=asset.name,
                    rows=len(tables[asset.name]),
                    not_finite=tuple(
                        name
                        for name in query.columns
                        if name in asset.columns
                        and not all(_is_usable(r[name]) for r in tables[asset.name])
                    ),
                )
                for asset in query.assets
            ]
        )

    def _note(self, table: GuardedTable) -> None:
        """Keep which rules suppressed or repeated a cell."""
        self.stops.update(cell.rule.value for cell in table.suppressed)
        if any(cell.repeated_from is not None for cell in table.published):
            self.stops.update([Rule.DIFFERENCING.value])
        if any(OTHER in cell.labels for cell in table.published):
            self.stops.update(["undeclared labels are one group"])

    def _approved(
        self,
        contract: Contract,
        query: Query,
        table: GuardedTable,
        tokens: JoinedTokens,
    ) -> bool:
        """Return whether the review approves, or only the ledger is missing."""
        missing = self._state is LedgerState.MISSING
        entries = [] if missing else self._room.entries
        review = assess(
            ReleaseFacts(
                registered=query.registered,
                running=_AGREED,
                anchored=_AGREED,
                revision=contract.terms.revision,
                highest_revision=max(
                    (
                        entry.contract_revision
                        for entry in entries
                        if entry.contract_id == contract.terms.id
                    ),
                    default=0,
                ),
                uncompared=uncompared(tokens, entries, contract.terms),
                expires=contract.terms.expires,
                as_of=self._room.today,
                min_cohort=self._policy.min_cohort,
                count_base=self._policy.count_base,
                expected=query.schema(),
                dimension_count=len(query.dimensions),
                columns=table.columns,
                rows=table.rows,
                ledger=self._state,
            )
        )
        against = {finding.check for finding in review.findings}
        if Check.COMPARED in against:
            self.stops.update(["tokens that cannot be compared"])
        if missing and against == {Check.LEDGER}:
            return True
        return review.verdict is Verdict.APPROVED


def _is_usable(value: object) -> bool:
    """Return whether a value is neither NaN nor infinite."""
    return not isinstance(value, float) or math.isfinite(value)
