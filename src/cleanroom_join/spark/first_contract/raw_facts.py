"""Facts about the columns of a raw table: one query for counts, one for a sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.types import (
    BooleanType,
    ByteType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
)

from cleanroom_join.first_contract.column_facts import (
    ColumnFacts,
    Storage,
    sample_facts,
)
from cleanroom_join.first_contract.headers import check_header
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import DataType

__all__ = ["RawTable", "column_facts"]

_SAMPLE = 1_000
"""Rows that the normalisers are tried on, chosen by a hash of the row."""
_COUNTS = ("filled", "distinct", "booleans", "integers", "decimals")
_TYPES = ("BOOLEAN", "BIGINT", "DECIMAL(38, 9)")


@dataclass(frozen=True, kw_only=True, slots=True)
class RawTable:
    """A raw table of one party."""

    party: str
    asset: str
    frame: DataFrame
    is_csv: bool
    """Whether every column is text because the file has no types."""

    def __repr__(self) -> str:
        """Name party and asset; no schema, no plan."""
        return f"RawTable(party={self.party!r}, asset={self.asset!r})"


def column_facts(table: RawTable) -> list[ColumnFacts]:
    """
    Return what is known of each column; rows are looked at, and none is kept.

    Raises:
        TableRefused: If the names of columns cannot be such.
        SparkFailure: If Spark fails; its own text is replaced.
    """
    if table.is_csv or not table.frame.columns:
        check_header(table.asset, table.frame.columns)
    fields = table.frame.schema.fields
    storages = [_storage(field.dataType, is_csv=table.is_csv) for field in fields]
    texts = table.frame.select(
        *(
            _text(field.name, storage).alias(f"c{index}")
            for index, (field, storage) in enumerate(zip(fields, storages, strict=True))
        )
    )
    counted = texts.agg(
        *(
            count.alias(f"{index}|{name}")
            for index in range(len(fields))
            for name, count in zip(_COUNTS, _counts(f"c{index}"), strict=True)
        ),
    )
    (row,) = without_spark_text(f"counting {table.asset}", counted.collect)
    samples = _samples(texts)
    return [
        ColumnFacts(
            name=field.name,
            storage=storages[index],
            **{name: require_int(row[f"{index}|{name}"]) for name in _COUNTS},
            sample=sample_facts(samples[index]),
        )
        for index, field in enumerate(fields)
    ]


def _storage(kind: DataType, *, is_csv: bool) -> Storage:
    """Return how a column of a Spark type is stored."""
    if isinstance(kind, StringType):
        return Storage.FREE_TEXT if is_csv else Storage.TEXT
    if isinstance(kind, (ByteType, ShortType, IntegerType, LongType)):
        return Storage.INTEGER
    if isinstance(kind, (FloatType, DoubleType)):
        return Storage.FLOATING
    known = {
        DecimalType: Storage.DECIMAL,
        BooleanType: Storage.BOOLEAN,
        DateType: Storage.DATE,
    }
    return known.get(type(kind), Storage.OTHER)


def _text(name: str, storage: Storage) -> Column:
    """Return a column as text; NULL if it is blank, or of a type without use."""
    if storage is Storage.OTHER:
        return F.lit(None).cast("string")
    text = column_named(name).cast("string")
    return F.when(F.length(F.trim(text)) > 0, text)


def _counts(name: str) -> tuple[Column, ...]:
    """Return values, distinct values, and how many convert to each type."""
    text = F.col(name)
    casts = (f"try_cast({name} AS {kind})" for kind in _TYPES)
    distinct = F.approx_count_distinct(text)
    return (F.count(text), distinct, *(F.count(F.expr(cast)) for cast in casts))


def _samples(texts: DataFrame) -> list[list[str]]:
    """Return the texts of a sample of rows, column by column."""
    hashed = F.xxhash64(*(F.col(name) for name in texts.columns))
    sample = texts.orderBy(hashed).limit(_SAMPLE)
    rows = without_spark_text("sampling rows", sample.collect)
    return [
        [row[name] for row in rows if row[name] is not None] for name in texts.columns
    ]
