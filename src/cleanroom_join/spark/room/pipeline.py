"""One query from shared tables to a guarded answer, always in this order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure import protect
from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens
from cleanroom_join.errors import InternalError, NoOverlap
from cleanroom_join.review import SubjectCounts, check_counts, check_values
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.room.aggregation import aggregate
from cleanroom_join.spark.room.key_rotation import aligned, overlap_columns
from cleanroom_join.spark.room.preflight import count_tokens
from cleanroom_join.spark.room.token_join import check_shared, join, partitions_for
from cleanroom_join.spark.room.value_checks import scan_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import DataFrame

    from cleanroom_join.contract import Asset, Contract, Query
    from cleanroom_join.disclosure import CellStatistics, GuardedTable
    from cleanroom_join.review import JoinCounts
    from cleanroom_join.spark.common.table_source import TableSource
    from cleanroom_join.spark.ledger.tables import Ledger

__all__ = ["Answer", "answer"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Answer:
    """A guarded answer with the secret figures that led to it."""

    table: GuardedTable
    cells: tuple[CellStatistics, ...]
    counts: JoinCounts
    tokens: JoinedTokens
    """Which tokens were joined."""

    @property
    def sizes(self) -> SubjectCounts:
        """How many subjects the tables have."""
        return SubjectCounts(
            tables=tuple((table.asset, table.tokens) for table in self.counts.joined),
            matched=self.counts.matched,
        )


def answer(
    contract: Contract, query: Query, source: TableSource, ledger: Ledger
) -> Answer:
    """
    Join, aggregate and guard.

    Raises:
        TableRefused, TokensRefused: If the shared tables are not what the contract
            says.
        NoOverlap: If too few subjects match, perhaps none.
        DisclosureError: If the guard refuses the query as a whole.
    """
    settings, policy = contract.terms.tokens, contract.policy
    frames: dict[str, DataFrame] = {}
    for asset in query.assets:
        frames[asset.name] = without_spark_text(
            f"opening {asset.name}", _opener(source, asset)
        )
        check_shared(frames[asset.name], asset, overlap_columns(asset, settings))
    frames = aligned(query, frames, settings, _last_key_id(contract, query, ledger))
    session = frames[query.assets[0].name].sparkSession
    hash_key = None if ledger.key is None else ledger.key.hash_key_row(session)
    values = scan_values(query, frames)
    fewest = min(table.rows for table in values)
    counts = count_tokens(query, frames, settings.usable, fewest, hash_key)
    check_counts(counts, query, policy, settings.usable)
    check_values(values)
    joined = without_spark_text(
        "joining",
        lambda: join(
            query,
            frames,
            hash_key,
            seeded=policy.contribution_bounded,
            partitions=partitions_for(sum(table.rows for table in values)),
        ),
    )
    cells = aggregate(query, joined, policy, fingerprinted=hash_key is not None)
    noise_key = None if ledger.key is None else ledger.key.noise_key
    tokens = _joined_tokens(contract, query, counts)
    table = protect(cells, query, policy, ledger.history(tokens), noise_key)
    if policy.contribution_bounded and noise_key is not None and not table.published:
        raise NoOverlap.or_no_cell(query.assets[0].name, query.assets[-1].name)
    return Answer(table=table, cells=cells, counts=counts, tokens=tokens)


def _last_key_id(contract: Contract, query: Query, ledger: Ledger) -> str | None:
    """Return the key id of the last release about the same kind of tokens, if any."""
    for entry in reversed(ledger.entries):
        tokens = JoinedTokens.of(contract.terms, query.output.on, entry.tokens.key_id)
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
    return JoinedTokens.of(contract.terms, query.output.on, key_id)


def _opener(source: TableSource, asset: Asset) -> Callable[[], DataFrame]:
    """Bind one asset, so that each call opens its own."""
    return lambda: source(asset)
