"""
A clean room in memory: it guards cells, and enters each release in a ledger.

Guard, ledger entries and history are those of the real room; the caller counts the
cells.  Attacks play against it, and the tests of releases over time use it too.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cleanroom_join.disclosure import protect
from cleanroom_join.disclosure.ledger.chain import history_of
from cleanroom_join.disclosure.ledger.entry import GENESIS, ConfirmedHead, next_entry
from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.disclosure import CellStatistics, GuardedTable
    from cleanroom_join.disclosure.budget.shares import ShareCounts
    from cleanroom_join.disclosure.ledger.entry import Entry
    from cleanroom_join.errors import Refusal

__all__ = ["FIRST_DAY", "USUAL_TOKENS", "GuardedRoom"]

FIRST_DAY = dt.date(2030, 1, 1)
"""Day of the first release."""

USUAL_TOKENS = JoinedTokens(
    partnership="attack-suite", identifier="device_id", key_id="k1"
)
"""What is joined, unless a test or an attack joins something else."""


class GuardedRoom:
    """
    Releases one after another, under a policy.

    Args:
        policy: The policy in force; another may be set between two releases.
        noise_key: Key that noise is drawn with; without one there is no noise.
        has_ledger: Whether the guard may read the earlier releases.
        keeps_suppressed: Whether the ledger holds suppressed cells as well, as that of
            deferred releases does.
    """

    def __init__(
        self,
        policy: Policy,
        noise_key: bytes | None = None,
        *,
        has_ledger: bool = True,
        keeps_suppressed: bool = False,
    ) -> None:
        self.policy = policy
        self.entries: list[Entry] = []
        """The ledger: one entry per release."""
        self.today = FIRST_DAY
        self._noise_key = noise_key
        self._has_ledger = has_ledger
        self._keeps_suppressed = keeps_suppressed

    def release(self, query: Query, cells: Sequence[CellStatistics]) -> GuardedTable:
        """Guard cells, enter what is published in the ledger, and return it."""
        table = self.guard(query, cells)
        self.enter(query, cells, table)
        return table

    def guard(
        self,
        query: Query,
        cells: Sequence[CellStatistics],
        tokens: JoinedTokens = USUAL_TOKENS,
        count_shares: ShareCounts | None = None,
    ) -> GuardedTable:
        """Return what the guard publishes of cells, after all releases about these."""
        history = history_of(self.entries, tokens) if self._has_ledger else None
        return protect(
            cells, query, self.policy, history, self._noise_key, count_shares
        )

    def enter(
        self,
        query: Query,
        cells: Sequence[CellStatistics],
        table: GuardedTable,
        *,
        contract_id: str = "attack-suite",
        contract_sha256: str = "0" * 64,
        tokens: JoinedTokens | None = USUAL_TOKENS,
        refusal: Refusal | None = None,
    ) -> Entry:
        """
        Append a release or a refusal to the ledger, and return its entry.

        Entries have no heads: the chain of heads needs no cells, and is not what an
        attacker of the guard attacks.
        """
        entry = self.next_entry(
            query,
            cells,
            table,
            contract_id=contract_id,
            contract_sha256=contract_sha256,
            tokens=tokens,
            refusal=refusal,
        )
        self.entries.append(entry)
        return entry

    def next_entry(
        self,
        query: Query,
        cells: Sequence[CellStatistics],
        table: GuardedTable,
        *,
        contract_id: str = "attack-suite",
        contract_sha256: str = "0" * 64,
        tokens: JoinedTokens | None = USUAL_TOKENS,
        refusal: Refusal | None = None,
    ) -> Entry:
        """Return the entry that `enter` would append."""
        last = self.entries[-1].run if self.entries else GENESIS.run
        return next_entry(
            ConfirmedHead(run=last, head=GENESIS.head),
            query,
            table,
            {cell.labels: cell.signature for cell in cells},
            contract_id=contract_id,
            contract_sha256=contract_sha256,
            contract_revision=1,
            tokens=tokens,
            as_of=self.today,
            keep_suppressed=self._keeps_suppressed,
            refusal=refusal,
        )
