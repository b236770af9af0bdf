"""SQL of a Gold table: a subject's bucket, and the rows that a deletion removes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.sql.quoting import identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "bucket_of",
    "delete_matched",
    "in_buckets",
    "properties_of",
    "same_subject",
    "subject_key_of",
]


def bucket_of(key: str, buckets: int) -> str:
    """
    Return the bucket of a subject as an expression.

    Args:
        key: Expression of the subject's key, 64 hexadecimal digits.
        buckets: How many there are, a power of two of at most 2**28.

    Examples:
        >>> bucket_of("`key`", 16)
        'CAST(conv(substring(`key`, 1, 7), 16, 10) AS INT) % 16'
    """
    return f"CAST(conv(substring({key}, 1, 7), 16, 10) AS INT) % {buckets:d}"


def subject_key_of(token: str) -> str:
    """
    Return the key of a subject as an expression: the SHA-256 of its token's text.

    Examples:
        >>> subject_key_of("card")
        'sha2(CAST(`card` AS STRING), 256)'
    """
    return f"sha2(CAST({identifier(token)} AS STRING), 256)"


def same_subject(token: str, key: str) -> str:
    """
    Return the condition that a column of tokens has the token of a key.

    Examples:
        >>> same_subject("card", "key")
        'sha2(CAST(`card` AS STRING), 256) = `key`'
    """
    return f"{subject_key_of(token)} = {identifier(key)}"


def in_buckets(
    column: str, buckets: Iterable[int], ranges: Sequence[tuple[int, int]]
) -> str:
    """
    Return the condition that a row is in one of the buckets, or in none that is known.

    The ranges choose the files, since Delta takes of an IN list only the smallest and
    the largest value; the list then chooses the rows whose token is hashed.

    Args:
        column: The column of buckets.
        buckets: The buckets, at least one.
        ranges: Ranges that hold them all, ends included.

    Examples:
        >>> in_buckets("b", [1, 3], [(1, 3)])
        '((`b` BETWEEN 1 AND 3) AND `b` IN (1, 3) OR `b` IS NULL)'
    """
    name = identifier(column)
    listed = ", ".join(f"{bucket:d}" for bucket in buckets)
    near = " OR ".join(f"{name} BETWEEN {low:d} AND {high:d}" for low, high in ranges)
    return f"(({near}) AND {name} IN ({listed}) OR {name} IS NULL)"


def delete_matched(table: str, source: str, condition: str) -> str:
    """
    Return the statement that deletes the rows of a table that match a source.

    Args:
        table: Name of the table, quoted.
        source: Name of the source, or ``{name}`` of a frame that is an argument.
        condition: When a row matches.
    """
    return f"MERGE INTO {table} USING {source} ON {condition} WHEN MATCHED THEN DELETE"


def properties_of(table: str) -> str:
    """Return the statement that lists the properties of a table with a quoted name."""
    return f"SHOW TBLPROPERTIES {table}"
