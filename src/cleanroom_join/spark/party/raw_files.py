"""Raw files to typed frames, on one machine: CSV or Parquet, one per asset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from cleanroom_join.contract import (
    Dimension,
    DimensionType,
    MeasureColumn,
    MeasureType,
    SubjectColumn,
)
from cleanroom_join.errors import TableRefused
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.sql import identifier

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import Column, DataFrame, SparkSession

    from cleanroom_join.contract import Asset

__all__ = ["read_raw_file", "read_raw_table", "with_declared_types"]


def read_raw_table(spark: SparkSession, asset: Asset, path: Path) -> DataFrame:
    """
    Read the raw table of *asset* and convert its columns to their declared types.

    Raises:
        TableRefused: As `with_declared_types` does.
        SparkFailure: If the file cannot be read.
    """
    return with_declared_types(read_raw_file(spark, path), asset)


def read_raw_file(spark: SparkSession, path: Path) -> DataFrame:
    """
    Read a raw file as it is; every column of CSV is text.

    Raises:
        SparkFailure: If the file cannot be read.
    """
    if path.suffix == ".csv":
        # All text: a reader that guesses types makes numbers of identifiers.
        reader = spark.read.option("header", value=True).option(
            "inferSchema", value=False
        )
        return without_spark_text(f"reading {path.name}", lambda: reader.csv(str(path)))
    return without_spark_text(
        f"reading {path.name}", lambda: spark.read.parquet(str(path))
    )


def with_declared_types(raw: DataFrame, asset: Asset) -> DataFrame:
    """
    Convert the columns of a raw table to the types that *asset* declares.

    A text that cannot be converted becomes NULL, because Spark's error would quote it.
    A second query counts such texts and refuses the file if there is one.

    Raises:
        TableRefused: If the file lacks a column that the contract names.
        TableRefused: If a column has values that are not of its type.
    """
    wanted = _wanted(asset)
    missing = {source for _, source, _ in wanted} - set(raw.columns)
    if missing:
        raise TableRefused.missing_columns(asset.name, missing, raw.columns)
    texts = {f.name for f in raw.schema.fields if isinstance(f.dataType, StringType)}
    casts = [
        (source, kind, F.expr(f"try_cast({identifier(source)} AS {kind})"))
        for _, source, kind in wanted
        if kind != "STRING" and source in texts
    ]
    _refuse_unconverted(raw, asset, casts)
    converted = {source: column for source, _, column in casts}
    sources = dict.fromkeys(source for _, source, _ in wanted)
    return raw.select(
        *(converted.get(s, F.col(identifier(s))).alias(s) for s in sources)
    )


def _wanted(asset: Asset) -> list[tuple[str, str, str]]:
    """Return column, raw column and Spark type of everything the asset declares."""
    wanted = [
        (name, source, _kind(column))
        for name, column in asset.columns.items()
        for source in column.sources
    ]
    if asset.consent is not None:
        wanted.append((asset.consent, asset.consent, "BOOLEAN"))
    return wanted


def _kind(column: SubjectColumn | Dimension | MeasureColumn) -> str:
    """Return the Spark type to which text is converted."""
    if isinstance(column, SubjectColumn):
        return "STRING"
    if isinstance(column, Dimension):
        kinds = {DimensionType.INT: "BIGINT", DimensionType.BOOLEAN: "BOOLEAN"}
        return kinds.get(column.type, "STRING")
    if column.type is MeasureType.BOOLEAN:
        return "BOOLEAN"
    return "BIGINT" if column.type is MeasureType.INT else "DECIMAL(38, 9)"


def _refuse_unconverted(
    raw: DataFrame, asset: Asset, casts: list[tuple[str, str, Column]]
) -> None:
    """Raise if a text became NULL that was not NULL."""
    if not casts:
        return
    counts = raw.agg(
        *(
            F.count(F.when(F.col(identifier(s)).isNotNull() & column.isNull(), 1))
            for s, _, column in casts
        )
    )
    row = without_spark_text("checking the types of a file", counts.collect)[0]
    for (source, kind, _), count in zip(casts, row, strict=True):
        if count:
            raise TableRefused.wrong_values(asset.name, source, kind)
