"""The rows of one encrypted ledger entry, and the table that they leave the room in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract import ENTRY_TABLE
from cleanroom_join.errors import SparkFailure, WriteFailed
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.statements import run_statement
from cleanroom_join.sql import create_ledger_table, qualified

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from cleanroom_join.disclosure.ledger.entry import ConfirmedHead

__all__ = ["LEDGER_SCHEMA", "EntryRows", "LedgerEnd", "write_entry_rows"]

LEDGER_SCHEMA = "run bigint, chunk int, chunks int, head string, ciphertext binary"
"""Columns of a ledger table."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerEnd:
    """
    Where a ledger ends with a run; both parties may know it.

    Attributes:
        run: Number of the run, from 1.
        head: Its head, 64 hexadecimal digits, for the other party to confirm.
        table: Quoted name of the table ``ledger_run_<number>`` that the runner appends;
            None if the ledger has the entry already.
    """

    run: int
    head: str
    table: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class EntryRows:
    """The encrypted entry of a release; either party may hold it."""

    end: ConfirmedHead
    """Run and head after this entry, for the other party to confirm."""
    rows: tuple[tuple[object, ...], ...]
    """Rows of `LEDGER_SCHEMA`."""


def write_entry_rows(
    spark: SparkSession, schema: tuple[str, str], entry: EntryRows
) -> LedgerEnd:
    """
    Write the entry of a release as a new table ``ledger_run_<number>``.

    Args:
        spark: The session.
        schema: Catalog and schema of the table.
        entry: The rows.

    Returns:
        Run, head, and the name of the table.

    Raises:
        WriteFailed: If there is such a table (E502): an earlier run wrote its entry,
            which was never appended to the ledger.
        SparkFailure: If it cannot be written.
    """
    name = (*schema, f"{ENTRY_TABLE}{entry.end.run}")
    table = qualified(*name)
    statement = create_ledger_table(name, LEDGER_SCHEMA)
    try:
        run_statement(spark, "creating the ledger entry", statement)
    except SparkFailure:
        if spark.catalog.tableExists(table):
            raise WriteFailed.exists(f"ledger entry {table}") from None
        raise
    frame = spark.createDataFrame(list(entry.rows), LEDGER_SCHEMA).coalesce(1)
    writer = frame.write.format("delta").mode("append")
    without_spark_text("writing the ledger entry", lambda: writer.saveAsTable(table))
    return LedgerEnd(run=entry.end.run, head=entry.end.head, table=table)
