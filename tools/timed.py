"""Run a command and print how long it took: ``timed.py NAME -- COMMAND…``."""

from __future__ import annotations

import subprocess
import sys
import time


def main() -> int:
    """Run the command; its exit code is ours."""
    name, _, *command = sys.argv[1:]
    start = time.monotonic()
    code = subprocess.run(command, check=False).returncode
    outcome = "ok" if code == 0 else f"FAILED ({code})"
    print(f"== {name}: {outcome}, {time.monotonic() - start:.0f} s", flush=True)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
