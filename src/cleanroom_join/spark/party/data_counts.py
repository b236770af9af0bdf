"""
Everything that a profile says of one table, counted by Spark in one query.

Rows are counted by column and code (`coded_columns`), so what is collected is as long
as the contract, whatever the table holds.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import Dimension, MeasureColumn
from cleanroom_join.data_profile import (
    DimensionFacts,
    FrequentValue,
    MeasureFacts,
    RepeatedSubjects,
    TableFacts,
)
from cleanroom_join.data_profile.bound_ladder import INSIDE
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import OTHER_CODE
from cleanroom_join.spark.party.coded_columns import (
    CODE,
    NOT_FINITE,
    NUMBER,
    ONCE,
    OUTCOMES,
    TEXT,
    exploded,
    outcome_codes,
    repetition_codes,
    subjects_of,
    unchanged,
    value_codes,
)
from cleanroom_join.spark.party.frame_columns import ROWS, token_columns
from cleanroom_join.spark.party.table_profile import TableProfile, TokenProfile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import DataFrame, Row

    from cleanroom_join.contract import Asset, AssetTerms
    from cleanroom_join.spark.party.frame_columns import TokenColumn
    from cleanroom_join.tokens.steps import Reason

__all__ = ["profile_table"]

_REPEATED = 1
"""Code of subjects on more than one row, where others have `ONCE`."""

_TEXTS = "texts"
_FREQUENT = "frequent"

_MOST_VALUES = 5
"""Most values outside a domain that are collected."""

_MOST_CHARACTERS = 201
"""Of a value outside a domain: one more than a label may have."""


def profile_table(messages: DataFrame, terms: AssetTerms) -> TableProfile:
    """
    Count the columns of one table, and the reasons why identifiers have no token.

    Args:
        messages: As `hmac_input.with_hmac_input` gives them, with all columns that are
            shared unchanged.
        terms: ``contract.asset(name)``.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    asset, tokens = terms.asset, token_columns(terms)
    outcomes = [outcome_codes(i, token) for i, token in enumerate(tokens)]
    values = value_codes(messages, asset, len(tokens))
    last = len(tokens) + len(values)
    promised = [
        repetition_codes(last, token)
        for column, token in zip(asset.subject_columns(), tokens, strict=True)
        if column.subject == asset.one_row_per
    ]
    texts = _texts(exploded(messages, [*outcomes, *values, *promised], tokens), tokens)
    counts = _counts(
        texts, {column.number for column in values}, last, tokens, terms.min_cohort
    )
    found: dict[int, list[Row]] = {number: [] for number in range(last + 1)}
    for row in without_spark_text("profiling a table", counts.collect):
        found[require_int(row[NUMBER])].append(row)
    return _decoded(found, terms)


def _texts(items: DataFrame, tokens: Sequence[TokenColumn]) -> DataFrame:
    """Return rows, and distinct subjects of each kind, by column, code and text."""
    return items.groupBy(NUMBER, CODE, TEXT).agg(
        F.count(F.lit(1)).alias(ROWS),
        *(
            F.count_distinct(F.col(subjects_of(token))).alias(subjects_of(token))
            for token in tokens
        ),
    )


def _counts(
    texts: DataFrame,
    values: set[int],
    repetitions: int,
    tokens: Sequence[TokenColumn],
    k: int,
) -> DataFrame:
    """
    Return rows and texts by column and code, with the frequent values outside a domain.

    A value stays in Spark unless k subjects of every kind have it: it may be an
    identifier in the wrong column.

    Args:
        texts: As `_texts` gives them.
        values: Numbers of the columns that are shared unchanged.
        repetitions: Number of the column of which each text is a subject.
        tokens: The token columns.
        k: Fewest subjects whose value is collected.
    """
    number, code = F.col(NUMBER), F.col(CODE)
    is_frequent = number.isin(sorted(values)) & (code == OTHER_CODE)
    for token in tokens:
        is_frequent &= F.col(subjects_of(token)) >= k
    repeats = (number == repetitions) & (code == ONCE) & (F.col(ROWS) > 1)
    value = F.struct(F.col(ROWS), F.substring(TEXT, 1, _MOST_CHARACTERS).alias(TEXT))
    listed = F.collect_list(F.when(is_frequent, value))
    return texts.groupBy(
        NUMBER, F.when(repeats, _REPEATED).otherwise(code).alias(CODE)
    ).agg(
        F.sum(ROWS).alias(ROWS),
        F.count(F.lit(1)).alias(_TEXTS),
        F.slice(F.sort_array(listed, asc=False), 1, _MOST_VALUES).alias(_FREQUENT),
    )


