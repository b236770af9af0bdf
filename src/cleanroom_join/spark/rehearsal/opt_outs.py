"""Subjects who opt out between two rehearsed releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import resolve
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.rehearsal.rehearsal import shared_tables

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import Asset, Contract

__all__ = ["opt_out_of"]


def opt_out_of(
    spark: SparkSession, contract: Contract, output: Path, number: int
) -> int:
    """
    Remove subjects who are in all tables of the first output from their first party.

    The first in the order of their tokens, which is as good as random.  Every table of
    the party loses their rows, in a new version.

    Returns:
        How many there were.
    """
    if not number:
        return 0
    query = resolve(contract, next(iter(contract.terms.outputs.values())))
    source = shared_tables(spark, output)
    first, *others = query.assets
    tokens = _tokens(source(first), first, query.output.on)
    for other in others:
        theirs = _tokens(source(other), other, query.output.on)
        tokens = tokens.join(theirs, "token", "left_semi")
    rows = look("choosing opt-outs", tokens.orderBy("token").limit(number))
    if not rows:
        return 0
    chosen = spark.createDataFrame([tuple(row) for row in rows], "token string")
    for asset in contract.terms.assets.values():
        columns = [
            c.name for c in asset.subject_columns() if c.subject == query.output.on
        ]
        if asset.party == first.party and columns:
            path = output / "shared" / asset.party / asset.name
            _write_without(source(asset), columns[0], chosen, path)
    return len(rows)


def _tokens(frame: DataFrame, asset: Asset, subject: str) -> DataFrame:
    """Return the tokens of a table, each once."""
    (name,) = [c.name for c in asset.subject_columns() if c.subject == subject]
    token = column_named(name).alias("token")
    return frame.select(token).where(F.col("token").isNotNull()).distinct()


def _write_without(
    frame: DataFrame, column: str, chosen: DataFrame, path: Path
) -> None:
    """Write a table without the rows of some subjects; rows without a token stay."""
    out = F.broadcast(chosen)
    left = frame.join(out, column_named(column) == F.col("token"), "left_anti")
    writer = left.write.format("delta").mode("overwrite")
    without_spark_text(
        "writing a table without opt-outs", lambda: writer.save(str(path))
    )
