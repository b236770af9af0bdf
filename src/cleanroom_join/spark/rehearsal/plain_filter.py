"""
What the usual filter would have published: ``HAVING count(*) >= 100``.

For rehearsals only, where both companies' test data lie on one machine: the point
of a rehearsal is to see what the guard withholds and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import COHORT_FLOOR
from cleanroom_join.spark.common.safe_errors import guarded
from cleanroom_join.spark.room.level_rows import cell_key
from cleanroom_join.spark.room.token_join import join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame

    from cleanroom_join.contract import Question
    from cleanroom_join.disclosure import CellKey, GuardedTable, Rule

__all__ = ["NaiveCell", "naive_filter"]


@dataclass(frozen=True, kw_only=True, slots=True)
class NaiveCell:
    """A cell that a count of rows lets through and the guard does not."""

    key: CellKey
    rows: int
    rule: Rule


def naive_filter(
    question: Question, frames: Mapping[str, DataFrame], guarded_table: GuardedTable
) -> tuple[NaiveCell, ...]:
    """
    Run the plain query of every tutorial and return what it publishes too much.

    Cells come in the order of the declared domains.
    """
    dims = [f"d{index}" for index in range(len(question.dimensions))]
    counted = join(question, frames).groupBy(*dims).agg(F.count(F.lit(1)).alias("n"))
    rows = guarded(
        "running the plain query", counted.where(F.col("n") >= COHORT_FLOOR).collect
    )
    naive = {cell_key(question, row.asDict()): int(row["n"]) for row in rows}
    return tuple(
        NaiveCell(key=cell.key, rows=naive[cell.key], rule=cell.finding.rule)
        for cell in guarded_table.withheld
        if cell.key in naive
    )
