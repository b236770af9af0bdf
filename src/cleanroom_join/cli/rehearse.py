"""The ``rehearse`` command: a Spark session, the steps, and their progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from cleanroom_join.cli.console import step_progress
from cleanroom_join.cli.show import data_warnings
from cleanroom_join.errors import MissingExtra
from cleanroom_join.local import local_session

try:
    from cleanroom_join.spark.rehearsal import rehearsal as steps
except ModuleNotFoundError as error:
    if error.name != "pyspark":
        raise
    raise MissingExtra.of("local", "a rehearsal") from None

if TYPE_CHECKING:
    from pathlib import Path

    from cleanroom_join.spark.rehearsal.rehearsal import Rehearsal, RehearsedTable

__all__ = ["run"]


def run(contract: Path, *, data: Path, output: Path, memory: str) -> Rehearsal:
    """
    Rehearse *contract* with progress, and warnings about its data, on standard error.

    Raises:
        CleanRoomJoinError: If a step refuses.
    """
    progress = step_progress()

    def profiled(table: RehearsedTable) -> None:
        # As on standard output, a label such as ":x:" stays what it is.
        data_warnings(Console(stderr=True, emoji=False), table.profile)

    steps.refuse_existing(output)
    with progress("both parties agree on the contract and check their token vectors"):
        agreed = steps.agree(contract)
        for asset in agreed.terms.assets.values():
            steps.raw_file(data, asset)
    folder = output.absolute()
    with progress("Spark starts (the first time, it downloads Delta's jars)"):
        spark = local_session(memory=memory, warehouse=folder / "warehouse")
    try:
        return steps.rehearse(
            spark,
            agreed,
            data=data,
            output=folder,
            progress=progress,
            profiled=profiled,
        )
    finally:
        spark.stop()
