#!/usr/bin/env bash
# Sail answers a sum that overflows with a wrong number; Spark raises an error.
#
# Versions: pysail 0.7.2, pyspark 4.2.0 (as the client, and as the engine that Sail is
# compared with), Python 3.11, Java 17.
#
# Sail serves Spark Connect.  It says that it is Spark 4.2.0 with ANSI on, where a sum
# that does not fit into its type is an error.  In Sail a sum of BIGINT wraps, over a
# window too.  A sum of DECIMAL(38,0) can have 39 digits, which the type does not allow.
# From 2^127 on it wraps as well: the sum of four equal numbers has 38 digits and looks
# right.  Yet try_sum gives NULL, as in Spark, and a division by zero is an error.
#
# Output:
#> Sail: 4.2.0, ANSI true
#> Sail, sum of BIGINT: bigint -9223372036854775808
#> Sail, sum of BIGINT over a window: bigint -9223372036854775808
#> Sail, try_sum of BIGINT: bigint None
#> Sail, sum of 2 DECIMALs, 10^38 - 1 and 1: decimal(38,0) 100000000000000000000000000000000000000
#> Sail, sum of 2 DECIMALs, 10^38 - 1 each: decimal(38,0) -140282366920938463463374607431768211458
#> Sail, sum of 4 DECIMALs, 10^38 - 1 each: decimal(38,0) 59717633079061536536625392568231788540
#> Sail, try_sum of DECIMAL: decimal(38,0) None
#> Sail, 1 / (n - 1) for 1: error Division by zero
#> Spark: 4.2.0, ANSI true
#> Spark, sum of BIGINT: error ARITHMETIC_OVERFLOW
#> Spark, sum of BIGINT over a window: error ARITHMETIC_OVERFLOW
#> Spark, try_sum of BIGINT: bigint None
#> Spark, sum of 2 DECIMALs, 10^38 - 1 and 1: error ARITHMETIC_OVERFLOW
#> Spark, sum of 2 DECIMALs, 10^38 - 1 each: error ARITHMETIC_OVERFLOW
#> Spark, sum of 4 DECIMALs, 10^38 - 1 each: error ARITHMETIC_OVERFLOW
#> Spark, try_sum of DECIMAL: decimal(38,0) None
#> Spark, 1 / (n - 1) for 1: error DIVIDE_BY_ZERO
set -euo pipefail

command -v java > /dev/null || { echo "Spark needs Java 17." >&2; exit 2; }
script=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  pysail==0.7.2 pyspark==4.2.0 pandas==2.3.3 pyarrow==26.0.1 grpcio==1.85.1 \
  grpcio-status==1.85.1 googleapis-common-protos==1.76.0 zstandard==0.25.0

cat > probe.py <<'PY'
import os
import re
import sys

from pyspark.sql import SparkSession

engine = sys.argv[1]
if engine == "Sail":
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    _, port = server.listening_address
    spark = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
else:
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
print(f"{engine}: {spark.version}, ANSI {spark.conf.get('spark.sql.ansi.enabled')}")

longest = f"{2**63 - 1}L"
nines = "9" * 38 + "BD"  # the largest DECIMAL(38,0)
for label, select, values in (
    ("sum of BIGINT", "sum(n)", (longest, "1L")),
    ("sum of BIGINT over a window", "sum(n) OVER ()", (longest, "1L")),
    ("try_sum of BIGINT", "try_sum(n)", (longest, "1L")),
    ("sum of 2 DECIMALs, 10^38 - 1 and 1", "sum(n)", (nines, "1BD")),
    ("sum of 2 DECIMALs, 10^38 - 1 each", "sum(n)", (nines,) * 2),
    ("sum of 4 DECIMALs, 10^38 - 1 each", "sum(n)", (nines,) * 4),
    ("try_sum of DECIMAL", "try_sum(n)", (nines,) * 2),
    ("1 / (n - 1) for 1", "1 / (n - 1)", ("1",)),
):
    rows = ", ".join(f"({value})" for value in values)
    frame = spark.sql(f"SELECT {select} AS s FROM VALUES {rows} AS t(n)")
    try:
        outcome = f"{frame.schema['s'].dataType.simpleString()} {frame.first()['s']}"
    except Exception as error:
        found = re.search(r"\[([A-Z_]+(\.[A-Z_]+)?)\]", str(error))
        outcome = "error " + (found.group(1) if found else str(error).splitlines()[0])
    print(f"{engine}, {label}: {outcome}")
PY

for engine in Sail Spark; do
  if ! venv/bin/python probe.py "$engine" 2> log.txt; then
    cat log.txt >&2
    echo "The run with $engine failed; it did not before." >&2
    exit 1
  fi
done > seen.txt

sed -n 's/^#> //p' "$script" > expected.txt
if ! diff -u --label "seen before" --label "seen now" expected.txt seen.txt; then
  echo "Changed: the lines with + are new, those with - are gone." >&2
  exit 1
fi
echo "As before."
