"""Install a wheel alone into an empty environment and see that it works there."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from cleanroom_join.crypto.library_digest import library_digest

SOURCE = Path(__file__).parents[1] / "src" / "cleanroom_join"
LARGEST = 1_050_000
"""Largest wheel, in bytes: its code takes 690,000, so a data file that slips in shows."""

PROBE = """
import sys
import cleanroom_join, cleanroom_join.disclosure, cleanroom_join.review
import cleanroom_join.sql, cleanroom_join.testing
from cleanroom_join.crypto.library_digest import library_digest
from cleanroom_join.tokens import check_vectors
from importlib.resources import files
import cleanroom_join.report
check_vectors()
parts = files("cleanroom_join.report")
assert all(parts.joinpath(p).is_file() for p in ("page.css", "page.html.j2"))
assert library_digest() == sys.argv[1], "the wheel has not the files of the source"
heavy = {"pyspark", "databricks", "pandas", "typer", "delta"} & set(sys.modules)
assert not heavy, heavy
print("imports alone, vectors pass, version", cleanroom_join.__version__)
print("library", library_digest())
"""


def main() -> int:
    """Check the one wheel named on the command line."""
    wheel = Path(sys.argv[1])
    size = wheel.stat().st_size
    print(f"{wheel.name}: {size:,} bytes")
    if size >= LARGEST:
        print(f"the wheel is larger than {LARGEST:,} bytes")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        install = ["-m", "pip", "install", "--quiet", "--no-deps", str(wheel)]
        subprocess.run([python, *install], check=True)
        # -I: neither this folder nor the user's packages may help.
        probe = [python, "-I", "-c", PROBE, library_digest(SOURCE) or ""]
        return subprocess.run(probe, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
