"""
Raw table to shareable table: identifiers become tokens, everything else stays home.

This runs in a party's own workspace, never in the clean room: it is the one part
of the Spark shell that sees a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, StringType

from cleanroom_join.contract import SubjectColumn
from cleanroom_join.errors import ColumnTypeRefused, MissingColumns, VectorMismatch
from cleanroom_join.spark.columns import check_type, column_named
from cleanroom_join.spark.gold import READY, Gold
from cleanroom_join.spark.identifiers import hmac_sha256_hex, reason, rewritten
from cleanroom_join.tokens import KINDS, derive_subkey, vectors_sha256

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import StructType

    from cleanroom_join.contract import Asset, AssetTerms
    from cleanroom_join.contract import Column as Declared
    from cleanroom_join.tokens import SecretKey

__all__ = ["tokenise"]


def tokenise(frame: DataFrame, terms: AssetTerms, *, key: SecretKey) -> Gold:
    """
    Make the shareable table of one asset from a party's raw table.

    The result has the asset's columns in declared order and nothing else.  A
    rejected identifier becomes a NULL token, whose reason `Gold.profile` counts;
    rows without consent are not in the result.

    The key gets to the executors as a one-row broadcast frame: a literal, an SQL
    argument or a session variable would show it in plans and event logs.

    Args:
        frame: The raw table, with the columns the asset's declaration names.
        terms: ``contract.asset(name)``.
        key: The partnership's secret key, the same on both sides.

    Raises:
        MissingColumns: If the raw table lacks a column.
        ColumnTypeRefused: If an identifier is not text, or another column not of
            its declared type.
        VectorMismatch: If the contract pins other token vectors than installed.
    """
    if terms.vectors_sha256 is not None and terms.vectors_sha256 != vectors_sha256():
        raise VectorMismatch.digest(terms.vectors_sha256, vectors_sha256())
    asset = terms.asset
    _check_raw(frame.schema, asset)
    consented = (
        frame if asset.consent is None else frame.where(column_named(asset.consent))
    )
    reasons = _with_reasons(consented, terms)
    keyed = reasons.crossJoin(F.broadcast(_key_frame(frame, terms, key)))
    tokens = asset.subject_columns()
    shared = keyed.select(
        *(_shared(c, asset, terms.key_id) for c in asset.columns.values())
    )
    counted = reasons.select(
        *(
            F.coalesce(F.col(f"why{i}"), F.lit(READY)).alias(column.name)
            for i, column in enumerate(tokens)
        )
    )
    return Gold(frame=shared, _reasons=counted, _terms=terms)


def _with_reasons(frame: DataFrame, terms: AssetTerms) -> DataFrame:
    """
    Return declared columns, texts ``t0…`` and ``why0…`` they have no token, or NULL.

    Declared columns are called ``c0…``: their own names could be any of these.  One
    projection per step, so that no expression is worked out twice.
    """
    tokens = terms.asset.subject_columns()
    carried = _carried(terms.asset)
    specs = [KINDS[terms.kinds[column.name]] for column in tokens]
    # raws: (c0, c1, …, r0, r1, …)
    raws = frame.select(
        *(column_named(c.name).alias(f"c{i}") for i, c in enumerate(carried)),
        *(column_named(c.source).alias(f"r{i}") for i, c in enumerate(tokens)),
    )
    # texts: (c0, …, r0, …, t0, …)
    texts = raws.select(
        "*",
        *(rewritten(F.col(f"r{i}"), s).alias(f"t{i}") for i, s in enumerate(specs)),
    )
    return texts.select(
        *(f"c{i}" for i in range(len(carried))),
        *(f"t{i}" for i in range(len(tokens))),
        *(
            reason(F.col(f"r{i}"), F.col(f"t{i}"), spec).alias(f"why{i}")
            for i, spec in enumerate(specs)
        ),
    )


def _check_raw(schema: StructType, asset: Asset) -> None:
    """Refuse a raw table whose columns are missing or of the wrong type."""
    types = {field.name: field.dataType for field in schema.fields}
    needed = [
        c.source if isinstance(c, SubjectColumn) else n
        for n, c in asset.columns.items()
    ]
    needed += [asset.consent] if asset.consent is not None else []
    missing = set(needed) - set(types)
    if missing:
        raise MissingColumns.of(asset.name, missing, types)
    for name, column in asset.columns.items():
        if isinstance(column, SubjectColumn):
            kind = types[column.source]
            if not isinstance(kind, StringType):
                raise ColumnTypeRefused.identifier(column.source, kind.simpleString())
        else:
            check_type(name, column, types[name])
    if asset.consent is not None and not isinstance(types[asset.consent], BooleanType):
        raise ColumnTypeRefused.declared(
            asset.consent, "BOOLEAN", types[asset.consent].simpleString()
        )


def _carried(asset: Asset) -> list[Declared]:
    """Return the columns that are shared as they are."""
    return [c for c in asset.columns.values() if not isinstance(c, SubjectColumn)]


def _key_frame(frame: DataFrame, terms: AssetTerms, key: SecretKey) -> DataFrame:
    """Return one row with the two padded subkeys of every token column."""
    row: list[bytearray] = []
    fields: list[str] = []
    for index, column in enumerate(terms.asset.subject_columns()):
        subkey = derive_subkey(
            key,
            kind=terms.kinds[column.name],
            partnership=terms.partnership,
            key_id=terms.key_id,
        )
        row += [bytearray(pad) for pad in subkey.hmac_pads()]
        fields += [f"i{index} binary", f"o{index} binary"]
    return frame.sparkSession.createDataFrame([tuple(row)], ", ".join(fields))


def _shared(column: Declared, asset: Asset, key_id: str) -> Column:
    """Return a column of the shareable table."""
    if not isinstance(column, SubjectColumn):
        return F.col(f"c{_carried(asset).index(column)}").alias(column.name)
    index = asset.subject_columns().index(column)
    mac = hmac_sha256_hex(F.col(f"t{index}"), F.col(f"i{index}"), F.col(f"o{index}"))
    token = F.concat(F.lit(f"{key_id}:"), mac)
    return F.when(F.col(f"why{index}").isNull(), token).alias(column.name)
