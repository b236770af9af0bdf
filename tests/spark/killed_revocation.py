"""
A program that runs the revocation job on a folder, and may kill itself in the middle.

    python killed_revocation.py FOLDER [STEP | connect]

FOLDER is that of a `Place`.  With STEP, the name of a function of `batch_writer`, the
whole process group ends by SIGKILL in the place of that step.  With ``connect`` it runs
through Spark Connect, and prints the code of the error that it ends with.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.local import local_session
from cleanroom_join.spark.revocation import batch_writer
from tests.spark.revocation_support import Place


def kill(*_: object) -> None:
    """End this process, its JVM and everything else of its group at once."""
    os.killpg(os.getpgid(0), signal.SIGKILL)


def main(folder: Path, step: str | None) -> None:
    """Apply what is at the source, file by file."""
    settings = {
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.sql.adaptive.enabled": "false",
    }
    connect = step == "connect"
    spark = local_session(
        connect=connect,
        warehouse=folder / "warehouse",
        settings=settings,
        short_lived=True,
    )
    place = Place(spark, folder)
    if step is not None and not connect:
        setattr(batch_writer, step, kill)
    print("READY", flush=True)
    try:
        place.job(patience=20).run_available(place.lines())
    except RevocationRefused as error:
        print(error.code, flush=True)
        # Spark Connect would wait for its server before Python ends.
        os._exit(1)
    print("DONE", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
