"""
Tokenise, profile and make a manifest with a fresh key, and leave everything behind.

Run by test_key_leaks.py in a process of its own, with an event log, a user
interface and its own folders for temporary files.  Reads the key's hexadecimal
form from standard input; prints what a person could see.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import traceback
import urllib.request
from pathlib import Path

from pyspark.sql import functions as F

from cleanroom_join import SecretKey
from cleanroom_join.local import local_session
from cleanroom_join.party import RawIdentifiers, token_manifest, tokenise
from cleanroom_join.spark.revocation.event_lines import event_columns
from cleanroom_join.testing import contract


def pages(address: str) -> dict[str, str]:
    """Return what the user interface shows."""
    applications = json.loads(fetch(f"{address}/api/v1/applications"))
    found = {}
    for application in applications:
        base = f"{address}/api/v1/applications/{application['id']}"
        found["sql"] = fetch(f"{base}/sql?details=true&planDescription=true&length=500")
        for name in ("jobs", "stages", "environment", "executors", "storage/rdd"):
            found[name] = fetch(f"{base}/{name}")
    for number in range(len(json.loads(found.get("sql", "[]")))):
        found[f"page {number}"] = fetch(f"{address}/SQL/execution/?id={number}")
    return found


def fetch(address: str) -> str:
    """Return a page's text."""
    with urllib.request.urlopen(address, timeout=30) as page:
        return page.read().decode("utf-8", "replace")


def stream_identifiers(spark, folder: Path, table: str, key: SecretKey) -> None:
    """Tokenise raw identifiers of a stream, as the revocation job does."""
    lines = folder / "lines"
    lines.mkdir()
    line = {"schema_version": 1, "event_id": "e", "identifier": "4000000000000002"}
    (lines / "1.txt").write_text(json.dumps(line) + "\n")
    raw = RawIdentifiers(terms=contract().asset("payments"), key=key)
    events = event_columns(
        spark.readStream.text(str(lines)).withColumn("position", F.lit("1")),
        ingested_at=F.current_timestamp(),
        parties=["acme"],
        datasets=["payments"],
        tokenised=raw.tokenised,
    )
    events.explain(extended=True)
    query = (
        events.writeStream.format(table)
        .option("checkpointLocation", str(folder / "checkpoint"))
        .trigger(availableNow=True)
        .start(str(folder / "events_of_lines"))
    )
    query.awaitTermination()
    print(query.status, query.recentProgress, query.lastProgress)
    print(repr(raw))
    (found,) = spark.read.format(table).load(str(folder / "events_of_lines")).collect()
    assert found["key"] is not None


def main() -> None:
    """Do everything a party does with its key."""
    folder, mode, port, table = Path(sys.argv[1]), *sys.argv[2:5]
    key = SecretKey.from_bytes(bytes.fromhex(sys.stdin.readline().strip()))
    spark = local_session(
        connect=mode == "connect",
        delta=table == "delta",
        warehouse=folder / "warehouse",
        settings={
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": (folder / "events").as_uri(),
            "spark.eventLog.compress": "false",
            "spark.local.dir": str(folder / "local"),
            "spark.ui.enabled": "true",
            "spark.ui.port": port,
            "spark.sql.shuffle.partitions": "2",
        },
    )
    rows = [(f"4{i:015}", "north", True, None) for i in range(300)]
    schema = "card_number string, region string, fraud boolean, amount decimal(10,2)"
    raw = spark.createDataFrame(rows, schema)
    terms = contract().asset("payments")
    gold = tokenise(raw, terms, key=key)
    gold.frame.explain(extended=True)
    gold.frame.write.format(table).save(str(folder / "gold"))
    gold.profile()
    stream_identifiers(spark, folder, table, key)
    print(token_manifest(raw, terms, key=key, shared=gold.frame))
    print(repr(key), str(key), repr(gold), repr(gold.frame))
    for attempt in (lambda: pickle.dumps(key), lambda: pickle.dumps(gold)):
        try:
            print(attempt())
        except Exception:  # noqa: BLE001 - what it says is what is looked at
            traceback.print_exc()
    try:
        tokenise(raw.drop("card_number"), terms, key=key)
    except Exception:  # noqa: BLE001 - what it says is what is looked at
        traceback.print_exc()
    (folder / "ui.json").write_text(json.dumps(pages(f"http://127.0.0.1:{port}")))
    # While it runs: some files are gone once it stops.
    for place in ("local", "events", "tmp"):
        for path in sorted((folder / place).rglob("*")):
            if path.is_file():
                copy = folder / "copies" / f"{place}-{abs(hash(path))}"
                copy.parent.mkdir(exist_ok=True)
                copy.write_bytes(path.read_bytes())
    spark.stop()
    os.sync()


if __name__ == "__main__":
    main()
