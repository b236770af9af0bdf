"""Tests for columns that are shared as they are: measures and dimensions."""

from __future__ import annotations

from cleanroom_join.contract.terms.columns import DimensionType, MeasureType
from cleanroom_join.contract.terms.names import COLUMN_NAME
from cleanroom_join.first_contract.column_facts import ColumnFacts, Storage
from cleanroom_join.first_contract.column_roles import ColumnRole, Role
from cleanroom_join.first_contract.header_words import Topic, topics

__all__ = ["CONTENT_TESTS"]

_MOST_VALUES = 1_000
"""A column with more values is no dimension: few of them have k subjects."""
_ROWS_PER_VALUE = 20
_FEWEST_CODE_DIGITS = 3
_MOST_PLACES = 4
_WHOLE = (Storage.FREE_TEXT, Storage.INTEGER)


def _figure(column: ColumnFacts) -> ColumnRole | None:
    """Recognise measures: booleans and numbers that are no codes."""
    if not COLUMN_NAME.fits(column.name):
        return None
    typed_text = column.storage is Storage.TEXT
    if column.is_boolean:
        reason = 'a boolean; `{ dimension = "boolean" }` would group by it'
        kind, scale = MeasureType.BOOLEAN, 0
    elif typed_text or _is_code(column):
        return None
    elif column.integers == column.filled and column.storage in _WHOLE:
        reason, kind, scale = "a whole number", MeasureType.INT, 0
    elif column.decimals == column.filled:
        kind, scale = MeasureType.DECIMAL, min(column.sample.scale, _MOST_PLACES)
        reason = "a number with decimal places"
    elif column.storage in (Storage.DECIMAL, Storage.FLOATING):
        return ColumnRole.left_out(
            column.name, "some numbers are NaN, infinite or too long"
        )
    else:
        return None
    return ColumnRole(
        name=column.name, role=Role.MEASURE, reason=reason, measure=kind, scale=scale
    )


def _is_code(column: ColumnFacts) -> bool:
    """Return whether whole numbers are names of categories."""
    if column.integers < column.filled or not _has_few_values(column):
        return False
    about, sample = topics(column.name), column.sample
    if sample.leading_zero:
        return True
    if Topic.AMOUNT in about:
        return False
    fixed = sample.width is not None and sample.width >= _FEWEST_CODE_DIGITS
    return Topic.CODE in about or fixed


def _has_few_values(column: ColumnFacts) -> bool:
    """Return whether values repeat enough for some of them to have k subjects."""
    few = column.distinct <= _MOST_VALUES
    return few and column.distinct * _ROWS_PER_VALUE <= column.filled


def _labels(column: ColumnFacts) -> ColumnRole | None:
    """Recognise dimensions: few values, each often enough."""
    if not column.storage.is_text and column.storage is not Storage.INTEGER:
        return None
    if not _has_few_values(column):
        return None
    if not COLUMN_NAME.fits(column.name):
        reason = (
            "a contract's columns have letters, digits and _ only: add it under such a"
            " name, with source"
        )
        return ColumnRole.left_out(column.name, reason)
    whole = column.storage is Storage.INTEGER
    return ColumnRole(
        name=column.name,
        role=Role.DIMENSION,
        reason="few values, each often",
        dimension=DimensionType.INT if whole else DimensionType.STRING,
        sensitive=Topic.SENSITIVE in topics(column.name),
    )


CONTENT_TESTS = (_figure, _labels)
"""Each returns a role, or None; the first role holds."""
