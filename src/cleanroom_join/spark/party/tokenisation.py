"""
Raw table to shareable table: identifiers become tokens, everything else stays home.

This runs in a party's own workspace, never in the clean room: with `keyed` it is
the one part of the Spark shell that sees a key.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import SubjectColumn
from cleanroom_join.errors import VectorMismatch
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.party.gold import READY, Gold
from cleanroom_join.spark.party.hmac_columns import key_frame, mac_maker
from cleanroom_join.spark.party.hmac_input import with_messages
from cleanroom_join.spark.party.raw_schema import check_raw
from cleanroom_join.tokens import KeyRing, vectors_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import Asset, AssetTerms
    from cleanroom_join.contract import Column as Declared
    from cleanroom_join.spark.party.hmac_columns import MacMaker
    from cleanroom_join.tokens import SecretKey

__all__ = ["tokenise"]


def tokenise(
    frame: DataFrame,
    terms: AssetTerms,
    *,
    key: SecretKey | KeyRing,
) -> Gold:
    """
    Make the shareable table of one asset from a party's raw table.

    The result has the asset's columns in declared order and nothing else.  A
    rejected identifier becomes a NULL token, whose reason `Gold.profile` counts;
    rows without consent are not in the result.

    While the contract has retiring keys, every token column is followed by one per
    such key, called ``<column>_<key id>``: the other party may join on either until
    it has changed too.

    The key gets to the executors as a one-row broadcast frame: a literal, an SQL
    argument or a session variable would show it in plans and event logs.

    Args:
        frame: The raw table, with the columns the asset's declaration names.
        terms: ``contract.asset(name)``.
        key: The contract's active key, the same on both sides.  While another key is
            retiring, a ring with both.

    Raises:
        TableRefused: If the raw table lacks a column.
        TableRefused: If an identifier is not text, or another column not of
            its declared type.
        VectorMismatch: If the contract pins other token vectors than installed.
        KeyRefused: If the contract has other key ids than *key*.
        TokenError: If a column declares a country without a rule.
    """
    if terms.vectors_sha256 is not None and terms.vectors_sha256 != vectors_sha256():
        raise VectorMismatch.digest(terms.vectors_sha256, vectors_sha256())
    asset = terms.asset
    check_raw(frame.schema, asset, terms.identifiers)
    keys = KeyRing.of(key, terms).by_id(terms)
    consented = (
        frame if asset.consent is None else frame.where(column_named(asset.consent))
    )
    messages = with_messages(consented, terms, carried(asset))
    session = frame.sparkSession
    maker = mac_maker(session)
    secret = key_frame(session, terms, keys, maker)
    shared = messages.crossJoin(F.broadcast(secret)).select(
        *_shared(asset, list(keys), maker)
    )
    counted = messages.select(
        *(
            F.coalesce(F.col(f"why{i}"), F.lit(READY)).alias(column.name)
            for i, column in enumerate(asset.subject_columns())
        )
    )
    return Gold(frame=shared, _reasons=counted, _terms=terms)


def carried(asset: Asset) -> list[Declared]:
    """Return the columns that are shared as they are."""
    return [c for c in asset.columns.values() if not isinstance(c, SubjectColumn)]


def _shared(asset: Asset, key_ids: list[str], maker: MacMaker) -> Iterator[Column]:
    """Yield the columns of the shareable table."""
    others = iter(range(len(asset.columns)))
    subjects = iter(range(len(asset.columns)))
    for column in asset.columns.values():
        if not isinstance(column, SubjectColumn):
            yield F.col(f"c{next(others)}").alias(column.name)
            continue
        make = partial(_token, next(subjects), maker=maker)
        active, *retiring = key_ids
        yield make(0, active).alias(column.name)
        for place, key_id in enumerate(retiring, start=1):
            yield make(place, key_id).alias(column.under(key_id))


def _token(index: int, place: int, key_id: str, *, maker: MacMaker) -> Column:
    """Return the token of subject column *index* under the key at *place*."""
    mac = maker.mac(F.col(f"m{index}"), f"{index}_{place}")
    token = F.concat(F.lit(f"{key_id}:"), mac)
    return F.when(F.col(f"why{index}").isNull(), token)
