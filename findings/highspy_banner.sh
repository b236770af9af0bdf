#!/usr/bin/env bash
# Making a solver of highspy 1.16.0 writes two lines to standard output.
#
# Versions: highspy 1.16.0 and, for comparison, 1.15.1; numpy 2.4.6, Python 3.11.
#
# HiGHS has the option output_flag, and highspy the method silent(), so that a program
# can keep standard output for its own use, such as JSON.  Both belong to a solver that
# exists.  In 1.16.0 making the first one prints version and licence before either can be
# called.  The lines come from C, so contextlib.redirect_stdout does not catch them.
#
# Output:
#> highspy 1.15.1, lines on standard output: 0
#> highspy 1.16.0, lines on standard output: 2
set -euo pipefail

script=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > solve.py <<'PY'
import contextlib
import io

import highspy

with contextlib.redirect_stdout(io.StringIO()):
    solver = highspy.Highs()
    solver.silent()
    x = solver.addVariable(lb=1.0)
    solver.minimize(x)
assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
assert solver.val(x) == 1.0
PY

for version in 1.15.1 1.16.0; do
  python3 -m venv "$version"
  "$version/bin/python" -m pip install --quiet --disable-pip-version-check \
    "highspy==$version" numpy==2.4.6
  "$version/bin/python" solve.py > out.txt
  echo "highspy $version, lines on standard output: $(wc -l < out.txt)"
done > seen.txt

sed -n 's/^#> //p' "$script" > expected.txt
if ! diff -u --label "seen before" --label "seen now" expected.txt seen.txt; then
  echo "Changed: the lines with + are new, those with - are gone." >&2
  exit 1
fi
echo "As before."
