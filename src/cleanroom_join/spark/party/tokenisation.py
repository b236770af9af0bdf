"""
Raw table to shareable table: identifiers become tokens, everything else stays home.

This runs in a party's own workspace, never in the clean room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract.clock import utc_today
from cleanroom_join.errors import ConsentRefused, VectorMismatch
from cleanroom_join.spark.common.own_state import OwnState
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.party.coded_columns import unchanged
from cleanroom_join.spark.party.frame_columns import carried, token_columns
from cleanroom_join.spark.party.gold import Gold
from cleanroom_join.spark.party.gold_rows import gold_token_columns
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


def tokenise(
    frame: DataFrame,
    terms: AssetTerms,
    *,
    key: SecretKey | KeyRing,
    consent_state: str | DataFrame | None = None,
) -> Gold:
    """
    Make the shareable table of one asset from a party's raw table.

    The result has the asset's columns in declared order and no other.  A refused
    identifier becomes a NULL token, and `Gold.profile` counts the reasons.  Rows
    without consent are left out, and so are the rows of subjects who opted out.

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
        consent_state: The party's consent state, which the revocation job keeps: its
            name, such as ``catalog.schema.consent_state``, or a frame.  The contract
            may demand it; another party may give one all the same.  By its name
            `Gold.save` finds opt-outs that come while the table is written.

    Raises:
        ContractError: After the contract's last day (E102).
        TableRefused: If the raw table lacks a column.
        TableRefused: If an identifier is not text, or another column is not of its
            declared type.
        VectorMismatch: If the contract pins other token vectors than installed.
        KeyRefused: If the contract has other key ids than *key*.
        ConsentRefused: If the contract demands a consent state and there is none
            (E614), or it is none (E612).
        TokenError: If a column declares a country without a rule.
        SparkFailure: If Spark cannot tell the raw table's columns.
    """
    terms.refuse_if_expired(utc_today())
    if terms.vectors_sha256 is not None and terms.vectors_sha256 != vectors_sha256():
        raise VectorMismatch.digest(terms.vectors_sha256, vectors_sha256())
    asset = terms.asset
    if consent_state is None and terms.consent_state is not None:
        raise ConsentRefused.no_state(asset.name, terms.consent_state)
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
    state = None
    if consent_state is not None:
        state = OwnState(
            spark=session,
            party=asset.party,
            token_columns=gold_token_columns(terms),
            state=consent_state,
        )
    return Gold(
        frame=shared if state is None else state.applied(shared),
        _messages=messages,
        _terms=terms,
        _state=state,
    )


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
