"""
The shares of subjects by columns, for tables of many rows.

The answers are those of `cleanroom_join.attacks.plain_shares`, which counts subject by
subject; a test holds the two to each other.  Only those that somebody reads are made.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cleanroom_join.attacks.plain_counts import rows_by_cell

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Row
    from cleanroom_join.contract import CellLabels, Query
    from cleanroom_join.disclosure.budget.shares import ShareQuery

__all__ = ["ColumnShares"]


class ColumnShares:
    """
    Counts shares in some rows, and how long that takes.

    Args:
        rows: Joined rows.
        query: The query.
    """

    def __init__(self, rows: list[Row], query: Query) -> None:
        self._rows, self._query = rows, query
        self.seconds = 0.0

    @cached_property
    def _numbers(self) -> Mapping[object, int]:
        """The subjects, numbered."""
        token = self._query.subjects[0].column
        subjects = dict.fromkeys(row[token] for row in self._rows)
        return {s: i for i, s in enumerate(s for s in subjects if s is not None)}

    @cached_property
    def _inside(self) -> Mapping[CellLabels, np.ndarray]:
        """The subjects of each cell, by number."""
        token, numbers = self._query.subjects[0].column, self._numbers
        return {
            labels: np.unique([numbers[r[token]] for r in own if r[token] is not None])
            for labels, own in rows_by_cell(self._rows, self._query).items()
        }

    def __call__(self, asked: ShareQuery) -> Mapping[tuple[int, int], int]:
        """Answer a query for shares; see `disclosure.budget.shares.ShareCounts`."""
        return _Answers(self, asked)

    def largest(self, asked: ShareQuery, line: int, step: int) -> int:
        """Return the largest share of a subject on a line, at a step."""
        start = time.perf_counter()
        sums: dict[int, dict[int, np.ndarray]] = {}
        for cell in asked.cells:
            if cell.line == line and cell.steps > step:
                level = sums.setdefault(cell.level, {})
                own = level.setdefault(cell.own, np.zeros(len(self._numbers), np.int64))
                own[self._inside[cell.labels]] += cell.parts
        whole = np.zeros(len(self._numbers), np.int64)
        for level in sums.values():
            whole += np.max(list(level.values()), axis=0)
        self.seconds += time.perf_counter() - start
        return int(whole.max(initial=0))


class _Answers(Mapping[tuple[int, int], int]):
    """The answers to one query, each counted when it is read."""

    def __init__(self, shares: ColumnShares, asked: ShareQuery) -> None:
        self._shares, self._asked = shares, asked

    def __getitem__(self, place: tuple[int, int]) -> int:
        line, step = place
        if not (line in range(self._asked.lines) and step in range(self._asked.steps)):
            raise KeyError(place)
        return self._shares.largest(self._asked, line, step)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for line in range(self._asked.lines):
            for step in range(self._asked.steps):
                yield line, step

    def __len__(self) -> int:
        return self._asked.lines * self._asked.steps
