"""
Aggregation of joined rows to cells.

Three exact steps, per (subject, cell), per (cell, bucket) and per cell; no step depends
on the order or partitioning of rows.  The first reuses the partitioning of the join.
The second feeds the fingerprints, and leaves few enough rows to sort the largest
contributions of a cell (`top_contributors`).
"""

from __future__ import annotations

from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import MeasureType
from cleanroom_join.disclosure import (
    CellStatistics,
    ColumnTotals,
    SubjectColumnStatistics,
    SubjectStatistics,
)
from cleanroom_join.disclosure.perturbation.contribution_bound import most_rows
from cleanroom_join.errors import InternalError
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.room import frame_columns as names
from cleanroom_join.spark.room.cells.alias_fingerprints import with_aliases
from cleanroom_join.spark.room.cells.contribution_bound import bound_contributions
from cleanroom_join.spark.room.cells.fingerprint_columns import (
    bucket_of,
    contents,
    fingerprint_columns,
    fingerprints,
    packed,
)
from cleanroom_join.spark.room.cells.level_rows import labels_of_codes, with_levels
from cleanroom_join.spark.room.cells.top_contributors import (
    Contribution,
    contribution_columns,
    contributions,
    largest_buckets,
    resolve_second_largest,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import CellLabels, MeasureColumn, Policy, Query
    from cleanroom_join.spark.common.look import Look

__all__ = ["aggregate"]


def aggregate(
    query: Query,
    joined: DataFrame,
    policy: Policy | None = None,
    *,
    fingerprinted: bool = False,
    look: Look = look,
) -> tuple[CellStatistics, ...]:
    """
    Return the statistics of every cell that has rows: leaves, coarser cells, totals.

    Args:
        query: What is asked.
        joined: Joined rows, as `token_join.join` gives them.
        policy: The policy that will judge the statistics.  It may bound a subject's
            contribution to a cell. If the dominance decision is the same for every
            possible second largest contribution, the value returned is a lower bound;
            without a policy, it is exact.
        fingerprinted: Whether to make fingerprints; the rows must have been joined
            with the joint key.
        look: Collects the cells, and the second largest contributions.

    Returns:
        At most as many cells as the declared domains allow; the rows behind them
        stay in Spark.

    Raises:
        SparkFailure: If Spark fails; its own text is not shown.
    """
    contributed = _contributions(query)
    most = most_rows(query, policy)
    subjects = [
        bound_contributions(query, _subject_rows(query, joined, kind), most)
        for kind in range(len(query.subjects))
    ]
    by_kind = [
        _cell_rows(query, frame, fingerprinted=fingerprinted and kind == 0).select(
            "*", F.lit(kind).alias(names.KIND)
        )
        for kind, frame in enumerate(subjects)
    ]
    cells = reduce(
        lambda one, other: one.unionByName(other, allowMissingColumns=True), by_kind
    )
    rows = [row.asDict() for row in look("aggregating", cells)]
    # With several levels, the guard judges residuals between cells too; with one level,
    # each cell alone.  With bounded contributions no rule looks at the largest.
    decides = policy if most or len(query.levels) == 1 else None
    resolve_second_largest(query, rows, subjects, contributed, decides, look)
    decoded = _decoded(query, rows)
    if not fingerprinted or not query.aliases:
        return decoded
    return with_aliases(query, decoded, subjects[0], look)


def _contributions(query: Query) -> list[Contribution]:
    """Return everything that subjects contribute to, as columns of subject rows."""
    found = [Contribution(names.ROWS, F.col(names.ROWS))]
    for i, measure in enumerate(query.columns.values()):
        rows, total = F.col(names.values(i)), F.col(names.total(i))
        found.append(Contribution(names.values(i), rows))
        found.append(Contribution(names.total(i), F.abs(total)))
        if measure.type is MeasureType.BOOLEAN:
            found.append(Contribution(names.falses(i), rows - total))
    return found


def _subject_rows(query: Query, joined: DataFrame, kind: int) -> DataFrame:
    """Return one row per subject and cell."""
    identity = [
        F.col(names.subject(kind)).alias(names.SUBJECT),
        F.col(names.subject_check(kind)).alias(names.SUBJECT_CHECK),
    ]
    if kind == 0 and names.ROUNDING_SEED in joined.columns:
        identity.append(F.col(names.ROUNDING_SEED))
    if kind == 0:
        identity += [F.col(names.alias(i)) for i in range(len(query.aliases))]
    subjects = joined.groupBy(*identity, *names.dimensions(query)).agg(
        F.count(F.lit(1)).alias(names.ROWS),
        *(
            column
            for i in range(len(query.columns))
            for column in _of_subject(i, joined)
        ),
    )
    return with_levels(query, subjects)


def _of_subject(i: int, joined: DataFrame) -> list[Column]:
    """Return one measure column's figures of one subject in one cell."""
    value = F.col(names.value(i))
    flags = {
        names.is_clamped(i): names.clamped(i),
        names.is_not_finite(i): names.not_finite(i),
    }
    return [
        F.count(value).alias(names.values(i)),
        F.coalesce(F.sum(value), F.lit(0)).alias(names.total(i)),
        *(
            F.count(F.when(F.col(flag), 1)).alias(count)
            for flag, count in flags.items()
            if flag in joined.columns
        ),
    ]


def _cell_rows(query: Query, subjects: DataFrame, *, fingerprinted: bool) -> DataFrame:
    """Aggregate per cell and bucket, then per cell."""
    dimensions = names.dimensions(query)
    subject = F.col(names.SUBJECT)
    known = subject.isNotNull()
    contributed = _contributions(query)
    figures = [
        F.count(F.when(known, 1)).alias(names.SUBJECTS),
        *(column for each in contributed for column in contribution_columns(each)),
        *(
            column
            for i, measure in enumerate(query.columns.values())
            for column in _of_bucket(i, measure, known, subjects)
        ),
    ]
    if fingerprinted:
        figures += fingerprint_columns(query, subject, known)
    # Numbers only, so that Spark aggregates buckets by hashing: lists would be sorted,
    # which took ten times as long.
    buckets = subjects.groupBy(*dimensions, bucket_of(subject).alias(names.BUCKET)).agg(
        *figures
    )
    not_summed = {
        *dimensions,
        names.BUCKET,
        *(names.word(facet) for facet in range(2 + len(query.columns))),
        *(names.top_of(each.name) for each in contributed),
    }
    return buckets.groupBy(*dimensions).agg(
        *(F.sum(c).alias(c) for c in buckets.columns if c not in not_summed),
        *(largest_buckets(each) for each in contributed),
        *([packed(query).alias(names.FINGERPRINTS)] if fingerprinted else []),
    )


def _of_bucket(
    i: int, measure: MeasureColumn, known: Column, subjects: DataFrame
) -> list[Column]:
    """Return one measure column's figures over the subjects of a bucket."""
    rows, total = F.col(names.values(i)), F.col(names.total(i))
    low, high = measure.unit_bounds
    figures = [
        F.count(F.when(known & (rows > 0), 1)).alias(names.with_value(i)),
        F.count(F.when(known & (total > rows * low), 1)).alias(names.above(i)),
        F.count(F.when(known & (total < rows * high), 1)).alias(names.below(i)),
    ]
    if low < 0:
        figures.append(F.sum(total).alias(names.signed_total(i)))
    return figures + [
        F.sum(name).alias(name)
        for name in (names.clamped(i), names.not_finite(i))
        if name in subjects.columns
    ]


# --- decoding: plain Python over the collected cells -----------------------------


def _decoded(
    query: Query, rows: Sequence[Mapping[str, object]]
) -> tuple[CellStatistics, ...]:
    """Put the rows of a cell, one per kind of subject, together."""
    by_cell: dict[CellLabels, dict[int, Mapping[str, object]]] = {}
    for row in rows:
        kinds = by_cell.setdefault(labels_of_codes(query, row), {})
        kinds[require_int(row[names.KIND])] = row
    return tuple(_cell(query, labels, found) for labels, found in by_cell.items())


def _cell(
    query: Query, labels: CellLabels, rows: Mapping[int, Mapping[str, object]]
) -> CellStatistics:
    """Return the statistics of one cell; totals are of the subject joined on."""
    if set(rows) != set(range(len(query.subjects))):
        raise InternalError.of("a cell was not counted for every kind of subject")
    joined = rows[0]
    taken = fingerprints(query, joined)
    key_sum = names.key_sum(0)
    columns = {
        name: _column_totals(i, measure, joined)
        for i, (name, measure) in enumerate(query.columns.items())
    }
    return CellStatistics(
        labels=labels,
        rows=require_int(joined[names.sum_of(names.ROWS)]),
        columns=MappingProxyType(columns),
        subjects=MappingProxyType(
            {
                counted.label: _subject_statistics(query, rows[kind])
                for kind, counted in enumerate(query.subjects)
            }
        ),
        fingerprint=taken[0] if taken else None,
        contents=contents(query, taken[1:], columns) if taken else None,
        cell_key=require_int(joined[key_sum]) % 2**32 if key_sum in joined else None,
    )


def _column_totals(
    i: int, measure: MeasureColumn, row: Mapping[str, object]
) -> ColumnTotals:
    """Return one measure column's figures over all rows of a cell."""
    # If no value can be negative, contributions add up to the total.
    signed, unsigned = names.signed_total(i), names.sum_of(names.total(i))
    boolean = measure.type is MeasureType.BOOLEAN
    return ColumnTotals(
        rows=require_int(row[names.sum_of(names.values(i))]),
        total=require_int(row[signed if signed in row else unsigned]),
        clamped=0 if boolean else require_int(row[names.clamped(i)]),
        # Only a column in floating point has this figure (`token_join`).
        unusable=require_int(row.get(names.not_finite(i), 0)),
    )


def _subject_statistics(query: Query, row: Mapping[str, object]) -> SubjectStatistics:
    """Return a cell's statistics for one kind of subject."""
    columns = {}
    for i, (name, column) in enumerate(query.columns.items()):
        boolean = column.type is MeasureType.BOOLEAN
        columns[name] = SubjectColumnStatistics(
            subjects=require_int(row[names.with_value(i)]),
            weights=contributions(row, names.values(i)),
            totals=contributions(row, names.total(i)),
            falses=contributions(row, names.falses(i)) if boolean else None,
            subjects_above=require_int(row[names.above(i)]),
            subjects_below=require_int(row[names.below(i)]),
        )
    return SubjectStatistics(
        subjects=require_int(row[names.SUBJECTS]),
        rows=contributions(row, names.ROWS),
        columns=MappingProxyType(columns),
    )
