"""
A whole collaboration on one machine: every step that two companies would take.

The same functions run here as in the parties' workspaces and in the room; only
the tables come from files and the key is random.  Rehearse with test data: a company
that holds both tables needs no clean room.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.advice import Answered
from cleanroom_join.contract import Contract, resolve
from cleanroom_join.contract.clock import utc_today
from cleanroom_join.disclosure import Rule
from cleanroom_join.errors import WriteFailed, printable
from cleanroom_join.raw_files import RawFolder
from cleanroom_join.review import Verdict, assess_terms
from cleanroom_join.spark.ledger.tables import first_ledger
from cleanroom_join.spark.party.raw_files import read_raw_table
from cleanroom_join.spark.party.tokenisation import tokenise
from cleanroom_join.spark.rehearsal.consent_events import make_consent_tables
from cleanroom_join.spark.rehearsal.consent_states import own_consent_state
from cleanroom_join.spark.rehearsal.local_schema import CATALOG, new_schema
from cleanroom_join.spark.rehearsal.plain_filter import shown_by_plain_filter
from cleanroom_join.spark.room.releases import computed_release
from cleanroom_join.spark.room.run import Run
from cleanroom_join.tokens import SecretKey, check_vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import Asset
    from cleanroom_join.review import ReleaseReport
    from cleanroom_join.spark.common.table_source import FrameSource
    from cleanroom_join.spark.ledger.tables import Ledger
    from cleanroom_join.spark.party.table_profile import TableProfile
    from cleanroom_join.spark.rehearsal.plain_filter import PlainFilterCell
    from cleanroom_join.spark.room.release import Release
    from cleanroom_join.spark.room.run import Computed
    from cleanroom_join.spark.room.saved_release import SavedRelease

    Progress = Callable[[str], AbstractContextManager[object]]
    """Called with a step's name; the step runs inside what it returns."""
    Profiled = Callable[["RehearsedTable"], None]
    """Called with each table before the room has it, which may refuse it."""

