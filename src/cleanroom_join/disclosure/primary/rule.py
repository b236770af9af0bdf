"""
What a primary rule is: whether a cell, or what follows from others, discloses somebody.

A rule is one file, called like its member of `Rule`, with one object ``RULE``.  It says
how it judges each of three things, and none of them can be forgotten: the class has no
default for them.

- a *cell*, by its exact figures or, where contributions are bounded, by noisy ones;
- a *residual*, what is left of a published sum when all that is published beneath it is
  subtracted: it is known like a cell, so it must obey the rules of one;
- a *union* of suppressed cells of which the sum is derivable (`suppression`).
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
    """Where noise is drawn from; None if the policy asks for none, or without a key."""

    def noisy(self, cell: CellStatistics) -> NoisyCell | None:
        """
        Return a cell with noise that covers bounded contributions.

        None if contributions are not bounded, or there is no noise: a cell that lacks
        its noise is suppressed by the rule ``missing_noise``.
        """
        bounded = self.policy.contribution_bounded
        if not bounded or self.noise is None or cell.cell_key is None:
            return None
        return NoisyCell(cell, self.query, self.policy, self.noise)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Residual:
    """Suppressed leaves whose figures follow together, at least two."""

    cell: CellStatistics
    """Their figures as one cell; of subjects, what is certain of them together."""
    diversity: Sequence[Sequence[Sequence[SubjectStatistics]]]
    """
    For each sensitive dimension that is summed over, by value, each kind of subject.

    Empty if there is no such dimension.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class UnionBound:
    """What no derivable sum of suppressed leaves may reach: a linear condition."""

    weights: Sequence[float]
    """By leaf; their sum over the leaves of a union must not be above zero."""
    allowed: Sequence[bool] | None = None
    """Which leaves can be in such a union; all if it is None."""


class PrimaryRule(ABC):
    """One rule that looks at a cell by itself; it may only suppress."""

    text: RuleText

    @abstractmethod
    def is_sensitive(self, cell: CellStatistics, context: RuleContext) -> bool:
        """Return whether a cell must not be published."""

    @abstractmethod
    def is_residual_sensitive(self, residual: Residual, context: RuleContext) -> bool:
        """Return whether suppressed leaves must not be derivable together."""

    @abstractmethod
    def union_bounds(
        self, leaves: Sequence[SubjectStatistics], context: RuleContext
    ) -> Iterator[UnionBound]:
        """Yield what no union of suppressed leaves may reach, for a kind of subject."""

    def sensitive_cells(
        self, cells: Sequence[CellStatistics], context: RuleContext
    ) -> frozenset[CellLabels]:
        """Return which cells of one level must not be published."""
        return frozenset(
            cell.labels for cell in cells if self.is_sensitive(cell, context)
        )
