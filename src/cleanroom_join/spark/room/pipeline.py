"""One query from shared tables to a guarded answer, always in this order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cleanroom_join.disclosure import protect
from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens
from cleanroom_join.errors import InternalError, NoOverlap, TableRefused
from cleanroom_join.review import SubjectCounts, check_counts, check_values
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.room.cells.aggregation import aggregate
from cleanroom_join.spark.room.cells.shares import count_shares
from cleanroom_join.spark.room.consent import consent_assets
from cleanroom_join.spark.room.identity.paired_tables import PairedTables
from cleanroom_join.spark.room.inputs.shared_tables import open_shared_tables
from cleanroom_join.spark.room.key_rotation import (
    aligned,
    bucket_columns,
    overlap_columns,
)
from cleanroom_join.spark.room.preflight import count_tokens
from cleanroom_join.spark.room.token_join import check_shared, join, partitions_for
from cleanroom_join.spark.room.value_checks import scan_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import Contract, Policy, Query
    from cleanroom_join.disclosure import CellStatistics, GuardedTable, History
    from cleanroom_join.disclosure.ledger.entry import TableVersions
    from cleanroom_join.errors import ConsentRefused
    from cleanroom_join.review import JoinCounts
    from cleanroom_join.spark.common.look import Look
    from cleanroom_join.spark.common.table_source import TableSource
    from cleanroom_join.spark.ledger.tables import Ledger
    from cleanroom_join.spark.room.consent import Consent
    from cleanroom_join.spark.room.inputs.shared_tables import SharedTables

__all__ = ["Answer", "answer", "opened"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Answer:
    """A guarded answer with the secret figures that led to it."""

    table: GuardedTable
    cells: tuple[CellStatistics, ...]
    counts: JoinCounts
    versions: TableVersions
    """The version at which each shared table was read."""
    tokens: JoinedTokens
    """Which tokens were joined."""

    @property
    def sizes(self) -> SubjectCounts:
        """How many subjects the tables have."""
        return SubjectCounts(
            tables=tuple((table.asset, table.tokens) for table in self.counts.joined),
            matched=self.counts.matched,
            matched_on=self.counts.matched_on,
        )


def opened(
    spark: SparkSession, contract: Contract, query: Query, source: TableSource
) -> SharedTables:
    """
    Open the shared tables and look at their columns; no row is read.

    The parties' consent states are opened too, if the contract names them.

    Raises:
        TableRefused, TokensRefused: If the columns are not what the contract says.
        SparkFailure: If a table cannot be opened; Spark's own text is not shown.
    """
    assets = (*query.assets, *consent_assets(contract.terms))
    shared = open_shared_tables(spark, assets, source)
    for asset in query.assets:
        overlap = overlap_columns(asset, contract.terms.tokens)
        buckets = bucket_columns(asset, contract.terms)
        check_shared(shared.frames[asset.name], asset, overlap, buckets)
    return shared


def answer(
    contract: Contract,
    query: Query,
    shared: SharedTables,
    ledger: Ledger,
    consent: Consent | None,
) -> Answer:
    """
    Join, aggregate and guard.

    Tables that are refused for how many subjects match, or for a value, are joined and
    guarded all the same, so that the refusal does not show in what the cluster did.
    Malformed or repeated tokens stop the run: joined, they could have any number of
    rows.

    Args:
        contract: What both companies agreed.
        query: What is asked.
        shared: The shared tables, opened.
        ledger: Earlier releases, and the joint key.
        consent: Whom each party excludes; None if the contract does not ask.

    Raises:
        TokensRefused, TableRefused: If the rows are not what the contract says, or
            changed meanwhile.
        NoOverlap: If too few subjects match, perhaps none.
        ConsentRefused: If a consent state has rows that no job writes (E612), or
            opt-outs under another key (E613).
        DisclosureError: If the guard refuses the query as a whole.
    """
    settings, policy = contract.terms.tokens, contract.policy
    consented, refused = _consented(contract, query, shared, consent)
    frames = aligned(
        query,
        consented,
        settings,
        _last_key_id(contract, query, ledger),
        shared.look,
    )
    session = frames[query.assets[0].name].sparkSession
    hash_key = None if ledger.key is None else ledger.key.hash_key_row(session)
    noise_key = None if ledger.key is None else ledger.key.noise_key
    values = scan_values(query, frames, shared.look)
    fewest = min(table.rows for table in values)
    counts = count_tokens(
        query, frames, settings.usable, fewest, hash_key, look=shared.look
    )
    frames, counts = _paired(query, frames, counts, hash_key, shared.look)
    try:
        check_counts(counts, query, policy, settings.usable, noise_key)
        check_values(values)
    except (NoOverlap, TableRefused) as error:
        refused = refused or error
    try:
        tokens = _joined_tokens(contract, query, counts)
        partitions = partitions_for(sum(table.rows for table in values))
        joined = _joined(query, frames, policy, hash_key, partitions)
        cells, table = _guarded(
            query, joined, policy, ledger.history(tokens), noise_key, shared.look
        )
        shared.refuse_if_replaced()
    except Exception:
        if refused is None:
            raise
    if refused is not None:
        raise refused
    return Answer(
        table=table,
        cells=cells,
        counts=counts,
        versions=shared.versions,
        tokens=tokens,
    )


def _consented(
    contract: Contract, query: Query, shared: SharedTables, consent: Consent | None
) -> tuple[Mapping[str, DataFrame], ConsentRefused | NoOverlap | TableRefused | None]:
    """Return the tables without excluded subjects, and a fault of the states."""
    if consent is None:
        return shared.frames, None
    error = consent.error(query, shared.frames, contract.terms, shared.look)
    return consent.applied(query, shared.frames, contract.terms), error


def _guarded(
    query: Query,
    joined: DataFrame,
    policy: Policy,
    history: History,
    noise_key: bytes | None,
    look: Look,
) -> tuple[tuple[CellStatistics, ...], GuardedTable]:
    """Return the statistics of every cell, and what the guard publishes of them."""
    fingerprinted = noise_key is not None  # both need the joint key
    cells = aggregate(query, joined, policy, fingerprinted=fingerprinted, look=look)
    shares = partial(count_shares, query, joined, look=look)
    return cells, protect(cells, query, policy, history, noise_key, shares)


def _paired(
    query: Query,
    frames: dict[str, DataFrame],
    counts: JoinCounts,
    hash_key: DataFrame | None,
    look: Look,
) -> tuple[dict[str, DataFrame], JoinCounts]:
    """Return the tables and their counts by pairs, if there are several kinds."""
    if not query.output.then_on:
        return frames, counts
    pairs = PairedTables.of(query, frames)
    return pairs.frames, pairs.counted(counts, hash_key, look)


def _joined(
    query: Query,
    frames: Mapping[str, DataFrame],
    policy: Policy,
    hash_key: DataFrame | None,
    partitions: int,
) -> DataFrame:
    """Return the joined rows."""
    return without_spark_text(
        "joining",
        lambda: join(
            query,
            frames,
            hash_key,
            seeded=policy.contribution_bounded,
            partitions=partitions,
        ),
    )


def _last_key_id(contract: Contract, query: Query, ledger: Ledger) -> str | None:
    """Return the key id of the last release about the same kind of tokens, if any."""
    for entry in reversed(ledger.entries):
        if entry.tokens is None:
            continue
        tokens = JoinedTokens.of_query(contract.terms, query, entry.tokens.key_id)
        if entry.tokens == tokens:
            return tokens.key_id
    return None


def _joined_tokens(
    contract: Contract, query: Query, counts: JoinCounts
) -> JoinedTokens:
    """Return which tokens were joined: all tables were found to have one key id."""
    key_id = counts.joined[0].first_key_id
    if key_id is None:
        raise InternalError.of("tables without a token were joined")
    return JoinedTokens.of_query(contract.terms, query, key_id)
