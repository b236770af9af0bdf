"""What types a raw table's columns must have, checked before any row is read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pyspark.sql.types import BinaryType, BooleanType, DateType, StringType, VarcharType

from cleanroom_join.contract import DateFormat, Holds, SubjectColumn
from cleanroom_join.errors import TableRefused
from cleanroom_join.raw_files import raw_column_names
from cleanroom_join.spark.common.shared_columns import check_padding, check_type
from cleanroom_join.tokens.kinds import KINDS, ColumnOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql.types import StructField, StructType

    from cleanroom_join.contract import Asset, Identifier, TokenKind

__all__ = ["check_raw"]


def check_raw(
    schema: StructType, asset: Asset, identifiers: Mapping[str, Identifier]
) -> None:
    """
    Refuse a raw table whose columns are missing or of the wrong type.

    Raises:
        TableRefused: Naming the columns that are missing, or there twice.
        TableRefused: Naming the column and both types.
    """
    fields = {field.name: field for field in schema.fields}
    needed = set(raw_column_names(asset))
    spark_names = Counter(field.name.lower() for field in schema.fields)
    if twice := [name for name in needed if spark_names[name.lower()] > 1]:
        raise TableRefused.repeated_columns(asset.name, twice)
    if missing := needed - set(fields):
        raise TableRefused.missing_raw_columns(asset.name, missing, fields)
    for column in asset.columns.values():
        if isinstance(column, SubjectColumn):
            kinds = identifiers[column.name].components
            for source, kind in zip(column.sources, kinds, strict=True):
                _check_identifier(fields[source], kind, column)
        else:
            for source in column.sources:
                check_type(column, fields[source])
    if asset.consent is not None:
        consent = fields[asset.consent].dataType
        if not isinstance(consent, BooleanType):
            raise TableRefused.column_type(
                asset.consent, "BOOLEAN", consent.simpleString()
            )


def _check_identifier(
    field: StructField, kind: TokenKind, column: SubjectColumn
) -> None:
    """Refuse an identifier that is not text, and a DATE if a format is declared."""
    found = field.dataType
    check_padding(field)
    if _is_date(kind) and isinstance(found, DateType):
        if column.date_format is not DateFormat.ISO:
            expected = f'STRING, since date_format = "{column.date_format.value}"'
            raise TableRefused.column_type(field.name, expected, "date")
        return
    if isinstance(found, BinaryType) and column.holds is Holds.HASH:
        expected = "STRING, which hex(column) makes of bytes"
        raise TableRefused.column_type(field.name, expected, "binary")
    if not isinstance(found, (StringType, VarcharType)):
        raise TableRefused.identifier_type(field.name, found.simpleString())


def _is_date(kind: TokenKind) -> bool:
    """Return whether identifiers of *kind* are days of the calendar."""
    declared = KINDS[kind].declared
    return declared is not None and declared.option is ColumnOption.DATE_FORMAT
