"""
The ledger as Delta tables: the room opens it, and each release adds an entry.

Every entry is encrypted (see `encryption`) and chained (see `disclosure.ledger.chain`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.contract import Asset, count_possible_cells
from cleanroom_join.crypto.library_digest import library_digest
from cleanroom_join.disclosure.ledger.agreed import UNKNOWN, AgreedDigests
from cleanroom_join.disclosure.ledger.chain import (
    LedgerState,
    entry_head,
    history_of,
    verify_chain,
)
from cleanroom_join.disclosure.ledger.encoding import (
    FORM,
    chunk_bytes,
    form_of,
    read_entry,
    write_entry,
)
from cleanroom_join.disclosure.ledger.entry import (
    GENESIS,
    ConfirmedHead,
    Entry,
    next_entry,
)
from cleanroom_join.errors import CleanRoomJoinError, InternalError
from cleanroom_join.spark.ledger.anchor import (
    OUTDATED_ANCHOR,
    is_outdated,
    read_anchor,
)
from cleanroom_join.spark.ledger.encryption import decrypt_entries, encrypt_chunks
from cleanroom_join.spark.ledger.entry_rows import LEDGER_SCHEMA, EntryRows
from cleanroom_join.spark.ledger.joint_key import JointKey, joint_key, read_secret
from cleanroom_join.spark.ledger.save_gate import SaveGate

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from pyspark.sql import SparkSession

    from cleanroom_join.contract import Contract, LedgerTerms, Query
    from cleanroom_join.disclosure import CellStatistics, GuardedTable, History
    from cleanroom_join.disclosure.ledger.chain import EncryptedEntry
    from cleanroom_join.disclosure.ledger.entry import TableVersions
    from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens
    from cleanroom_join.errors import Refusal
    from cleanroom_join.review import SubjectCounts
    from cleanroom_join.spark.common.table_source import FrameSource
    from cleanroom_join.spark.ledger.anchor import Anchor

__all__ = [
    "Ledger",
    "first_ledger",
    "ledger_asset",
    "open_ledger",
    "other_columns",
]


def ledger_asset(name: str, party: str, table: str) -> Asset:
    """Return a table of the ledger as an asset; no declared asset has such a name."""
    return Asset(name=f"({name})", party=party, table=table, columns={})


@dataclass(repr=False)
class Ledger:
    """The verified entries so far, and the key that adds the next."""

    state: LedgerState
    problem: str | None = None
    """Why the ledger cannot be relied on; quotes no data."""
    entries: list[Entry] = field(default_factory=list)
    end: ConfirmedHead = GENESIS
    key: JointKey | None = None
    anchored: AgreedDigests = UNKNOWN
    """Contract and library that the other party's anchor names."""
    gate: SaveGate = field(default_factory=SaveGate)
    """What of this run may be saved."""

    def history(self, tokens: JoinedTokens | None) -> History:
        """Return the earlier releases about these tokens; none unless verified."""
        return history_of([] if tokens is None else self.entries, tokens)

    def spent(self, *, until: int | None = None) -> Mapping[str, int]:
        """Return what all releases cost of the budget, whatever their tokens."""
        return history_of(self.entries).spent(until=until)

    def highest_revision(self, contract_id: str) -> int:
        """Return the highest revision of a contract that released something, or 0."""
        revisions = (
            entry.contract_revision
            for entry in self.entries
            if entry.contract_id == contract_id
        )
        return max(revisions, default=0)

    def continued(
        self,
        spark: SparkSession,
        contract: Contract,
        query: Query,
        table: GuardedTable,
        cells: Sequence[CellStatistics],
        as_of: dt.date,
        *,
        tokens: JoinedTokens | None,
        sizes: SubjectCounts,
        versions: TableVersions = (),
        refusal: Refusal | None = None,
        hidden: bool = False,
    ) -> EntryRows:
        """
        Enter how a run ended, before that is told, and return the encrypted rows.

        The entry precedes the release and is never taken back: a run that fails
        afterwards counts as seen.

        Args:
            spark: The session.
            contract: What both companies agreed.
            query: What was asked.
            table: The published cells.
            cells: Statistics of every item.
            as_of: Day of the run, UTC.
            tokens: Which tokens were joined.
            sizes: How many subjects the tables have.
            versions: The version at which each shared table was read.
            refusal: The error that the run ended with, if it did.
            hidden: Whether to hide the number of published cells: the entry then has a
                chunk for every possible cell, so that it can also hold the suppressed
                ones.

        Raises:
            InternalError: If an entry that must hide something has another form.
            SparkFailure: If it cannot be encrypted.
            ReleaseRefused: If another thread entered a release meanwhile (E506).
        """
        if self.key is None:
            raise InternalError.of("a release was approved without a joint key")
        entry = next_entry(
            self.end,
            query,
            table,
            {cell.labels: cell.signature for cell in cells},
            contract_id=contract.terms.id,
            contract_sha256=contract.digest,
            tokens=tokens,
            contract_revision=contract.terms.revision,
            as_of=as_of,
            nonce=os.urandom(16).hex(),
            sizes=sizes.document,
            versions=versions,
            keep_suppressed=hidden,
            refusal=refusal,
        )
        most = (
            count_possible_cells(query.output, contract.terms.assets) if hidden else 0
        )
        form = chunk_bytes(query), 1 + most
        chunks = write_entry(entry, *form)
        if hidden and (len(chunks[0]), len(chunks)) != form:
            raise InternalError.of("an entry does not look like all others")
        head = entry_head(self.key.chain_key, self.end.head, chunks)
        encrypted = encrypt_chunks(spark, self.key, entry.run, head, chunks)
        # Asked again: another thread may have entered a release meanwhile.
        self.gate.refuse_while_held()
        rows = EntryRows(
            end=ConfirmedHead(run=entry.run, head=head), rows=tuple(encrypted)
        )
        # Until there is a release: if making it fails, nothing may follow this entry.
        self.gate.hold(rows)
        self.entries.append(entry)
        self.end = rows.end
        return rows


