"""
A guarded release against the unguarded query of every tutorial, in one run.

Both read the same two Delta tables of tokens and give their answer to the driver.
Guarded means everything: census, join, exact two-level aggregation, fingerprints of
people, rows and values, a ledger with an earlier release to compare with, all rules,
review.  Unguarded is one join, one GROUP BY and ``HAVING count(*) >= 100``.  The
question has no totals, as the plain query has none, so `complement` has little to do:
see ``audit.py``.  Data are skewed: one subject has 1 % of all rows, and merchants'
categories are distributed by Zipf's law.

Times are of one process, both queries in turn: the median, after rounds that warm up.
Memory is of a process for each query, the JVM's and Python's; what comes to the
driver is the size of all results of tasks, what is broadcast included.  Ratios count.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fraud import resident_kb
from pyspark.sql import functions as F
from rich.console import Console
from rich.table import Table

from cleanroom_join.contract.template import fill_template
from cleanroom_join.crypto.library_digest import library_digest
from cleanroom_join.disclosure.ledger.entry import GENESIS
from cleanroom_join.local import local_session
from cleanroom_join.review import Verdict
from cleanroom_join.room import CleanRoom
from cleanroom_join.spark.ledger.anchor import ANCHOR_SCHEMA
from cleanroom_join.spark.ledger.entry_rows import LEDGER_SCHEMA
from cleanroom_join.sql import qualified
from cleanroom_join.testing import contract

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import Column, DataFrame, SparkSession

    from cleanroom_join.spark.ledger.entry_rows import EntryRows

CATEGORIES = 20
WARM_UP = 2
"""Rounds before those that count: Java compiles, and compiles better what is hot."""

ASSETS = f"""\
[assets.payments]
party = "acme"
table = "s.payments"
[assets.payments.columns]
card_token = {{ subject = "card" }}
category = {{ dimension = [{", ".join(f'"{5000 + i}"' for i in range(CATEGORIES))}] }}
cross_border = {{ dimension = "boolean" }}
amount = {{ measure = "decimal", min = 0, max = 1000, scale = 2 }}
fraud = {{ measure = "boolean" }}
[assets.accounts]
party = "globex"
table = "s.accounts"
one_row_per = "card"
[assets.accounts.columns]
card_token = {{ subject = "card" }}
age_band = {{ dimension = ["0-6m", "6-24m", "24m+"] }}
"""
OUTPUT = """\
[outputs.segments]
join = ["payments", "accounts"]
on = "card"
group_by = ["category", "age_band", "cross_border"]
[outputs.segments.measures]
payments = { function = "count" }
fraud_rate = { function = "rate", column = "fraud" }
mean_amount = { function = "mean", column = "amount" }
"""
CONTRACT = fill_template(
    name="benchmark",
    purpose="benchmark",
    parties=("acme", "globex"),
    subjects='[subjects.card]\nkind = "pan"',
    assets=ASSETS,
    outputs=OUTPUT,
)
UNGUARDED = """
SELECT category, age_band, cross_border, count(*) AS n,
       avg(CAST(fraud AS INT)) AS fraud_rate, avg(amount) AS mean_amount
