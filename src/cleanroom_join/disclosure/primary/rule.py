"""
The interface of a primary rule, which judges whether a figure discloses a subject.

A rule is one file with one object ``RULE``; the file is called like the rule's member
of `Rule`.  The rule judges three things, and it cannot forget one of them, since the
class has no default for them:

- a *cell*, by its exact statistics or, under bounded contributions, by noisy ones;
- a *residual*, which is a published total less the published cells below it: a reader
  knows it like a cell, so it must pass the rules of one;
- a *union* of suppressed cells whose sum is derivable (`suppression.sensitive_unions`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.perturbation.noisy_cell import NoisyCell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics, SubjectStatistics
    from cleanroom_join.disclosure.model.rule import RuleText
    from cleanroom_join.disclosure.perturbation.draw import Noise

__all__ = ["PrimaryRule", "Residual", "RuleContext", "UnionBound"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class RuleContext:
    """What a rule judges by."""

    query: Query
    policy: Policy
    """The effective policy."""
    noise: Noise | None = None
    """Noise that the policy asks for; None if it asks for none, or without a key."""

    def noisy(self, cell: CellStatistics) -> NoisyCell | None:
        """
        Return the noisy quantities of a cell, if contributions are bounded.

        None if they are not, or if the cell lacks its noise: then the rule
        ``missing_noise`` suppresses it.
        """
        bounded = self.policy.contribution_bounded
        if not bounded or self.noise is None or cell.cell_key is None:
            return None
        return NoisyCell(cell, self.query, self.policy, self.noise)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Residual:
    """At least two suppressed leaves whose sum is derivable."""

    cell: CellStatistics
    """Their sum as one cell; its subjects are those that are certain (`model.cell`)."""
    diversity: Sequence[Sequence[Sequence[SubjectStatistics]]]
    """
    Subjects by value of each sensitive dimension that the residual sums over.

    First index: the dimension; second: its value; third: the kind of subject.  Empty if
    there is no such dimension.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class UnionBound:
    """A linear condition that every derivable union of suppressed leaves must meet."""

    weights: Sequence[float]
    """One for each leaf; their sum over the leaves of a union must not exceed zero."""
    allowed: Sequence[bool] | None = None
    """Which leaves a union may consist of to break the condition; None for all."""


class PrimaryRule(ABC):
    """One rule that judges each cell by itself; it can suppress, never publish."""

    text: RuleText

    @abstractmethod
    def is_sensitive(self, cell: CellStatistics, context: RuleContext) -> bool:
        """Return whether a cell must not be published."""

    @abstractmethod
    def is_residual_sensitive(self, residual: Residual, context: RuleContext) -> bool:
        """Return whether the sum of suppressed leaves must not be derivable."""

    @abstractmethod
    def union_bounds(
        self, leaves: Sequence[SubjectStatistics], context: RuleContext
    ) -> Iterator[UnionBound]:
        """
        Yield the conditions that unions of suppressed leaves must meet.

        Args:
            leaves: Statistics of each suppressed leaf, for one kind of subject.
            context: What the rule judges by.
        """

    def sensitive_cells(
        self, cells: Sequence[CellStatistics], context: RuleContext
    ) -> frozenset[CellLabels]:
        """Return which cells of one level must not be published; see `Level`."""
        return frozenset(
            cell.labels for cell in cells if self.is_sensitive(cell, context)
        )
