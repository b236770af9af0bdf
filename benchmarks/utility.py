"""
What the guard costs: how much of the examples is published, and what hierarchies save.

Both examples are tokenised, joined, aggregated and guarded as in a rehearsal, once with
the contract as it stands and once without its coarser labels (``parents``), at the
default policy: what a party asks for on top is left out.  Subjects and rows are those
of the join; they are published if one of their cells is, alone or within a coarser one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from rich.console import Console
from rich.table import Table

from cleanroom_join.contract import Contract, Dimension, Policy, resolve
from cleanroom_join.local import local_session
from cleanroom_join.raw_files import RawFolder
from cleanroom_join.spark.ledger.tables import first_ledger
from cleanroom_join.spark.party.raw_files import read_raw_table
from cleanroom_join.spark.party.tokenisation import tokenise
from cleanroom_join.spark.room import frame_columns as names
from cleanroom_join.spark.room.cells.level_rows import labels_of_codes
from cleanroom_join.spark.room.pipeline import answer, opened
from cleanroom_join.spark.room.token_join import join
from cleanroom_join.tokens import SecretKey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import Asset, CellLabels, Query
    from cleanroom_join.disclosure import GuardedTable
    from cleanroom_join.spark.common.table_source import FrameSource

EXAMPLES = Path(__file__).parents[1] / "examples"
IDENTITY = (names.subject(0), names.subject_check(0))


@dataclass(frozen=True, kw_only=True, slots=True)
class Utility:
    """How much of one answer is published."""

    asked: int
    """Combinations of values that have rows."""
    alone: int
    """Of these, published as rows of their own."""
    within: int
    """Of these, published within a coarser row only."""
    rows: int
    """Rows of the release."""
    subject_share: float
    row_share: float


def at_default_policy(contract: Contract, *, hierarchies: bool) -> Contract:
    """Return a contract at the default policy, with or without its coarser labels."""
    assets = dict(contract.terms.assets)
    if not hierarchies:
        assets = {name: _flat(asset) for name, asset in assets.items()}
    terms = replace(contract.terms, assets=MappingProxyType(assets))
    return replace(contract, terms=terms, policy=Policy())


def _flat(asset: Asset) -> Asset:
    """Return an asset whose dimensions have nothing coarser above their values."""
    columns = {
        name: replace(column, parents=MappingProxyType({}))
        if isinstance(column, Dimension)
        else column
        for name, column in asset.columns.items()
    }
    return replace(asset, columns=MappingProxyType(columns))


def covered(leaf: CellLabels, query: Query, table: GuardedTable) -> tuple[bool, bool]:
    """Return whether a leaf is published alone, and whether within a coarser cell."""
    alone = leaf in {cell.labels for cell in table.published}
    above = (level.above(query.dimensions, leaf) for level in query.levels[1:])
    return alone, not alone and not set(above).isdisjoint(table.merged)


def measure(
    spark: SparkSession, contract: Contract, name: str, source: FrameSource
) -> Utility:
    """Answer a question and compare what is published with what was joined."""
    query = resolve(contract, contract.output(name))
    shared = opened(spark, contract, query, source)
    table = answer(contract, query, shared, first_ledger(contract)).table
    assert table.audited
    frames = {asset.name: source(asset) for asset in query.assets}
    dims = names.dimensions(query)
    people = join(query, frames).groupBy(*IDENTITY, *dims).agg(F.count("*").alias("n"))
    leaves = people.groupBy(*dims).agg(F.sum("n").alias("n")).collect()
    rows: dict[bool, int] = {True: 0, False: 0}
    kinds: list[tuple[bool, bool]] = []
    shown = []
    for leaf in leaves:
        kind = covered(labels_of_codes(query, leaf.asDict()), query, table)
        kinds.append(kind)
        rows[any(kind)] += leaf["n"]
        if any(kind):
            shown.append(tuple(leaf[d] for d in dims))
    return Utility(
        asked=len(leaves),
        alone=sum(alone for alone, _ in kinds),
        within=sum(within for _, within in kinds),
        rows=len(table.published),
        subject_share=_share(people, dims, shown),
        row_share=rows[True] / (rows[True] + rows[False]),
    )


def _share(people: DataFrame, dims: list[str], shown: list[tuple[int, ...]]) -> float:
    """Return which share of the joined subjects is in one of the cells at least."""
    schema = ", ".join(f"{d} int" for d in dims)
    cells = people.sparkSession.createDataFrame(shown, schema)
    same = [people[d].eqNullSafe(cells[d]) for d in dims]
    inside = people.join(F.broadcast(cells), same, "left_semi")
    return inside.select(*IDENTITY).distinct().count() / (
        people.select(*IDENTITY).distinct().count()
    )


def shared(
    spark: SparkSession, contract: Contract, data: Path, place: Path
) -> FrameSource:
    """Tokenise what both parties have, and return where it lies."""
    key = SecretKey.from_bytes(os.urandom(32))
    for asset in contract.terms.assets.values():
        raw = read_raw_table(spark, asset, RawFolder(data).file(asset))
        gold = tokenise(raw, contract.asset(asset.name), key=key)
        gold.frame.write.format("delta").save(str(place / asset.name))
    return lambda asset: spark.read.format("delta").load(str(place / asset.name))


def measured(
    spark: SparkSession, folder: Path, sizes: list[str]
) -> Iterator[tuple[str, bool, Utility]]:
    """Yield every output of both examples, without and with hierarchies."""
    for example, arguments in (("flights", []), ("fraud", sizes)):
        data = folder / example / "raw"
        make = [sys.executable, str(EXAMPLES / example / "make_data.py"), *arguments]
        subprocess.run([*make, "--output", str(data)], check=True, stdout=sys.stderr)
        agreed = Contract.load(EXAMPLES / example / "collaboration.toml")
        source = shared(spark, agreed, data, folder / example)
        for output in agreed.terms.outputs:
            for hierarchies in (False, True):
                contract = at_default_policy(agreed, hierarchies=hierarchies)
                found = measure(spark, contract, output, source)
                print(output, hierarchies, found, file=sys.stderr, flush=True)
                yield output, hierarchies, found


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="of examples/fraud")
    parser.add_argument("--cards", type=int, default=20_000)
    parser.add_argument("--memory", default="2g")
    given = parser.parse_args()
    table = Table(title="cells that have rows, and what is published of them")
    table.add_column("question", no_wrap=True)
    for column in ("coarser labels", "cells", "alone", "merged", "rows released"):
        table.add_column(column)
    for column in ("subjects", "rows"):
        table.add_column(f"{column} published")
    sizes = ["--rows", str(given.rows), "--cards", str(given.cards)]
    spark = local_session(memory=given.memory)
    try:
        with tempfile.TemporaryDirectory() as place:
            for output, hierarchies, found in measured(spark, Path(place), sizes):
                table.add_row(
                    output,
                    "with" if hierarchies else "without",
                    *(str(n) for n in (found.asked, found.alone, found.within)),
                    str(found.rows),
                    f"{found.subject_share:.1%}",
                    f"{found.row_share:.1%}",
                )
    finally:
        spark.stop()
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
