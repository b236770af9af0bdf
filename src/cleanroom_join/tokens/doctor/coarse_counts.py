"""What a card may say: nothing about fewer than k values, nor the rest of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.manifest import MOST_BUCKETS, ROUNDING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["published", "published_buckets", "published_share", "rounded", "trait"]


def rounded(count: int) -> int:
    """
    Return a count as a multiple of `ROUNDING`, the nearer one.

    >>> rounded(102), rounded(103)
    (100, 105)
    """
    return ROUNDING * ((count + ROUNDING // 2) // ROUNDING)


def published(
    groups: Mapping[str, tuple[int, int]], k: int, *, nobody: Collection[str] = ()
) -> dict[str, int]:
    """
    Return the rows of each group that may be told, rounded.

    Groups of fewer than k values are left out.  If they are fewer than k together,
    their rows are told with the largest group, so that no total gives them away.

    Args:
        groups: Rows and different values of each group that partitions a table.
        k: Fewest values a figure may be about.
        nobody: Groups without values, such as NULL; k rows are enough for them.
    """
    told: dict[str, int] = {}
    rows_left = values_left = 0
    for name, (rows, values) in groups.items():
        if (rows if name in nobody else values) >= k:
            told[name] = rows
        else:
            rows_left, values_left = rows_left + rows, values_left + values
    if told and 0 < values_left < k:
        largest = max(told, key=lambda name: (told[name], name))
        told[largest] += rows_left
    return {name: max(rounded(rows), ROUNDING) for name, rows in sorted(told.items())}


def trait(group: tuple[int, int], everything: tuple[int, int], k: int) -> int:
    """
    Return the rows of which something is true: 0 for few, all for all but few.

    Args:
        group: Rows and values of which it is true.
        everything: All rows and values.
        k: Fewest values a figure may be about.
    """
    if group[1] < k:
        return 0
    if everything[1] - group[1] < k:
        return rounded(everything[0])
    return rounded(group[0])


def published_share(count: int, total: int, k: int) -> float:
    """Return a share of *total* subjects, in thousandths; as `trait` at the ends."""
    if total < k or count < k:
        return 0.0
    return 1.0 if total - count < k else round(count / total, 3)


def published_buckets(counts: Sequence[int], k: int) -> tuple[int, ...]:
    """
    Return subjects per bucket, in as many buckets as have k each; none if too few.

    Args:
        counts: Subjects in each of `MOST_BUCKETS` buckets.
        k: Fewest subjects a bucket may have.
    """
    buckets = list(counts)
    if len(buckets) != MOST_BUCKETS:
        return ()
    while len(buckets) > 1 and min(buckets) < k:
        buckets = [a + b for a, b in zip(buckets[::2], buckets[1::2], strict=True)]
    if min(buckets) < k:
        return ()
    return tuple(max(rounded(count), k) for count in buckets)