__all__ = [
    "Rehearsal",
    "RehearsedOutput",
    "RehearsedTable",
    "rehearse",
    "rehearse_output",
    "share_tables",
    "shared_tables",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class RehearsedTable:
    """One raw table, as its owner sees it before it is shared."""

    asset: str
    party: str
    profile: TableProfile


@dataclass(frozen=True, kw_only=True, slots=True)
class RehearsedOutput:
    """The result of one query."""

    release: Release
    report: ReleaseReport
    """The full report: whoever rehearses owns both tables."""
    saved: SavedRelease | None
    """What was written; None if the verdict was not APPROVED."""
    folder: Path | None
    """Folder of the written Delta table, if there is one."""
    plain: tuple[PlainFilterCell, ...]
    """Cells that the plain filter publishes and the guard suppresses."""
    suppressed: Mapping[Rule, int]
    """
    Cells and totals suppressed by each rule.

    Only for an owner of both companies' test data: no release shows it (ADR 16).
    """
    answered: Answered
    """What was published and suppressed, for advice on the contract."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rehearsal:
    """The result of a rehearsed collaboration."""

    contract: Contract
    tables: tuple[RehearsedTable, ...]
    outputs: tuple[RehearsedOutput, ...]

    @property
    def approved(self) -> bool:
        """Whether every output was approved and written; false without outputs."""
        verdicts = [output.report.verdict for output in self.outputs]
        return bool(verdicts) and all(v is Verdict.APPROVED for v in verdicts)


def refuse_existing(output: Path) -> None:
    """Raise `WriteFailed` if something is already where the rehearsal would write."""
    if output.exists():
        what = "folder" if output.is_dir() else "file"
        raise WriteFailed.exists(f'{what} "{printable(output.name)}"')


def agree(contract_file: Path) -> Contract:
    """
    Load the contract as both parties do: one states its digest, the other pins it.

    Raises:
        ContractError: If it is no contract, or has expired (E102).
        VectorMismatch: If this installation makes other tokens than it should.
    """
    check_vectors()
    theirs = Contract.load(contract_file)
    theirs.refuse_if_expired(utc_today())
    return Contract.load(contract_file, sha256=theirs.digest)


def _ignore(table: RehearsedTable) -> None:
    """Do nothing with a table."""


def share_tables(
    spark: SparkSession,
    contract: Contract,
    *,
    data: Path | RawFolder,
    output: Path,
    progress: Progress,
    profiled: Profiled = _ignore,
    key: SecretKey | None = None,
) -> tuple[RehearsedTable, ...]:
    """
    Tokenise every raw table and write it below *output*, as the parties would.

    Args:
        spark: A local session with Delta.
        contract: As `agree` gives it.
        data: Folder of raw tables; see `raw_file`.
        output: Folder for the tables.
        progress: Called with each step.
        profiled: Called with each table.
        key: Known to both parties, forgotten afterwards; a random one by default.

    Raises:
        CleanRoomJoinError: Whatever a step refuses.
    """
    key = SecretKey.from_bytes(os.urandom(32)) if key is None else key
    folder = RawFolder.of(data)
    make_consent_tables(spark, contract, output)
    tables = []
    for asset in contract.terms.assets.values():
        with progress(f"{asset.party} tokenises {asset.name}"):
            raw = read_raw_table(spark, asset, folder.file(asset), folder.csv)
            terms = contract.asset(asset.name)
            state = own_consent_state(spark, terms, output)
            gold = tokenise(raw, terms, key=key, consent_state=state)
            shared = output / "shared" / asset.party / asset.name
            gold.frame.write.format("delta").save(str(shared))
            profile = gold.profile()
        table = RehearsedTable(asset=asset.name, party=asset.party, profile=profile)
        profiled(table)
        tables.append(table)
    return tuple(tables)


def shared_tables(spark: SparkSession, output: Path) -> FrameSource:
    """Return where `share_tables` wrote the tables."""

    def source(asset: Asset) -> DataFrame:
        folder = output / "shared" / asset.party / asset.name
        return spark.read.format("delta").load(str(folder))

    return source


def rehearse(
    spark: SparkSession,
    contract: Contract,
    *,
    data: Path | RawFolder,
    output: Path,
    progress: Progress,
    profiled: Profiled = _ignore,
) -> Rehearsal:
    """
    Tokenise, share, join, guard, review and save every output of *contract*.

    Args:
        spark: A local session with Delta.
        contract: As `agree` gives it.
        data: Folder of raw tables, perhaps with what is known of its CSV files.
        output: Folder for what each step writes.
        progress: Called with each step.
        profiled: Called with each table before any output: if the room then refuses
            it, its owner has seen why.

    Raises:
        CleanRoomJoinError: Whatever a step refuses.
    """
    tables = share_tables(
        spark,
        contract,
        data=data,
        output=output,
        progress=progress,
        profiled=profiled,
    )
    source = shared_tables(spark, output)
    schema = new_schema(spark, output / "released")
    outputs = []
    ledger = first_ledger(contract)

    def kept(release: Release, found: Computed) -> SavedRelease | None:
        if found.review.verdict is Verdict.APPROVED:
            with progress(f"the room saves {release.output}"):
                return release.save(CATALOG, schema)
        ledger.gate.close()  # what is rehearsed next does not follow this run
        return None

    for name in contract.terms.outputs:
        done = rehearse_output(spark, contract, name, source, ledger, progress, kept)
        query = resolve(contract, contract.output(name))
        with progress("the plain filter, for comparison"):
            frames = {asset.name: source(asset) for asset in query.assets}
            plain = shown_by_plain_filter(query, frames, done.answered.table)
        folder = None if done.saved is None else output / "released" / name
        outputs.append(replace(done, folder=folder, plain=plain))
    return Rehearsal(contract=contract, tables=tables, outputs=tuple(outputs))


def rehearse_output(
    spark: SparkSession,
    contract: Contract,
    name: str,
    source: Callable[[Asset], DataFrame],
    ledger: Ledger,
    progress: Progress,
    keep: Callable[[Release, Computed], SavedRelease | None],
) -> RehearsedOutput:
    """
    Release one output, and let the caller keep it; not compared with the plain filter.

    Raises:
        CleanRoomJoinError: Whatever a step refuses.
    """
    with progress(f"the room answers {name}: join, aggregate, guard, review"):
        run = Run.begin(spark, contract, contract.output(name), source, ledger)
        terms = assess_terms(run.facts(None))
        release, report, found = computed_release(run, terms)
    if found.refusal is not None:
        raise found.refusal.error()
    saved = keep(release, found)
    by_rule = Counter(cell.rule for cell in found.table.suppressed)
    suppressed = MappingProxyType({rule: by_rule[rule] for rule in Rule})
    return RehearsedOutput(
        release=release,
        report=report,
        saved=saved,
        folder=None,
        plain=(),
        suppressed=suppressed,
        answered=Answered(
            query=run.query,
            cells=() if found.answer is None else found.answer.cells,
            table=found.table,
        ),
    )
