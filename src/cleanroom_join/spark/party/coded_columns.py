"""
Columns of one's own table as small codes, which can be counted for all columns at once.

The code of a row is the index of its value in the declared domain, its rung outside the
bounds, or the index of the reason why it has no token.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.types import DecimalType

from cleanroom_join.contract import (
    Dimension,
    MeasureColumn,
    MeasureType,
    SubjectColumn,
)
from cleanroom_join.data_profile import BoundLadder
from cleanroom_join.data_profile.bound_ladder import INSIDE
from cleanroom_join.errors import InternalError, assert_never
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import (
    OTHER_CODE,
    dimension_code,
    is_not_finite,
)
from cleanroom_join.spark.party.frame_columns import carried
from cleanroom_join.tokens.steps import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import DataType

    from cleanroom_join.contract import Asset
    from cleanroom_join.contract import Column as Declared
    from cleanroom_join.spark.party.frame_columns import TokenColumn

__all__ = [
    "CODE",
    "NOT_FINITE",
    "NUMBER",
    "ONCE",
    "OUTCOMES",
    "TEXT",
    "CodedColumn",
    "exploded",
    "outcome_codes",
    "repetition_codes",
    "subjects_of",
    "unchanged",
    "value_codes",
]

NUMBER, CODE, TEXT = "number", "code", "text"
"""Columns of `exploded`: which coded column, the code, and what separates rows."""

OUTCOMES: tuple[Reason | None, ...] = (None, *Reason)
"""What a code of a token column stands for; None is a token."""

NOT_FINITE = 1_000_000
"""Code of NaN and infinite values, beyond every rung of a ladder."""

ONCE = 0
"""Code of rows with a token, where subjects on several rows are counted."""

_DIGITS = 11
"""One more than bounds in units have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CodedColumn:
    """A column of codes, under a number of its own."""

    number: int
    code: Column
    """NULL for rows without a value."""
    outside: Callable[[Column], Column]
    """Whether a code is of values outside what the contract declares; perhaps NULL."""
    text: Column | None = None
    """What further separates rows of one code; it stays in Spark."""
    usual: int | None = None
    """The code that is not counted, since most rows have it: it has all others."""


def unchanged(asset: Asset) -> list[Declared]:
    """Return the columns that are shared as they are."""
    return [c for c in asset.columns.values() if not isinstance(c, SubjectColumn)]


def outcome_codes(number: int, token: TokenColumn) -> CodedColumn:
    """Return the index in `OUTCOMES` of what became of each identifier."""
    names = F.array(*(F.lit(reason.value) for reason in Reason))
    position = F.call_function("array_position", names, F.col(token.reason))
    code = F.coalesce(position.cast("int"), F.lit(0))
    # All codes of the first column are counted, which gives the number of rows.
    usual = 0 if number else None
    return CodedColumn(number=number, code=code, outside=_never, usual=usual)


