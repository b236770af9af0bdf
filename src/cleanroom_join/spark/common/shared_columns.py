"""
Shared columns as native Spark expressions: tokens, dimensions, measures.

For the clean room; `party.normalised_columns` is for a party.  No expression here can
raise on a value, because Spark's errors quote the value.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.types import (
    BooleanType,
    ByteType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
)

from cleanroom_join.contract import Dimension, DimensionType, MeasureType
from cleanroom_join.contract.token_format import TOKEN_PATTERN
from cleanroom_join.errors import TableRefused

if TYPE_CHECKING:
    from pyspark.sql import Column
    from pyspark.sql.types import DataType, StructField

    from cleanroom_join.contract import MeasureColumn

__all__ = [
    "OTHER_CODE",
    "check_padding",
    "check_type",
    "clamped",
    "column_named",
    "digest_of",
    "dimension_code",
    "is_digest",
    "is_floating",
    "is_not_finite",
    "is_raw_like",
    "is_token",
    "token_key_id",
    "units",
]

OTHER_CODE = -1
"""Code of every value outside a dimension's domain; domain values count from 0."""

_DECLARED_TYPE = "__CHAR_VARCHAR_TYPE_STRING"
"""Metadata in which Spark remembers CHAR(n), which it reads as a padded STRING."""
_BYTES = "UTF8_BINARY"
"""The collation that compares bytes."""

_DIGEST_BYTES = 32
_DIGITS = 11
"""One more than bounds in units have; so few are counted in machine words."""
_INTEGRAL = (ByteType, ShortType, IntegerType, LongType)
_FLOATING = (FloatType, DoubleType)


def column_named(name: str) -> Column:
    """Return a column by its exact name, dots and all."""
    return F.col("`" + name.replace("`", "``") + "`")


def is_token(column: Column) -> Column:
    """Return whether a text is a token; NULL stays NULL."""
    return column.rlike(rf"\A(?:{TOKEN_PATTERN})\z")


def digest_of(column: Column) -> Column:
    """
    Return the 32 bytes that a token's 64 digits stand for, never NULL.

    A text that is no token gives fewer bytes, or has capitals (see `is_digest`).
    """
    # As bytes: in a text Spark counts characters from the start.
    digits = F.substring(column.cast("binary"), -2 * _DIGEST_BYTES, 2 * _DIGEST_BYTES)
    return F.coalesce(F.unhex(digits.cast("string")), F.lit(b""))


def is_digest(column: Column) -> Column:
    """Return whether `digest_of` was given a token."""
    return F.octet_length(column) == _DIGEST_BYTES


def is_raw_like(column: Column) -> Column:
    """
    Return whether a text that is no token looks like a raw identifier.

    A bare digest is no token either, but no incident: it does not count.
    """
    digest = column.rlike(r"\A[0-9a-fA-F]{32,128}\z")
    return column.rlike(r"\A[^:]{1,64}\z") & ~digest


def token_key_id(column: Column) -> Column:
    """Return the key id of a token."""
    return F.substring_index(column, ":", 1)


def check_type(column: Dimension | MeasureColumn, field: StructField) -> None:
    """
    Refuse a dimension or measure whose type is not the declared one.

    Labels go by bytes.  CHAR(n) would be in no domain; with a collation such as
    UTF8_LCASE the database takes several labels for one.

    Raises:
        TableRefused: Naming the column and both types.
    """
    allowed, expected = (
        _dimension_types(column)
        if isinstance(column, Dimension)
        else _measure_types(column)
    )
    if not isinstance(field.dataType, allowed):
        found = field.dataType.simpleString()
        raise TableRefused.column_type(field.name, expected, found)
    check_padding(field)
    # Spark 3.5 has no collations, and Spark 4 an attribute.
    if getattr(field.dataType, "collation", _BYTES) != _BYTES:
        found = field.dataType.simpleString()
        raise TableRefused.collated_type(field.name, found)


