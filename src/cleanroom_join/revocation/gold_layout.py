"""
How a Gold table is laid out, so that deleting few subjects reads few of its files.

Beside each column of tokens is one of buckets: a few bits of the subject's key.  Rows
are written in the order of the first one, and only these columns have statistics in
the Delta log.  Statistics stay in the log after an erasure, so a bucket holds at least
about k subjects: the log says no more of a subject than of k - 1 others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["BUCKETS", "NO_TOKEN", "GoldLayout", "covering_ranges"]

BUCKETS = "cleanroom_join.buckets"
"""Table property with the number of buckets: a deletion must use the writer's."""

NO_TOKEN = -1
"""
Bucket of a row without a token, which is nobody's.

NULL is the bucket of a row that another program wrote: such a row may be anybody's, and
every deletion looks at it.
"""

_MOST_BUCKETS = 2**16
_ROWS_OF_A_FILE = 2**15
_MOST_FILES = 2**10


@dataclass(frozen=True, slots=True)
class GoldLayout:
    """Number of buckets, and number of files that the rows are written to."""

    buckets: int
    files: int

    @classmethod
    def fitting(cls, *, rows: int, subjects: int, k: int) -> GoldLayout:
        """
        Return the layout for a table that is written whole.

        Args:
            rows: About how many rows it has.
            subjects: About how many subjects its column of tokens with the fewest has.
            k: Fewest subjects of a bucket on average.

        Examples:
            >>> GoldLayout.fitting(rows=20_000_000, subjects=2_000_000, k=100)
            GoldLayout(buckets=16384, files=611)
            >>> GoldLayout.fitting(rows=3_000, subjects=150, k=100)
            GoldLayout(buckets=1, files=1)
        """
        most = min(subjects // k, _MOST_BUCKETS)
        buckets = 1 << max(most.bit_length() - 1, 0)
        files = min(-(-rows // _ROWS_OF_A_FILE), _MOST_FILES, buckets)
        return cls(buckets, max(files, 1))

    def properties(self, bucket_columns: Iterable[str]) -> dict[str, str]:
        """
        Return the properties that the table is created with.

        Later would be late: the first version's statistics would be on every column.
        """
        quoted = (f"`{name}`" for name in bucket_columns)
        return {
            "delta.dataSkippingStatsColumns": ",".join(quoted),
            "delta.enableDeletionVectors": "true",
            BUCKETS: str(self.buckets),
        }


def covering_ranges(buckets: Collection[int], most: int) -> list[tuple[int, int]]:
    """
    Return at most *most* ranges, ends included, that together hold all buckets.

    The widest gaps stay between the ranges, so they hold as few others as possible.

    Examples:
        >>> covering_ranges({1, 2, 3, 50, 52, 90}, 3)
        [(1, 3), (50, 52), (90, 90)]
    """
    ordered = sorted(set(buckets))
    gaps = sorted(
        range(1, len(ordered)), key=lambda i: ordered[i - 1] - ordered[i]
    )  # the widest first
    starts = [0, *sorted(gaps[: most - 1])]
    ends = [*(start - 1 for start in starts[1:]), len(ordered) - 1]
    return [
        (ordered[start], ordered[end])
        for start, end in zip(starts, ends, strict=True)
        if ordered
    ]
