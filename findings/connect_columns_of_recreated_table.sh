#!/usr/bin/env bash
# A Spark Connect frame can have its columns in one order and its rows in another.
#
# Versions: pyspark 4.2.0, Python 3.11, Java 17.
#
# The client keeps a frame's schema once it has asked for it.  The server analyses the
# frame anew in every action.  A table (a, b) is dropped and made anew as (b, a), with
# the same row: a = 1, b = 2.  The frame still says (a, b), and its rows come as (b, a).
# So zip(frame.columns, row) exchanges the values, and so does toDF(*frame.columns),
# which renames by position.  Row.asDict() and a selection by name are right.
# Classic Spark fails instead: the files of its frame are gone.
#
# Output:
#> classic, columns: ['a', 'b']
#> classic, zip(columns, row): error FAILED_READ_FILE.FILE_NOT_EXIST
#> classic, toDF(*columns): error FAILED_READ_FILE.FILE_NOT_EXIST
#> classic, asDict(): error FAILED_READ_FILE.FILE_NOT_EXIST
#> classic, select(*columns): error FAILED_READ_FILE.FILE_NOT_EXIST
#> classic, a new frame: {'a': 1, 'b': 2}
#> connect, columns: ['a', 'b']
#> connect, zip(columns, row): {'a': 2, 'b': 1}
#> connect, toDF(*columns): {'a': 2, 'b': 1}
#> connect, asDict(): {'a': 1, 'b': 2}
#> connect, select(*columns): {'a': 1, 'b': 2}
#> connect, a new frame: {'a': 1, 'b': 2}
set -euo pipefail

command -v java > /dev/null || { echo "Spark needs Java 17." >&2; exit 2; }
script=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  pyspark==4.2.0 pandas==2.3.3 pyarrow==26.0.1 grpcio==1.85.1 \
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
    builder = SparkSession.builder.remote("local[1]")
else:
    builder = SparkSession.builder.master("local[1]")
spark = (
    builder.config("spark.ui.enabled", "false")
    .config("spark.sql.warehouse.dir", str(Path(f"warehouse-{client}").absolute()))
    .getOrCreate()
)


def show(label, act):
    try:
        outcome = act()
    except Exception as error:
        found = re.search(r"\[([A-Z_]+(\.[A-Z_]+)?)\]", str(error))
        outcome = f"error {found.group(1) if found else error}"
    print(f"{client}, {label}: {outcome}", flush=True)


def as_dict(frame):
    return dict(sorted(frame.first().asDict().items()))


spark.sql("CREATE TABLE t (a INT, b INT) USING parquet").collect()
spark.sql("INSERT INTO t VALUES (1, 2)").collect()
frame = spark.table("t")
frame.columns
spark.sql("DROP TABLE t").collect()
spark.sql("CREATE TABLE t (b INT, a INT) USING parquet").collect()
spark.sql("INSERT INTO t VALUES (2, 1)").collect()
show("columns", lambda: frame.columns)
show("zip(columns, row)", lambda: dict(zip(frame.columns, frame.first())))
show("toDF(*columns)", lambda: as_dict(frame.toDF(*frame.columns)))
show("asDict()", lambda: as_dict(frame))
show("select(*columns)", lambda: as_dict(frame.select(*frame.columns)))
show("a new frame", lambda: as_dict(spark.table("t")))
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