def value_codes(messages: DataFrame, asset: Asset, first: int) -> list[CodedColumn]:
    """
    Return the codes of every column that is shared unchanged, in declared order.

    Args:
        messages: Has these columns as `frame_columns.carried` names them.
        asset: The table.
        first: Number of the first of them.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    schema = without_spark_text("reading the columns", lambda: messages.schema)
    kinds = {field.name: field.dataType for field in schema.fields}
    return [
        _value_codes(first + i, column, F.col(carried(i)), kinds[carried(i)])
        for i, column in enumerate(unchanged(asset))
    ]


def _value_codes(
    number: int, declared: Declared, column: Column, kind: DataType
) -> CodedColumn:
    """Return the codes of a dimension or a measure."""
    if isinstance(declared, Dimension):
        code = dimension_code(column, declared)
        text = F.when(code == OTHER_CODE, column.cast("string"))
        return CodedColumn(number=number, code=code, outside=_is_other, text=text)
    if isinstance(declared, MeasureColumn):
        code = _rung(column, declared, kind)
        return CodedColumn(number=number, code=code, outside=_is_beyond, usual=INSIDE)
    if isinstance(declared, SubjectColumn):
        raise InternalError.of("a token column is not shared unchanged")
    return assert_never(declared)


def _never(code: Column) -> Column:
    """Return FALSE."""
    del code
    return F.expr("false")


def _is_other(code: Column) -> Column:
    """Return whether a code is of values outside a domain."""
    return code == OTHER_CODE


def _is_beyond(code: Column) -> Column:
    """Return whether a code is of values outside bounds."""
    return (code != INSIDE) & (code != NOT_FINITE)


def _rung(column: Column, measure: MeasureColumn, kind: DataType) -> Column:
    """Return a value's rung of the measure's `BoundLadder`, or `NOT_FINITE`."""
    inside = F.when(column.isNotNull(), INSIDE)
    if measure.type is MeasureType.BOOLEAN:
        return inside
    ladder = BoundLadder.of(measure)
    exact = DecimalType(_DIGITS, measure.scale)
    unit = Decimal(1).scaleb(-measure.scale)

    def literal(number: Decimal) -> Column:
        return F.lit(number.quantize(unit)).cast(exact)

    def passed(numbers: Sequence[Decimal], *, upwards: bool) -> Column:
        if not numbers:
            return F.lit(0)
        rungs = F.array(*map(literal, numbers))
        return F.size(
            F.filter(rungs, lambda rung: rung < column if upwards else rung > column)
        )

    above = F.lit(1) + passed(ladder.above, upwards=True)
    below = F.lit(-1) - passed(ladder.below, upwards=False)
    return (
        F.when(is_not_finite(column, kind), NOT_FINITE)
        .when(column > literal(measure.maximum), above)
        .when(column < literal(measure.minimum), below)
        .otherwise(inside)
    )


def repetition_codes(number: int, token: TokenColumn) -> CodedColumn:
    """Return `ONCE` for rows with a token, separated by their subject."""
    return CodedColumn(
        number=number,
        code=F.when(F.col(token.reason).isNull(), ONCE),
        outside=_never,
        text=_subject(token),
    )


def _subject(token: TokenColumn) -> Column:
    """Return what is equal for equal tokens; NULL without a token."""
    return F.when(F.col(token.reason).isNull(), F.col(token.message))


def exploded(
    messages: DataFrame,
    coded: Sequence[CodedColumn],
    tokens: Sequence[TokenColumn],
    *,
    missing: bool = False,
) -> DataFrame:
    """
    Return one row for each row and coded column: its number, its code and its text.

    Rows with the usual code of a column are left out: most rows have it.

    Subjects are there where they are to be counted, and NULL elsewhere: a query that
    counts distinct ones costs nothing for all other rows.

    Args:
        messages: What the codes are made from.
        coded: The columns.
        tokens: The token columns, whose subjects are counted for values outside.
        missing: Whether the subjects of rows without a value are counted too.
    """
    # A projection of its own, so that Spark computes each code once.
    codes = messages.select(
        *(column.code.cast("int").alias(_code(column)) for column in coded),
        *(_text_or_null(column).alias(_text(column)) for column in coded),
        *(_subject(token).alias(subjects_of(token)) for token in tokens),
    )
    items = F.array(*(_item(column, tokens, missing=missing) for column in coded))
    rows = codes.select(F.explode(items).alias("item"))
    return rows.where(F.col("item").isNotNull()).select("item.*")


def _item(
    column: CodedColumn, tokens: Sequence[TokenColumn], *, missing: bool
) -> Column:
    """Return a row's number, code, text and subjects; NULL if its code is the usual."""
    code = F.col(_code(column))
    counted = column.outside(code)
    if missing:
        counted = code.isNull() | counted
    item = F.struct(
        F.lit(column.number).alias(NUMBER),
        code.alias(CODE),
        F.col(_text(column)).alias(TEXT),
        *(
            F.when(counted, F.col(subjects_of(token))).alias(subjects_of(token))
            for token in tokens
        ),
    )
    return (
        item if column.usual is None else F.when(~code.eqNullSafe(column.usual), item)
    )


def _code(column: CodedColumn) -> str:
    """Name the column with the codes of a coded column."""
    return f"code_{column.number}"


def _text(column: CodedColumn) -> str:
    """Name the column with the texts of a coded column."""
    return f"text_{column.number}"


def _text_or_null(column: CodedColumn) -> Column:
    """Return the texts of a coded column; NULL if it has none."""
    return F.lit(None).cast("string") if column.text is None else column.text


def subjects_of(token: TokenColumn) -> str:
    """Name the column with the subjects of a token column."""
    return f"subject_{token.name}"
