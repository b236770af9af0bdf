"""What the commands about consent do, in a local Spark session."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cleanroom_join.cli.progress import step
from cleanroom_join.local import local_session
from cleanroom_join.spark.revocation.consent_store import ConsentStore
from cleanroom_join.spark.revocation.erasure import erase
from cleanroom_join.spark.revocation.job import RevocationJob
from cleanroom_join.spark.revocation.lines import folder_lines
from cleanroom_join.spark.revocation.upkeep.consent_reports import (
    consent_status,
    recall_notice,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from cleanroom_join.contract import Contract
    from cleanroom_join.revocation.erasure import ErasureStatement
    from cleanroom_join.revocation.job_report import JobReport
    from cleanroom_join.revocation.recall import RecallNotice
    from cleanroom_join.revocation.release_record import ReleaseRecord
    from cleanroom_join.revocation.status import ConsentStatus

__all__ = ["Where", "apply", "erased", "look", "notice", "rebuild"]

_START = "Spark starts (the first time, it downloads Delta's jars)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """Whose consent tables, where they are, and in which session."""

    contract: Contract
    party: str
    store: Path
    memory: str
    connect: bool = False


def apply(
    where: Where, *, events: Path, gold: Mapping[str, str], checkpoint: Path
) -> tuple[JobReport, ConsentStatus]:
    """
    Apply the events that are new in a folder; make the consent tables if need be.

    Returns:
        What the run did, and how the job stands; its lines are those of the last day.

    Raises:
        CleanRoomJoinError: If a step refuses.
    """
    with _store(where) as store:
        with step("the consent tables are there"):
            store.create()
        job = _job(where, store, gold, checkpoint=_path(checkpoint))
        with step("the job applies what is new"):
            report = job.run_available(folder_lines(store.spark, _path(events)))
        with step("looking at the consent tables"):
            return report, consent_status(store, where.contract, where.party, days=1)


def look(where: Where, *, days: int, notice: dt.timedelta) -> ConsentStatus:
    """
    Return how the job stands.

    Raises:
        CleanRoomJoinError: If a step refuses.
    """
    with _store(where) as store, step("looking at the consent tables"):
        store.check()
        return consent_status(
            store, where.contract, where.party, days=days, notice=notice
        )


def rebuild(where: Where, gold: Mapping[str, str]) -> bool:
    """
    Compute the state from all events, replace it if it differs, and apply it to Gold.

    Returns:
        Whether it differed.

    Raises:
        CleanRoomJoinError: If a step refuses.
    """
    with _store(where) as store, step("the state is computed from all events"):
        # A replay reads no source, so no checkpoint.
        return _job(where, store, gold, checkpoint="").replay()


def notice(where: Where, releases: Collection[ReleaseRecord]) -> RecallNotice:
    """
    Return a recall notice.

    Raises:
        CleanRoomJoinError: If a step refuses.
    """
    with _store(where) as store, step("comparing the releases with the state"):
        store.check()
        return recall_notice(store, where.contract, where.party, releases)


def erased(
    where: Where,
    *,
    gold: Mapping[str, str],
    checkpoints: Collection[Path],
    landing: Collection[Path],
    archive: Collection[Path],
) -> ErasureStatement:
    """
    Erase the subjects who asked for it, and return the statement about it.

    Raises:
        CleanRoomJoinError: If a step refuses.
    """
    with _store(where) as store, step("deleting, purging, vacuuming and searching"):
        store.check()
        return erase(
            store=store,
            contract=where.contract,
            party=where.party,
            gold=gold,
            checkpoints=[_path(folder) for folder in checkpoints],
            landing=[_path(folder) for folder in landing],
            archive=[_path(folder) for folder in archive],
        )


@contextmanager
def _store(where: Where) -> Iterator[ConsentStore]:
    """Start a local session with the consent tables, and stop it."""
    with step(_START):
        spark: Any = local_session(
            connect=where.connect, memory=where.memory, short_lived=True
        )
    try:
        yield ConsentStore.in_folder(spark, _path(where.store))
    finally:
        spark.stop()


def _job(
    where: Where, store: ConsentStore, gold: Mapping[str, str], *, checkpoint: str
) -> RevocationJob:
    """Return the job of the party."""
    return RevocationJob(
        store=store,
        contract=where.contract,
        party=where.party,
        gold=gold,
        checkpoint=checkpoint,
    )


def _path(folder: Path) -> str:
    """Return a folder as Spark finds it from any other one."""
    return str(folder.absolute())
