"""
The two statements after a run: the runner appends its entry, the other confirms it.

Each party runs its own in its own workspace: neither needs a key, and no entry is
decrypted.  Only the room can verify a head; what a party can see is refused here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import functions as F

from cleanroom_join.errors import ReleaseRefused, SparkFailure
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.statements import run_statement
from cleanroom_join.spark.ledger.anchor import (
    ANCHOR_SCHEMA,
    OUTDATED_ANCHOR,
    is_outdated,
    read_anchor,
)
from cleanroom_join.spark.ledger.entry_rows import LEDGER_SCHEMA, LedgerEnd
from cleanroom_join.spark.ledger.tables import other_columns
from cleanroom_join.sql import (
    append_entry,
    confirm_run,
    parsed_table_name,
    table_description,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.disclosure.ledger.entry import ConfirmedHead

__all__ = ["append_ledger", "confirm"]

_HEAD = re.compile(r"[0-9a-f]{64}")
_GUIDE = "docs/howto/keep-the-ledger.md has the statements"


class _Chunk(NamedTuple):
    """One row of a ledger; NULL where a table that is none has it."""

    run: int | None
    chunk: int | None
    chunks: int | None
    head: str | None
    digest: str | None
    """SHA-256 of the encrypted chunk."""


def append_ledger(spark: SparkSession, *, entry: str, ledger: str) -> LedgerEnd:
    """
    Append the entry of a run to the ledger, once.

    For the party that runs the room, in its own workspace.  An entry that the ledger
    has already changes nothing, so a job may call it again.

    Args:
        spark: The session.
        entry: Table ``ledger_run_<number>`` beside the output, such as
            ``saved.ledger.table``.
        ledger: Table of the ledger.

    Returns:
        Run and head, which the other party confirms.

    Raises:
        ReleaseRefused: If a table is no ledger or entry, or no Delta table (E509); if
            the ledger lacks an earlier run, or has this run with other content (E510).
        SparkFailure: If Spark fails; its own text is not shown.
    """
    source, target = _named(entry), _named(ledger)
    added = _chunks(_ledger_frame(spark, source))
    present = _ledger_frame(spark, target)
    end = _entry_end(added, source)
    last = _last_run(present)
    if end.run > last + 1:
        raise ReleaseRefused.does_not_follow(
            f"{source} is run {end.run}, and {target} ends at run {last}",
            f"append `ledger_run_{last + 1}` first",
        )
    if end.run == last + 1:
        _write(spark, "appending the entry", append_entry(target, source), target)
        present = _ledger_frame(spark, target)
    if _chunks(present.where(F.col("run") == end.run)) != added:
        raise ReleaseRefused.does_not_follow(
            f"{target} has another entry of run {end.run} than {source}",
            "one of the two was made by a run that nobody appended: compare their heads"
            " with the one that the other party confirmed",
        )
    return LedgerEnd(run=end.run, head=end.head)


def confirm(spark: SparkSession, *, anchor: str, run: int, head: str) -> None:
    """
    Confirm a run: move one's anchor to it from the run before.

    For the party that does not run the room, in its own workspace.  Run and head are
    those of the release that it has seen; a run that is confirmed already changes
    nothing.  Runs are confirmed one by one.

    Args:
        spark: The session.
        anchor: Table of the anchor.
        run: Number of the run, from 1.
        head: Its head, 64 hexadecimal digits.

    Raises:
        ReleaseRefused: If the table is no anchor, or no Delta table (E509); if the run
            does not follow the one that is confirmed, or has another head than that
            (E510).
        SparkFailure: If Spark fails; its own text is not shown.
    """
    target = _named(anchor)
    _refuse_malformed(run, head)
    end = _confirmed(spark, target)
    if run == end.run + 1:
        _write(spark, "confirming the run", confirm_run(target, run, head), target)
        end = _confirmed(spark, target)
    if (run, head) == (end.run, end.head):
        return
    if run == end.run:
        raise ReleaseRefused.does_not_follow(
            f"{target} confirms run {run} with another head",
            "one of the two runs was replaced: talk to the other party",
        )
    raise ReleaseRefused.does_not_follow(
        f"run {run} does not follow run {end.run}, which {target} confirms",
        f"confirm run {end.run + 1} first"
        if run > end.run
        else "an anchor never goes back",
    )


def _named(text: str) -> str:
    """Return a table's name, quoted."""
    name = parsed_table_name(text)
    if name is None:
        hint = "write catalog.schema.table, with backticks around unusual parts"
        raise ReleaseRefused.no_ledger_table(text, "is no name of a table", hint)
    return name


