"""
The two largest contributions to a cell, without sorting its subjects.

Per bucket of a cell we know the largest contribution and the sum only.  The largest of
the cell is the largest of its buckets.  The second largest is in another bucket or in
the same one: it is at least the largest of the second bucket, and at most the rest of
the first bucket.  Mostly both limits lead to the same decision; where they do not, a
second query reads the few subjects above the lower limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.disclosure import Contributions
from cleanroom_join.disclosure.primary.dominance import is_dominated
from cleanroom_join.errors import InternalError
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.room import frame_columns as names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.spark.common.look import Look

__all__ = [
    "Contribution",
    "contribution_columns",
    "contributions",
    "largest_buckets",
    "resolve_second_largest",
]


@dataclass(frozen=True, slots=True)
class Contribution:
    """A quantity to which each subject contributes zero or more."""

    name: str
    column: Column
    """One subject's contribution, computed from a subject row."""


def contribution_columns(each: Contribution) -> list[Column]:
    """Return the sum of a bucket, and its largest contribution."""
    return [
        F.sum(each.column).alias(names.sum_of(each.name)),
        F.max(each.column).alias(names.top_of(each.name)),
    ]


def largest_buckets(each: Contribution) -> Column:
    """Return the two buckets with the largest contributions, the largest first."""
    top = names.top_of(each.name)
    total = F.col(names.sum_of(each.name)).alias("sum")
    buckets = F.collect_list(F.struct(F.col(top).alias("top"), total))
    return F.slice(F.sort_array(buckets, asc=False), 1, 2).alias(top)


def resolve_second_largest(
    query: Query,
    rows: Sequence[dict[str, object]],
    subjects: Sequence[DataFrame],
    contributed: Sequence[Contribution],
    policy: Policy | None,
    look: Look,
) -> None:
    """
    Put the two largest contributions in place of the two largest buckets.

    Args:
        query: What is asked.
        rows: Cell rows, with the buckets of `largest_buckets`.
        subjects: For each kind of subject, subject rows per cell.
        contributed: What they contribute to.
        policy: Whose decisions matter; without one, every second largest is exact.
        look: Collects what is looked up.
    """
    open_questions: list[tuple[dict[str, object], str]] = []
    for row in rows:
        for each in contributed:
            top = names.top_of(each.name)
            first, least, most = _limits(row[top])
            row[top] = (first, least)
            if least < most and not _decide_alike(
                require_int(row[names.sum_of(each.name)]), first, (least, most), policy
            ):
                open_questions.append((row, each.name))
    for kind, frame in enumerate(subjects):
        asked = [(r, name) for r, name in open_questions if r[names.KIND] == kind]
        if asked:
            _look_up(frame, names.dimensions(query), contributed, asked, look)


def _limits(buckets: object) -> tuple[int, int, int]:
    """Return the largest contribution and the limits of the second."""
    if not isinstance(buckets, list) or not buckets:
        raise InternalError.of("a cell has no largest subject")
    first, total = require_int(buckets[0]["top"]), require_int(buckets[0]["sum"])
    least = require_int(buckets[1]["top"]) if len(buckets) > 1 else 0
    return first, least, max(least, min(first, total - first))


def _decide_alike(
    total: int, first: int, limits: tuple[int, int], policy: Policy | None
) -> bool:
    """Return whether all second largest contributions lead to one decision."""
    if policy is None:
        return False
    # The larger the second, the sooner a figure is dominated: the limits decide.
    least, most = (
        is_dominated(Contributions(total=total, largest=first, second=second), policy)
        for second in limits
    )
    return least == most


def _look_up(
    subjects: DataFrame,
    dimensions: Sequence[str],
    contributed: Sequence[Contribution],
    asked: Sequence[tuple[dict[str, object], str]],
    look: Look,
) -> None:
    """
    Fill in the true second largest contributions.

    Subjects above the lower limit are in the bucket of the largest, so they are few,
    whatever the size of the cell.
    """
    found = _largest_two(subjects, dimensions, contributed, asked)
    by_cell = {
        tuple(row[d] for d in dimensions): row
        for row in look("looking up the largest subjects", found)
    }
    for row, name in asked:
        first, least = _first_and_second(row, name)
        beside = by_cell.get(tuple(row[d] for d in dimensions))
        above = [] if beside is None else list(beside[name])
        second = above[1] if len(above) > 1 else least
        row[names.top_of(name)] = (first, require_int(second))


def _largest_two(
    subjects: DataFrame,
    dimensions: Sequence[str],
    contributed: Sequence[Contribution],
    asked: Sequence[tuple[dict[str, object], str]],
) -> DataFrame:
    """Return the two largest contributions above the lower limits, per cell asked."""
    limits: dict[tuple[object, ...], dict[str, int]] = {}
    for row, name in asked:
        cell = limits.setdefault(tuple(row[d] for d in dimensions), {})
        cell[name] = _first_and_second(row, name)[1]
    wanted = sorted({name for _, name in asked})
    columns = {each.name: each.column for each in contributed}
    least = subjects.sparkSession.createDataFrame(
        [(*cell, *(found.get(n) for n in wanted)) for cell, found in limits.items()],
        ", ".join(
            [
                *(f"asked_{d} int" for d in dimensions),
                *(f"least_{n} bigint" for n in wanted),
            ]
        ),
    )
    same = reduce(
        lambda one, other: one & other,
        (F.col(d).eqNullSafe(F.col(f"asked_{d}")) for d in dimensions),
    )
    # A limit of NULL asks for nothing: no comparison with it is true.
    above = [
        F.when(columns[n] > F.col(f"least_{n}"), columns[n]).alias(n) for n in wanted
    ]
    return (
        subjects.join(F.broadcast(least), same)
        .select(*dimensions, *above)
        .where(F.coalesce(*(F.col(n) for n in wanted)).isNotNull())
        .groupBy(*dimensions)
        .agg(
            *(
                F.slice(F.sort_array(F.collect_list(n), asc=False), 1, 2).alias(n)
                for n in wanted
            )
        )
    )


def contributions(row: Mapping[str, object], name: str) -> Contributions:
    """Return the sum and the two largest of one contribution."""
    first, second = _first_and_second(row, name)
    total = require_int(row[names.sum_of(name)])
    return Contributions(total=total, largest=first, second=second)


def _first_and_second(row: Mapping[str, object], name: str) -> tuple[int, int]:
    """Return what `resolve_second_largest` has put into a row."""
    pair = row[names.top_of(name)]
    if not isinstance(pair, tuple):
        raise InternalError.of("the largest subjects of a cell are not resolved")
    first, second = pair
    return require_int(first), require_int(second)