def first_ledger(contract: Contract) -> Ledger:
    """Return an empty ledger under random secrets, all agreed, for a rehearsal."""
    if contract.terms.ledger is None:
        return Ledger(state=LedgerState.MISSING, problem="the contract names no ledger")
    key = joint_key(os.urandom(32) for _ in contract.terms.parties)
    agreed = AgreedDigests(contract=contract.digest, library=library_digest())
    return Ledger(state=LedgerState.VERIFIED, key=key, anchored=agreed)


def open_ledger(spark: SparkSession, contract: Contract, source: FrameSource) -> Ledger:
    """
    Read and verify the ledger that the contract names.

    A fault of the ledger is a state, not an error: the room still guards and reviews
    the release, and the review does not approve it.
    """
    terms = contract.terms.ledger
    if terms is None:
        return Ledger(state=LedgerState.MISSING, problem="the contract names no ledger")
    agreed = UNKNOWN
    try:
        (other,) = [a for a in contract.terms.parties if a != terms.party]
        frame = source(ledger_asset("anchor", other, terms.anchor))
        if is_outdated(frame.columns):
            return Ledger(state=LedgerState.OUTDATED, problem=OUTDATED_ANCHOR)
        anchor = read_anchor(frame)
        agreed = anchor.agreed
        key = _key(contract, terms, source)
        ledger = source(ledger_asset("ledger", terms.party, terms.table))
        if other_columns(ledger.dtypes):
            text = f"the ledger table has other columns than {LEDGER_SCHEMA}"
            return Ledger(state=LedgerState.MISSING, problem=text, anchored=agreed)
        found = decrypt_entries(spark, ledger, key)
    except Exception as error:  # noqa: BLE001 - a source may raise anything: no ledger then
        # Our own errors quote no data; the text of all others stays out.
        ours = isinstance(error, CleanRoomJoinError)
        problem = str(error) if ours else "a table of the ledger cannot be read"
        return Ledger(state=LedgerState.MISSING, problem=problem, anchored=agreed)
    return _verified(found, anchor, key)


def _verified(found: list[EncryptedEntry], anchor: Anchor, key: JointKey) -> Ledger:
    """Return the ledger of decrypted entries, as far as it can be relied on."""
    agreed = anchor.agreed
    state = verify_chain(found, anchor.end, key.chain_key)
    if state is not LedgerState.VERIFIED or anchor.end is None:
        return Ledger(state=state, anchored=agreed)
    ordered = sorted(found, key=lambda entry: entry.run)
    entries = _read(
        [[chunk for chunk in e.chunks if chunk is not None] for e in ordered]
    )
    if entries is None:
        return Ledger(state=LedgerState.OUTDATED, anchored=agreed)
    return Ledger(
        state=state, entries=entries, end=anchor.end, key=key, anchored=agreed
    )


def _read(opened: Sequence[Sequence[bytes]]) -> list[Entry] | None:
    """Decode verified entries; None if one has another form than this version's."""
    if any(form_of(header) != FORM for header, *_ in opened):
        return None
    try:
        return [read_entry(chunks) for chunks in opened]
    except InternalError:
        return None


def other_columns(found: Sequence[tuple[str, str]]) -> bool:
    """
    Return whether a table has other columns than a ledger, or of other types.

    Args:
        found: Names and types of its columns, in any order.
    """
    declared = [tuple(column.split(" ")) for column in LEDGER_SCHEMA.split(", ")]
    return sorted(found) != sorted(declared)


def _key(contract: Contract, terms: LedgerTerms, source: FrameSource) -> JointKey:
    """Return the joint key of both parties' secrets."""
    halves = {
        alias: source(ledger_asset("secret", alias, terms.secret))
        for alias in contract.terms.parties
    }
    return joint_key(read_secret(f, alias, terms.path) for alias, f in halves.items())
