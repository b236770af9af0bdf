"""
Raw table to shareable table: identifiers become tokens, everything else stays home.

This runs in a party's own workspace, never in the clean room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract.clock import utc_today
from cleanroom_join.errors import VectorMismatch
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.party.coded_columns import unchanged
from cleanroom_join.spark.party.frame_columns import carried, token_columns
from cleanroom_join.spark.party.gold import Gold
from cleanroom_join.spark.party.hmac_columns import key_frame, mac_maker
from cleanroom_join.spark.party.hmac_input import with_hmac_input
from cleanroom_join.spark.party.raw_schema import check_raw
from cleanroom_join.tokens import KeyRing, vectors_sha256

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import Asset, AssetTerms
    from cleanroom_join.spark.party.frame_columns import TokenColumn
    from cleanroom_join.spark.party.hmac_columns import MacMaker
    from cleanroom_join.tokens import SecretKey

__all__ = ["tokenise"]


def tokenise(frame: DataFrame, terms: AssetTerms, *, key: SecretKey | KeyRing) -> Gold:
    """
    Make the shareable table of one asset from a party's raw table.

    The result has the asset's columns in declared order and no other.  A refused
    identifier becomes a NULL token, and `Gold.profile` counts the reasons.  Rows
    without consent are left out.

    While the contract has retiring keys, every token column is followed by one per
    such key, called ``<column>_<key id>``: the other party may join on either until
    it has changed too.

    The key reaches the executors in a broadcast frame of one row: a literal, an SQL
    argument or a session variable would show it in plans and event logs
    (`docs/adr/0001-broadcast-the-key-as-one-row.md`).

    Args:
        frame: The raw table, with the columns that the asset declares.
        terms: ``contract.asset(name)``.
        key: The contract's active key, the same on both sides; while another key is
            retiring, a ring of both.

    Raises:
        ContractError: After the contract's last day (E102).
        TableRefused: If the raw table lacks a column.
        TableRefused: If an identifier is not text, or another column is not of its
            declared type.
        VectorMismatch: If the contract pins other token vectors than installed.
        KeyRefused: If the contract has other key ids than *key*.
        TokenError: If a column declares a country without a rule.
        SparkFailure: If Spark cannot tell the raw table's columns.
    """
    terms.refuse_if_expired(utc_today())
    if terms.vectors_sha256 is not None and terms.vectors_sha256 != vectors_sha256():
        raise VectorMismatch.digest(terms.vectors_sha256, vectors_sha256())
    asset = terms.asset
    # Spark 3.5 in Connect does not tell the columns of a frame that has one twice.
    schema = without_spark_text("reading the raw table's columns", lambda: frame.schema)
    check_raw(schema, asset, terms.identifiers)
    keys = KeyRing.of(key, terms).by_id(terms)
    consented = (
        frame if asset.consent is None else frame.where(column_named(asset.consent))
    )
    messages = with_hmac_input(consented, terms, unchanged(asset))
    session = frame.sparkSession
    maker = mac_maker(session)
    secret = key_frame(session, terms, keys, maker)
    tokens = token_columns(terms)
    shared = messages.crossJoin(F.broadcast(secret)).select(
        *_shared(asset, tokens, list(keys), maker)
    )
    return Gold(frame=shared, _messages=messages, _terms=terms)


def _shared(
    asset: Asset, tokens: Sequence[TokenColumn], key_ids: list[str], maker: MacMaker
) -> list[Column]:
    """Return the columns of the shareable table, in declared order."""
    made = {
        column.name: [F.col(carried(index)).alias(column.name)]
        for index, column in enumerate(unchanged(asset))
    }
    for column, token in zip(asset.subject_columns(), tokens, strict=True):
        made[column.name] = [
            _token(token, index, key_id, maker).alias(
                column.under(key_id) if index else column.name
            )
            for index, key_id in enumerate(key_ids)
        ]
    return [column for name in asset.columns for column in made[name]]


def _token(token: TokenColumn, index: int, key_id: str, maker: MacMaker) -> Column:
    """Return a token column under the key at *index*; NULL if it has a reason."""
    mac = maker.mac(F.col(token.message), token.key(index))
    made = F.concat(F.lit(f"{key_id}:"), mac)
    return F.when(F.col(token.reason).isNull(), made)
