#!/usr/bin/env bash
# fastparquet 2026.9.0 reads DATE columns modulo 2^64 nanoseconds, without a word.
#
# Versions: fastparquet 2026.9.0, pyarrow 26.0.1 (writer, and reader for comparison),
# pandas 2.3.3, numpy 2.4.6; Python 3.11.
#
# A DATE of Parquet is a number of days.  "No end" is often the day 9999-12-31, and dates
# of birth in archives lie before 1677.  pyarrow reads both; fastparquet makes nanoseconds
# since 1970 of them, which wrap around, and returns other days.
#
# Output:
#> written 9999-12-31  pyarrow 9999-12-31  fastparquet 1816-03-29
#> written 0001-01-01  pyarrow 0001-01-01  fastparquet 1754-08-30
#> written 1500-01-01  pyarrow 1500-01-01  fastparquet 2084-07-20
#> written 1985-06-07  pyarrow 1985-06-07  fastparquet 1985-06-07
set -euo pipefail

script=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  fastparquet==2026.9.0 pyarrow==26.0.1 pandas==2.3.3 numpy==2.4.6

cat > dates.py <<'PY'
import datetime as dt

import fastparquet
import pyarrow as pa
import pyarrow.parquet as pq

days = [dt.date(9999, 12, 31), dt.date(1, 1, 1), dt.date(1500, 1, 1), dt.date(1985, 6, 7)]
pq.write_table(pa.table({"day": pa.array(days, pa.date32())}), "days.parquet")
exact = pq.read_table("days.parquet")["day"].to_pylist()
other = fastparquet.ParquetFile("days.parquet").to_pandas()["day"]
for written, arrow, fast in zip(days, exact, other, strict=True):
    print(f"written {written}  pyarrow {arrow}  fastparquet {fast.date()}")
PY

venv/bin/python dates.py > seen.txt

sed -n 's/^#> //p' "$script" > expected.txt
if ! diff -u --label "seen before" --label "seen now" expected.txt seen.txt; then
  echo "Changed: the lines with + are new, those with - are gone." >&2
  exit 1
fi
echo "As before."
