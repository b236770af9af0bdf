"""Erasure of subjects from all that a party stores, and the statement about it."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.revocation.erasure import (
    RETENTION_PROPERTY,
    ErasureStatement,
    StorageKind,
    TableErasure,
)
from cleanroom_join.revocation.schemas import BATCHES, EVENTS, STATE
from cleanroom_join.spark.common.gold_deletion import delete_subjects
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.revocation.erasure.consent_rows import read_erased
from cleanroom_join.spark.revocation.erasure.delta_table import (
    last_change,
    newest_version,
    purge,
    read_detail,
    vacuum,
)
from cleanroom_join.spark.revocation.erasure.search import Search
from cleanroom_join.sql import parsed_table_name

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from pyspark.sql import SparkSession

    from cleanroom_join.contract import Asset, Contract
    from cleanroom_join.spark.revocation.erasure.consent_rows import (
        ConsentTables,
        Erased,
    )
    from cleanroom_join.spark.revocation.erasure.delta_table import TableDetail

__all__ = ["LONGEST_JOB", "erase"]

LONGEST_JOB = dt.timedelta(hours=24)
"""How long a job that reads a Gold table may run: a run of the clean room, mostly."""


def erase(
    *,
    store: ConsentTables,
    contract: Contract,
    party: str,
    gold: Mapping[str, str],
    checkpoints: Sequence[str | os.PathLike[str]] = (),
    landing: Sequence[str | os.PathLike[str]] = (),
    archive: Sequence[str | os.PathLike[str]] = (),
    longest_job: dt.timedelta = LONGEST_JOB,
) -> ErasureStatement:
    """
    Delete erased subjects from Gold, purge, vacuum, then search all that is stored.

    Run it again until the statement's outcome is ERASED: files that older versions use
    are deleted by the first run after the tables' retention.  Every run covers every
    subject that ever asked for erasure, so it may also be repeated as a proof.

    Args:
        store: The consent tables.
        contract: The contract.
        party: Alias of the party that runs this.
        gold: Names of its Gold tables, as Spark reads names, by asset name.
        checkpoints: Folders of the revocation job's streaming checkpoints.
        landing: Folders in which files of events arrive; searched, never changed.
        archive: Folders to which Spark moves applied files
            (``cleanSource=archive``).  Files there that hold an erased token are
            deleted whole: every line of theirs is in `consent_events`.
        longest_job: How long a job may read a Gold table; zero if nobody reads one.

    Returns:
        The statement; `to_bytes` gives what to keep.

    Raises:
        RevocationRefused: If a table keeps old files for less than the longest job
            (E620), a folder is missing (E621), a retention is not understood (E622), an
            asset is not the party's (E623), or an archive keeps its files (E624).
        UnknownName: If the contract has no such asset.
        SparkFailure: If Spark fails; its own text is replaced.
    """
    begun = _now()
    tables = _gold_tables(contract, party, gold)
    details = {
        asset.name: _safe_detail(store.spark, asset.name, table, longest_job)
        for asset, table in tables
    }
    erased = read_erased(store)
    done = [
        _erase_from(store.spark, asset, table, erased, details[asset.name], contract)
        for asset, table in tables
    ]
    search = Search(store.spark, erased)
    for (asset, table), after in zip(tables, done, strict=True):
        columns = _token_columns(store.spark, asset, table, contract)
        search.rows(asset.name, table, columns)
        location = details[asset.name].location
        search.files(asset.name, table, location, after.version_after)
    for name, table in zip(
        (EVENTS, STATE, BATCHES),
        (store.events, store.state, store.batches),
        strict=True,
    ):
        location = read_detail(store.spark, table, name).location
        search.files(name, table, location, newest_version(store.spark, table))
    for asset in contract.terms.assets.values():
        if asset.party == party and asset.name not in gold:
            search.pass_over(asset.name, None, "no table was named for this asset")
    archive_deleted = search.archives(archive)
    search.folders("checkpoint", checkpoints, StorageKind.STREAM)
    search.folders("landing", landing, StorageKind.LANDING)
    return ErasureStatement(
        party=party,
        contract=contract.digest,
        events_version=erased.events_version,
        state_version=erased.state_version,
        begun=begun,
        ended=_now(),
        tables=tuple(done),
        searched=tuple(search.searched),
        not_searched=tuple(search.not_searched),
        found=tuple(search.found),
        archive_deleted=archive_deleted,
    )


def _gold_tables(
    contract: Contract, party: str, gold: Mapping[str, str]
) -> list[tuple[Asset, str]]:
    """
    Return assets with the quoted names of their Gold tables.

    Raises:
        UnknownName: If the contract has no such asset.
        RevocationRefused: If it is another party's, or the name is none (E623).
    """
    tables = []
    for name, table in gold.items():
        asset = contract.asset(name).asset
        quoted = parsed_table_name(table)
        if asset.party != party:
            raise RevocationRefused.not_erasable(name, f"is not a table of {party}")
        if quoted is None:
            raise RevocationRefused.not_erasable(
                name, "has a Gold table without a name"
            )
        tables.append((asset, quoted))
    return tables


def _safe_detail(
    spark: SparkSession, named: str, table: str, longest_job: dt.timedelta
) -> TableDetail:
    """
    Return where a table is, and how long it keeps files that no version uses.

    Raises:
        RevocationRefused: If a job could lose files while it reads them (E620).
    """
    detail = read_detail(spark, table, named)
    if detail.retention < longest_job:
        raise RevocationRefused.short_retention(
            named, _hours(detail.retention), _hours(longest_job), RETENTION_PROPERTY
        )
    return detail


def _erase_from(
    spark: SparkSession,
    asset: Asset,
    table: str,
    erased: Erased,
    detail: TableDetail,
    contract: Contract,
) -> TableErasure:
    """Delete the subjects that are still there, purge, and vacuum."""
    before = newest_version(spark, table)
    columns = _token_columns(spark, asset, table, contract)
    if erased.subjects:
        delete_subjects(spark, table, columns, erased.frame)
    purge(spark, table)
    changed = last_change(spark, table)
    cut_off = _now() - detail.retention
    vacuum(spark, table)
    return TableErasure(
        asset=asset.name,
        version_before=before,
        version_after=newest_version(spark, table),
        retention_hours=_hours(detail.retention),
        vacuumed_before=cut_off,
        waits_until=changed + detail.retention,
    )


def _token_columns(
    spark: SparkSession, asset: Asset, table: str, contract: Contract
) -> list[str]:
    """Return the columns of tokens that a Gold table has, of every key."""
    there = {
        name.lower()
        for name in without_spark_text(
            "opening a Gold table", lambda: spark.table(table).columns
        )
    }
    keys = [key.id for key in contract.terms.tokens.keys]
    return [
        name
        for column in asset.subject_columns()
        for name in (column.name, *(column.under(key) for key in keys))
        if name == column.name or name.lower() in there
    ]


def _hours(duration: dt.timedelta) -> int:
    """Return a duration in hours, rounded up."""
    return math.ceil(duration / dt.timedelta(hours=1))


def _now() -> dt.datetime:
    """Return the time, in UTC."""
    return dt.datetime.now(tz=dt.timezone.utc)
