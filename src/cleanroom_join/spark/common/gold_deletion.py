"""
Rows of excluded subjects deleted from a Gold table, by a join.

No predicate names a token or a digest: Delta keeps the predicate of a DELETE in its
log, where it outlives an erasure.  It names buckets, so that Delta reads only the files
that can hold the subjects (see `revocation.gold_layout`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.utils import is_remote

from cleanroom_join.contract.terms.columns import BUCKET
from cleanroom_join.errors import RevocationRefused, SparkFailure
from cleanroom_join.revocation.gold_layout import BUCKETS, bucket_ranges
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.consent_state import KEY
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.statements import run_on_frame, run_statement
from cleanroom_join.sql import (
    bucket_of,
    delete_matched,
    in_buckets,
    parsed_table_name,
    properties_of,
    same_subject,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

__all__ = ["bucket_column", "buckets_of", "delete_subjects"]

_STEP = "deleting excluded subjects"
_EXCLUDED = "(excluded)"
"""Column of keys in the source of a MERGE; no column of Gold has such a name."""

_MOST_RANGES = 64
"""Ranges of buckets in one condition: each is evaluated for each file."""

_WORTH_LISTING = 0.5
"""Share of the buckets from which on a list of them spares too little."""


def delete_subjects(
    spark: SparkSession,
    table: str,
    token_columns: Sequence[str],
    excluded: DataFrame,
    *,
    perhaps: Sequence[str] = (),
) -> None:
    """
    Delete the rows of excluded subjects from a Gold table.

    One MERGE for each column of tokens: a condition with OR would compare every row
    with every key.  Without a row to delete the table keeps its version: Delta commits
    no MERGE that changes nothing.

    Where the table has columns of buckets and says how many there are, Delta reads only
    the files with buckets of these subjects.  In any other table every file is read.

    Args:
        spark: The session.
        table: The Gold table, as Spark reads names.
        token_columns: Columns of tokens that the table must have.
        excluded: One column, ``key``: the SHA-256 of the subjects' tokens.  It is read
            several times; a subject who comes meanwhile is left to the next call.
        perhaps: Columns of tokens that the table may have, such as those of retiring
            keys: a table that was made before the keys changed has none.

    Raises:
        RevocationRefused: In Spark Connect 3.5, which has no MERGE of a frame (E600).
        SparkFailure: If Spark fails; its own text is replaced.
    """
    names = without_spark_text(_STEP, lambda: spark.table(table).columns)
    there = {name.lower() for name in names}
    token_columns = [*token_columns, *(n for n in perhaps if n.lower() in there)]
    buckets = buckets_of(spark, table)
    has_buckets = buckets > 1 and any(bucket_column(n) in names for n in token_columns)
    # A key may come twice: a MERGE that only deletes accepts it, and making keys
    # unique would cost a shuffle in each of its passes.
    source = excluded.select(F.col(KEY).alias(_EXCLUDED))
    found = _found_buckets(source, buckets) if has_buckets else []
    if has_buckets and not found:
        return
    few = 0 < len(found) < _WORTH_LISTING * buckets
    for name in token_columns:
        condition, column = same_subject(name, _EXCLUDED), bucket_column(name)
        if few and column in names:
            ranges = bucket_ranges(found, _MOST_RANGES)
            condition += f" AND {in_buckets(column, found, ranges)}"
        without_spark_text(_STEP, partial(_delete, spark, table, source, condition))


def bucket_column(token_column: str) -> str:
    """Return the name of the column of buckets of a column of tokens."""
    return f"{token_column}_{BUCKET}"


def buckets_of(spark: SparkSession, table: str) -> int:
    """
    Return the number of buckets of a Gold table; 1 if the table does not say it.

    Args:
        spark: The session.
        table: Its name; buckets are looked for only if we can quote it.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    quoted = parsed_table_name(table)
    if quoted is None:
        return 1
    rows = run_statement(spark, "reading the table's properties", properties_of(quoted))
    said = {row["key"]: row["value"] for row in rows}.get(BUCKETS, "1")
    return int(said) if said.isdecimal() and said.isascii() else 1


def _found_buckets(source: DataFrame, buckets: int) -> list[int]:
    """Return the buckets of the excluded subjects, in order."""
    bucket = F.expr(bucket_of(f"`{_EXCLUDED}`", buckets))
    (row,) = look("listing buckets", source.agg(F.collect_set(bucket)))
    return sorted(require_int(found) for found in row[0])


def _delete(spark: SparkSession, table: str, source: DataFrame, condition: str) -> None:
    """Delete the rows that meet a condition with a row of the source."""
    if is_remote() and not hasattr(source, "mergeInto"):  # Spark 3.5
        raise RevocationRefused.unsupported_engine()
    quoted = parsed_table_name(table)
    if quoted is None:
        raise SparkFailure.during(_STEP, "PARSE_SYNTAX_ERROR")
    # PySpark reads braces as the names of arguments.
    name, matches = (
        t.replace("{", "{{").replace("}", "}}") for t in (quoted, condition)
    )
    run_on_frame(spark, _STEP, delete_matched(name, "{source}", matches), source)
