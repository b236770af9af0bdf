"""
Whether a residual is sensitive: would some suppressed cells pass as one cell?

A *residual* is what is left of a published total after all cells that are published
beneath it are subtracted.  It is known like a cell, so it must obey the rules of one.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.cell import ColumnTotals, merge_subjects
from cleanroom_join.disclosure.primary import PRIMARY_RULES
from cleanroom_join.disclosure.primary.rule import Residual, RuleContext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import (
        CellStatistics,
        SubjectStatistics,
    )

__all__ = ["ResidualCheck"]


class ResidualCheck:
    """
    Asks the primary rules of sets of leaves, each set once.

    Args:
        cells: Statistics of every cell.
        query: What was asked.
        policy: The effective policy.
    """

    def __init__(
        self,
        cells: Mapping[CellLabels, CellStatistics],
        query: Query,
        policy: Policy,
    ) -> None:
        self._cells = cells
        self._query = query
        self._context = RuleContext(query=query, policy=policy)
        self._known: dict[tuple[frozenset[CellLabels], frozenset[int]], bool] = {}
        joined = query.subjects[0].label
        # Subjects of other kinds may be in any cell.
        self._fixed = {
            s.label: query.single_label_indices if s.label == joined else ()
            for s in query.subjects
        }

    def is_sensitive(
        self, leaves: frozenset[CellLabels], summed: AbstractSet[int] = frozenset()
    ) -> bool:
        """
        Return whether some leaves must not be derivable together.

        Args:
            leaves: The leaves; none disclose nothing, one alone is never safe.
            summed: Indices of the dimensions that the sum is a total over.  If one is
                sensitive, the residual must have several of its values, like a line.
        """
        sensitive = frozenset(
            index for index in summed if self._query.dimensions[index].sensitive
        )
        if (leaves, sensitive) not in self._known:
            self._known[leaves, sensitive] = bool(leaves) and (
                len(leaves) == 1 or self._is_refused(leaves, sensitive)
            )
        return self._known[leaves, sensitive]

    def _is_refused(
        self, leaves: frozenset[CellLabels], sensitive: frozenset[int]
    ) -> bool:
        """Return whether a rule suppresses some leaves together."""
        cells = [self._cells[labels] for labels in leaves]
        merged = replace(
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
        residual = Residual(
            cell=merged,
            diversity=[self._by_value(cells, index) for index in sorted(sensitive)],
        )
        return any(
            rule.is_residual_sensitive(residual, self._context)
            for rule in PRIMARY_RULES.values()
        )

    def _by_value(
        self, cells: Sequence[CellStatistics], index: int
    ) -> list[list[SubjectStatistics]]:
        """Return what is certain of each kind of subject, per value of a dimension."""
        by_value: dict[object, list[CellStatistics]] = {}
        for cell in cells:
            by_value.setdefault(cell.labels[index], []).append(cell)
        return [
            [self._certain(label, found) for label in self._fixed]
            for found in by_value.values()
        ]

    def _certain(
        self, label: str, cells: Sequence[CellStatistics]
    ) -> SubjectStatistics:
        """Return what is certain of one kind of subject in some leaves together."""
        groups: dict[CellLabels, list[SubjectStatistics]] = {}
        for cell in cells:
            group = tuple(cell.labels[index] for index in self._fixed[label])
            groups.setdefault(group, []).append(cell.subjects[label])
        # No subject is in two groups, but perhaps in two cells of one.
        return merge_subjects(
            [merge_subjects(group, apart=False) for group in groups.values()],
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
