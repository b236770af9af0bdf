"""
The two largest subjects of a cell, without sorting its subjects.

Per bucket of a cell only the largest contribution and the sum are known.  The largest
of the cell is the largest of its buckets; the second is in another bucket, or in the
same: at least the second largest of the buckets, at most what the others of the first
bucket have together.  Mostly both limits lead to the same decision; where they do not,
the few subjects above the lower limit are looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.disclosure import Contributions
from cleanroom_join.disclosure.primary.dominance import is_dominated
from cleanroom_join.errors import InternalError
from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import Policy, Query

__all__ = [
    "Contribution",
    "contribution_columns",
    "contributions",
    "largest",
    "resolve_second_largest",
]


@dataclass(frozen=True, slots=True)
class Contribution:
    """Something that a subject contributes to, at least zero each."""

    name: str
    column: Column
    """What one subject contributes, of a row per subject and item."""


def contribution_columns(each: Contribution) -> list[Column]:
    """Return the sum of a bucket, and its largest contribution."""
    return [
        F.sum(each.column).alias(f"{each.name}_sum"),
        F.max(each.column).alias(f"{each.name}_top"),
    ]


def largest(each: Contribution) -> Column:
    """Return the two buckets with the largest contributions, the largest first."""
    top, total = F.col(f"{each.name}_top"), F.col(f"{each.name}_sum")
    buckets = F.collect_list(F.struct(top.alias("top"), total.alias("sum")))
    return F.slice(F.sort_array(buckets, asc=False), 1, 2).alias(f"{each.name}_top")


def resolve_second_largest(
    query: Query,
    rows: Sequence[dict[str, object]],
    people: Sequence[DataFrame],
    spread: Sequence[Contribution],
    policy: Policy | None,
) -> None:
    """
    Put the two largest contributions in place of the two largest buckets.

    Args:
        query: What is asked.
        rows: One per item and kind of subject, with the buckets of `largest`.
        people: For each kind of subject, one row per subject and item.
        spread: What they contribute to.
        policy: Whose decisions matter; without one the true figures do.
    """
    unsure: list[tuple[dict[str, object], str]] = []
    for row in rows:
        for each in spread:
            first, least, most = _limits(row[f"{each.name}_top"])
            row[f"{each.name}_top"] = (first, least)
            if least < most and not _alike(
                _int(row[f"{each.name}_sum"]), first, (least, most), policy
            ):
                unsure.append((row, each.name))
    dims = [f"d{i}" for i in range(len(query.dimensions))]
    for subject, frame in enumerate(people):
        asked = [(r, name) for r, name in unsure if r["subject"] == subject]
        if asked:
            _look_up(frame, dims, spread, asked)


def _limits(buckets: object) -> tuple[int, int, int]:
    """Return the largest contribution and the limits of the second."""
    if not isinstance(buckets, list) or not buckets:
        raise InternalError.of("a cell has no largest subject")
    first, total = _int(buckets[0]["top"]), _int(buckets[0]["sum"])
    least = _int(buckets[1]["top"]) if len(buckets) > 1 else 0
    return first, least, max(least, min(first, total - first))


def _alike(
    total: int, first: int, seconds: tuple[int, int], policy: Policy | None
) -> bool:
    """Return whether all second largest contributions lead to one decision."""
    if policy is None:
        return False
    # The larger the second, the sooner a figure is dominated: the limits decide.
    least, most = (
        is_dominated(Contributions(total=total, largest=first, second=second), policy)
        for second in seconds
    )
    return least == most


def _look_up(
    people: DataFrame,
    dims: Sequence[str],
    spread: Sequence[Contribution],
    asked: Sequence[tuple[dict[str, object], str]],
) -> None:
    """
    Fill in the true second largest contributions.

    Whoever has more than the lower limit is in the bucket of the largest, so they are
    few, whatever the size of the cell.
    """
    by_item: dict[tuple[object, ...], dict[str, int]] = {}
    for row, name in asked:
        item = tuple(row[d] for d in dims)
        by_item.setdefault(item, {})[name] = _two(row, name)[1]
    columns = {each.name: each.column for each in spread}
    session = people.sparkSession
    names = sorted({name for _, name in asked})
    limits = session.createDataFrame(
        [(*item, *(least.get(n) for n in names)) for item, least in by_item.items()],
        ", ".join([*(f"x{d} int" for d in dims), *(f"x{n} bigint" for n in names)]),
    )
    same = reduce(
        lambda one, other: one & other,
        (F.col(d).eqNullSafe(F.col(f"x{d}")) for d in dims),
    )
    # A limit of NULL asks for nothing: no comparison with it is true.
    above = [F.when(columns[n] > F.col(f"x{n}"), columns[n]).alias(n) for n in names]
    found = (
        people.join(F.broadcast(limits), same)
        .select(*dims, *above)
        .where(F.coalesce(*(F.col(n) for n in names)).isNotNull())
        .groupBy(*dims)
        .agg(
            *(
                F.slice(F.sort_array(F.collect_list(n), asc=False), 1, 2).alias(n)
                for n in names
            )
        )
    )
    seen = {
        tuple(row[d] for d in dims): row
        for row in without_spark_text("looking up the largest subjects", found.collect)
    }
    for row, name in asked:
        first, least = _two(row, name)
        beside = seen.get(tuple(row[d] for d in dims))
        above_least = [] if beside is None else list(beside[name])
        second = above_least[1] if len(above_least) > 1 else least
        row[f"{name}_top"] = (first, _int(second))


def contributions(row: Mapping[str, object], name: str) -> Contributions:
    """Return the sum and the two largest of one contribution."""
    first, second = _two(row, name)
    return Contributions(total=_int(row[f"{name}_sum"]), largest=first, second=second)


def _two(row: Mapping[str, object], name: str) -> tuple[int, int]:
    """Return what `resolve_second_largest` has put into a row."""
    pair = row[f"{name}_top"]
    if not isinstance(pair, tuple):
        raise InternalError.of("the largest subjects of a cell are not settled")
    first, second = pair
    return _int(first), _int(second)


def _int(value: object) -> int:
    """Return a figure that must be there."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InternalError.of("a cell lacks a figure")
    return value
