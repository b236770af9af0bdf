"""
Which counts a token manifest may publish: none about fewer than k values.

Nor one from which such a count follows by subtraction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.manifest import (
    BUCKET_ROUNDING,
    ROUNDING,
    SHARE_STEPS,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = [
    "published",
    "published_buckets",
    "published_share",
    "published_step",
    "published_trait",
    "rounded",
]


def rounded(count: int) -> int:
    """
    Round a count to the nearest multiple of `ROUNDING`.

    Examples:
        >>> rounded(102), rounded(103)
        (100, 105)
    """
    return ROUNDING * ((count + ROUNDING // 2) // ROUNDING)


def published(
    groups: Mapping[str, tuple[int, int]], k: int, *, absent: Collection[str] = ()
) -> dict[str, int]:
    """
    Return the rows of each group that a manifest may publish, rounded.

    Groups of fewer than k values are left out.  If all of them together have fewer than
    k values, their rows are added to the largest group: otherwise the difference to a
    total would reveal them.

    Args:
        groups: Rows and distinct values of each group; the groups partition a table.
        k: Fewest values that a figure may be about.
        absent: Groups that stand for no value, such as NULL, and need only k rows.
    """
    kept: dict[str, int] = {}
    rows_left = values_left = 0
    for name, (rows, values) in groups.items():
        if (rows if name in absent else values) >= k:
            kept[name] = rows
        else:
            rows_left, values_left = rows_left + rows, values_left + values
    if kept and 0 < values_left < k:
        largest = max(kept, key=lambda name: (kept[name], name))
        kept[largest] += rows_left
    return {name: max(rounded(rows), ROUNDING) for name, rows in sorted(kept.items())}


def published_trait(group: tuple[int, int], everything: tuple[int, int], k: int) -> int:
    """
    Return the rows that have a trait: 0 if few have it, all if all but few do.

    Args:
        group: Rows and distinct values that have it.
        everything: All rows and distinct values.
        k: Fewest values that a figure may be about.
    """
    if group[1] < k:
        return 0
    if everything[1] - group[1] < k:
        return rounded(everything[0])
    return rounded(group[0])


def published_share(count: int, total: int, k: int) -> float:
    """
    Return a share of *total* tokens in thousandths: 0 for few, 1 for all but few.

    Args:
        count: Tokens that have a property.
        total: All tokens.
        k: Fewest tokens that a share may be about.
    """
    if total < k or count < k:
        return 0.0
    return 1.0 if total - count < k else round(count / total, 3)


def published_step(rows: int, whole: int, subjects: int, k: int) -> float | None:
    """
    Return the largest step that a share of rows reaches; None if nothing may be said.

    Args:
        rows: The rows in question.
        whole: All rows that count.
        subjects: Subjects of the rows in question, of the kind that has the fewest.
        k: Fewest subjects that a share may be about.

    Examples:
        >>> published_step(120, 5_000, 110, 100), published_step(120, 5_000, 99, 100)
        (0.02, None)
    """
    if subjects < k or rows <= 0:
        return None
    reached = [
        step for step in SHARE_STEPS if rows * 1000 >= round(step * 1000) * whole
    ]
    return max(reached, default=None)


def published_buckets(counts: Sequence[int], k: int) -> tuple[int, ...]:
    """
    Merge buckets until each has k subjects; return none if one bucket has fewer.

    Args:
        counts: Subjects in each bucket of one grouping; a power of two of them.
        k: Fewest subjects that a bucket may have.
    """
    buckets = list(counts)
    while len(buckets) > 1 and min(buckets) < k:
        buckets = [a + b for a, b in zip(buckets[::2], buckets[1::2], strict=True)]
    if min(buckets, default=0) < k:
        return ()
    half = BUCKET_ROUNDING // 2
    return tuple(
        max(BUCKET_ROUNDING * ((count + half) // BUCKET_ROUNDING), k)
        for count in buckets
    )
