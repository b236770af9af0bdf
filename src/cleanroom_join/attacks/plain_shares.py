"""
The shares of subjects in plain Python, for the attacks.

The clean room itself counts them with Spark (`spark.room.cells.shares`); the tests hold
the two to each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.plain_counts import rows_by_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cleanroom_join.attacks.game import Rows
    from cleanroom_join.contract import CellLabels, Query
    from cleanroom_join.disclosure.budget.shares import ShareQuery

__all__ = ["count_shares"]


def count_shares(
    rows: Rows, query: Query, asked: ShareQuery
) -> Mapping[tuple[int, int], int]:
    """Answer a query for shares; see `disclosure.budget.shares.ShareCounts`."""
    token = query.subjects[0].column
    subjects = {
        labels: {row[token] for row in own} - {None}
        for labels, own in rows_by_cell(rows, query).items()
    }
    return {
        (line, step): largest
        for line in range(asked.lines)
        for step, largest in _largest_by_step(subjects, asked, line)
    }


def _largest_by_step(
    subjects: Mapping[CellLabels, set[object]], asked: ShareQuery, line: int
) -> Iterator[tuple[int, int]]:
    """Yield the largest share of a subject by step; the last step first."""
    sums: dict[object, dict[tuple[int, int], int]] = {}
    for step in reversed(range(asked.steps)):
        for cell in asked.cells:
            if cell.line == line and cell.steps == step + 1:  # in no later step
                for subject in subjects.get(cell.labels, ()):
                    own = sums.setdefault(subject, {})
                    place = cell.level, cell.own
                    own[place] = own.get(place, 0) + cell.parts
        yield step, max(map(_share, sums.values()), default=0)


def _share(sums: Mapping[tuple[int, int], int]) -> int:
    """Return the largest sum of each level, added up."""
    if len(sums) == 1:
        return next(iter(sums.values()))
    largest: dict[int, int] = {}
    for (level, _), parts in sums.items():
        largest[level] = max(parts, largest.get(level, 0))
    return sum(largest.values())