def _refuse_malformed(run: int, head: str) -> None:
    """Refuse what no summary shows as run and head."""
    if type(run) is not int or run < 1 or _HEAD.fullmatch(head) is None:
        raise ReleaseRefused.does_not_follow(
            "a run is a whole number from 1, and a head 64 hexadecimal digits",
            "take both from the summary of the release, from `ledger_run_…`, or from"
            " what `append_ledger` returned",
        )


def _ledger_frame(spark: SparkSession, table: str) -> DataFrame:
    """Return a table with a ledger's columns."""
    frame, types = _opened(spark, table)
    if other_columns(types):
        fault = "has other columns than a ledger"
        raise ReleaseRefused.no_ledger_table(
            table, fault, f"they are {LEDGER_SCHEMA}; {_GUIDE}"
        )
    return frame


def _opened(spark: SparkSession, table: str) -> tuple[DataFrame, list[tuple[str, str]]]:
    """Return a table, and the names and types of its columns."""

    def opened() -> tuple[DataFrame, list[tuple[str, str]]]:
        frame = spark.table(table)
        return frame, frame.dtypes

    return without_spark_text(f"opening {table}", opened)


def _chunks(frame: DataFrame) -> list[_Chunk]:
    """Return the chunks of a table, in order."""
    found = frame.select(
        *("run", "chunk", "chunks", "head"), F.sha2("ciphertext", 256).alias("digest")
    )
    rows = look("reading the entries", found)
    chunks = [_Chunk(*row) for row in rows]
    return sorted(chunks, key=lambda chunk: (chunk.run or 0, chunk.chunk or 0))


def _entry_end(chunks: list[_Chunk], table: str) -> LedgerEnd:
    """Return run and head of a table that holds one whole entry."""
    run, head = (chunks[0].run, chunks[0].head) if chunks else (None, None)
    whole = [
        (run, index, len(chunks), head, chunk.digest)
        for index, chunk in enumerate(chunks)
    ]
    if (
        whole != chunks
        or run is None
        or run < 1
        or head is None
        or _HEAD.fullmatch(head) is None
        or None in [chunk.digest for chunk in chunks]
    ):
        raise ReleaseRefused.no_ledger_table(
            table,
            "is not one whole entry",
            "give the table that `save` wrote, as it is",
        )
    return LedgerEnd(run=run, head=head)


def _last_run(frame: DataFrame) -> int:
    """Return the last run of a ledger; 0 if it is empty."""
    (row,) = look("reading the ledger", frame.agg(F.max("run").alias("last")))
    return int(row["last"] or 0)


def _confirmed(spark: SparkSession, table: str) -> ConfirmedHead:
    """Return run and head of an anchor."""
    frame, types = _opened(spark, table)
    names = [name.lower() for name, _ in types]
    if is_outdated(names):
        raise ReleaseRefused.no_ledger_table(
            table, f"cannot be used: {OUTDATED_ANCHOR}", _GUIDE
        )
    wanted = [column.split(" ")[0] for column in ANCHOR_SCHEMA.split(", ")]
    end = read_anchor(frame).end if set(names) >= set(wanted) else None
    if end is None:
        fault = "is no anchor with one row, a run and a head"
        raise ReleaseRefused.no_ledger_table(
            table, fault, f"its columns are {ANCHOR_SCHEMA}; {_GUIDE}"
        )
    return end


def _write(spark: SparkSession, step: str, statement: str, table: str) -> None:
    """Run a statement that changes a table; say so if it is no Delta table."""
    try:
        run_statement(spark, step, statement)
    except SparkFailure:
        if _provider(spark, table) == "delta":
            raise
    else:
        return
    # Raised outside the handler: Spark's error would be its context.
    raise ReleaseRefused.no_ledger_table(
        table, "is no Delta table", f"make it with USING DELTA; {_GUIDE}"
    )


def _provider(spark: SparkSession, table: str) -> str:
    """Return what a table is stored as, in lower case; nothing if it is not told."""
    rows = run_statement(spark, "describing the table", table_description(table))
    return "".join(r["data_type"] for r in rows if r["col_name"] == "Provider").lower()
