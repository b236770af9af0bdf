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

Needs SciPy (extra ``lp``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.primary import PRIMARY_RULES
from cleanroom_join.disclosure.primary.rule import RuleContext
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.primary.rule import UnionBound

__all__ = ["sensitive_union"]

_TOLERANCE = 1e-6

_SOLVED = 0
"""Status of an answer, as SciPy numbers it."""


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
        from scipy.sparse import csr_matrix, hstack, identity  # noqa: PLC0415 - ``lp``

        self._sums = sums
        index = {leaf: i for i, leaf in enumerate(leaves)}
        rows = [index[leaf] for s in sums for leaf in sorted(s, key=repr)]
        columns = [i for i, s in enumerate(sums) for _ in s]
        count = len(leaves)
        published = csr_matrix(
            ([1.0] * len(rows), (rows, columns)), shape=(count, len(sums))
        )
        self._equations = hstack([published, -identity(count)], format="csr")

    def derivation(self, bound: UnionBound) -> Mapping[frozenset[CellLabels], float]:
        """Return sums from which a union that breaks a bound is derivable, or none."""
        from scipy.optimize import linprog  # noqa: PLC0415 - extra ``lp``

        weights, count = bound.weights, len(bound.weights)
        allowed = bound.allowed or (True,) * count
        answer = linprog(
            [0.0] * len(self._sums) + [-weight for weight in weights],
            A_eq=self._equations,
            b_eq=[0.0] * count,
            bounds=[(None, None)] * len(self._sums)
            + [(0.0, float(is_allowed)) for is_allowed in allowed],
            method="highs-ds",
        )
        if answer.status != _SOLVED:
            raise InternalError.of("the audit found no limits of a sum of cells")
        if -answer.fun < _TOLERANCE:
            return {}
        solution = answer.x[: len(self._sums)].tolist()
        return {
            published: weight
            for published, weight in zip(self._sums, solution, strict=True)
            if abs(weight) > _TOLERANCE
        }
