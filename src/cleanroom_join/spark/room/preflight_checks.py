"""Whether tables can be joined, by their census, and in which order that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors import (
    NoOverlap,
    TokensRefused,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.spark.room.preflight import JoinCounts, TokenCounts

__all__ = ["check_counts"]


def check_counts(
    counts: JoinCounts, query: Query, policy: Policy, usable: Sequence[str]
) -> None:
    """
    Refuse token columns that cannot be joined, or not without harm.

    Args:
        counts: Counts of the token columns.
        query: What is asked.
        policy: The effective policy.
        usable: Key ids that the contract accepts.

    Raises:
        TokensRefused, TokensRefused: If a value is no token.
        TokensRefused, TokensRefused: If the key ids are not one accepted id.
        NoOverlap: If a table has fewer than k subjects, perhaps none.
        TokensRefused: If a table breaks its ``one_row_per``.
        NoOverlap: If fewer than k subjects match, perhaps none.
    """
    for table in (*counts.joined, *counts.others):
        _check_form(table)
    _check_key_ids(counts, usable)
    for asset, table in zip(query.assets, counts.joined, strict=True):
        if table.tokens < policy.min_cohort:
            raise NoOverlap.few_subjects(table.asset, policy.min_cohort)
        if asset.one_row_per == query.output.on and table.repeated > 0:
            raise TokensRefused.duplicates(table.asset, query.output.on)
    first, last = counts.joined[0], counts.joined[-1]
    if counts.matched < policy.min_cohort:
        if (
            policy.contribution_bounded
        ):  # else the last of k people would make the difference
            raise NoOverlap.or_no_cell(first.asset, last.asset)
        raise NoOverlap.few_matches(first.asset, last.asset, policy.min_cohort)
    smallest = min(table.tokens for table in counts.joined)
    if counts.matched < policy.min_match_rate * smallest:
        percent = format((policy.min_match_rate * 100).normalize(), "f")
        raise NoOverlap.match_rate(first.asset, last.asset, percent)


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