def check_padding(field: StructField) -> None:
    """
    Refuse CHAR(n), whose values have blanks that nobody wrote; VARCHAR(n) has none.

    Raises:
        TableRefused: Naming the column and its type.
    """
    declared = str(field.metadata.get(_DECLARED_TYPE, field.dataType.simpleString()))
    if declared.lower().startswith("char"):
        raise TableRefused.padded_type(field.name, declared)


def _dimension_types(dimension: Dimension) -> tuple[tuple[type[DataType], ...], str]:
    """Return the Spark types a dimension may have, and their names in messages."""
    if dimension.type is DimensionType.BOOLEAN:
        return (BooleanType,), "BOOLEAN"
    if dimension.type is DimensionType.INT:
        return _INTEGRAL, "an integer type"
    return (StringType,), "STRING"


def _measure_types(measure: MeasureColumn) -> tuple[tuple[type[DataType], ...], str]:
    """Return the Spark types a measure may have, and their names in messages."""
    if measure.type is MeasureType.BOOLEAN:
        return (BooleanType,), "BOOLEAN"
    if measure.type is MeasureType.INT:
        return _INTEGRAL, "an integer type"
    return (DecimalType, *_INTEGRAL, *_FLOATING), "DECIMAL, DOUBLE or an integer type"


def dimension_code(column: Column, dimension: Dimension) -> Column:
    """
    Return a value's index in the declared domain, or NULL.

    Cells are grouped by these codes, so a value outside the domain never gets further
    than this expression.
    """
    if dimension.type is DimensionType.BOOLEAN:
        return F.when(column, 1).when(~column, 0)
    kind = "bigint" if dimension.type is DimensionType.INT else "string"
    values = [
        F.lit(int(v) if dimension.type is DimensionType.INT else v).cast(kind)
        for v in dimension.values
    ]
    position = F.call_function("array_position", F.array(*values), column.cast(kind))
    return (position - 1).cast("int")


def is_floating(kind: DataType) -> bool:
    """Return whether values of a type can be NaN or infinite."""
    return isinstance(kind, _FLOATING)


def is_not_finite(column: Column, kind: DataType) -> Column:
    """Return whether a value is NaN or infinite."""
    if not is_floating(kind):
        return _false()
    number = column.cast("double")
    infinite = F.abs(number) == float("inf")
    return F.coalesce(F.isnan(number) | infinite, _false())


def clamped(column: Column, measure: MeasureColumn) -> Column:
    """Return whether a value is outside the declared bounds; NULL is not."""
    if measure.type is MeasureType.BOOLEAN:
        return _false()
    low, high = _bounds(measure)
    return F.coalesce((column < low) | (column > high), _false())


def units(column: Column, measure: MeasureColumn, kind: DataType) -> Column:
    """
    Return a value clamped to its bounds, as a whole number of its last decimal place.

    Ties round away from zero.  NaN and infinities become NULL (see `is_not_finite`).
    The cast cannot overflow: bounds are at most 1e9 units.
    """
    if measure.type is MeasureType.BOOLEAN:
        return column.cast("bigint")
    low, high = _bounds(measure)
    # One cast from the value to its last place: a step between would round twice.
    exact = DecimalType(_DIGITS, measure.scale)
    bounded = (
        F.when(is_not_finite(column, kind), None)
        .when(column < low, low.cast(exact))
        .when(column > high, high.cast(exact))
        .otherwise(column.cast(exact))
    )
    return (bounded * F.lit(10**measure.scale)).cast("bigint")


def _bounds(measure: MeasureColumn) -> tuple[Column, Column]:
    """Return a measure's bounds as literals of its own scale."""
    unit = Decimal(1).scaleb(-measure.scale)
    return (
        F.lit(measure.minimum.quantize(unit)),
        F.lit(measure.maximum.quantize(unit)),
    )


def _false() -> Column:
    """Return the constant FALSE; no column exists before there is a session."""
    return F.expr("false")
