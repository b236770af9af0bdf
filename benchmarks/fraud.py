"""
Rehearse ``examples/fraud`` at full size and say what it took.

Prints seconds and the peak resident memory of the Python and Java processes.  The
driver is given 4 GB; figures are for the machine this runs on.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "fraud"


def timed(name: str, command: list[str]) -> str:
    """Run a command, print seconds and peak memory, return what it printed."""
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(command, stdout=printed)
        peak = 0
        while process.poll() is None:
            peak = max(peak, *(resident_kb(p) for p in descendants(process.pid)), 0)
            time.sleep(0.5)
        if process.returncode:
            raise SystemExit(process.returncode)
        seconds = time.monotonic() - start
        print(
            f"{name}: {seconds:.0f} s, largest process {peak / 1024**2:.1f} GB resident"
        )
        printed.seek(0)
        return printed.read()


def descendants(pid: int) -> list[int]:
    """Return a process and everything it started (Linux only)."""
    found = [pid]
    try:
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
        children = [child for task in tasks for child in task.read_text().split()]
    except OSError:  # gone meanwhile
        return found
    for child in children:
        found += descendants(int(child))
    return found


def resident_kb(pid: int) -> int:
    """Return the peak resident memory of a process in KiB; zero once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(s.split()[1]) for s in lines if s.startswith("VmHWM")), 0)


def main() -> None:
    """Make data, rehearse, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--cards", type=int, default=200_000)
    parser.add_argument("--memory", default="4g")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cleanroom-join-"))
    sizes = ["--rows", str(given.rows), "--cards", str(given.cards)]
    make = [sys.executable, str(EXAMPLE / "make_data.py"), *sizes]
    command = str(Path(sys.executable).parent / "cleanroom-join")
    rehearse = [command, "rehearse", str(EXAMPLE / "collaboration.toml"), "--json"]
    rehearse += ["--memory", given.memory, "--data", str(folder / "raw")]
    try:
        print(timed("data", [*make, "--output", str(folder / "raw")]), end="")
        printed = timed("rehearsal", [*rehearse, "--output", str(folder / "out")])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for output in json.loads(printed)["outputs"]:
        released, excess = len(output["rows"]), len(output["plain_filter_excess"])
        print(f"{output['name']}: {output['verdict']}, {released} cells released;")
        print(f"  count(*) >= 100 would have published {excess} more")


if __name__ == "__main__":
    main()
