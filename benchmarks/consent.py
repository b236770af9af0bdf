"""
What the consent states cost a run: ``examples/fraud`` at full size, warm.

Prints seconds of a whole run without `[revocation]`, and with so many subjects excluded
at each party: the least of several runs, and the ratio to the first.  The excluded have
no row in any table: their parties' jobs have deleted them, and the second wall looks
for them all the same.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join import Contract
from cleanroom_join.local import local_session
from cleanroom_join.review import assess_terms
from cleanroom_join.revocation.schemas import STATE_COLUMNS
from cleanroom_join.spark.ledger.tables import first_ledger
from cleanroom_join.spark.room.run import Run, computed

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import Column, DataFrame, SparkSession

    from cleanroom_join.contract import Asset

EXAMPLE = Path(__file__).parents[1] / "examples" / "fraud" / "collaboration.toml"
SECTION = """[revocation]
max_age_hours = 744
tables = { acme = "consent.consent_state", globex = "consent.consent_state" }
"""
OUTPUT = "segment_signals"


def token(number: Column) -> Column:
    """Return a well-formed token of a made-up card."""
    return F.concat(F.lit("k1:"), F.sha2(number.cast("string"), 256))


def tables(spark: SparkSession, rows: int, cards: int) -> dict[str, DataFrame]:
    """Return both shared tables."""
    row = F.col("id")
    codes = F.array(*(F.lit(c) for c in ("5411", "5812", "5541", "5912", "5999")))
    ages = F.array(*(F.lit(a) for a in ("0-6m", "6-24m", "24m+")))
    signals = spark.range(rows).select(
        token(row % cards).alias("card_token"),
        (row % 7 == 0).alias("cross_border_flag"),
        (row % 40).cast("int").alias("txn_count_1h"),
        (F.hash(row) % 11 == 0).alias("confirmed_fraud_flag"),
        F.element_at(codes, (row % 5 + 1).cast("int")).alias("merchant_category_code"),
    )
    behavior = spark.range(cards).select(
        token(row).alias("card_token"),
        F.element_at(ages, (row % 3 + 1).cast("int")).alias("account_age_band"),
    )
    return {"transaction_signals": signals, "account_behavior": behavior}


def state(spark: SparkSession, excluded: int) -> DataFrame:
    """Return a fresh state with so many opt-outs."""
    subjects = spark.range(excluded).select(
        F.lit("subject").alias("scope"),
        F.sha2(token(-1 - F.col("id")), 256).alias("key"),
        F.lit("k1").alias("key_id"),
        F.lit("OPT_OUT").alias("action"),
    )
    alive = spark.range(1).select(
        F.lit("heartbeat").alias("scope"), F.lit("").alias("key")
    )
    rows = subjects.unionByName(alive, allowMissingColumns=True)
    rows = rows.withColumn("event_time", F.current_timestamp())
    columns = [column.split(" ") for column in STATE_COLUMNS.split(", ")]
    return rows.select(
        *(
            (F.col(name) if name in rows.columns else F.lit(None))
            .cast(kind)
            .alias(name)
            for name, kind in columns
        )
    )


def fastest(
    spark: SparkSession,
    contract: Contract,
    source: Callable[[Asset], str],
    repeats: int,
) -> float:
    """Return the seconds of the fastest of several runs."""
    seconds = []
    for _ in range(repeats):
        ledger = first_ledger(contract)
        begun = time.monotonic()
        run = Run.begin(spark, contract, contract.output(OUTPUT), source, ledger)
        done = computed(run, assess_terms(run.facts(None)), hidden=False)
        seconds.append(time.monotonic() - begun)
        if done.refusal is not None:
            raise done.refusal.error()
    return min(seconds)


def main() -> None:
    """Write tables, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--cards", type=int, default=200_000)
    parser.add_argument("--excluded", type=int, nargs="*", default=[0, 1_000, 100_000])
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    text = EXAMPLE.read_text()
    asks = Contract.from_toml(text.replace("[tokens]", f"{SECTION}\n[tokens]", 1))
    with tempfile.TemporaryDirectory(prefix="cleanroom-join-") as folder:
        spark = local_session()
        for name, frame in tables(spark, given.rows, given.cards).items():
            frame.write.format("delta").save(f"{folder}/{name}")

        def source(asset: Asset) -> str:
            return f"delta.`{folder}/{asset.name.partition(' ')[0].strip('(')}`"

        plain = Contract.from_toml(text)
        fastest(spark, plain, source, 1)  # the first run compiles
        least = fastest(spark, plain, source, given.repeats)
        print(f"no [revocation]: {least:.1f} s")
        for excluded in given.excluded:
            frame = state(spark, excluded)
            frame.write.format("delta").mode("overwrite").save(f"{folder}/consent")
            seconds = fastest(spark, asks, source, given.repeats)
            print(
                f"{excluded:,} excluded: {seconds:.1f} s, {seconds / least:.2f} times"
            )
        spark.stop()


if __name__ == "__main__":
    main()
