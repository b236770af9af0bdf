"""
Deleting few subjects from a large Gold table, against a plain MERGE of the same events.

Both delete from copies of one Delta table in the layout of `Gold.save`: buckets, in
their order, and statistics on nothing else.  Plain is what every tutorial writes:
``MERGE INTO gold USING events ON gold.token = events.token WHEN MATCHED THEN DELETE``;
its events have tokens, ours the digests that a consent state has.  A copy links the
files of the table, so each deletion finds the table as it was written, and loads its
log anew.  Both must delete the same number of rows.

Times are of one process, both in turn, in an order that changes: the median, after a
round that warms up.  Bytes read are the sizes of the files that Spark's scans opened,
once for each scan, of the log and of the events too; bytes rewritten are those of new
data files and deletion vectors.  Ratios count: seconds are this machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from rich.console import Console
from rich.table import Table

from cleanroom_join.local import local_session
from cleanroom_join.revocation.gold_layout import GoldLayout
from cleanroom_join.spark.common.gold_deletion import bucket_column, delete_subjects
from cleanroom_join.spark.party.gold_rows import with_buckets

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import Column, DataFrame, SparkSession

TOKENS = "card_token"
ROWS_OF_A_SUBJECT = 10
K = 100
UNITS = {"": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def token(subject: Column) -> Column:
    """Return a well-formed token of a numbered subject."""
    return F.concat(F.lit("k1:"), F.sha2(subject.cast("string"), 256))


def write_gold(
    spark: SparkSession, folder: Path, rows: int, layout: GoldLayout
) -> None:
    """Write the table as `Gold.save` does, without deletion vectors yet."""
    ids = spark.range(rows, numPartitions=8)
    cents = F.pmod(F.xxhash64("id", F.lit(3)), F.lit(40_000))
    frame = ids.select(
        token(F.pmod(F.xxhash64("id"), F.lit(rows // ROWS_OF_A_SUBJECT))).alias(TOKENS),
        (F.pmod(F.xxhash64("id", F.lit(2)), F.lit(20)) + 5000)
        .cast("string")
        .alias("category"),
        (cents / 100).cast("decimal(10, 2)").alias("amount"),
        (F.col("id") % 50 == 0).alias("fraud"),
    )
    writer = with_buckets(frame, [TOKENS], layout).writeTo(named(folder)).using("delta")
    properties = layout.properties([bucket_column(TOKENS)])
    for name, value in {**properties, VECTORS: "false"}.items():
        writer = writer.tableProperty(name, value)
    writer.create()


VECTORS = "delta.enableDeletionVectors"


def named(folder: Path) -> str:
    """Return the name of the table in a folder."""
    return f"delta.`{folder}`"


def write_events(spark: SparkSession, folder: Path, count: int, subjects: int) -> None:
    """Write opt-outs of subjects spread over the table: token, and its digest."""
    chosen = F.pmod(F.col("id") * 7919, F.lit(subjects))  # a prime: none comes twice
    spark.range(count, numPartitions=1).select(token(chosen).alias("token")).withColumn(
        "key", F.sha2("token", 256)
    ).write.format("delta").save(str(folder))


def plain(spark: SparkSession, table: str, events: DataFrame) -> None:
    """Delete as every tutorial does."""
    spark.sql(
        f"MERGE INTO {table} AS gold USING {{events}} AS events"
        f" ON gold.{TOKENS} = events.token WHEN MATCHED THEN DELETE",
        events=events,
    ).collect()


def by_bucket(spark: SparkSession, table: str, events: DataFrame) -> None:
    """Delete as the library does."""
    delete_subjects(spark, table, [TOKENS], events.select("key"))


WAYS: dict[str, Callable[[SparkSession, str, DataFrame], None]] = {
    "plain": plain,
    "ours": by_bucket,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What one deletion took."""

    seconds: float
    files: int
    """Files that scans opened, once for each scan."""
    read: float
    """Their sizes, in bytes."""
    rewritten: int
    """Bytes of new data files and of deletion vectors."""
    deleted: int


def scanned(spark: SparkSession, since: int) -> tuple[int, float]:
    """Return files and bytes of all scans since an execution (classic only)."""
    store = spark._jsparkSession.sharedState().statusStore()  # noqa: SLF001 - a benchmark may
    executions = store.executionsList()
    found: dict[int, tuple[str, float]] = {}
    for i in range(since, executions.size()):
        values = store.executionMetrics(executions.apply(i).executionId())
        metrics = executions.apply(i).metrics()
        for j in range(metrics.size()):
            metric = metrics.apply(j)
            value = values.get(metric.accumulatorId())
            if metric.name().endswith("of files read") and value.isDefined():
                # An execution within another one lists the same metric again.
                found[metric.accumulatorId()] = metric.name(), quantity(value.get())
    totals = {
        name: sum(n for other, n in found.values() if other == name)
        for name in ("number of files read", "size of files read")
    }
    return int(totals["number of files read"]), totals["size of files read"]


def quantity(text: str) -> float:
    """Return a metric that Spark wrote for people, such as ``1,024`` or ``4.1 MiB``."""
    found = re.match(r"([\d.,]+) ?(\w*)", text.splitlines()[-1])
    assert found is not None, text
    return float(found[1].replace(",", "")) * UNITS[found[2]]


def executions_so_far(spark: SparkSession) -> int:
    """Return how many SQL executions the session has had (classic only)."""
    store = spark._jsparkSession.sharedState().statusStore()  # noqa: SLF001 - a benchmark may
    return int(store.executionsList().size())


def newest_version(folder: Path) -> list[dict[str, dict]]:
    """Return the actions of a table's newest version."""
    newest = max((folder / "_delta_log").glob("*.json"))
    return [json.loads(line) for line in newest.read_text().splitlines()]


