"""
What a rehearsal published and suppressed, and what a change adds to that.

Figures are exact here.  `floored` makes them coarse before anybody reads them: sums of
subjects that are shown are multiples of k, so that no difference of two is a count
under k.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure import Rule
from cleanroom_join.disclosure.model.layout import layout_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.advice.change import Change
    from cleanroom_join.contract import CellLabels, Contract, Query
    from cleanroom_join.disclosure import CellStatistics, GuardedTable
    from cleanroom_join.disclosure.model.layout import Layout
    from cleanroom_join.errors import CleanRoomJoinError

__all__ = [
    "Advice",
    "Answered",
    "Effect",
    "Suppression",
    "Utility",
    "floored",
    "suppressions",
    "utility",
]


_NO_GAIN = (0, 0, 0)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Answered:
    """The answer to one query, with the secret statistics that led to it."""

    query: Query
    cells: tuple[CellStatistics, ...]
    table: GuardedTable


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Utility:
    """How much of one query is published."""

    published: int
    """Finest cells that are published."""
    finest: int
    """Finest cells that have rows."""
    subjects: int
    """Subjects of the published finest cells, added up over the cells."""
    all_subjects: int
    """Subjects of all finest cells, added up over the cells."""
    totals: int
    """Totals that are published."""
    all_totals: int
    """Totals that have rows."""
    coarser: int
    """Coarser cells that are published."""

    @property
    def is_complete(self) -> bool:
        """Whether everything that the query asks for is published."""
        return (self.published, self.totals) == (self.finest, self.all_totals)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Suppression:
    """What one rule suppressed of one query."""

    rule: Rule
    finest: int
    """Finest cells."""
    totals: int
    subjects: int
    """Subjects of these finest cells, added up over the cells."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Effect:
    """What a change that was tried would publish."""

    change: Change
    before: Mapping[str, Utility]
    """By output, under the contract as it is."""
    after: Mapping[str, Utility]
    """By output; empty if the change was refused."""
    refusal: CleanRoomJoinError | None = None

    @property
    def gain(self) -> tuple[int, int, int]:
        """
        What is published besides: subjects of finest cells, finest cells, totals.

        The first that is not zero says whether a change publishes more or less.
        """
        if self.refusal is not None:
            return 0, 0, 0
        before, after = self.before.values(), self.after.values()
        return (
            sum(u.subjects for u in after) - sum(u.subjects for u in before),
            sum(u.published for u in after) - sum(u.published for u in before),
            sum(u.totals for u in after) - sum(u.totals for u in before),
        )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Advice:
    """What a contract publishes on the rehearsed data, and what would publish more."""

    contract: Contract
    answers: Mapping[str, Answered]
    """By output, under the contract as it is."""
    tried: tuple[Effect, ...]
    """In the order in which they were tried."""
    untried: tuple[Change, ...]

    @property
    def is_complete(self) -> bool:
        """Whether everything that the contract asks for is published already."""
        return all(utility(answered).is_complete for answered in self.answers.values())

    @property
    def better(self) -> tuple[Effect, ...]:
        """The changes that publish more subjects, the largest gain first."""
        gaining = [effect for effect in self.tried if effect.gain > _NO_GAIN]
        # Stable: of equal gains, the change that was tried first comes first.
        return tuple(sorted(gaining, key=lambda e: e.gain, reverse=True))

    @property
    def other(self) -> tuple[Effect, ...]:
        """The changes that publish no more, in the order in which they were tried."""
        return tuple(effect for effect in self.tried if effect.gain <= _NO_GAIN)


def floored(count: int, k: int) -> int:
    """
    Return the largest multiple of *k* that is not above a sum of subjects.

    Examples:
        >>> floored(1234, 100), floored(99, 100)
        (1200, 0)
    """
    return count - count % k


def utility(answered: Answered) -> Utility:
    """Return how much of an answer is published."""
    published = {cell.labels for cell in answered.table.published}
    subjects = _finest(answered)
    layout = _layout(answered)
    totals = {total.labels for total in layout.totals}
    shown = subjects.keys() & published
    return Utility(
        published=len(shown),
        finest=len(subjects),
        subjects=sum(subjects[labels] for labels in shown),
        all_subjects=sum(subjects.values()),
        totals=len(totals & published),
        all_totals=len(totals),
        coarser=len(published - totals - subjects.keys()),
    )


def suppressions(answered: Answered) -> tuple[Suppression, ...]:
    """Return what each rule suppressed first, in the order of the rules."""
    subjects = _finest(answered)
    found = []
    for rule in Rule:
        by_rule = [c.labels for c in answered.table.suppressed if c.rule is rule]
        finest = [labels for labels in by_rule if labels in subjects]
        if by_rule:
            found.append(
                Suppression(
                    rule=rule,
                    finest=len(finest),
                    totals=len(by_rule) - len(finest),
                    subjects=sum(subjects[labels] for labels in finest),
                )
            )
    return tuple(found)


def _finest(answered: Answered) -> Mapping[CellLabels, int]:
    """Return the joined subjects of every finest cell."""
    label = answered.query.subjects[0].label
    by_labels = {c.labels: c.subjects[label].subjects for c in answered.cells}
    return {labels: by_labels[labels] for labels in _layout(answered).leaves}


def _layout(answered: Answered) -> Layout:
    """Return which cells are leaves, and which are sums of them."""
    return layout_of([cell.labels for cell in answered.cells], answered.query)
