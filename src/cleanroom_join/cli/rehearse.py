"""The ``rehearse`` and ``advise`` commands: a Spark session, steps, their progress."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from cleanroom_join.advice import advice_without_trials
from cleanroom_join.cli import reports
from cleanroom_join.cli.progress import step
from cleanroom_join.cli.show import data_warnings
from cleanroom_join.contract.contract import contract_text
from cleanroom_join.local import local_session
from cleanroom_join.spark.rehearsal import rehearsal as steps
from cleanroom_join.spark.rehearsal.series import rehearse_series
from cleanroom_join.spark.rehearsal.trials import advise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.advice import Advice
    from cleanroom_join.contract import Contract
    from cleanroom_join.raw_files import RawFolder
    from cleanroom_join.spark.rehearsal.rehearsal import (
        Rehearsal,
        RehearsedOutput,
        RehearsedTable,
    )
    from cleanroom_join.spark.rehearsal.series import Series

__all__ = ["Where", "run", "run_series", "try_changes"]

_START = "Spark starts (the first time, it downloads Delta's jars)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """What a rehearsal reads and writes, and in which session."""

    data: RawFolder
    """Folder of raw tables."""
    output: Path
    """New folder for what is written."""
    memory: str
    """Of the Spark driver."""
    connect: bool = False
    """Whether to use Spark Connect."""


def run(contract: Path, where: Where, *, limit: int = 0) -> Rehearsal:
    """
    Rehearse *contract* once, and write reports and advice beside the tables.

    Progress and warnings go to standard error.

    Args:
        contract: The contract's file.
        where: Folders and session.
        limit: How many changes of the contract to try, for advice.

    Raises:
        CleanRoomJoinError: If a step refuses.
    """
    agreed, folder = _begun(contract, where)
    text = contract_text(contract)
    with _session(folder, where.memory, connect=where.connect) as spark:
        done = steps.rehearse(
            spark,
            agreed,
            data=where.data,
            output=folder,
            progress=step,
            profiled=_profiled,
        )
        if limit:
            source = steps.shared_tables(spark, folder)
            advice = advise(spark, agreed, text, source, limit=limit, progress=step)
        else:
            advice = _advice(agreed, text, done.outputs)
    reports.write(done.outputs, where.output)
    reports.write_advice(advice, where.output)
    return done


def run_series(contract: Path, where: Where, releases: int, opt_out: int) -> Series:
    """
    Rehearse several releases of *contract*; reports lie in a folder for each.

    Args:
        contract: The contract's file.
        where: Folders and session.
        releases: How many releases in a row.
        opt_out: How many subjects opt out between two of them.

    Raises:
        CleanRoomJoinError: If a step refuses.
    """
    agreed, folder = _begun(contract, where)
    with _session(folder, where.memory, connect=where.connect) as spark:
        series = rehearse_series(
            spark,
            agreed,
            data=where.data,
            output=folder,
            releases=releases,
            opt_out=opt_out,
            progress=step,
            profiled=_profiled,
        )
    for release in series.releases:
        reports.write(release.outputs, where.output / f"release_{release.number}")
    advice = _advice(agreed, contract_text(contract), series.releases[0].outputs)
    reports.write_advice(advice, where.output)
    return series


def try_changes(contract: Path, *, data: RawFolder, limit: int, memory: str) -> Advice:
    """
    Try changes of *contract* with progress on standard error; nothing is kept.

    Raises:
        CleanRoomJoinError: If the contract as it is cannot be answered.
    """
    agreed = _agreed(contract, data)
    text = contract_text(contract)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _session(folder, memory) as spark:
            steps.share_tables(spark, agreed, data=data, output=folder, progress=step)
            source = steps.shared_tables(spark, folder)
            return advise(spark, agreed, text, source, limit=limit, progress=step)


@contextmanager
def _session(folder: Path, memory: str, *, connect: bool = False) -> Iterator[Any]:
    """Start a local session, and stop it."""
    with step(_START):
        spark = local_session(
            connect=connect,
            memory=memory,
            warehouse=folder / "warehouse",
            short_lived=True,
        )
    try:
        yield spark
    finally:
        spark.stop()


def _advice(
    agreed: Contract, text: str, outputs: tuple[RehearsedOutput, ...]
) -> Advice:
    """Return what can be advised of one release without trying anything."""
    answers = {output.release.output: output.answered for output in outputs}
    return advice_without_trials(agreed, text, answers)


def _profiled(table: RehearsedTable) -> None:
    """Print the warnings about a table, before the room may refuse it."""
    # As on standard output, a label such as ":x:" stays what it is.
    data_warnings(Console(stderr=True, emoji=False), table.profile)


def _begun(contract: Path, where: Where) -> tuple[Contract, Path]:
    """Return the contract and the new folder, if nothing is missing or in the way."""
    steps.refuse_existing(where.output)
    return _agreed(contract, where.data), where.output.absolute()


def _agreed(contract: Path, data: RawFolder) -> Contract:
    """Return the contract, if every raw table is there."""
    with step("both parties agree on the contract and check their token vectors"):
        agreed = steps.agree(contract)
        for asset in agreed.terms.assets.values():
            data.check(asset)
    return agreed
