"""
A guarded release against the unguarded query of every tutorial, in one run.

Both read the same two Delta tables of tokens and give their answer to the driver.
Guarded means everything: census, join, exact two-level aggregation, membership
fingerprints, the ledger, all rules, review.  Unguarded is one join, one GROUP BY and
``HAVING count(*) >= 100``.  Data are skewed: one subject has 1 % of all rows, and
merchants' categories are distributed by Zipf's law.  Ratios are what counts.
"""

from __future__ import annotations

import argparse
import hashlib
import random
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

from cleanroom_join import Contract
from cleanroom_join.local import local_session
from cleanroom_join.review import Verdict
from cleanroom_join.spark import CleanRoom
from cleanroom_join.spark.ledger import ANCHOR_SCHEMA, LEDGER_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import Column, DataFrame, SparkSession

CATEGORIES = 20
CONTRACT = f"""
schema = 1
id = "benchmark"
revision = 1
purpose = "benchmark"
expires = 2099-12-31
[parties.acme]
role = "creator"
[parties.globex]
role = "collaborator"
[subjects.card]
kind = "pan"
[tokens]
spec = "token-v1"
keys = [{{ id = "k1", state = "active" }}]
[ledger]
party = "acme"
table = "s.ledger"
anchor = "s.anchor"
secret = "s.secret"
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
[outputs.segments]
join = ["payments", "accounts"]
on = "card"
group_by = ["category", "age_band", "cross_border"]
[outputs.segments.measures]
payments = {{ function = "count" }}
fraud_rate = {{ function = "rate", column = "fraud" }}
mean_amount = {{ function = "mean", column = "amount" }}
"""
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


def room(spark: SparkSession, folder: Path) -> CleanRoom:
    """Return a room over the tables, before its first release."""
    others = {
        "(ledger)": spark.createDataFrame([], LEDGER_SCHEMA),
        "(anchor)": spark.createDataFrame([(0, "0" * 64)], ANCHOR_SCHEMA),
    }

    def source(asset: object) -> DataFrame:
        name, party = asset.name, asset.party  # type: ignore[attr-defined] # an Asset
        if name == "(secret)":
            half = hashlib.sha256(party.encode()).hexdigest()
            return spark.createDataFrame([(half,)], "secret string")
        if name in others:
            return others[name]
        return spark.read.format("delta").load(str(folder / name))

    agreed = Contract.from_toml(CONTRACT, sha256=Contract.from_toml(CONTRACT).digest)
    return CleanRoom(spark, agreed, source=source)


def guarded(spark: SparkSession, folder: Path) -> int:
    """Release with every rule on; return how many cells are published."""
    release = room(spark, folder).release("segments")
    assert release.verdict is Verdict.APPROVED, release.summary()
    return len(release._rows)  # noqa: SLF001 - shown only once it is saved


def unguarded(spark: SparkSession, folder: Path) -> int:
    """Run the plain query; return how many cells it publishes."""
    tables = {
        name: spark.read.format("delta").load(str(folder / name))
        for name in ("payments", "accounts")
    }
    return len(spark.sql(UNGUARDED, **tables).collect())


def shuffled_bytes(spark: SparkSession) -> int:
    """Return all bytes that this process has written to shuffles (classic only)."""
    store = spark._jsc.sc().statusStore()  # noqa: SLF001 - a benchmark may
    return int(store.executorSummary("driver").totalShuffleWrite())


def timed(
    spark: SparkSession, run: Callable[[SparkSession, Path], int], folder: Path
) -> tuple[float, int]:
    """Return seconds, and bytes shuffled, of one run."""
    before = shuffled_bytes(spark)
    start = time.perf_counter()
    cells = run(spark, folder)
    assert cells > 0
    return time.perf_counter() - start, shuffled_bytes(spark) - before


def measure(
    spark: SparkSession, folder: Path, rounds: int
) -> dict[str, tuple[float, int]]:
    """Return the best time and the shuffled bytes of both."""
    runs = {"unguarded": unguarded, "guarded": guarded}
    best: dict[str, tuple[float, int]] = {}
    for number in range(rounds + 1):
        order = list(runs)
        random.Random(number).shuffle(order)
        for name in order:
            found = timed(spark, runs[name], folder)
            if number:  # the first round compiles
                best[name] = min(best.get(name, found), found)
    return best


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="4x1,8x2,16x4", help="millions of rows")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--memory", default="4g")
    given = parser.parse_args()
    table = Table("rows", "join", "unguarded s", "guarded s", "ratio", "shuffled MB")
    table.add_column("peak GB")
    # The default of 100 holds too few compiled queries for both: each would throw out
    # the other's, and what was compiled again would be measured.
    cache = {"spark.sql.codegen.cache.maxEntries": "1000"}
    spark = local_session(memory=given.memory, settings=cache)
    with tempfile.TemporaryDirectory() as place:
        for text in given.sizes.split(","):
            size = Size(
                **{
                    name: int(float(part) * 1_000_000)
                    for name, part in zip(
                        ("payments", "accounts"), text.split("x"), strict=True
                    )
                }
            )
            folder = Path(place) / text
            write_data(spark, size, folder)
            # Enough for the accounts, and never for the payments: Spark would broadcast
            # whichever it has measured first.
            enough = str(100 * size.accounts)
            for join, limit in (("shuffled", "-1"), ("broadcast", enough)):
                spark.conf.set("spark.sql.autoBroadcastJoinThreshold", limit)
                spark.conf.set("spark.sql.adaptive.autoBroadcastJoinThreshold", limit)
                best = measure(spark, folder, given.rounds)
                (plain, moved), (ours, ours_moved) = best["unguarded"], best["guarded"]
                java = spark._jvm.java.lang.ProcessHandle.current().pid()  # noqa: SLF001
                table.add_row(
                    size.label,
                    join,
                    f"{plain:.1f}",
                    f"{ours:.1f}",
                    f"{ours / plain:.2f}",
                    f"{moved / 1e6:.0f} / {ours_moved / 1e6:.0f}",
                    f"{resident_kb(java) / 1024**2:.1f}",
                )
                print(size.label, join, best, file=sys.stderr, flush=True)
    spark.stop()
    Console(width=None if sys.stdout.isatty() else 110).print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
