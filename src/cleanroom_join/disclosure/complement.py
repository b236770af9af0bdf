"""
Rule ``complement``: what is withheld must not follow from what is published.

Every published total or coarser cell is an equation over the leaves beneath it.
Whoever knows the published leaves knows the sum of the others, and their rate and
mean; so each such rest must be of at least two withheld leaves, and obey the rules of
a cell that is published.  For all equations together, each withheld count must be
uncertain by at least k.

Secondary suppression by heuristic and linear-programming audit: Fischetti and
Salazar, "Solving the Cell Suppression Problem on Tabular Data", Management Science
47(7), 2001; Hundepool et al., "Statistical Disclosure Control", Wiley 2012, 4.4.

Figures are taken as exact here, although counts are published rounded: rounding
errors average out over many cells, so they protect less than they seem to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.linear import Equation, has_solver, narrow
from cleanroom_join.disclosure.rules import cohort, dominance, homogeneous
from cleanroom_join.disclosure.statistics import together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellKey, Policy, Question
    from cleanroom_join.disclosure.layout import Aggregate, Layout
    from cleanroom_join.disclosure.statistics import (
        CellStatistics,
        SubjectStatistics,
    )

__all__ = ["Complement", "complement"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Complement:
    """What must go, so that nothing withheld can be worked out."""

    withheld: frozenset[CellKey]
    audited: bool
    """
    Whether every sum that is published was looked at together with all others.

    False if that needs a linear program and there is no solver; then no total and
    no coarser cell is left.
    """


def complement(
    layout: Layout,
    fresh: AbstractSet[CellKey],
    secret: AbstractSet[CellKey],
    cells: Mapping[CellKey, CellStatistics],
    question: Question,
    policy: Policy,
) -> Complement:
    """
    Return which of the items that would be published must be withheld too.

    Args:
        layout: Every item with rows.
        fresh: Items whose present figures would be published.
        secret: Items whose figures break a rule by themselves; totals among them
            must not follow from their cells.  A total that is only withheld for
            the sake of others may: it is a crowd.
        cells: Statistics of every item.
        question: What was asked.
        policy: The effective policy.
    """
    hidden = [total for total in layout.totals if total.key in secret]
    problem = _Problem(layout, hidden, cells, question, policy)
    kept = problem.lines_kept(set(fresh))
    shown = [a for a in layout.aggregates if a.key in kept]
    if shown and (hidden or _overlapping(shown, kept)):
        if not has_solver():
            kept -= {aggregate.key for aggregate in layout.aggregates}
            return Complement(withheld=frozenset(fresh) - kept, audited=False)
        kept = problem.audited(kept)
    return Complement(withheld=frozenset(fresh) - kept, audited=True)


def _overlapping(shown: list[Aggregate], kept: AbstractSet[CellKey]) -> bool:
    """
    Return whether some withheld leaf is in two published sums.

    Where none is, the sums are independent of each other, and what holds for each
    of them holds for all.
    """
    seen: set[CellKey] = set()
    for aggregate in shown:
        unknown = aggregate.leaves - kept
        if seen & unknown:
            return True
        seen |= unknown
    return False


class _Problem:
    """The leaves, what is known of them, and what each weighs."""

    def __init__(
        self,
        layout: Layout,
        hidden: list[Aggregate],
        cells: Mapping[CellKey, CellStatistics],
        question: Question,
        policy: Policy,
    ) -> None:
        self._layout = layout
        self._hidden = hidden
        self._cells = cells
        self._question = question
        self._policy = policy
        self._weak_rests: dict[frozenset[CellKey], bool] = {}
        self._levels = _by_level(layout)
        first = question.subjects[0].label
        # Of other kinds of subjects anybody may be in any cell.
        self._fixed = {
            s.label: question.fixed if s.label == first else ()
            for s in question.subjects
        }
        self._amounts: list[Callable[[CellKey], int]] = [lambda key: cells[key].rows]
        if question.one_cell_per_subject:
            self._amounts.append(lambda key: cells[key].subjects[first].subjects)

    # --- each published sum by itself, and the rests between sums ----------------

    def lines_kept(self, kept: set[CellKey]) -> set[CellKey]:
        """Return what is left after the rule of each line holds."""
        for total in self._hidden:
            if total.leaves <= kept:  # it would be the sum of its cells
                kept.remove(min(total.leaves, key=self._cost))
        again = True
        while again:
            again = False
            for aggregate in self._layout.aggregates:
                if aggregate.key not in kept:
                    continue
                while aggregate.key in kept and any(
                    self._weak(rest) for rest in self._rests(aggregate, kept)
                ):
                    kept.remove(self._cheapest(aggregate, kept))
                    again = True
        return kept

    def _rests(
        self, aggregate: Aggregate, kept: AbstractSet[CellKey]
    ) -> Iterator[frozenset[CellKey]]:
        """Yield the unknown leaves of a sum, less the finer sums that are known."""
        unknown = aggregate.leaves - kept
        yield unknown
        for items in self._levels:
            finer = [
                a.leaves
                for a in items
                if a.key in kept
                and a.key != aggregate.key
                and a.leaves < aggregate.leaves
            ]
            if finer:
                yield unknown.difference(*finer)

    def _weak(self, rest: frozenset[CellKey]) -> bool:
        """Return whether some leaves would not be published as one cell."""
        if rest not in self._weak_rests:
            self._weak_rests[rest] = bool(rest) and (
                len(rest) == 1 or self._refused(rest)
            )
        return self._weak_rests[rest]

    def _refused(self, rest: frozenset[CellKey]) -> bool:
        """Return whether a rule withholds some leaves together."""
        cells = [self._cells[key] for key in rest]
        whole = replace(
            cells[0],
            key=(),
            rows=sum(cell.rows for cell in cells),
            subjects={label: self._certain(label, cells) for label in self._fixed},
        )
        rules = (cohort, homogeneous, dominance)
        return any(rule(whole, self._question, self._policy) for rule in rules)

    def _certain(
        self, label: str, cells: Sequence[CellStatistics]
    ) -> SubjectStatistics:
        """Return what is certain of one kind of subject in some leaves together."""
        crowds: dict[CellKey, list[SubjectStatistics]] = {}
        for cell in cells:
            crowd = tuple(cell.key[place] for place in self._fixed[label])
            crowds.setdefault(crowd, []).append(cell.subjects[label])
        # Nobody is in two crowds, but perhaps in two cells of one.
        return together(
            [together(crowd, apart=False) for crowd in crowds.values()], apart=True
        )

    def _cheapest(self, aggregate: Aggregate, kept: AbstractSet[CellKey]) -> CellKey:
        """Return what to withhold beneath a sum: its smallest leaf, or itself."""
        return min(aggregate.leaves & kept, key=self._cost, default=aggregate.key)

    def _cost(self, key: CellKey) -> tuple[int, str]:
        """Return what withholding an item loses; ties are broken by its labels."""
        first = self._question.subjects[0].label
        return self._cells[key].subjects[first].subjects, repr(key)

    # --- all sums together -------------------------------------------------------

    def audited(self, kept: set[CellKey]) -> set[CellKey]:
        """Return what is left when every unknown is uncertain by k."""
        while True:
            found = self._narrow(kept)
            if not found:
                return kept
            for key in found:
                self._widen(key, kept)
            kept = self.lines_kept(kept)

    def _narrow(self, kept: AbstractSet[CellKey]) -> list[CellKey]:
        """Return withheld items whose counts follow too closely."""
        index = {k: i for i, k in enumerate(self._layout.leaves) if k not in kept}
        equations = {
            frozenset(index[leaf] for leaf in aggregate.leaves - kept)
            for aggregate in self._layout.aggregates
            if aggregate.key in kept
        } - {frozenset()}
        hidden = {key: frozenset([place]) for key, place in index.items()}
        for total in self._hidden:
            hidden[total.key] = frozenset(index[k] for k in total.leaves - kept)
        found: set[CellKey] = set()
        amounts = [
            {place: amount(key) for key, place in index.items()}
            for amount in self._amounts
        ]
        # Where everybody has one row, rows are subjects: one audit is enough.
        for values in [v for i, v in enumerate(amounts) if v not in amounts[:i]]:
            exact = [
                Equation(unknowns=e, total=sum(values[i] for i in e)) for e in equations
            ]
            found.update(narrow(exact, values, hidden, self._policy.min_cohort))
        return sorted(found, key=self._cost)

    def _widen(self, key: CellKey, kept: set[CellKey]) -> None:
        """Withhold one more item that says something about *key*."""
        leaves = _leaves_of(key, self._layout)
        about = [
            a for a in self._layout.aggregates if a.key in kept and a.leaves & leaves
        ]
        if about:  # else what said something went for another's sake already
            near = min(about, key=lambda a: (len(a.leaves - kept), repr(a.key)))
            kept.remove(self._cheapest(near, kept))


def _by_level(layout: Layout) -> list[list[Aggregate]]:
    """Return the aggregates of each level."""
    found: dict[object, list[Aggregate]] = {}
    for aggregate in layout.aggregates:
        found.setdefault(aggregate.level, []).append(aggregate)
    return list(found.values())


def _leaves_of(key: CellKey, layout: Layout) -> frozenset[CellKey]:
    """Return the leaves beneath an item; of a leaf, itself."""
    for aggregate in layout.aggregates:
        if aggregate.key == key:
            return aggregate.leaves
    return frozenset([key])
