"""
Raw files to typed frames, on one machine: CSV or Parquet, one per asset.

A CSV file is read twice: by the letter of RFC 4180 (`raw_files.scan_csv`), and by Spark
with the settings found there.  Both must find the same rows, or the file is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from cleanroom_join.contract import (
    Dimension,
    DimensionType,
    MeasureColumn,
    MeasureType,
    SubjectColumn,
)
from cleanroom_join.errors import FileRefused, SparkFailure, TableRefused
from cleanroom_join.raw_files import (
    FIELD_END,
    CsvOptions,
    CsvScan,
    is_csv,
    matched_columns,
    raw_column_names,
    readable_names,
    refuse_unless_parquet,
    require_file,
    scan_csv,
)
from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyspark.sql import Column, DataFrame, SparkSession

    from cleanroom_join.contract import Asset
    from cleanroom_join.raw_files import Encoding

__all__ = ["read_raw_file", "read_raw_table", "with_declared_types"]

_NO_OPTIONS = CsvOptions()


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Positions:
    """A raw table whose columns are called by their positions: ``c0``, ``c1``, …."""

    frame: DataFrame
    names: tuple[str, ...]
    file: str = ""
    scan: CsvScan | None = None
    """What the frame must hold; None if it was not read from CSV."""

    @classmethod
    def of(cls, frame: DataFrame) -> _Positions:
        """Return a frame by positions, so that no name is written into SQL."""
        names = tuple(frame.columns)
        return cls(frame=frame.toDF(*map(_position, range(len(names)))), names=names)

    def checks(self) -> list[Column]:
        """Return the rows and their checksum, if a scan knows them."""
        if self.scan is None:
            return []
        fields = (F.coalesce(F.col(c), F.lit("")) for c in self.frame.columns)
        row = F.regexp_replace(F.concat_ws(FIELD_END, *fields), "\\r\\n?", "\n")
        return [F.count(F.lit(1)), F.coalesce(F.sum(F.crc32(row)), F.lit(0))]

    def text(self, index: int) -> str:
        """
        Return a column as SQL, with names of ours only.

        If a file has blanks around the names of columns, they are around values too.
        """
        name = _position(index)
        if self.scan is None or not self.scan.is_padded:
            return name
        return rf"nullif(btrim({name}, ' \t\u00a0'), '')"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cast:
    """A text that is converted to the type that a contract declares."""

    source: str
    kind: str
    text: str

    @property
    def sql(self) -> str:
        """The value, NULL if it cannot be converted."""
        return f"try_cast({self.text} AS {self.kind})"

    @property
    def lost(self) -> str:
        """Something that is not NULL if a text was there and no value is."""
        return f"CASE WHEN {self.text} IS NOT NULL AND {self.sql} IS NULL THEN 1 END"


def read_raw_table(
    spark: SparkSession, asset: Asset, path: Path, options: CsvOptions = _NO_OPTIONS
) -> DataFrame:
    """
    Read the raw table of *asset* and convert its columns to their declared types.

    Args:
        spark: The session.
        asset: The asset whose raw table it is.
        path: The file; ``RawFolder.file`` finds it.
        options: What the caller says about CSV files.

    Raises:
        FileRefused: If the file cannot be read without doubt.
        TableRefused: As `with_declared_types` does.
        SparkFailure: If Spark fails.
    """
    return _typed(_read(spark, path, options), asset)


def read_raw_file(
    spark: SparkSession, path: Path, options: CsvOptions = _NO_OPTIONS
) -> DataFrame:
    """
    Read a raw file as it is; every column of CSV is text.

    Raises:
        FileRefused: If the file cannot be read without doubt.
        TableRefused: If names of columns differ in case or blanks only.
        SparkFailure: If Spark fails.
    """
    raw = _read(spark, path, options)
    names = readable_names(raw.names)
    found = matched_columns(path.name, names, names)
    _refuse_wrong(raw, path.name, [])
    columns = (F.expr(raw.text(i)).alias(name) for name, i in found.items())
    return raw.frame.select(*columns)


def with_declared_types(raw: DataFrame, asset: Asset) -> DataFrame:
    """
    Convert the columns of a raw table to the types that *asset* declares.

    A text that cannot be converted becomes NULL, because Spark's error would quote it.
    A second query counts such texts and refuses the file if there is one.

    Raises:
        TableRefused: If the file lacks a column that the contract names.
        TableRefused: If a column has values that are not of its type.
    """
    return _typed(_Positions.of(raw), asset)


def _read(spark: SparkSession, path: Path, options: CsvOptions) -> _Positions:
    """Read a file; each column of CSV is text, and called by its position."""
    require_file(path)
    if is_csv(path):
        return _read_csv(spark, path, scan_csv(path, options))
    refuse_unless_parquet(path)
    return _Positions.of(_read_parquet(spark, path))


def _read_csv(spark: SparkSession, path: Path, scan: CsvScan) -> _Positions:
    """Read CSV with the settings that a scan of it found."""
    names, encoding = scan.names, scan.header.encoding
    # All text: a reader that guesses types makes numbers of identifiers.  By position:
    # Spark knows other names where two are alike, or blanks are around them.
    schema = StructType(
        [StructField(_position(i), StringType()) for i in range(len(names))]
    )
    reader = spark.read.schema(schema).options(
        header=True,
        enforceSchema=True,
        sep=scan.header.delimiter,
        quote='"',
        escape='"',
        encoding=encoding.spark,
        multiLine=scan.spans_lines or encoding.is_wide,
        mode="PERMISSIVE",
        ignoreLeadingWhiteSpace=False,
        ignoreTrailingWhiteSpace=False,
    )
    frame = without_spark_text(
        f"reading {path.name}", lambda: reader.csv(_literal_path(path))
    )
    return _Positions(
        frame=_decoded(frame, encoding), names=names, file=path.name, scan=scan
    )


def _decoded(frame: DataFrame, encoding: Encoding) -> DataFrame:
    """Replace the characters that ISO-8859-1 made of another encoding of one byte."""
    if not encoding.found:
        return frame
    texts = (
        F.translate(F.col(name), encoding.found, encoding.meant).alias(name)
        for name in frame.columns
    )
    return frame.select(*texts)


def _read_parquet(spark: SparkSession, path: Path) -> DataFrame:
    """Read Parquet; what Spark does not take of its columns is said in our words."""
    texts = []

    def read() -> DataFrame:
        try:
            frame = spark.read.parquet(_literal_path(path))
            _ = frame.schema  # through Spark Connect, nothing is read before
        except Exception as error:
            texts.append(str(error))
            raise
        return frame

    try:
        return without_spark_text(f"reading {path.name}", read)
    except SparkFailure as error:
        failure = error
    # The columns are read, and no row, so Spark's text has names and types only.
    if any("NANOS" in text for text in texts):
        raise FileRefused.nanoseconds(path.name)
    # Spark 3.5 in Connect names the condition in its text only.
    if any("COLUMN_ALREADY_EXISTS" in text for text in texts):
        raise TableRefused.repeated_columns(path.name)
    raise failure


def _typed(raw: _Positions, asset: Asset) -> DataFrame:
    """Return the columns that an asset needs, under its names and of its types."""
    wanted = _wanted(asset)
    is_csv_file = raw.scan is not None
    found = matched_columns(asset.name, wanted, raw.names, may_be_data=is_csv_file)
    fields = raw.frame.schema.fields
    columns, casts = {}, []
    for source, kind in wanted.items():
        text = raw.text(found[source])
        is_text = isinstance(fields[found[source]].dataType, StringType)
        if kind != "STRING" and is_text:
            cast = _Cast(source=source, kind=kind, text=text)
            casts.append(cast)
            text = cast.sql
        columns[source] = text
    _refuse_wrong(raw, asset.name, casts)
    return raw.frame.select(*(F.expr(t).alias(name) for name, t in columns.items()))


def _wanted(asset: Asset) -> dict[str, str]:
    """Return the Spark type of each raw column that an asset needs."""
    kinds = dict.fromkeys(raw_column_names(asset), "STRING")
    for column in asset.columns.values():
        if not isinstance(column, SubjectColumn):
            kinds.update(dict.fromkeys(column.sources, _kind(column)))
    if asset.consent is not None:
        kinds[asset.consent] = "BOOLEAN"
    return kinds


def _kind(column: Dimension | MeasureColumn) -> str:
    """Return the Spark type to which text is converted."""
    if isinstance(column, Dimension):
        kinds = {DimensionType.INT: "BIGINT", DimensionType.BOOLEAN: "BOOLEAN"}
        return kinds.get(column.type, "STRING")
    if column.type is MeasureType.BOOLEAN:
        return "BOOLEAN"
    return "BIGINT" if column.type is MeasureType.INT else "DECIMAL(38, 9)"


def _refuse_wrong(raw: _Positions, table: str, casts: Sequence[_Cast]) -> None:
    """Raise if Spark reads other rows than are there, or a text is of no type."""
    columns = [*raw.checks(), *(F.count(F.expr(cast.lost)) for cast in casts)]
    if not columns:
        return
    counted = raw.frame.agg(*columns)
    (row,) = without_spark_text("checking the rows of a file", counted.collect)
    counts = list(row)
    if raw.scan is not None:
        read, counts = counts[:2], counts[2:]
        if read != [raw.scan.rows, raw.scan.checksum]:
            raise FileRefused.other_reading(raw.file)
    for cast, count in zip(casts, counts, strict=True):
        if count:
            raise TableRefused.wrong_values(table, cast.source, cast.kind)


def _position(index: int) -> str:
    """Return the name of a column by its position."""
    return f"c{index}"


def _literal_path(path: Path) -> str:
    """Return a path in which no character stands for others."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", str(path))
