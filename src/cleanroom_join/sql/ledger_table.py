"""SQL that continues a ledger: the runner appends an entry, the other confirms it."""

from __future__ import annotations

import re

from cleanroom_join.sql.quoting import qualified, string

__all__ = ["append_entry", "confirm_run", "parsed_table_name", "table_description"]

_PART = r"(?:[A-Za-z0-9_]+|`(?:[^`]|``)+`)"
_NAME = re.compile(rf"{_PART}(?:\.{_PART}){{0,2}}", re.ASCII)


def parsed_table_name(text: str) -> str | None:
    """
    Return the name of a table, quoted; None if *text* is no such name.

    Args:
        text: Up to three parts with dots between them; a part in backticks may hold
            anything printable.

    Examples:
        >>> parsed_table_name("cleanroom.ledger"), parsed_table_name("a; DROP TABLE b")
        ('`cleanroom`.`ledger`', None)
        >>> parsed_table_name("`my-catalog`.out.ledger_run_1")
        '`my-catalog`.`out`.`ledger_run_1`'
    """
    if not text.isprintable() or _NAME.fullmatch(text) is None:
        return None
    parts = re.findall(_PART, text, re.ASCII)
    return qualified(
        *(p[1:-1].replace("``", "`") if p.startswith("`") else p for p in parts)
    )


def append_entry(ledger: str, entry: str) -> str:
    """
    Return the statement that adds an entry's chunks to a ledger, each once.

    MERGE and not INSERT: Delta lets two INSERTs of one entry both succeed.

    Args:
        ledger: Quoted name of the ledger.
        entry: Quoted name of the table ``ledger_run_<number>``.
    """
    columns = ("run", "chunk", "chunks", "head", "ciphertext")
    values = ", ".join(f"e.{column}" for column in columns)
    return (
        f"MERGE INTO {ledger} AS l USING {entry} AS e"  # noqa: S608 - quoted
        " ON l.run = e.run AND l.chunk = e.chunk"
        f" WHEN NOT MATCHED THEN INSERT ({', '.join(columns)}) VALUES ({values})"
    )


def confirm_run(anchor: str, run: int, head: str) -> str:
    """
    Return the statement that moves an anchor to *run* from the run before it.

    It changes nothing if the anchor is elsewhere.

    Args:
        anchor: Quoted name of the anchor.
        run: The run to confirm, at least 1.
        head: Its head, 64 hexadecimal digits.
    """
    return (
        f"UPDATE {anchor} SET run = {run:d}, head = {string(head)}"  # noqa: S608 - quoted
        f" WHERE run = {run - 1:d}"
    )


def table_description(table: str) -> str:
    """Return the statement that describes a table, its provider included."""
    return f"DESCRIBE TABLE EXTENDED {table}"
