"""
The ledger as Delta tables: the room opens it, and each release adds an entry.

Every entry is encrypted (see `encryption`) and chained (see `disclosure.ledger.chain`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.contract import Asset, count_possible_cells
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
from cleanroom_join.errors import (
    CleanRoomJoinError,
    InternalError,
    SparkFailure,
    WriteFailed,
)
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.ledger.encryption import decrypt_entries, encrypt_chunks
from cleanroom_join.spark.ledger.joint_key import JointKey, joint_key, read_secret
from cleanroom_join.sql import create_ledger_table, qualified

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import Contract, LedgerTerms, Query
    from cleanroom_join.disclosure import CellStatistics, GuardedTable, History
    from cleanroom_join.review import SubjectCounts
    from cleanroom_join.spark.common.table_source import TableSource

__all__ = [
    "ANCHOR_SCHEMA",
    "LEDGER_SCHEMA",
    "EntryRows",
    "Ledger",
    "first_ledger",
    "ledger_asset",
    "open_ledger",
    "other_columns",
    "write_entry_rows",
]

LEDGER_SCHEMA = "run bigint, chunk int, chunks int, head string, ciphertext binary"
"""Columns of a ledger table."""

ANCHOR_SCHEMA = "run bigint, head string"
"""Columns of an anchor table."""


def ledger_asset(name: str, party: str, table: str) -> Asset:
    """Return a table of the ledger as an asset; no declared asset has such a name."""
    return Asset(name=f"({name})", party=party, table=table, columns={})


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class EntryRows:
    """The encrypted entry of a release; either party may hold it."""

    end: ConfirmedHead
    """Run and head after this entry, for the other party to confirm."""
    rows: tuple[tuple[object, ...], ...]
    """Rows of `LEDGER_SCHEMA`."""


def write_entry_rows(
    spark: SparkSession, schema: tuple[str, str], entry: EntryRows
) -> None:
    """
    Write the entry of a release as a new table ``ledger_run_<number>``.

    Args:
        spark: The session.
        schema: Catalog and schema of the table.
        entry: The rows.

    Raises:
        WriteFailed: If there is such a table (E502): an earlier run wrote its entry,
            which was never appended to the ledger.
        SparkFailure: If it cannot be written.
    """
    name = (*schema, f"ledger_run_{entry.end.run}")
    table = qualified(*name)
    statement = create_ledger_table(name, LEDGER_SCHEMA)
    try:
        without_spark_text("creating the ledger entry", lambda: spark.sql(statement))
    except SparkFailure:
        if spark.catalog.tableExists(table):
            raise WriteFailed.exists(f"ledger entry {table}") from None
        raise
    frame = spark.createDataFrame(list(entry.rows), LEDGER_SCHEMA).coalesce(1)
    writer = frame.write.format("delta").mode("append")
    without_spark_text("writing the ledger entry", lambda: writer.saveAsTable(table))


@dataclass(repr=False)
class Ledger:
    """The verified entries so far, and the key that adds the next."""

    state: LedgerState
    problem: str | None = None
    """Why the ledger cannot be relied on; quotes no data."""
    entries: list[Entry] = field(default_factory=list)
    end: ConfirmedHead = GENESIS
    key: JointKey | None = None

    @property
    def history(self) -> History:
        """All earlier releases; empty unless the ledger is verified."""
        return history_of(self.entries)

    def continued(
        self,
        spark: SparkSession,
        contract: Contract,
        query: Query,
        table: GuardedTable,
        cells: Sequence[CellStatistics],
        as_of: dt.date,
        *,
        sizes: SubjectCounts,
        hidden: bool = False,
    ) -> EntryRows:
        """
        Enter a release that is about to be shown, and return its encrypted rows.

        The entry precedes the release and is never taken back: a run that fails
        afterwards counts as seen.

        Args:
            spark: The session.
            contract: What both companies agreed.
            query: What was asked.
            table: The published cells.
            cells: Statistics of every item.
            as_of: Day of the run, UTC.
            sizes: How many subjects the tables have.
            hidden: Whether to hide the number of published cells: the entry then has a
                chunk for every possible cell, so that it can also hold the suppressed
                ones.
        """
        if self.key is None:
            raise InternalError.of("a release was approved without a joint key")
        entry = next_entry(
            self.end,
            query,
            table,
            {cell.labels: cell.signature for cell in cells},
            contract_sha256=contract.digest,
            as_of=as_of,
            nonce=os.urandom(16).hex(),
            sizes=(*sizes.tables, ("", sizes.matched)),
            keep_suppressed=hidden,
        )
        most = (
            count_possible_cells(query.output, contract.terms.assets) if hidden else 0
        )
        chunks = write_entry(entry, chunk_bytes(query), 1 + most)
        head = entry_head(self.key.chain_key, self.end.head, chunks)
        encrypted = encrypt_chunks(
            spark, self.key, contract.terms.id, entry.run, head, chunks
        )
        self.entries.append(entry)
        self.end = ConfirmedHead(run=entry.run, head=head)
        return EntryRows(end=self.end, rows=tuple(encrypted))


def first_ledger(contract: Contract) -> Ledger:
    """Return an empty ledger under random secrets, for a rehearsal."""
    if contract.terms.ledger is None:
        return Ledger(state=LedgerState.MISSING, problem="the contract names no ledger")
    secrets = {alias: os.urandom(32) for alias in contract.terms.parties}
    key = joint_key(secrets, contract.terms.id)
    return Ledger(state=LedgerState.VERIFIED, key=key)


def open_ledger(spark: SparkSession, contract: Contract, source: TableSource) -> Ledger:
    """
    Read and verify the ledger that the contract names.

    A fault of the ledger is a state, not an error: the room still guards and reviews
    the release, and the review does not approve it.
    """
    terms = contract.terms.ledger
    if terms is None:
        return Ledger(state=LedgerState.MISSING, problem="the contract names no ledger")
    try:
        key = _key(contract, terms, source)
        (other,) = [a for a in contract.terms.parties if a != terms.party]
        anchor = _anchor(source(ledger_asset("anchor", other, terms.anchor)))
        ledger = source(ledger_asset("ledger", terms.party, terms.table))
        if other_columns(ledger.dtypes):
            text = f"the ledger table has other columns than {LEDGER_SCHEMA}"
            return Ledger(state=LedgerState.MISSING, problem=text)
        found = decrypt_entries(spark, ledger, key, contract.terms.id)
    except Exception as error:  # noqa: BLE001 - a source may raise anything: no ledger then
        # Our own errors quote no data; the text of all others stays out.
        ours = isinstance(error, CleanRoomJoinError)
        problem = str(error) if ours else "a table of the ledger cannot be read"
        return Ledger(state=LedgerState.MISSING, problem=problem)
    state = verify_chain(found, anchor, key.chain_key)
    if state is not LedgerState.VERIFIED or anchor is None:
        return Ledger(state=state)
    ordered = sorted(found, key=lambda entry: entry.run)
    entries = _read(
        [[chunk for chunk in e.chunks if chunk is not None] for e in ordered]
    )
    if entries is None:
        return Ledger(state=LedgerState.OUTDATED)
    return Ledger(state=state, entries=entries, end=anchor, key=key)


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


def _key(contract: Contract, terms: LedgerTerms, source: TableSource) -> JointKey:
    """Return the joint key of both parties' secrets."""
    secrets = {
        alias: read_secret(source(ledger_asset("secret", alias, terms.secret)), alias)
        for alias in contract.terms.parties
    }
    return joint_key(secrets, contract.terms.id)


def _anchor(frame: DataFrame) -> ConfirmedHead | None:
    """Read the other party's anchor: run and head up to which it has confirmed."""
    rows = without_spark_text(
        "reading the anchor", frame.select("run", "head").limit(2).collect
    )
    if len(rows) != 1 or rows[0]["run"] is None or rows[0]["head"] is None:
        return None
    return ConfirmedHead(run=int(rows[0]["run"]), head=str(rows[0]["head"]))
