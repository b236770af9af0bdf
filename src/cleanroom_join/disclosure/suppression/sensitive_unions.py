"""
Sensitive unions: sets of suppressed leaves that break a rule and have a derivable sum.

`additive_closure` finds unions along table lines.  Others are derivable too: two rows
less one column may be what is left of two cells that share no line.  There are too many
sets of leaves to try them all, but few that could break a rule: fewer than k subjects
of a second kind, for example, can only be in leaves with fewer than k each.  One linear
program decides whether some of those are derivable together: among all weighted sums of
published figures, is there one in which those leaves, and no others, have weights
between zero and one?

In two dimensions such weights are all zero or one.  In more dimensions they may be
fractions; a fraction of a figure discloses as much, so it counts.

When it finds something: only for subjects who may be in several cells, so with totals
and a second kind of subject, or with dimensions of a table with several rows per
subject; in 16 of 595 random tables of that kind (docs/adr/0023-interval-audit.md).  For
subjects whose counts add up over labels, `interval_audit` covers every set that could
have too few, and `additive_closure` covers dominated sums along lines.

Needs highspy (extra ``lp``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.primary import PRIMARY_RULES
from cleanroom_join.disclosure.primary.rule import RuleContext
from cleanroom_join.disclosure.suppression.solver import Program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.primary.rule import UnionBound

__all__ = ["sensitive_union"]

_TOLERANCE = 1e-6


def sensitive_union(
    leaves: Sequence[CellLabels],
    sums: Sequence[frozenset[CellLabels]],
    cells: Mapping[CellLabels, CellStatistics],
    query: Query,
    policy: Policy,
) -> Mapping[frozenset[CellLabels], float]:
    """
    Return published sums from which a sensitive union is derivable, with weights.

    None, if there is no such union.

    Args:
        leaves: All suppressed leaves.
        sums: The suppressed leaves below each published aggregate.
        cells: Statistics of every cell.
        query: The query.
        policy: The effective policy.
    """
    if not leaves or not sums:
        return {}
    space = _DerivableSums(leaves, sums)
    context = RuleContext(query=query, policy=policy)
    tried = set()
    for counted in query.subjects:
        if counted is query.subjects[0] and query.single_label_indices:
            continue  # counts of joined subjects add up over labels: `interval_audit`
        statistics = [cells[labels].subjects[counted.label] for labels in leaves]
        for rule in PRIMARY_RULES.values():
            for bound in rule.union_bounds(statistics, context):
                program = (tuple(bound.weights), bound.allowed)
                if program not in tried:
                    tried.add(program)
                    if derivation := space.derivation(bound):
                        return derivation
    return {}


class _DerivableSums:
    """
    All weighted sums of published figures, as the equations of a linear program.

    Its variables are a weight for each published sum, then one for each leaf.
    """

    def __init__(
        self, leaves: Sequence[CellLabels], sums: Sequence[frozenset[CellLabels]]
    ) -> None:
        self._sums, self._count = sums, len(leaves)
        number = {leaf: len(sums) + i for i, leaf in enumerate(leaves)}
        rows: dict[CellLabels, dict[int, float]] = {
            leaf: {number[leaf]: -1.0} for leaf in leaves
        }
        for i, published in enumerate(sums):
            for leaf in published:
                rows[leaf][i] = 1.0
        self._equations = list(rows.values())

    def derivation(self, bound: UnionBound) -> Mapping[frozenset[CellLabels], float]:
        """Return sums from which a union that breaks a bound is derivable, or none."""
        import numpy as np  # noqa: PLC0415 - extra ``lp``

        free = np.full(len(self._sums), np.inf)
        most = np.array(bound.allowed or (True,) * self._count, dtype=float)
        zero = np.zeros(self._count)
        program = Program(
            self._equations,
            np.zeros(len(free) + self._count),
            np.concatenate([-free, zero]),
            np.concatenate([free, most]),
        )
        goal = np.concatenate([np.zeros(len(free)), -np.array(bound.weights)])
        found = program.least(goal).solution
        if -(goal @ found) < _TOLERANCE:
            return {}
        solution = found[: len(free)].tolist()
        return {
            published: weight
            for published, weight in zip(self._sums, solution, strict=True)
            if abs(weight) > _TOLERANCE
        }
