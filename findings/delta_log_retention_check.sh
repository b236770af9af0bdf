#!/usr/bin/env bash
# Delta's ALTER TABLE compares two retentions with defaults, not with the table's own.
#
# Versions: pyspark 4.2.0, delta-spark 4.4.0; Python 3.11, Java 17.
#
# delta.logRetentionDuration ("log", by default 30 days) must be at least
# delta.deletedFileRetentionDuration ("files", by default 7 days).  CREATE TABLE and
# ALTER TABLE check this among the properties that the statement sets.  For the one that
# it does not set, ALTER TABLE takes the default, even if the table has another value.
# So it refuses what fits the table, and accepts what CREATE TABLE refuses.  One
# ALTER TABLE that sets both is checked rightly.
#
# Output:
#> create, log 3, files 2: accepted
#> create, log 10, files 20: refused: log(10 days) needs to be greater than or equal to files(20 days)
#> table with files 2, set log 3: refused: log(3 days) needs to be greater than or equal to files(7 days)
#>   now: files interval 2 days
#> table with files 2, set log 3, files 2: accepted
#>   now: files interval 2 days, log interval 3 days
#> table with log 60, set files 40: refused: files(40 days) needs to be less than or equal to log(30 days)
#>   now: log interval 60 days
#> table with files 20, set log 10: accepted
#>   now: files interval 20 days, log interval 10 days
#> table with log 10, set files 20: accepted
#>   now: files interval 20 days, log interval 10 days
set -euo pipefail

command -v java > /dev/null || { echo "Spark needs Java 17." >&2; exit 2; }
script=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  pyspark==4.2.0 delta-spark==4.4.0

cat > probe.py <<'PY'
import os
import re
from pathlib import Path

from pyspark.sql import SparkSession

LOG, FILES = "delta.logRetentionDuration", "delta.deletedFileRetentionDuration"

os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
builder = SparkSession.builder.master("local[1]")
for name, value in {
    "spark.jars.packages": "io.delta:delta-spark_4.2_2.13:4.4.0",
    "spark.jars.ivy": str(Path("ivy").absolute()),
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": (
        "org.apache.spark.sql.delta.catalog.DeltaCatalog"
    ),
    "spark.sql.warehouse.dir": str(Path("warehouse").absolute()),
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.databricks.delta.snapshotPartitions": "1",
}.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()


def properties(days):
    return ", ".join(f"'{name}' = 'interval {n} days'" for name, n in days.items())


def words(text):
    return text.replace(LOG, "log").replace(FILES, "files")


def show(days):
    return words(", ".join(f"{name} {n}" for name, n in days.items()))


def outcome(statement):
    try:
        spark.sql(statement).collect()
    except Exception as error:
        found = re.search(r"The table property (.* days\))", str(error))
        return f"refused: {words(found.group(1)) if found else error}"
    return "accepted"


def make(days):
    spark.sql("DROP TABLE IF EXISTS t").collect()
    return outcome(f"CREATE TABLE t (id INT) USING delta TBLPROPERTIES ({properties(days)})")


for days in ({LOG: 3, FILES: 2}, {LOG: 10, FILES: 20}):
    print(f"create, {show(days)}: {make(days)}")
for first, then in (
    ({FILES: 2}, {LOG: 3}),
    ({FILES: 2}, {LOG: 3, FILES: 2}),
    ({LOG: 60}, {FILES: 40}),
    ({FILES: 20}, {LOG: 10}),
    ({LOG: 10}, {FILES: 20}),
):
    assert make(first) == "accepted"
    done = outcome(f"ALTER TABLE t SET TBLPROPERTIES ({properties(then)})")
    print(f"table with {show(first)}, set {show(then)}: {done}")
    rows = spark.sql("SHOW TBLPROPERTIES t").collect()
    kept = [f"{words(r['key'])} {r['value']}" for r in rows if r["key"] in (LOG, FILES)]
    print(f"  now: {', '.join(sorted(kept))}")
PY

if ! venv/bin/python probe.py > seen.txt 2> log.txt; then
  cat log.txt >&2
  echo "The run failed; it did not before." >&2
  exit 1
fi

sed -n 's/^#> //p' "$script" > expected.txt
if ! diff -u --label "seen before" --label "seen now" expected.txt seen.txt; then
  echo "Changed: the lines with + are new, those with - are gone." >&2
  exit 1
fi
echo "As before."
