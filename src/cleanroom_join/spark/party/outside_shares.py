"""How much of each column lies outside the contract, as a token manifest says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.party.coded_columns import (
    CODE,
    NUMBER,
    exploded,
    subjects_of,
    unchanged,
    value_codes,
)
from cleanroom_join.spark.party.frame_columns import ROWS, token_columns
from cleanroom_join.spark.party.hmac_input import with_hmac_input
from cleanroom_join.tokens.doctor.coarse_counts import published_step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column, DataFrame, Row

    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.spark.party.coded_columns import CodedColumn

__all__ = ["ColumnShares", "count_shares"]

_INSIDE, _OUTSIDE = 0, 1
"""Codes of values; NULL stands for rows without one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnShares:
    """Published shares by column, in steps; a column without one is not there."""

    outside: Mapping[str, float]
    missing: Mapping[str, float]


def count_shares(consented: DataFrame, terms: AssetTerms) -> ColumnShares:
    """
    Count the columns that are shared unchanged, in one query.

    Args:
        consented: The raw table's rows that are shared.
        terms: ``contract.asset(name)``.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    outside: dict[str, float] = {}
    missing: dict[str, float] = {}
    k = terms.min_cohort
    for name, (inside, beyond, absent) in _counts(consented, terms).items():
        values = inside.rows + beyond.rows
        for shares, count, whole in (
            (outside, beyond, values),
            (missing, absent, values + absent.rows),
        ):
            step = published_step(count.rows, whole, count.subjects, k)
            if step is not None:
                shares[name] = step
    return ColumnShares(
        outside=MappingProxyType(outside), missing=MappingProxyType(missing)
    )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Count:
    """Rows of one column and code, and their subjects of the kind that has fewest."""

    rows: int
    subjects: int

    @classmethod
    def of(cls, row: Row, subjects: Sequence[str]) -> _Count:
        """Read a count from a collected row."""
        return cls(
            rows=require_int(row[ROWS]),
            subjects=min(require_int(row[name]) for name in subjects),
        )


def _counts(
    consented: DataFrame, terms: AssetTerms
) -> Mapping[str, tuple[_Count, _Count, _Count]]:
    """Return the counts inside, outside and without a value, by column."""
    columns, tokens = unchanged(terms.asset), token_columns(terms)
    if not columns:
        return {}
    messages = with_hmac_input(consented, terms, columns)
    coded = [_classed(column) for column in value_codes(messages, terms.asset, 0)]
    names = [subjects_of(token) for token in tokens]
    counts = (
        exploded(messages, coded, tokens, missing=True)
        .groupBy(NUMBER, CODE)
        .agg(
            F.count(F.lit(1)).alias(ROWS),
            *(F.count_distinct(F.col(name)).alias(name) for name in names),
        )
    )
    found = {
        (row[NUMBER], row[CODE]): _Count.of(row, names)
        for row in without_spark_text("counting shares", counts.collect)
    }
    none = _Count(rows=0, subjects=0)
    return {
        column.name: (
            found.get((number, _INSIDE), none),
            found.get((number, _OUTSIDE), none),
            found.get((number, None), none),
        )
        for number, column in enumerate(columns)
    }


def _classed(column: CodedColumn) -> CodedColumn:
    """Return a column whose codes say no more than whether a value is outside."""
    beyond = F.when(column.outside(column.code), _OUTSIDE).otherwise(_INSIDE)
    code = F.when(column.code.isNotNull(), beyond)
    return replace(column, text=None, code=code, outside=_is_outside, usual=None)


def _is_outside(code: Column) -> Column:
    """Return whether a code is of values outside."""
    return code == _OUTSIDE