def timed(
    spark: SparkSession, way: str, gold: Path, events: Path, *, vectors: bool
) -> Run:
    """Delete from a fresh copy of the table, and return what it took."""
    # In a place of its own: Delta would take it for the copy before it.
    copy = gold.with_name(f"copy_{time.time_ns()}")
    shutil.copytree(gold, copy, copy_function=os.link)
    if vectors:
        statement = f"ALTER TABLE {named(copy)} SET TBLPROPERTIES ('{VECTORS}'='true')"
        spark.sql(statement)
    frame = spark.read.format("delta").load(str(events))
    before = executions_so_far(spark)
    start = time.perf_counter()
    WAYS[way](spark, named(copy), frame)
    seconds = time.perf_counter() - start
    time.sleep(0.5)  # Spark's metrics come through a queue
    files, read = scanned(spark, before)
    actions = newest_version(copy)
    (metrics,) = (
        a["commitInfo"]["operationMetrics"] for a in actions if "commitInfo" in a
    )
    new = [a["add"] for a in actions if "add" in a]
    rewritten = int(metrics["numTargetBytesAdded"]) + sum(
        add["deletionVector"]["sizeInBytes"] for add in new if "deletionVector" in add
    )
    shutil.rmtree(copy)
    return Run(
        seconds=seconds,
        files=files,
        read=read,
        rewritten=rewritten,
        deleted=int(metrics["numTargetRowsDeleted"]),
    )


def measure(
    spark: SparkSession, gold: Path, events: Path, *, vectors: bool, rounds: int
) -> dict[str, Run]:
    """Return the median run of both ways, by time."""
    runs: dict[str, list[Run]] = {way: [] for way in WAYS}
    for number in range(rounds):
        order = list(WAYS)
        random.Random(f"{events.name} {number}").shuffle(order)
        for way in order:
            runs[way].append(timed(spark, way, gold, events, vectors=vectors))
            print(f"  {way} {runs[way][-1].seconds:.1f}", file=sys.stderr, flush=True)
    assert len({run.deleted for found in runs.values() for run in found}) == 1
    return {
        way: min(
            found,
            key=lambda run, all_=found: abs(
                run.seconds - statistics.median(r.seconds for r in all_)
            ),
        )
        for way, found in runs.items()
    }


def line(label: list[str], found: dict[str, Run]) -> list[str]:
    """Return a line of the table."""
    ours, base = found["ours"], found["plain"]
    return [
        *label,
        f"{base.seconds:.1f} / {ours.seconds:.1f}",
        f"{base.seconds / ours.seconds:.1f}",
        f"{base.files} / {ours.files}",
        f"{base.read / 1e6:.1f} / {ours.read / 1e6:.1f}",
        f"{ours.read / base.read:.2f}",
        f"{base.rewritten / 1e6:.3g} / {ours.rewritten / 1e6:.3g}",
    ]


def rows_of(
    spark: SparkSession,
    place: Path,
    given: argparse.Namespace,
    cases: list[tuple[int, int, int, bool]],
) -> Table:
    """Measure cases (rows, files, opt-outs, vectors), and return a table of them."""
    names = ["rows", "files", "opt-outs", "vectors", "s", "times as fast"]
    table = Table(*names, "files read", "MB read", "share", "MB rewritten")
    for rows, files, count, vectors in cases:
        subjects = rows // ROWS_OF_A_SUBJECT
        fitting = GoldLayout.fitting(rows=rows, subjects=subjects, k=K)
        layout = GoldLayout(fitting.buckets, files or fitting.files)
        gold = place / f"gold_{rows}_{layout.files}"
        if not gold.exists():
            write_gold(spark, gold, rows, layout)
        events = place / f"events_{subjects}_{count}"
        if not events.exists():
            write_events(spark, events, count, subjects)
        found = measure(spark, gold, events, vectors=vectors, rounds=given.rounds)
        label = [f"{rows / 1e6:g} M", str(layout.files), f"{count:,}"]
        row = line([*label, "with" if vectors else "without"], found)
        table.add_row(*row)
        print(*row, sep=" | ", file=sys.stderr, flush=True)
    return table


def numbers(text: str) -> list[int]:
    """Return whole numbers with commas between."""
    return [int(part) for part in text.split(",") if part]


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=float, default=20, help="millions")
    parser.add_argument("--opt-outs", default="20,1000,100000")
    parser.add_argument("--vectors", default="with,without")
    parser.add_argument("--sweep-rows", type=float, default=5, help="millions")
    parser.add_argument("--sweep", default="10,30,100,300,1000", help="files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", default="4g")
    parser.add_argument("--folder", type=Path, help="keeps the tables here")
    given = parser.parse_args()
    spark = local_session(
        memory=given.memory,
        settings={
            "spark.sql.codegen.cache.maxEntries": "1000",
            # The metrics of all executions of a run are asked for.
            "spark.sql.ui.retainedExecutions": "100000",
        },
    )
    rows, few = int(given.rows * 1e6), int(given.sweep_rows * 1e6)
    choices = [choice == "with" for choice in given.vectors.split(",")]
    counts = numbers(given.opt_outs)
    sweep = [(few, files, 20, True) for files in numbers(given.sweep)]
    with tempfile.TemporaryDirectory() as temporary:
        place = given.folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        warm = [(200_000, 4, 20, vectors) for vectors in choices]
        rows_of(spark, place, argparse.Namespace(rounds=2), warm)
        sizes = [(rows, 0, n, vectors) for n in counts for vectors in choices]
        tables = [rows_of(spark, place, given, cases) for cases in (sizes, sweep)]
    console = Console(width=None if sys.stdout.isatty() else 120)
    for table in tables:
        console.print(table)
    spark.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
