"""Subjects who opt out between two rehearsed releases."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import resolve
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.rehearsal.consent_events import apply_opt_outs
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
    Let subjects who are in all tables of the first output opt out at its first party.

    The first in the order of their tokens, which is as good as random.  Every table of
    the party loses their rows, in a new version: the rows with their token of the first
    kind that the output joins on, and those with a token of a later kind that such a
    row has.  So nobody who opted out is matched by another identifier.

    If the contract has `[revocation]`, they opt out by consent events, which the
    party's revocation job applies; else their rows are left out by hand.

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
    own = [a for a in contract.terms.assets.values() if a.party == first.party]
    gone = {query.output.on: chosen}
    for kind in query.output.then_on:
        gone[kind] = _beside(source(first), first, query.output.on, kind, chosen)
    if contract.terms.revocation is not None:
        out = [_texts(frame) for frame in gone.values()]
        apply_opt_outs(spark, contract, output, first.party, chain(*out))
        return len(rows)
    for asset in own:
        columns = {c.subject: c.name for c in asset.subject_columns()}
        left = source(asset)
        for kind in gone.keys() & columns.keys():
            left = _without(left, columns[kind], gone[kind])
        if gone.keys() & columns.keys():
            _write(left, output / "shared" / asset.party / asset.name)
    return len(rows)


def _texts(frame: DataFrame) -> list[str]:
    """Return the tokens of a frame of them; they are made-up subjects'."""
    return [str(row[0]) for row in look("reading opt-outs", frame)]


def _tokens(frame: DataFrame, asset: Asset, subject: str) -> DataFrame:
    """Return the tokens of a table, each once."""
    (name,) = [c.name for c in asset.subject_columns() if c.subject == subject]
    token = column_named(name).alias("token")
    return frame.select(token).where(F.col("token").isNotNull()).distinct()


def _beside(
    frame: DataFrame, asset: Asset, subject: str, other: str, chosen: DataFrame
) -> DataFrame:
    """Return the tokens of another kind on the rows with some tokens, each once."""
    columns = {c.subject: c.name for c in asset.subject_columns()}
    rows = frame.join(
        F.broadcast(chosen),
        column_named(columns[subject]) == F.col("token"),
        "left_semi",
    )
    found = rows.select(column_named(columns[other]).alias("token"))
    # Looked at now: the table that they are read from is about to be written again.
    known = look("choosing their other tokens", found.where("token IS NOT NULL"))
    tokens = sorted({(str(row[0]),) for row in known})
    return frame.sparkSession.createDataFrame(tokens, "token string")


def _without(frame: DataFrame, column: str, chosen: DataFrame) -> DataFrame:
    """Return a table without the rows of some tokens; rows without a token stay."""
    out = F.broadcast(chosen)
    return frame.join(out, column_named(column) == F.col("token"), "left_anti")


def _write(frame: DataFrame, path: Path) -> None:
    """Write a table in a new version."""
    writer = frame.write.format("delta").mode("overwrite")
    without_spark_text(
        "writing a table without opt-outs", lambda: writer.save(str(path))
    )
