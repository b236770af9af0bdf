"""
From a message in Kafka to a subject out of Gold: one run of the revocation job.

A broker of one process on this machine, a topic of two partitions, Gold without
buckets.  The clock starts when the last message is acknowledged and stops when
`run_available` returns: planning, the four steps of the batch, the heartbeat.  A first
run, which is not counted, loads the classes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from rich.console import Console
from rich.table import Table

from cleanroom_join.local import local_session
from cleanroom_join.party import ConsentStore, RevocationJob, kafka_lines
from cleanroom_join.testing import contract
from tests.support.kafka_broker import running_broker

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from tests.support.kafka_broker import Broker

TOPIC = "consent"
WARM = 10
"""Opt-outs of the run that is not counted."""


def line(subject: int) -> str:
    """Return an opt-out of a numbered subject."""
    token = hashlib.sha256(str(subject).encode()).hexdigest()
    event = {
        "schema_version": 1,
        "event_id": f"e{subject}",
        "token": f"k1:{token}",
        "action": "OPT_OUT",
        "event_time": "2026-11-01T00:00:00Z",
    }
    return json.dumps(event)


def write_gold(spark: SparkSession, path: Path, rows: int) -> None:
    """Write a Gold table in which every row is another subject's."""
    frame = spark.range(rows).select(
        F.concat(F.lit("k1:"), F.sha2(F.col("id").cast("string"), 256)).alias(
            "card_token"
        ),
        F.lit("north").alias("region"),
        F.lit(value=True).alias("fraud"),
        F.lit(1.0).alias("amount"),
    )
    frame.write.format("delta").save(str(path))


def seconds_to_excluded(
    spark: SparkSession, broker: Broker, job: RevocationJob, lines: list[str]
) -> float:
    """Return the seconds from the last acknowledged message to the end of the run."""
    broker.send(TOPIC, lines)
    began = time.monotonic()
    job.run_available(kafka_lines(spark, broker.servers, TOPIC))
    return time.monotonic() - began


def main() -> None:
    """Print the seconds of each number of opt-outs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of Gold")
    parser.add_argument("--opt-outs", type=int, nargs="+", default=[20, 1_000, 100_000])
    asked = parser.parse_args()
    table = Table(
        "opt-outs", "seconds", title=f"Kafka to excluded, {asked.rows:,} rows"
    )
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        spark = local_session(kafka=True, warehouse=folder / "warehouse")
        write_gold(spark, folder / "gold", asked.rows)
        store = ConsentStore.in_folder(spark, str(folder / "consent"))
        store.create()
        job = RevocationJob(
            store=store,
            contract=contract(),
            party="acme",
            gold={"payments": f"delta.`{folder / 'gold'}`"},
            checkpoint=str(folder / "checkpoint"),
        )
        left = asked.rows
        with running_broker(folder) as broker:
            broker.create(TOPIC, 2)
            sent = 0
            for number in (WARM, *asked.opt_outs):
                lines = [line(n) for n in range(sent, sent + number)]
                seconds = seconds_to_excluded(spark, broker, job, lines)
                sent += number
                left -= number
                found = spark.read.format("delta").load(str(folder / "gold")).count()
                assert found == left, (found, left)
                if number != WARM:
                    table.add_row(f"{number:,}", f"{seconds:.1f}")
        spark.stop()
    Console().print(table)


if __name__ == "__main__":
    main()
