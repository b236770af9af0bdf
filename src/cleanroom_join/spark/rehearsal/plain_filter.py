"""
The plain filter, ``HAVING count(*) >= 100``, for comparison.

For rehearsals only, where both companies' test data lie on one machine: a rehearsal
shows which cells the guard suppresses, and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import COHORT_FLOOR
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.room.cells.level_rows import labels_of_codes
from cleanroom_join.spark.room.frame_columns import dimensions
from cleanroom_join.spark.room.token_join import join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame

    from cleanroom_join.contract import Query
    from cleanroom_join.disclosure import CellLabels, GuardedTable, Rule

__all__ = ["PlainFilterCell", "shown_by_plain_filter"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainFilterCell:
    """A cell that the plain filter publishes and the guard suppresses."""

    labels: CellLabels
    rows: int
    rule: Rule


def shown_by_plain_filter(
    query: Query, frames: Mapping[str, DataFrame], guarded_table: GuardedTable
) -> tuple[PlainFilterCell, ...]:
    """
    Run the plain query and return the cells that it should not publish.

    Cells come in the order of the declared domains.
    """
    counted = (
        join(query, frames)
        .groupBy(*dimensions(query))
        .agg(F.count(F.lit(1)).alias("n"))
    )
    rows = without_spark_text(
        "running the plain query", counted.where(F.col("n") >= COHORT_FLOOR).collect
    )
    plain = {labels_of_codes(query, row.asDict()): int(row["n"]) for row in rows}
    return tuple(
        PlainFilterCell(labels=cell.labels, rows=plain[cell.labels], rule=cell.rule)
        for cell in guarded_table.suppressed
        if cell.labels in plain
    )
