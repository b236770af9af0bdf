"""
What is left of a sum when all that is known beneath it is taken away.

Whoever adds and subtracts published figures gets the figures of some withheld leaves
together.  Those must obey the rules of a cell that is published, because they are known
like one.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.cell import ColumnTotals, merge_subjects
from cleanroom_join.disclosure.primary import bounds, cohort, dominance, homogeneous

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import (
        CellStatistics,
        SubjectStatistics,
    )

__all__ = ["ResidualCheck"]


class ResidualCheck:
    """Asks the rules of sets of leaves, each set once."""

    def __init__(
        self,
        cells: Mapping[CellLabels, CellStatistics],
        query: Query,
        policy: Policy,
    ) -> None:
        self._cells = cells
        self._query = query
        self._policy = policy
        self._weak: dict[tuple[frozenset[CellLabels], frozenset[int]], bool] = {}
        first = query.subjects[0].label
        # Of other kinds of subjects anybody may be in any cell.
        self._fixed = {
            s.label: query.fixed if s.label == first else () for s in query.subjects
        }

    def is_sensitive(
        self, rest: frozenset[CellLabels], whole: AbstractSet[int] = frozenset()
    ) -> bool:
        """
        Return whether some leaves would not be published as one cell.

        Args:
            rest: The leaves; none tell nothing.
            whole: Places of the dimensions that the sum is a total over.  Where one is
                sensitive, the rest must have several of its values, like a line.
        """
        sensitive = frozenset(
            place for place in whole if self._query.dimensions[place].sensitive
        )
        if (rest, sensitive) not in self._weak:
            self._weak[rest, sensitive] = bool(rest) and (
                len(rest) == 1
                or self._refused(rest)
                or any(self._uniform(rest, place) for place in sensitive)
            )
        return self._weak[rest, sensitive]

    def _refused(self, rest: frozenset[CellLabels]) -> bool:
        """Return whether a rule withholds some leaves together."""
        cells = [self._cells[key] for key in rest]
        whole = replace(
            cells[0],
            labels=(),
            rows=sum(cell.rows for cell in cells),
            columns=MappingProxyType(
                {name: _added(cells, name) for name in self._query.columns}
            ),
            subjects=MappingProxyType(
                {label: self._certain(label, cells) for label in self._fixed}
            ),
        )
        rules = [cohort, homogeneous, dominance]
        if not self._policy.contribution_bounded:  # where it is blurred: see `covered`
            rules.append(bounds)
        return any(rule(whole, self._query, self._policy) for rule in rules)

    def _uniform(self, rest: Collection[CellLabels], place: int) -> bool:
        """Return whether a rest has fewer than l values of m subjects."""
        by_value: dict[object, list[CellStatistics]] = {}
        for key in rest:
            by_value.setdefault(key[place], []).append(self._cells[key])
        enough = sum(
            all(
                self._certain(label, cells).subjects >= self._policy.min_opposite
                for label in self._fixed
            )
            for cells in by_value.values()
        )
        return enough < self._policy.l_diversity

    def _certain(
        self, label: str, cells: Sequence[CellStatistics]
    ) -> SubjectStatistics:
        """Return what is certain of one kind of subject in some leaves together."""
        crowds: dict[CellLabels, list[SubjectStatistics]] = {}
        for cell in cells:
            crowd = tuple(cell.labels[place] for place in self._fixed[label])
            crowds.setdefault(crowd, []).append(cell.subjects[label])
        # Nobody is in two crowds, but perhaps in two cells of one.
        return merge_subjects(
            [merge_subjects(crowd, apart=False) for crowd in crowds.values()],
            apart=True,
        )


def _added(cells: Sequence[CellStatistics], name: str) -> ColumnTotals:
    """Return a column's totals of some leaves together."""
    columns = [cell.columns[name] for cell in cells]
    return ColumnTotals(
        rows=sum(column.rows for column in columns),
        total=sum(column.total for column in columns),
        clamped=sum(column.clamped for column in columns),
        unusable=sum(column.unusable for column in columns),
    )