FROM {payments} JOIN {accounts} USING (card_token)
GROUP BY category, age_band, cross_border HAVING count(*) >= 100
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How many rows the two tables have."""

    payments: int
    accounts: int

    @property
    def label(self) -> str:
        """The size for people."""
        return f"{self.payments / 1e6:g} M x {self.accounts / 1e6:g} M"


def token(subject: Column) -> Column:
    """Return a well-formed token of a numbered subject."""
    return F.concat(F.lit("k1:"), F.sha2(subject.cast("string"), 256))


def write_data(spark: SparkSession, size: Size, folder: Path) -> None:
    """Write both shared tables; one account in ten has no payments."""
    draw = F.xxhash64("id", F.lit(1))
    weights = [1 / rank for rank in range(1, CATEGORIES + 1)]
    heads = [sum(weights[: i + 1]) / sum(weights) for i in range(CATEGORIES)]
    uniform = F.pmod(F.xxhash64("id", F.lit(2)), F.lit(1_000_000)) / 1_000_000
    category = F.lit(str(5000 + CATEGORIES - 1))
    for i in reversed(range(CATEGORIES - 1)):
        category = F.when(uniform < heads[i], F.lit(str(5000 + i))).otherwise(category)
    busy = int(size.accounts * 0.9)
    subject = F.when(F.col("id") % 100 == 0, F.lit(0)).otherwise(
        F.pmod(draw, F.lit(busy))
    )
    cents = F.pmod(F.xxhash64("id", F.lit(3)), F.lit(40_000))
    spark.range(size.payments, numPartitions=8).select(
        token(subject).alias("card_token"),
        category.alias("category"),
        (F.pmod(draw, F.lit(7)) == 0).alias("cross_border"),
        (cents / 100).cast("decimal(10, 2)").alias("amount"),
        (F.pmod(F.xxhash64("id", F.lit(4)), F.lit(50)) == 0).alias("fraud"),
    ).write.format("delta").save(str(folder / "payments"))
    bands = F.array(*(F.lit(band) for band in ("0-6m", "6-24m", "24m+")))
    spark.range(size.accounts, numPartitions=8).select(
        token(F.col("id")).alias("card_token"),
        F.element_at(bands, (F.pmod("id", F.lit(3)) + 1).cast("int")).alias("age_band"),
    ).write.format("delta").save(str(folder / "accounts"))


def room(
    spark: SparkSession, folder: Path, earlier: EntryRows | None = None
) -> CleanRoom:
    """Return a room over the tables, before its first release or after one."""
    end = GENESIS if earlier is None else earlier.end
    rows = [] if earlier is None else list(earlier.rows)
    agreed = contract(CONTRACT)
    others = {
        "(ledger)": spark.createDataFrame(rows, LEDGER_SCHEMA),
        "(anchor)": spark.createDataFrame(
            [(end.run, end.head, agreed.digest, library_digest())], ANCHOR_SCHEMA
        ),
    }

    def source(asset: object) -> DataFrame | str:
        name, party = asset.name, asset.party  # type: ignore[attr-defined] # an Asset
        if name == "(secret)":
            half = hashlib.sha256(party.encode()).hexdigest()
            row = (half, "acme.state.ledger")  # the ledger that it secures
            return spark.createDataFrame([row], "secret string, ledger string")
        if name in others:
            return others[name]
        return qualified("delta", str(folder / name))  # by name: at one version

    return CleanRoom(spark, agreed, source=source)


_EARLIER: dict[Path, EntryRows] = {}
"""The first release of each folder's tables."""


def guarded(spark: SparkSession, folder: Path) -> int:
    """Release with every rule on; return how many cells are published."""
    release = room(spark, folder, _EARLIER.get(folder)).release("segments")
    assert release.verdict is Verdict.PENDING, release.summary()
    _EARLIER.setdefault(folder, release._entry)  # noqa: SLF001 - not to write it
    return len(release._rows)  # noqa: SLF001 - shown only once it is saved


def unguarded(spark: SparkSession, folder: Path) -> int:
    """Run the plain query; return how many cells it publishes."""
    tables = {
        name: spark.read.format("delta").load(str(folder / name))
        for name in ("payments", "accounts")
    }
    return len(spark.sql(UNGUARDED, **tables).collect())


QUERIES = {"unguarded": unguarded, "guarded": guarded}


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Run:
    """What one run of a query took."""

    seconds: float
    shuffled: int
    """Bytes written to shuffles."""
    driver: int
    """Bytes of results that tasks sent to the driver."""


def moved(spark: SparkSession) -> tuple[int, int]:
    """Return bytes shuffled and sent to the driver so far (classic only)."""
    store = spark._jsc.sc().statusStore()  # noqa: SLF001 - a benchmark may
    jobs = store.jobsList(None)
    stages = {
        ids.apply(n)
        for i in range(jobs.size())
        for ids in [jobs.apply(i).stageIds()]
        for n in range(ids.size())
    }
    sent = sum(store.lastStageAttempt(stage).resultSize() for stage in stages)
    return int(store.executorSummary("driver").totalShuffleWrite()), int(sent)


def timed(
    spark: SparkSession, query: Callable[[SparkSession, Path], int], folder: Path
) -> Run:
    """Return what one run took."""
    shuffled, driver = moved(spark)
    start = time.perf_counter()
    cells = query(spark, folder)
    assert cells > 0
    seconds = time.perf_counter() - start
    after = moved(spark)
    return Run(seconds=seconds, shuffled=after[0] - shuffled, driver=after[1] - driver)


