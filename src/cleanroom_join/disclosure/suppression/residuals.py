"""
Residuals: would some suppressed leaves pass the primary rules as one cell?

A *residual* is what is left of a published total after a reader subtracts all published
cells below it.  The reader knows it like a cell, so it must pass the rules of one.
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
    Applies the primary rules to sets of leaves, and remembers what they said.

    Args:
        cells: Statistics of every cell.
        query: The query.
        policy: The effective policy.
        sensitive_sums: Whether an aggregate is sensitive, by the leaves below it.  Its
            own statistics are exact; what is known of a sum of leaves may be less.
    """

    def __init__(
        self,
        cells: Mapping[CellLabels, CellStatistics],
        query: Query,
        policy: Policy,
        sensitive_sums: Mapping[frozenset[CellLabels], bool] | None = None,
    ) -> None:
        self._cells = cells
        self._query = query
        self._context = RuleContext(query=query, policy=policy)
        self._sensitive_sums = sensitive_sums or {}
        self._answers: dict[tuple[frozenset[CellLabels], frozenset[int]], bool] = {}
        joined = query.subjects[0].label
        self._fixed_dimensions = {
            s.label: query.single_label_indices if s.label == joined else ()
            for s in query.subjects
        }
        """By kind of subject: dimensions in which every subject has one label."""

    def is_sensitive(
        self, leaves: frozenset[CellLabels], summed: AbstractSet[int] = frozenset()
    ) -> bool:
        """
        Return whether the sum of some leaves must not be derivable.

        Args:
            leaves: The leaves.  No leaves disclose nothing, and one is always
                sensitive.
            summed: Indices of the dimensions that the sum is a total over.  If one is
                sensitive, the residual must have several of its values, like a line.
        """
        sensitive_dimensions = frozenset(
            index for index in summed if self._query.dimensions[index].sensitive
        )
        if len(leaves) > 1 and leaves in self._sensitive_sums:
            return self._sensitive_sums[leaves]
        sought = (leaves, sensitive_dimensions)
        if sought not in self._answers:
            self._answers[sought] = bool(leaves) and (
                len(leaves) == 1 or self._breaks_a_rule(leaves, sensitive_dimensions)
            )
        return self._answers[sought]

    def _breaks_a_rule(
        self, leaves: frozenset[CellLabels], sensitive_dimensions: frozenset[int]
    ) -> bool:
        """Return whether a primary rule would suppress the sum of some leaves."""
        cells = [self._cells[labels] for labels in leaves]
        merged = replace(
            cells[0],
            labels=(),
            rows=sum(cell.rows for cell in cells),
            columns=MappingProxyType(
                {name: _column_sum(cells, name) for name in self._query.columns}
            ),
            subjects=MappingProxyType(
                {label: self._certain(label, cells) for label in self._fixed_dimensions}
            ),
        )
        residual = Residual(
            cell=merged,
            diversity=[
                self._by_value(cells, index) for index in sorted(sensitive_dimensions)
            ],
        )
        return any(
            rule.is_residual_sensitive(residual, self._context)
            for rule in PRIMARY_RULES.values()
        )

    def _by_value(
        self, cells: Sequence[CellStatistics], index: int
    ) -> list[list[SubjectStatistics]]:
        """Return the certain subjects of each kind, per value of a dimension."""
        by_value: dict[object, list[CellStatistics]] = {}
        for cell in cells:
            by_value.setdefault(cell.labels[index], []).append(cell)
        return [
            [self._certain(label, same_value) for label in self._fixed_dimensions]
            for same_value in by_value.values()
        ]

    def _certain(
        self, label: str, cells: Sequence[CellStatistics]
    ) -> SubjectStatistics:
        """Return what is certain about one kind of subject in the union of cells."""
        groups: dict[CellLabels, list[SubjectStatistics]] = {}
        for cell in cells:
            group = tuple(cell.labels[i] for i in self._fixed_dimensions[label])
            groups.setdefault(group, []).append(cell.subjects[label])
        # No subject is in two groups, but perhaps in two cells of one group.
        return merge_subjects(
            [merge_subjects(group, apart=False) for group in groups.values()],
            apart=True,
        )


def _column_sum(cells: Sequence[CellStatistics], name: str) -> ColumnTotals:
    """Return a column's totals over the union of cells."""
    columns = [cell.columns[name] for cell in cells]
    return ColumnTotals(
        rows=sum(column.rows for column in columns),
        total=sum(column.total for column in columns),
        clamped=sum(column.clamped for column in columns),
        unusable=sum(column.unusable for column in columns),
    )
