#!/usr/bin/env bash
# dbf 0.99.11 writes N(20,0) fields through a double: other digits stand in the file.
#
# Versions: dbf 0.99.11 (writer), dbfread 2.0.7 (reader); Python 3.11.
#
# A numeric field of dBASE holds its digits as text, so N(20,0) holds any number of twenty
# digits.  The writer takes a Python int, which is exact, and stores the nearest double.
# The reader is not the cause: the digits are read from the file's bytes as well.
#
# Output:
#> written 41111111111111111111  in the file 41111111111111114752  read 41111111111111114752
#> written     9007199254740993  in the file     9007199254740992  read     9007199254740992
#> written     4111111111111111  in the file     4111111111111111  read     4111111111111111
set -euo pipefail

script=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  dbf==0.99.11 dbfread==2.0.7

cat > accounts.py <<'PY'
import dbf
import dbfread

numbers = [41111111111111111111, 9007199254740993, 4111111111111111]
table = dbf.Table("accounts.dbf", "account N(20,0)")
table.open(mode=dbf.READ_WRITE)
for number in numbers:
    table.append((number,))
table.close()

read = [row["ACCOUNT"] for row in dbfread.DBF("accounts.dbf")]
with open("accounts.dbf", "rb") as file:
    data = file.read()
start = int.from_bytes(data[8:10], "little")
length = int.from_bytes(data[10:12], "little")
for i, number in enumerate(numbers):
    record = data[start + i * length : start + (i + 1) * length]
    stored = record[1:21].decode("ascii").strip()
    print(f"written {number:>20}  in the file {stored:>20}  read {read[i]:>20}")
PY

venv/bin/python accounts.py > seen.txt

sed -n 's/^#> //p' "$script" > expected.txt
if ! diff -u --label "seen before" --label "seen now" expected.txt seen.txt; then
  echo "Changed: the lines with + are new, those with - are gone." >&2
  exit 1
fi
echo "As before."
