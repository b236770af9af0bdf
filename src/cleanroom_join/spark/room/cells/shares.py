"""
Shares of subjects in Spark: how many figures one subject bears at most.

The guard asks for them only where a subject may be in several leaves and the upper
bound matters, since they take another pass over the joined rows.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.room import frame_columns as names
from cleanroom_join.spark.room.cells.level_rows import codes_of_labels, with_levels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import Query
    from cleanroom_join.disclosure.budget.shares import ShareQuery
    from cleanroom_join.spark.common.look import Look

__all__ = ["count_shares"]

_LINE, _LEVEL, _OWN, _PARTS, _STEPS = "line", "level", "own", "parts", "steps"


def count_shares(
    query: Query, joined: DataFrame, asked: ShareQuery, *, look: Look = look
) -> Mapping[tuple[int, int], int]:
    """
    Answer a query for shares; see `disclosure.budget.shares.ShareCounts`.

    Args:
        query: The query of the release.
        joined: Joined rows, as `token_join.join` gives them.
        asked: What each cell costs.
        look: Collects the shares.

    Raises:
        SparkFailure: If Spark fails; its own text is not shown.
    """
    steps = [f"step{step}" for step in range(asked.steps)]
    largest = (
        _by_line(_sums(query, joined, asked), asked)
        .groupBy(_LINE)
        .agg(*(F.max(step).alias(step) for step in steps))
    )
    return {
        (require_int(row[_LINE]), number): require_int(row[step])
        for row in look("counting shares", largest)
        for number, step in enumerate(steps)
    }


def _sums(query: Query, joined: DataFrame, asked: ShareQuery) -> DataFrame:
    """Return what a subject's cells cost, by line, level and own labels."""
    dimensions = names.dimensions(query)
    identity = [
        F.col(names.subject(0)).alias(names.SUBJECT),
        F.col(names.subject_check(0)).alias(names.SUBJECT_CHECK),
    ]
    subjects = (
        joined.where(F.col(names.subject(0)).isNotNull())
        .groupBy(*identity, *dimensions)
        .agg(F.count(F.lit(1)).alias(names.ROWS))
    )
    costs = joined.sparkSession.createDataFrame(
        [
            (
                *codes_of_labels(query, cell.labels),
                *(cell.line, cell.level, cell.own, cell.parts, cell.steps),
            )
            for cell in asked.cells
        ],
        ", ".join(
            [
                *(f"costing_{d} int" for d in dimensions),
                *(f"{name} int" for name in (_LINE, _LEVEL, _OWN)),
                f"{_PARTS} bigint, {_STEPS} int",
            ]
        ),
    )
    same = reduce(
        lambda one, other: one & other,
        (F.col(d).eqNullSafe(F.col(f"costing_{d}")) for d in dimensions),
    )
    return (
        with_levels(query, subjects)
        .join(F.broadcast(costs), same)
        .groupBy(names.SUBJECT, names.SUBJECT_CHECK, _LINE, _LEVEL, _OWN)
        .agg(*(_sum_in_step(step).alias(f"step{step}") for step in range(asked.steps)))
    )


def _sum_in_step(step: int) -> Column:
    """Return the sum over the cells that count in a step."""
    parts = F.when(F.col(_STEPS) > step, F.col(_PARTS))
    return F.coalesce(F.sum(parts), F.lit(0))


def _by_line(sums: DataFrame, asked: ShareQuery) -> DataFrame:
    """Return a subject's share on each line: the largest of each level, added up."""
    subject = [names.SUBJECT, names.SUBJECT_CHECK, _LINE]
    steps = [f"step{step}" for step in range(asked.steps)]
    return (
        sums.groupBy(*subject, _LEVEL)
        .agg(*(F.max(step).alias(step) for step in steps))
        .groupBy(*subject)
        .agg(*(F.sum(step).alias(step) for step in steps))
    )
