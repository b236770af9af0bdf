"""
Joining while keys change: which of a table's token columns both sides share.

During the overlap a table that was made anew carries tokens of the active key
and, beside them, of each retiring one; a table that was not carries the old ones
only.  Both sides are read under one key id, and never two of them mixed: under that of
the last release, if both have it, or else under the active one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.errors import TokensRefused
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.shared_columns import (
    column_named,
    is_token,
    token_key_id,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import DataFrame

    from cleanroom_join.contract import (
        Asset,
        ContractTerms,
        Query,
        SubjectColumn,
        TokenSettings,
    )
    from cleanroom_join.spark.common.look import Look

__all__ = ["aligned", "bucket_columns", "key_ids_of", "overlap_columns"]


def overlap_columns(asset: Asset, settings: TokenSettings) -> dict[str, str]:
    """Return the columns a table may carry for retiring keys, and their key ids."""
    return {
        column.under(key_id): key_id
        for column in asset.subject_columns()
        for key_id in settings.retiring
    }


def bucket_columns(asset: Asset, terms: ContractTerms) -> frozenset[str]:
    """Return the columns of buckets that a table may carry for fast deletions."""
    if terms.revocation is None:
        return frozenset()
    return frozenset(
        column.bucket(key_id)
        for column in asset.subject_columns()
        for key_id in (None, *terms.tokens.retiring)
    )


def aligned(
    query: Query,
    frames: Mapping[str, DataFrame],
    settings: TokenSettings,
    preferred: str | None = None,
    look: Look = look,
) -> dict[str, DataFrame]:
    """
    Return the tables under one key id, with exactly their declared columns.

    Without retiring keys there is nothing to choose and nothing is read.

    Args:
        query: What is asked.
        frames: The shared tables by asset name.
        settings: The keys that the contract accepts.
        preferred: The key id of the ledger's last release.  While all tables have its
            tokens releases stay comparable, so the key changes once, when the contract
            retires it.
        look: Collects which key ids there are.

    Raises:
        TokensRefused: If no key id is in all joined tables.
        SparkFailure: If Spark fails; its own text is not shown.
    """
    if not settings.retiring:
        return dict(frames)
    places = {
        asset.name: _places(asset, frames[asset.name], settings, look)
        for asset in query.assets
    }
    joined = [asset for asset in query.assets if asset.token_column(query.output.on)]
    common = [
        key_id
        for key_id in sorted(settings.usable, key=lambda key_id: key_id != preferred)
        if all(key_id in places[asset.name] for asset in joined)
    ]
    # The preflight names a table without a usable token.
    readable = [asset for asset in joined if places[asset.name]]
    if not common and len(readable) == len(joined):
        raise TokensRefused.mixed_between(joined[0].name, joined[-1].name)
    chosen = common[0] if common else settings.active.id
    return {
        asset.name: _under(asset, frames[asset.name], places[asset.name].get(chosen))
        for asset in query.assets
    }


def key_ids_of(
    asset: Asset, frame: DataFrame, settings: TokenSettings, look: Look
) -> frozenset[str]:
    """
    Return the ids of the keys of which a table has tokens, or columns for them.

    Raises:
        TokensRefused: If one column has tokens of several keys.
        SparkFailure: If Spark fails; its own text is not shown.
    """
    return frozenset(_places(asset, frame, settings, look))


def _places(
    asset: Asset, frame: DataFrame, settings: TokenSettings, look: Look
) -> dict[str, str | None]:
    """Return each key id's column suffix, or None where the main columns have it."""
    columns = asset.subject_columns()
    places: dict[str, str | None] = {
        key_id: key_id
        for key_id in settings.retiring
        if {c.under(key_id) for c in columns} <= set(frame.columns)
    }
    found = _key_ids(asset, frame, columns, look)
    if len(found) > 1:
        raise TokensRefused.mixed_within(asset.name)
    return places | dict.fromkeys(found)


def _key_ids(
    asset: Asset, frame: DataFrame, columns: Sequence[SubjectColumn], look: Look
) -> set[str]:
    """Return the key ids in a table's main columns."""
    ids = [
        F.when(is_token(text), token_key_id(text))
        for text in (column_named(c.name).cast("string") for c in columns)
    ]
    counted = frame.agg(
        *(F.min(key_id).alias(f"a{i}") for i, key_id in enumerate(ids)),
        *(F.max(key_id).alias(f"z{i}") for i, key_id in enumerate(ids)),
    )
    row = look(f"looking at the key ids of {asset.name}", counted)[0]
    return {str(key_id) for key_id in row if key_id is not None}


def _under(asset: Asset, frame: DataFrame, key_id: str | None) -> DataFrame:
    """Return a table with its tokens of one key id under their declared names."""
    subjects = {column.name: column for column in asset.subject_columns()}
    return frame.select(
        *(
            column_named(
                subjects[name].under(key_id) if key_id and name in subjects else name
            ).alias(name)
            for name in asset.columns
        )
    )
