"""The ``rehearse`` and ``advise`` commands: a Spark session, steps, their progress."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from cleanroom_join.advice import advice_without_trials
from cleanroom_join.cli.progress import step
from cleanroom_join.cli.show import data_warnings
from cleanroom_join.contract.contract import contract_text
from cleanroom_join.errors import MissingExtra
from cleanroom_join.local import local_session

try:
    from cleanroom_join.spark.rehearsal import rehearsal as steps
    from cleanroom_join.spark.rehearsal.trials import advise
except ModuleNotFoundError as error:
    if error.name != "pyspark":
        raise
    raise MissingExtra.of("local", "a rehearsal") from None

if TYPE_CHECKING:
    from cleanroom_join.advice import Advice
    from cleanroom_join.contract import Contract
    from cleanroom_join.spark.rehearsal.rehearsal import Rehearsal, RehearsedTable

__all__ = ["run", "try_changes"]

_START = "Spark starts (the first time, it downloads Delta's jars)"


def run(
    contract: Path, *, data: Path, output: Path, memory: str, limit: int = 0
) -> tuple[Rehearsal, Advice]:
    """
    Rehearse *contract* with progress and warnings on standard error; try changes of it.

    Raises:
        CleanRoomJoinError: If a step refuses.
    """

    def profiled(table: RehearsedTable) -> None:
        # As on standard output, a label such as ":x:" stays what it is.
        data_warnings(Console(stderr=True, emoji=False), table.profile)

    steps.refuse_existing(output)
    agreed = _agreed(contract, data)
    folder = output.absolute()
    with step(_START):
        warehouse = folder / "warehouse"
        spark = local_session(memory=memory, warehouse=warehouse, short_lived=True)
    try:
        rehearsal = steps.rehearse(
            spark, agreed, data=data, output=folder, progress=step, profiled=profiled
        )
        text = contract_text(contract)
        if not limit:
            answers = {o.release.output: o.answered for o in rehearsal.outputs}
            return rehearsal, advice_without_trials(agreed, text, answers)
        source = steps.shared_tables(spark, folder)
        advice = advise(spark, agreed, text, source, limit=limit, progress=step)
        return rehearsal, advice
    finally:
        spark.stop()


def try_changes(contract: Path, *, data: Path, limit: int, memory: str) -> Advice:
    """
    Try changes of *contract* with progress on standard error; nothing is kept.

    Raises:
        CleanRoomJoinError: If the contract as it is cannot be answered.
    """
    agreed = _agreed(contract, data)
    text = contract_text(contract)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with step(_START):
            warehouse = folder / "warehouse"
            spark = local_session(memory=memory, warehouse=warehouse, short_lived=True)
        try:
            steps.share_tables(spark, agreed, data=data, output=folder, progress=step)
            source = steps.shared_tables(spark, folder)
            return advise(spark, agreed, text, source, limit=limit, progress=step)
        finally:
            spark.stop()


def _agreed(contract: Path, data: Path) -> Contract:
    """Return the contract, if every raw table is there."""
    with step("both parties agree on the contract and check their token vectors"):
        agreed = steps.agree(contract)
        for asset in agreed.terms.assets.values():
            steps.raw_file(data, asset)
    return agreed
