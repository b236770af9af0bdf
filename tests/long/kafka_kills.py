"""
The revocation job on a Kafka topic in a process of its own, which a test kills.

Run by test_kafka_kills.py: ``prepare`` makes the tables, ``run`` applies what is in the
topic, in batches of a few lines.  It prints a line when the stream is about to start.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from cleanroom_join.local import local_session
from cleanroom_join.party import ConsentStore, RevocationJob, kafka_lines
from cleanroom_join.testing import contract
from tests.long.kafka_lines import SUBJECTS
from tests.spark.support import token

SCHEMA = "card_token string, region string, fraud boolean, amount double"
PER_BATCH = "12"


def main() -> None:
    """Do what the arguments say."""
    step, folder, servers, topic = sys.argv[1], Path(sys.argv[2]), *sys.argv[3:5]
    connect = os.environ.get("CLEANROOM_SPARK") == "connect"
    settings = {
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.sql.adaptive.enabled": "false",
    }
    spark = local_session(
        connect=connect,
        kafka=True,
        warehouse=folder / "warehouse",
        settings=settings,
        short_lived=True,
    )
    store = ConsentStore.in_folder(spark, str(folder / "consent"))
    gold = folder / "gold"
    if step == "prepare":
        store.create()
        rows = [(token(f"card{n}"), "north", True, 1.0) for n in range(SUBJECTS)]
        spark.createDataFrame(rows, SCHEMA).write.format("delta").save(str(gold))
        return
    job = RevocationJob(
        store=store,
        contract=contract(),
        party="acme",
        gold={"payments": f"delta.`{gold}`"},
        checkpoint=str(folder / "checkpoint"),
        patience=float(os.environ.get("PATIENCE", "120")),
    )
    lines = kafka_lines(
        spark, servers, topic, options={"maxOffsetsPerTrigger": PER_BATCH}
    )
    print("starting", flush=True)
    began = time.monotonic()
    try:
        job.run_available(lines)
    except Exception as error:  # noqa: BLE001 - the test looks at its text
        print(f"{type(error).__name__}: {error}", flush=True)
        os._exit(3)  # a dead server must not hold the process
    print(f"applied in {time.monotonic() - began:.1f} s", flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
