"""Tokens of all identifiers to try, under a key that is forgotten, and their counts."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import (
    COHORT_FLOOR,
    Asset,
    AssetTerms,
    Dimension,
    Identifier,
    MeasureColumn,
    Policy,
    SubjectColumn,
)
from cleanroom_join.first_contract.column_roles import Role
from cleanroom_join.first_contract.shared_identifiers import IdentifierCounts
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.party.raw_files import with_declared_types
from cleanroom_join.spark.party.tokenisation import tokenise
from cleanroom_join.tokens import SecretKey

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pyspark.sql import DataFrame

    from cleanroom_join.contract import Column
    from cleanroom_join.first_contract.column_roles import ColumnRole
    from cleanroom_join.first_contract.shared_identifiers import SharedIdentifier
    from cleanroom_join.spark.first_contract.raw_facts import RawTable

    Keep = Callable[[str, DataFrame], DataFrame]
    """Writes a frame down and reads it again, so that it is computed once."""

__all__ = ["TokenTable", "identifier_counts", "kept_in", "token_tables"]


def kept_in(folder: Path) -> Keep:
    """Return what writes frames as Parquet below *folder*, which must be local."""

    def keep(name: str, frame: DataFrame) -> DataFrame:
        path = str(folder / name)
        without_spark_text("writing tokens", lambda: frame.write.parquet(path))
        return frame.sparkSession.read.parquet(path)

    return keep


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenTable:
    """
    One table as it would be shared: tokens of every identifier, and other columns.

    Columns have names of ours: ``t0``, … are tokens, in the order of the identifiers;
    ``v0``, … are dimensions and measures.
    """

    asset: str
    frame: DataFrame
    columns: tuple[ColumnRole, ...]
    """The dimensions and measures behind ``v0``, …."""

    def __repr__(self) -> str:
        """Name the asset; no schema, no plan."""
        return f"TokenTable(asset={self.asset!r})"


def token_tables(
    tables: tuple[RawTable, RawTable],
    roles: tuple[Sequence[ColumnRole], Sequence[ColumnRole]],
    identifiers: Sequence[SharedIdentifier],
    keep: Keep,
) -> tuple[TokenTable, TokenTable]:
    """
    Tokenise both tables with one random key that nobody keeps.

    It is what both parties would do, so normalisation, consent and refusals count as
    they will in a rehearsal.

    Raises:
        TableRefused: If a column cannot be converted or tokenised.
        SparkFailure: If Spark fails; its own text is replaced.
    """
    key = SecretKey.from_bytes(os.urandom(32))
    left, right = (
        _token_table(tables[side], roles[side], identifiers, side, key, keep)
        for side in (0, 1)
    )
    return left, right


def _token_table(
    table: RawTable,
    roles: Sequence[ColumnRole],
    identifiers: Sequence[SharedIdentifier],
    side: int,
    key: SecretKey,
    keep: Keep,
) -> TokenTable:
    """Tokenise one table."""
    shared = tuple(r for r in roles if r.role in (Role.DIMENSION, Role.MEASURE))
    consent = next((r.name for r in roles if r.role is Role.CONSENT), None)
    asset = Asset(
        name=table.asset,
        party=table.party,
        table=f"shared.{table.asset}",
        columns=MappingProxyType(
            {
                **{c.name: c for c in _token_columns(identifiers, side, table)},
                **{role.name: _declared(role) for role in shared},
            }
        ),
        consent=consent,
    )
    names = [column.name for column in asset.subject_columns()]
    terms = AssetTerms(
        asset=asset,
        partnership="first-contract",
        key_id="k1",
        retiring=(),
        identifiers=MappingProxyType(
            {
                name: Identifier(components=one.kinds)
                for name, one in zip(names, identifiers, strict=True)
            }
        ),
        min_cohort=COHORT_FLOOR,
        max_clamped_share=Policy().max_clamped_share,
        vectors_sha256=None,
        expires=dt.date.max,
    )
    frame = tokenise(with_declared_types(table.frame, asset), terms, key=key).frame
    renamed = frame.select(
        *(column_named(name).alias(f"t{index}") for index, name in enumerate(names)),
        *(column_named(r.name).alias(f"v{index}") for index, r in enumerate(shared)),
    )
    return TokenTable(
        asset=table.asset, frame=keep(table.asset, renamed), columns=shared
    )


def _token_columns(
    identifiers: Sequence[SharedIdentifier], side: int, table: RawTable
) -> list[SubjectColumn]:
    """Return a token column per identifier, under names that no raw column has."""
    prefix = "token"
    while any(name.lower().startswith(prefix) for name in table.frame.columns):
        prefix += "_"
    return [
        SubjectColumn(
            name=f"{prefix}{index}",
            subject=f"subject{index}",
            sources=identifier.sources[side],
            date_format=identifier.date_formats[side],
        )
        for index, identifier in enumerate(identifiers)
    ]


def _declared(role: ColumnRole) -> Column:
    """Return a dimension or a measure whose domain or bounds are not known yet."""
    if role.role is Role.DIMENSION:
        return Dimension(name=role.name, type=role.dimension, values=())
    return MeasureColumn(
        name=role.name,
        type=role.measure,
        minimum=Decimal(0),
        maximum=Decimal(1),
        scale=role.scale,
    )


def identifier_counts(
    tables: tuple[TokenTable, TokenTable], size: int
) -> list[IdentifierCounts]:
    """Return how often each identifier occurs in each table, and in both."""
    left, right = (_rows_and_subjects(table, size) for table in tables)
    found = []
    for index in range(size):
        name = f"t{index}"
        first, second = (
            table.frame.select(name).where(F.col(name).isNotNull()).distinct()
            for table in tables
        )
        both = first.join(second, name, "left_semi")
        shared = without_spark_text("comparing identifiers", both.count)
        found.append(
            IdentifierCounts(
                rows=(left[index][0], right[index][0]),
                subjects=(left[index][1], right[index][1]),
                shared=shared,
            )
        )
    return found


def _rows_and_subjects(table: TokenTable, size: int) -> list[tuple[int, int]]:
    """Return rows with a token and distinct tokens of each identifier."""
    names = [f"t{index}" for index in range(size)]
    counts = table.frame.agg(
        *(F.count(name).alias(f"{name}|rows") for name in names),
        *(F.count_distinct(F.col(name)).alias(f"{name}|subjects") for name in names),
    )
    (row,) = without_spark_text(
        f"counting identifiers of {table.asset}", counts.collect
    )
    return [
        (require_int(row[f"{name}|rows"]), require_int(row[f"{name}|subjects"]))
        for name in names
    ]
