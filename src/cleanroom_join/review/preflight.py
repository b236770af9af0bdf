"""
Whether shared tables can be joined, decided from counts before any row is joined.

Pure: the room counts with Spark (`spark.room.preflight`), the attack suite in Python.
Both call these functions, so both refuse the same tables in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.perturbation.match_count import perturbed_matches
from cleanroom_join.errors import NoOverlap, TableRefused, TokensRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.review.report import MatchedOn

__all__ = ["JoinCounts", "TableValues", "TokenCounts", "check_counts", "check_values"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TokenCounts:
    """Counts of one token column of one table; all of them are secret."""

    asset: str
    column: str
    malformed: int
    """Distinct values that are not tokens."""
    raw_like: int
    """Those of them that look like raw identifiers."""
    tokens: int
    """Distinct tokens; an estimate if it is large."""
    repeated: int
    """Tokens on more than one row; exact for a table with one row per subject."""
    first_key_id: str | None
    """Smallest key id, None without tokens; the partner wrote it, so never show it."""
    last_key_id: str | None
    """Largest key id."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class JoinCounts:
    """Counts of the token columns of one query; all of them are secret."""

    joined: tuple[TokenCounts, ...]
    """The column each table is joined on, in join order."""
    others: tuple[TokenCounts, ...]
    """Token columns that are counted besides: of later kinds, and not joined on."""
    matched: int
    """Distinct tokens that are in every joined table; an estimate if it is large."""
    record_key: int = 0
    """Sum of the keyed hashes of those that were counted."""
    matched_on: MatchedOn | None = None
    """Of a query that joins on several kinds of subject."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TableValues:
    """What a scan found in all rows of one table; secret."""

    asset: str
    rows: int
    not_finite: tuple[str, ...]
    """Columns that the query reads and that have NaN or infinite values."""


def check_counts(
    counts: JoinCounts,
    query: Query,
    policy: Policy,
    usable: Sequence[str],
    noise_key: bytes | None = None,
) -> None:
    """
    Refuse token columns that cannot be joined, or cannot be joined safely.

    Args:
        counts: Counts of the token columns.
        query: The query that joins them.
        policy: The effective policy.
        usable: Key ids that the contract accepts.
        noise_key: Key that noise is drawn with; without one the match rate is exact.

    Raises:
        TokensRefused: If a value is no token (E313, E314), the key ids are not one
            accepted id (E312, E315), or a table breaks its ``one_row_per`` (E311).
        NoOverlap: If a table has fewer than k subjects, perhaps none (E303), or if too
            few match, perhaps none (E310).  With bounded contributions both are E310.
    """
    for table in (*counts.joined, *counts.others):
        _check_form(table)
    _check_key_ids(counts, usable)
    for asset, table in zip(query.assets, counts.joined, strict=True):
        if table.tokens < policy.min_cohort:
            if policy.contribution_bounded:
                raise _no_answer(counts)
            raise NoOverlap.few_subjects(table.asset, policy.min_cohort)
        if asset.one_row_per == query.output.on and table.repeated > 0:
            raise TokensRefused.duplicates(table.asset, query.output.on)
    if counts.matched < policy.min_cohort or _rarely_match(counts, policy, noise_key):
        if policy.contribution_bounded:
            raise _no_answer(counts)
        first, last = counts.joined[0], counts.joined[-1]
        raise NoOverlap.few_matches(first.asset, last.asset, policy.min_cohort)


def _no_answer(counts: JoinCounts) -> NoOverlap:
    """Return the one error of bounded contributions, so that no subject decides it."""
    return NoOverlap.or_no_cell(counts.joined[0].asset, counts.joined[-1].asset)


def _rarely_match(counts: JoinCounts, policy: Policy, key: bytes | None) -> bool:
    """Return whether the match rate is too low, with noise if there is a key."""
    if policy.min_match_rate == 0:
        return False
    smallest = min(table.tokens for table in counts.joined)
    matched = perturbed_matches(counts.matched, counts.record_key, policy, key)
    return matched < policy.min_match_rate * smallest


def check_values(tables: Sequence[TableValues]) -> None:
    """
    Refuse tables with NaN or infinite values in columns that the query reads.

    All rows of a table count, whether or not the other party has their subject: an
    error for joined rows alone would disclose which rows join.

    Args:
        tables: What the scan found.  Check the counts first: nothing may be said about
            a table of fewer than k subjects.

    Raises:
        TableRefused: Naming the first such column (E305).
    """
    for table in tables:
        for name in table.not_finite:
            raise TableRefused.not_finite(table.asset, name)


def _check_key_ids(counts: JoinCounts, usable: Sequence[str]) -> None:
    """Refuse tables of different key ids, or of one that is not accepted."""
    first, *rest = counts.joined
    for table in rest:
        if len({first.first_key_id, table.first_key_id} - {None}) > 1:
            raise TokensRefused.mixed_between(first.asset, table.asset)
    for table in (*counts.joined, *counts.others):
        if table.first_key_id is not None and table.first_key_id not in usable:
            raise TokensRefused.unknown_key_id(table.asset, usable)


def _check_form(table: TokenCounts) -> None:
    """Refuse a column that holds anything but tokens of one key id."""
    if table.raw_like > 0:
        raise TokensRefused.raw_identifiers(table.asset, table.column)
    if table.malformed > 0:
        raise TokensRefused.not_tokens(table.asset, table.column)
    if table.first_key_id != table.last_key_id:
        raise TokensRefused.mixed_within(table.asset)
