"""
Rows to cells: the one function that does it.

Three small steps, all exact, none of which depends on the order or partitioning
of rows: per (subject, cell), per (cell, bucket), per cell.  The first uses the
partitioning that the join left behind; the second is what a fingerprint is made of,
and has few enough rows that the largest subjects of a cell can be sorted (`spread`).
"""

from __future__ import annotations

from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import MeasureType
from cleanroom_join.disclosure import (
    ROWS,
    CellStatistics,
    ColumnTotals,
    SubjectColumnStatistics,
    SubjectStatistics,
)
from cleanroom_join.disclosure.perturbation.contribution_bound import most_rows
from cleanroom_join.errors import InternalError
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.room.contribution_bound import bound_contributions
from cleanroom_join.spark.room.fingerprint_columns import (
    bucket_of,
    fingerprint_columns,
    fingerprints,
    packed,
    require_int,
)
from cleanroom_join.spark.room.level_rows import labels_of_codes, with_levels
from cleanroom_join.spark.room.top_contributors import (
    Contribution,
    contribution_columns,
    contributions,
    largest,
    resolve_second_largest,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import CellLabels, MeasureColumn, Policy, Query

__all__ = ["aggregate"]


def aggregate(
    query: Query,
    joined: DataFrame,
    policy: Policy | None = None,
    *,
    marked: bool = False,
) -> tuple[CellStatistics, ...]:
    """
    Return the statistics of every item that has rows: cells, coarser cells, totals.

    Args:
        query: What is asked.
        joined: Rows as `join` gives them.
        policy: What the statistics are for.  It may bound what a subject contributes
            to an item.  Where every second largest subject it could be leads to the
            same decision, any of them is given; without a policy, the true one always.
        marked: Whether fingerprints are taken: of rows joined with the joint key.

    Returns:
        At most as many cells as the declared domains allow; the rows behind them
        stay in Spark.

    Raises:
        SparkFailure: If Spark fails; its own text is withheld.
    """
    spread = _contributed(query)
    most = most_rows(query, policy)
    people = [
        bound_contributions(query, _people(query, joined, index), most)
        for index in range(len(query.subjects))
    ]
    per_subject = [
        _cells(query, frame, marked=marked and index == 0).select(
            "*", F.lit(index).alias("subject")
        )
        for index, frame in enumerate(people)
    ]
    # cells: (d0…, figures…, subject): one row per item and kind of subject
    cells = reduce(
        lambda one, other: one.unionByName(other, allowMissingColumns=True),
        per_subject,
    )
    rows = [row.asDict() for row in without_spark_text("aggregating", cells.collect)]
    # Rests between items are judged too: only of a single level each cell decides.
    # Where contributions are bounded, no decision asks for the largest.
    single = policy if most or len(query.levels) == 1 else None
    resolve_second_largest(query, rows, people, spread, single)
    return _decode(query, rows)


def _contributed(query: Query) -> list[Contribution]:
    """Return everything that subjects contribute to, as columns of `_people`."""
    found = [Contribution("n", F.col("n"))]
    for i, measure in enumerate(query.columns.values()):
        weight, total = F.col(f"w{i}"), F.col(f"t{i}")
        found += [Contribution(f"w{i}", weight), Contribution(f"t{i}", F.abs(total))]
        if measure.type is MeasureType.BOOLEAN:
            found.append(Contribution(f"f{i}", weight - total))
    return found


def _people(query: Query, joined: DataFrame, index: int) -> DataFrame:
    """Return one row per subject and item: (m, s, p?, d0…, n, w0, t0, c0, u0…)."""
    dims = [f"d{i}" for i in range(len(query.dimensions))]
    subject = [
        F.col(f"{name}{index}").alias(name)
        for name in ("m", "s", "p")
        if f"{name}{index}" in joined.columns
    ]
    people = joined.groupBy(*subject, *dims).agg(
        F.count(F.lit(1)).alias("n"),
        *(column for i in range(len(query.columns)) for column in _person(i, joined)),
    )
    return with_levels(query, people)


def _cells(query: Query, people: DataFrame, *, marked: bool) -> DataFrame:
    """Aggregate per bucket and per item."""
    dims = [f"d{i}" for i in range(len(query.dimensions))]
    mark = F.col("m")
    known = mark.isNotNull()
    spread = _contributed(query)
    figures = [
        F.count(F.when(known, 1)).alias("subjects"),
        *(column for each in spread for column in contribution_columns(each)),
        *(
            column
            for i, measure in enumerate(query.columns.values())
            for column in _bucket(i, measure, known, people)
        ),
    ]
    if marked:
        figures += fingerprint_columns(query, mark, known)
    # buckets: (d0…, b, figures with their largest, x0…, keys0…); numbers only, so that
    # Spark hashes them: lists would be sorted, which took ten times as long.
    buckets = people.groupBy(*dims, bucket_of(mark).alias("b")).agg(*figures)
    tops = [f"{each.name}_top" for each in spread]
    words = [f"x{place}" for place in range(2 + len(query.columns))]
    sums = [c for c in buckets.columns if c not in (*dims, "b", *words, *tops)]
    return buckets.groupBy(*dims).agg(
        *(F.sum(name).alias(name) for name in sums),
        *(largest(each) for each in spread),
        *([packed(query).alias("x")] if marked else []),
    )


def _person(i: int, joined: DataFrame) -> list[Column]:
    """Return one measure column's figures of one subject in one cell."""
    value = F.col(f"v{i}")
    return [
        F.count(value).alias(f"w{i}"),
        F.coalesce(F.sum(value), F.lit(0)).alias(f"t{i}"),
        *(
            F.count(F.when(F.col(name), 1)).alias(name)
            for name in (f"c{i}", f"u{i}")
            if name in joined.columns
        ),
    ]


def _bucket(
    i: int, measure: MeasureColumn, known: Column, people: DataFrame
) -> list[Column]:
    """Return one measure column's figures over the subjects of a bucket."""
    weight, total = F.col(f"w{i}"), F.col(f"t{i}")
    low, high = measure.unit_bounds
    return [
        F.count(F.when(known & (weight > 0), 1)).alias(f"valued{i}"),
        F.count(F.when(known & (total > weight * low), 1)).alias(f"above{i}"),
        F.count(F.when(known & (total < weight * high), 1)).alias(f"below{i}"),
        *([F.sum(total).alias(f"sum{i}")] if low < 0 else []),
        *(
            F.sum(name).alias(name)
            for name in (f"c{i}", f"u{i}")
            if name in people.columns
        ),
    ]


# --- decoding: plain Python over the collected cells -----------------------------


def _decode(
    query: Query, rows: Sequence[Mapping[str, object]]
) -> tuple[CellStatistics, ...]:
    """Put the rows of a cell, one per kind of subject, together."""
    by_cell: dict[CellLabels, dict[int, Mapping[str, object]]] = {}
    for row in rows:
        by_cell.setdefault(labels_of_codes(query, row), {})[
            require_int(row["subject"])
        ] = row
    return tuple(_cell(query, key, found) for key, found in by_cell.items())


def _cell(
    query: Query, key: CellLabels, rows: Mapping[int, Mapping[str, object]]
) -> CellStatistics:
    """Return the statistics of one cell; totals are those of the joined subject."""
    if set(rows) != set(range(len(query.subjects))):
        raise InternalError.of("a cell was not counted for every kind of subject")
    main = rows[0]
    taken = fingerprints(query, main)
    columns = {
        name: ColumnTotals(
            rows=require_int(main[f"w{i}_sum"]),
            # What cannot be negative is what its subjects contribute.
            total=require_int(main[f"sum{i}" if f"sum{i}" in main else f"t{i}_sum"]),
            clamped=0
            if measure.type is MeasureType.BOOLEAN
            else require_int(main[f"c{i}"]),
            # Only a column in floating point has this one: see `join`.
            unusable=require_int(main.get(f"u{i}", 0)),
        )
        for i, (name, measure) in enumerate(query.columns.items())
    }
    return CellStatistics(
        labels=key,
        rows=require_int(main["n_sum"]),
        columns=MappingProxyType(columns),
        subjects=MappingProxyType(
            {
                counted.label: _subject(query, rows[index])
                for index, counted in enumerate(query.subjects)
            }
        ),
        fingerprint=taken[0] if taken else None,
        contents=dict(zip((ROWS, *query.contents), taken[1:], strict=True))
        if taken
        else None,
        cell_key=require_int(main["keys0"]) % 2**32 if "keys0" in main else None,
    )


def _subject(query: Query, row: Mapping[str, object]) -> SubjectStatistics:
    """Return a cell's statistics for one kind of subject."""
    columns = {}
    for i, (name, column) in enumerate(query.columns.items()):
        boolean = column.type is MeasureType.BOOLEAN
        columns[name] = SubjectColumnStatistics(
            subjects=require_int(row[f"valued{i}"]),
            weights=contributions(row, f"w{i}"),
            totals=contributions(row, f"t{i}"),
            falses=contributions(row, f"f{i}") if boolean else None,
            subjects_above=require_int(row[f"above{i}"]),
            subjects_below=require_int(row[f"below{i}"]),
        )
    return SubjectStatistics(
        subjects=require_int(row["subjects"]),
        rows=contributions(row, "n"),
        columns=MappingProxyType(columns),
    )
