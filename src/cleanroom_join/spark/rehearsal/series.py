"""
Several releases in a row: subjects opt out, the ledger goes on, and what that changes.

Ledger, anchor and secrets are Delta tables here, and each party's statement runs
between two releases, as `docs/howto/keep-the-ledger.md` has them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cleanroom_join.contract import ENTRY_TABLE
from cleanroom_join.errors import ReleaseRefused
from cleanroom_join.raw_files import RawFolder
from cleanroom_join.review import Verdict
from cleanroom_join.spark.ledger.tables import open_ledger
from cleanroom_join.spark.rehearsal.kept_ledger import KeptLedger
from cleanroom_join.spark.rehearsal.local_schema import CATALOG, new_schema
from cleanroom_join.spark.rehearsal.opt_outs import opt_out_of
from cleanroom_join.spark.rehearsal.rehearsal import (
    RehearsedOutput,
    RehearsedTable,
    rehearse_output,
    share_tables,
)
from cleanroom_join.sql import qualified
from cleanroom_join.tokens import SecretKey

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from pyspark.sql import SparkSession

    from cleanroom_join.contract import Contract
    from cleanroom_join.spark.rehearsal.rehearsal import Profiled, Progress
    from cleanroom_join.spark.room.release import Release
    from cleanroom_join.spark.room.run import Computed
    from cleanroom_join.spark.room.saved_release import SavedRelease

__all__ = ["RehearsedRelease", "Series", "key_of", "rehearse_series"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RehearsedRelease:
    """All outputs of a contract, released once."""

    number: int
    """From 1."""
    opted_out: int
    """How many subjects opted out since the release before."""
    outputs: tuple[RehearsedOutput, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """The result of several rehearsed releases in a row."""

    contract: Contract
    tables: tuple[RehearsedTable, ...]
    releases: tuple[RehearsedRelease, ...]

    @property
    def approved(self) -> bool:
        """Whether every output of every release was approved and written."""
        outputs = [output for done in self.releases for output in done.outputs]
        return bool(outputs) and all(
            output.report.verdict is Verdict.APPROVED for output in outputs
        )


def rehearse_series(
    spark: SparkSession,
    contract: Contract,
    *,
    data: Path | RawFolder,
    output: Path,
    releases: int,
    opt_out: int,
    progress: Progress,
    profiled: Profiled,
) -> Series:
    """
    Release every output several times; between two releases subjects opt out.

    Args:
        spark: A local session with Delta.
        contract: As `agree` gives it.
        data: Folder of raw tables; see `RawFolder`.
        output: Folder for what each step writes: ``shared``, ``ledger``, and
            ``release_<number>`` for each release.
        releases: How many releases, at least 1.
        opt_out: How many subjects of the first output opt out between two releases.
            They are the same ones whenever contract and files are the same.
        progress: Called with each step.
        profiled: Called with each table before any output.

    Raises:
        ReleaseRefused: If the contract names no ledger (E501).
        CleanRoomJoinError: Whatever else a step refuses.
    """
    if contract.terms.ledger is None:
        found = ["the contract names no ledger, which a second release needs"]
        raise ReleaseRefused.because(Verdict.NEEDS_REVIEW.value, found)
    tables = share_tables(
        spark,
        contract,
        data=data,
        output=output,
        progress=progress,
        profiled=profiled,
        key=key_of(contract, data),
    )
    with progress("the parties make their secrets, the ledger and the anchor"):
        kept = KeptLedger.made(spark, contract, output)
    done = []
    for number in range(1, releases + 1):
        opted_out = 0
        if number > 1:
            with progress(f"release {number}: {opt_out:,} subjects opt out"):
                opted_out = opt_out_of(spark, contract, output, opt_out)
        folder = output / f"release_{number}"
        outputs = _released(kept, folder, number, progress)
        done.append(
            RehearsedRelease(number=number, opted_out=opted_out, outputs=outputs)
        )
    return Series(contract=contract, tables=tables, releases=tuple(done))


def key_of(contract: Contract, data: Path | RawFolder) -> SecretKey:
    """Return a key that follows from contract and raw files, so that tokens do, too."""
    digest = hashlib.sha256(contract.digest.encode())
    for asset in contract.terms.assets.values():
        path = RawFolder.of(data).file(asset)
        # Parquet may be a folder.
        parts = sorted(path.rglob("*")) if path.is_dir() else [path]
        for part in filter(Path.is_file, parts):
            digest.update(hashlib.sha256(part.read_bytes()).digest())
    return SecretKey.from_bytes(digest.digest())


def _released(
    kept: KeptLedger, folder: Path, number: int, progress: Progress
) -> tuple[RehearsedOutput, ...]:
    """Release every output once, and continue the ledger after each."""
    spark, contract = kept.spark, kept.contract
    schema = new_schema(spark, folder / "released")
    ledger = open_ledger(spark, contract, kept.source)

    def step(name: str) -> AbstractContextManager[object]:
        return progress(f"release {number}: {name}")

    def keep(release: Release, found: Computed) -> SavedRelease | None:
        if found.entry is None:
            return None
        saved = None
        with step(f"the room saves {release.output}"):
            try:
                saved = release.save(CATALOG, schema)
            except ReleaseRefused:
                # No cell passed: the entry is written all the same.
                if found.review.verdict is Verdict.APPROVED:
                    raise
        with step("both parties continue the ledger"):
            kept.continued(
                qualified(CATALOG, schema, f"{ENTRY_TABLE}{found.entry.end.run}")
            )
        return saved

    outputs = []
    for name in contract.terms.outputs:
        done = rehearse_output(
            spark,
            contract,
            name,
            kept.source,
            ledger,
            step,
            keep,
        )
        table = None if done.saved is None else folder / "released" / name
        outputs.append(replace(done, folder=table))
    return tuple(outputs)
