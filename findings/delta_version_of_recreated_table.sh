#!/usr/bin/env bash
# A frame of "VERSION AS OF 1" reads another table, made later under the same name.
#
# Versions: pyspark 4.2.0, delta-spark 4.4.0, Python 3.11, Java 17.
#
# Delta knows a table by an id, but the frame is not bound to it.  Three frames read
# version 1 of t, which has one row.  Then t is dropped, and a table t of the same
# columns is made.  Its version 1 has two rows.
#
# Spark Connect: every frame reads the two rows, even one that was collected before.
# Classic Spark: a frame that was only analysed, or only counted, reads the two rows.
# One that was collected fails, since its files are gone, and yet it counts the one row
# of the dropped table.  So a version number names a state of a table only together with
# the table's id, or with the time of the commit.
#
# Output:
#> classic, first table, collect: [(1,)]
#> classic, analysed before, collect: [(7,), (8,)]
#> classic, counted before, collect: [(7,), (8,)]
#> classic, collected before, collect: error FAILED_READ_FILE.FILE_NOT_EXIST
#> classic, collected before, count: 1
#> connect, first table, collect: [(1,)]
#> connect, analysed before, collect: [(7,), (8,)]
#> connect, counted before, collect: [(7,), (8,)]
#> connect, collected before, collect: [(7,), (8,)]
#> connect, collected before, count: 2
set -euo pipefail

command -v java > /dev/null || { echo "Spark needs Java 17." >&2; exit 2; }
script=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  pyspark==4.2.0 delta-spark==4.4.0 pandas==2.3.3 pyarrow==26.0.1 grpcio==1.85.1 \
  grpcio-status==1.85.1 googleapis-common-protos==1.76.0 zstandard==0.25.0

cat > probe.py <<'PY'
import os
import re
import sys
from pathlib import Path

from pyspark.sql import SparkSession

client = sys.argv[1]
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
if client == "connect":
    os.environ["SPARK_TESTING"] = "1"  # an ephemeral port
builder = SparkSession.builder
builder = (
    builder.remote("local[1]") if client == "connect" else builder.master("local[1]")
)
for name, value in {
    "spark.jars.packages": "io.delta:delta-spark_4.2_2.13:4.4.0",
    "spark.jars.ivy": str(Path("ivy").absolute()),
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": (
        "org.apache.spark.sql.delta.catalog.DeltaCatalog"
    ),
    "spark.sql.warehouse.dir": str(Path(f"warehouse-{client}").absolute()),
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.databricks.delta.snapshotPartitions": "1",
}.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()


def make(columns, values):
    """Make the table: version 0 is empty, version 1 has the rows."""
    spark.sql("DROP TABLE IF EXISTS t").collect()
    spark.sql(f"CREATE TABLE t ({columns}) USING delta").collect()
    spark.sql(f"INSERT INTO t VALUES {values}").collect()


def show(label, act):
    try:
        outcome = act()
    except Exception as error:
        found = re.search(r"\[([A-Z_]+(\.[A-Z_]+)?)\]", str(error))
        outcome = f"error {found.group(1) if found else error}"
    print(f"{client}, {label}: {outcome}", flush=True)


def rows(frame):
    return sorted(tuple(row) for row in frame.collect())


pinned = "SELECT * FROM t VERSION AS OF 1"
make("id BIGINT", "(1)")
analysed, counted, collected = (spark.sql(pinned) for _ in range(3))
analysed.schema
counted.count()
collected.collect()
show("first table, collect", lambda: rows(spark.sql(pinned)))
make("id BIGINT", "(7), (8)")
show("analysed before, collect", lambda: rows(analysed))
show("counted before, collect", lambda: rows(counted))
show("collected before, collect", lambda: rows(collected))
show("collected before, count", lambda: collected.count())
PY

for client in classic connect; do
  if ! venv/bin/python probe.py "$client" 2> log.txt; then
    cat log.txt >&2
    echo "The run with $client failed; it did not before." >&2
    exit 1
  fi
done > seen.txt

sed -n 's/^#> //p' "$script" > expected.txt
if ! diff -u --label "seen before" --label "seen now" expected.txt seen.txt; then
  echo "Changed: the lines with + are new, those with - are gone." >&2
  exit 1
fi
echo "As before."