# --- decoding: plain Python over the collected counts -----------------------------


def _decoded(found: Mapping[int, Sequence[Row]], terms: AssetTerms) -> TableProfile:
    """Return the profile that the collected rows stand for."""
    asset = terms.asset
    subjects = asset.subject_columns()
    total = sum(_rows(found[0]).values())
    profiles = tuple(
        TokenProfile(
            table=asset.name,
            column=column.name,
            min_cohort=terms.min_cohort,
            counts=MappingProxyType(_outcomes(_rows(found[i]), total)),
        )
        for i, column in enumerate(subjects)
    )
    others = list(enumerate(unchanged(asset), start=len(subjects)))
    facts = TableFacts(
        asset=asset,
        rows=total,
        with_token=MappingProxyType({p.column: p.tokens for p in profiles}),
        measures=tuple(
            _measure(column, _rows(found[number]), total)
            for number, column in others
            if isinstance(column, MeasureColumn)
        ),
        dimensions=tuple(
            _dimension(column, found[number])
            for number, column in others
            if isinstance(column, Dimension)
        ),
        repeated=_repeated(asset, found[len(subjects) + len(others)]),
    )
    return TableProfile(tokens=profiles, facts=facts, terms=terms)


def _outcomes(rows: Mapping[int | None, int], total: int) -> dict[Reason | None, int]:
    """Return rows by outcome; those that were not counted have a token."""
    counts = {o: rows.get(code, 0) for code, o in enumerate(OUTCOMES)}
    return {**counts, None: total - sum(n for o, n in counts.items() if o is not None)}


def _rows(rows: Sequence[Row]) -> dict[int | None, int]:
    """Return rows by code; None stands for NULL."""
    return {row[CODE]: require_int(row[ROWS]) for row in rows}


def _measure(
    column: MeasureColumn, rows: Mapping[int | None, int], total: int
) -> MeasureFacts:
    """Return the facts of a measure; values that were not counted are inside."""
    rungs = {
        code: n for code, n in rows.items() if code is not None and code != NOT_FINITE
    }
    return MeasureFacts(
        column=column,
        nulls=rows.get(None, 0),
        not_finite=rows.get(NOT_FINITE, 0),
        inside=total - sum(rows.values()),
        above=MappingProxyType({c: n for c, n in rungs.items() if c > INSIDE}),
        below=MappingProxyType({-c: n for c, n in rungs.items() if c < INSIDE}),
    )


def _dimension(column: Dimension, found: Sequence[Row]) -> DimensionFacts:
    """Return the facts of a dimension."""
    rows = _rows(found)
    listed: list[Sequence[Row]] = [r[_FREQUENT] for r in found if r[CODE] == OTHER_CODE]
    return DimensionFacts(
        column=column,
        nulls=rows.get(None, 0),
        counts=tuple(rows.get(index, 0) for index in range(len(column.values))),
        others=rows.get(OTHER_CODE, 0),
        frequent_others=tuple(
            FrequentValue(text=value[TEXT], rows=require_int(value[ROWS]))
            for values in listed
            for value in values
        ),
    )


def _repeated(asset: Asset, rows: Sequence[Row]) -> RepeatedSubjects | None:
    """Return the subjects on more than one row, if the contract promises one row."""
    column = asset.token_column(asset.one_row_per or "")
    if column is None:
        return None
    row = next((row for row in rows if row[CODE] == _REPEATED), None)
    return RepeatedSubjects(
        column=column.name,
        subject=column.subject,
        subjects=0 if row is None else require_int(row[_TEXTS]),
        rows=0 if row is None else require_int(row[ROWS]),
    )
