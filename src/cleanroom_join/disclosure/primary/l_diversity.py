"""
Rule ``l_diversity``: every table line has several values of a sensitive dimension.

A *table line* is a row or column of the table: all cells that differ in one dimension
only.  If all subjects of a line have the same value of a sensitive dimension, being on
that line discloses the value.

Distinct l-diversity: Machanavajjhala et al., "l-Diversity: Privacy Beyond
k-Anonymity", ACM TKDD 1(1), 2007.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL
from cleanroom_join.disclosure.model.rule import RuleText
from cleanroom_join.disclosure.primary.rule import PrimaryRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cleanroom_join.contract import CellLabels
    from cleanroom_join.disclosure.model.cell import CellStatistics, SubjectStatistics
    from cleanroom_join.disclosure.primary.rule import (
        Residual,
        RuleContext,
        UnionBound,
    )

__all__ = ["RULE"]


class LDiversity(PrimaryRule):
    """Suppress all cells of a line with fewer than l values of m subjects each."""

    text = RuleText(
        does="Suppresses all cells of a row or column of the table along which a"
        " sensitive dimension has fewer than {l} values with {m} subjects each.",
        does_bounded="Suppresses all cells of a row or column of the table along which"
        " a sensitive dimension has fewer than {l} values with {m} subjects each, and"
        " {m_enough} when noise is added.",
        why="If all subjects of a group have the same sensitive value, knowing that"
        " somebody is in the group discloses it.",
    )

    def is_sensitive(self, cell: CellStatistics, context: RuleContext) -> bool:
        """Return whether a cell that is alone on its line must not be published."""
        return cell.labels in self.sensitive_cells([cell], context)

    def sensitive_cells(
        self, cells: Sequence[CellStatistics], context: RuleContext
    ) -> frozenset[CellLabels]:
        """
        Return all cells on lines that are not diverse.

        NULL and ``(other)`` are values like any other; a total has no value.
        """
        policy = context.policy
        sensitive: set[CellLabels] = set()
        for index, dimension in enumerate(context.query.dimensions):
            if not dimension.sensitive:
                continue
            diversity = Counter(
                _line(cell.labels, index)
                for cell in cells
                if _is_diverse(cell, context)
            )
            sensitive.update(
                cell.labels
                for cell in cells
                if cell.labels[index] != ALL
                and diversity[_line(cell.labels, index)] < policy.l_diversity
            )
        return frozenset(sensitive)

    def is_residual_sensitive(self, residual: Residual, context: RuleContext) -> bool:
        """Return whether the residual sums over too few values of a dimension."""
        policy = context.policy
        return any(
            sum(_has_enough(subjects, policy.min_opposite) for subjects in values)
            < policy.l_diversity
            for values in residual.diversity
        )

    def union_bounds(
        self, leaves: Sequence[SubjectStatistics], context: RuleContext
    ) -> Iterator[UnionBound]:
        """Yield nothing: a union on one line is a residual; others are on no line."""
        del leaves, context
        yield from ()


def _is_diverse(cell: CellStatistics, context: RuleContext) -> bool:
    """
    Return whether a cell counts as a value of its line.

    Under bounded contributions its noisy number of subjects, which may be published,
    must exceed m by the largest noise, as in the rule ``threshold``.
    """
    m, noisy = context.policy.min_opposite, context.noisy(cell)
    enough = noisy is None or noisy.subjects()[0] >= m + context.policy.max_noise
    return enough and _has_enough(cell.subjects.values(), m)


def _has_enough(kinds: Iterable[SubjectStatistics], m: int) -> bool:
    """Return whether there are at least *m* subjects of every kind."""
    return all(subjects.subjects >= m for subjects in kinds)


def _line(labels: CellLabels, index: int) -> CellLabels:
    """Return the line of a cell: its labels without the one at *index*."""
    return labels[:index] + labels[index + 1 :]


RULE = LDiversity()
