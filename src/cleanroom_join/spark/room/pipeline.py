"""One query from shared tables to a guarded answer, always in this order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure import protect
from cleanroom_join.errors import NoOverlap, TableRefused
from cleanroom_join.review import SubjectCounts, check_counts, check_values
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.room.aggregation import aggregate
from cleanroom_join.spark.room.key_rotation import aligned, overlap_columns
from cleanroom_join.spark.room.preflight import count_tokens
from cleanroom_join.spark.room.token_join import check_shared, join, partitions_for
from cleanroom_join.spark.room.value_checks import scan_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyspark.sql import DataFrame

    from cleanroom_join.contract import Asset, Contract, Policy, Query
    from cleanroom_join.disclosure import CellStatistics, GuardedTable
    from cleanroom_join.review import JoinCounts
    from cleanroom_join.spark.common.table_source import TableSource
    from cleanroom_join.spark.ledger.tables import Ledger

__all__ = ["Answer", "answer", "opened"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Answer:
    """A guarded answer with the secret figures that led to it."""

    table: GuardedTable
    cells: tuple[CellStatistics, ...]
    counts: JoinCounts

    @property
    def sizes(self) -> SubjectCounts:
        """How many subjects the tables have."""
        return SubjectCounts(
            tables=tuple((table.asset, table.tokens) for table in self.counts.joined),
            matched=self.counts.matched,
        )


def opened(
    contract: Contract, query: Query, source: TableSource
) -> dict[str, DataFrame]:
    """
    Open the shared tables and look at their columns; no row is read.

    Raises:
        TableRefused, TokensRefused: If the columns are not what the contract says.
        SparkFailure: If a table cannot be opened; Spark's own text is not shown.
    """
    frames: dict[str, DataFrame] = {}
    for asset in query.assets:
        frames[asset.name] = without_spark_text(
            f"opening {asset.name}", _opener(source, asset)
        )
        overlap = overlap_columns(asset, contract.terms.tokens)
        check_shared(frames[asset.name], asset, overlap)
    return frames


def answer(
    contract: Contract, query: Query, shared: Mapping[str, DataFrame], ledger: Ledger
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
        shared: The shared tables by asset name, as `opened` gives them.
        ledger: Earlier releases, and the joint key.

    Raises:
        TokensRefused, TableRefused: If the rows are not what the contract says.
        NoOverlap: If too few subjects match, perhaps none.
        DisclosureError: If the guard refuses the query as a whole.
    """
    settings, policy = contract.terms.tokens, contract.policy
    frames = aligned(query, shared, settings)
    session = frames[query.assets[0].name].sparkSession
    hash_key = None if ledger.key is None else ledger.key.hash_key_row(session)
    noise_key = None if ledger.key is None else ledger.key.noise_key
    values = scan_values(query, frames)
    fewest = min(table.rows for table in values)
    counts = count_tokens(query, frames, settings.usable, fewest, hash_key)
    refused: NoOverlap | TableRefused | None = None
    try:
        check_counts(counts, query, policy, settings.usable, noise_key)
        check_values(values)
    except (NoOverlap, TableRefused) as error:
        refused = error
    try:
        rows = sum(table.rows for table in values)
        cells = _cells(query, frames, policy, hash_key, partitions_for(rows))
        table = protect(cells, query, policy, ledger.history, noise_key)
    except Exception:
        if refused is None:
            raise
    if refused is not None:
        raise refused
    return Answer(table=table, cells=cells, counts=counts)


def _cells(
    query: Query,
    frames: Mapping[str, DataFrame],
    policy: Policy,
    hash_key: DataFrame | None,
    partitions: int,
) -> tuple[CellStatistics, ...]:
    """Join the tables, and return the statistics of every cell."""
    joined = without_spark_text(
        "joining",
        lambda: join(
            query,
            frames,
            hash_key,
            seeded=policy.contribution_bounded,
            partitions=partitions,
        ),
    )
    return aggregate(query, joined, policy, fingerprinted=hash_key is not None)


def _opener(source: TableSource, asset: Asset) -> Callable[[], DataFrame]:
    """Bind one asset, so that each call opens its own."""
    return lambda: source(asset)