def measure(spark: SparkSession, folder: Path, rounds: int) -> dict[str, Run]:
    """Return the median run of both, by time."""
    runs: dict[str, list[Run]] = {name: [] for name in QUERIES}
    for number in range(-WARM_UP, rounds):
        order = list(QUERIES)
        random.Random(number).shuffle(order)
        for name in order:
            found = timed(spark, QUERIES[name], folder)
            print(f"  {name} {found.seconds:.1f}", file=sys.stderr, flush=True)
            if number >= 0:
                runs[name].append(found)
    return {name: sorted(found)[len(found) // 2] for name, found in runs.items()}


def session(memory: str, enough: int | None) -> SparkSession:
    """
    Return a session that shuffles, or broadcasts tables of so many bytes at most.

    Spark's default of 100 holds too few compiled queries for both: each would throw out
    the other's, and what was compiled again would be measured.
    """
    spark = local_session(
        memory=memory,
        settings={
            "spark.sql.codegen.cache.maxEntries": "1000",
            # All stages of a run are asked for what they sent.
            "spark.ui.retainedStages": "100000",
            "spark.ui.retainedJobs": "100000",
        },
    )
    limit = str(-1 if enough is None else enough)
    for name in ("autoBroadcastJoinThreshold", "adaptive.autoBroadcastJoinThreshold"):
        spark.conf.set(f"spark.sql.{name}", limit)
    return spark


def alone(query: str, folder: Path, memory: str) -> None:
    """Run one query twice, and print the peak memory of the JVM and of Python."""
    spark = session(memory, None)
    for _ in range(2):
        QUERIES[query](spark, folder)
    java = spark._jvm.java.lang.ProcessHandle.current().pid()  # noqa: SLF001
    print(json.dumps([resident_kb(java), resident_kb(os.getpid())]))
    spark.stop()


def peaks(query: str, folder: Path, memory: str) -> tuple[float, float]:
    """Return the peak memory of a process of its own, JVM and Python, in MB."""
    command = [sys.executable, __file__, "--alone", query, "--folder", str(folder)]
    done = subprocess.run(
        [*command, "--memory", memory], check=True, capture_output=True, text=True
    )
    java, python = json.loads(done.stdout.splitlines()[-1])
    return java / 1024, python / 1024


def table_row(size: Size, join: str, best: dict[str, Run], before: Run | None) -> list:
    """Return a line of the table; *before* is the guarded run of half the rows."""
    plain, ours = best["unguarded"], best["guarded"]
    return [
        size.label,
        join,
        f"{plain.seconds:.1f}",
        f"{ours.seconds:.1f}",
        f"{ours.seconds / plain.seconds:.2f}",
        "" if before is None else f"{ours.seconds / before.seconds:.2f}",
        f"{plain.shuffled / 1e6:.0f} / {ours.shuffled / 1e6:.0f}",
        f"{plain.driver / 1e6:.2f} / {ours.driver / 1e6:.2f}",
    ]


def sizes(text: str) -> list[Size]:
    """Return sizes written as millions of rows of both tables."""
    pairs = [tuple(map(float, part.split("x"))) for part in text.split(",")]
    return [Size(payments=int(p * 1e6), accounts=int(a * 1e6)) for p, a in pairs]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="4x1,8x2,16x4", help="millions of rows")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", default="4g")
    parser.add_argument("--joins", default="shuffled,broadcast")
    parser.add_argument("--alone", choices=QUERIES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        alone(given.alone, given.folder, given.memory)
        return 0
    names = ["rows", "join", "unguarded s", "guarded s", "ratio", "x half the rows"]
    table = Table(*names, "shuffled MB", "to the driver MB")
    memory = Table("rows", "JVM MB", "Python MB", title="peak memory, shuffled")
    with tempfile.TemporaryDirectory() as place:
        before: dict[str, Run] = {}
        for size in sizes(given.sizes):
            folder = Path(place) / size.label.replace(" ", "")
            write_data(session(given.memory, None), size, folder)
            for join in given.joins.split(","):
                # Enough for the accounts, and never for the payments: Spark would
                # broadcast whichever it has measured first.
                enough = 100 * size.accounts if join == "broadcast" else None
                best = measure(session(given.memory, enough), folder, given.rounds)
                row = table_row(size, join, best, before.get(join))
                table.add_row(*row)
                before[join] = best["guarded"]
                print(*row, sep=" | ", file=sys.stderr, flush=True)
            found = {query: peaks(query, folder, given.memory) for query in QUERIES}
            both = [
                " / ".join(f"{found[query][i]:.0f}" for query in QUERIES)
                for i in (0, 1)
            ]
            memory.add_row(size.label, *both)
            print(size.label, *both, sep=" | ", file=sys.stderr, flush=True)
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(table)
    console.print(memory)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
