"""
Sensitive unions: derivable sums of suppressed leaves that break a rule.

`additive_closure` finds unions along table lines.  Others are derivable too: two rows
less one column may be what is left of two cells that share no line.  There are too many
sets of leaves to look at all, but few that could break a rule: of fewer than k shops,
say, can only be leaves with fewer than k each.  Whether some of those are derivable
together is one linear program: among all weighted sums of what is published, is there
one in which those leaves, and no others, have weights between zero and one?

In two dimensions such weights are all zero or one.  In more they may be fractions;
figures that follow by fractions disclose as much, so they count.

When it finds something: only for subjects who may be in several cells, so with totals
and a second kind of subject, or with dimensions of a table with several rows per
subject; in 16 of 595 random tables of that kind (docs/adr/0023-interval-audit.md).  For
subjects whose counts add up over labels, `interval_audit` looks at everything that
could be few, and dominated sums are looked at along lines.

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
) -> tuple[frozenset[CellLabels], ...]:
    """
    Return published sums from which a sensitive union is derivable, or nothing.

    Args:
        leaves: All that is not published.
        sums: The leaves of each published sum that are not published.
        cells: Statistics of every cell.
        query: What was asked.
        policy: The effective policy.
    """
    if not leaves or not sums:
        return ()
    space = _Space(leaves, sums)
    context = RuleContext(query=query, policy=policy)
    seen = set()
    for counted in query.subjects:
        if counted is query.subjects[0] and query.fixed:
            continue  # they add up over labels: see `interval_audit`
        found = [cells[labels].subjects[counted.label] for labels in leaves]
        for rule in PRIMARY_RULES.values():
            for bound in rule.union_bounds(found, context):
                asked = (tuple(bound.weights), bound.allowed)
                if asked not in seen:
                    seen.add(asked)
                    if derivation := space.derivation(bound):
                        return derivation
    return ()


class _Space:
    """All weighted sums of what is published."""

    def __init__(
        self, leaves: Sequence[CellLabels], sums: Sequence[frozenset[CellLabels]]
    ) -> None:
        from scipy.sparse import csr_matrix, hstack, identity  # noqa: PLC0415 - ``lp``

        self._sums = sums
        index = {leaf: i for i, leaf in enumerate(leaves)}
        rows = [index[leaf] for known in sums for leaf in sorted(known, key=repr)]
        columns = [i for i, known in enumerate(sums) for _ in known]
        count = len(leaves)
        published = csr_matrix(
            ([1.0] * len(rows), (rows, columns)), shape=(count, len(sums))
        )
        self._equal = hstack([published, -identity(count)], format="csr")

    def derivation(self, bound: UnionBound) -> tuple[frozenset[CellLabels], ...]:
        """Return the sums that are added or subtracted, if there is such a union."""
        from scipy.optimize import linprog  # noqa: PLC0415 - extra ``lp``

        weights, count = bound.weights, len(bound.weights)
        allowed = bound.allowed or (True,) * count
        answer = linprog(
            [0.0] * len(self._sums) + [-w for w in weights],
            A_eq=self._equal,
            b_eq=[0.0] * count,
            bounds=[(None, None)] * len(self._sums)
            + [(0.0, float(one)) for one in allowed],
            method="highs-ds",
        )
        if answer.status != _SOLVED:
            raise InternalError.of("the audit found no limits of a sum of cells")
        if -answer.fun < _TOLERANCE:
            return ()
        solution = answer.x[: len(self._sums)].tolist()
        return tuple(
            known
            for known, weight in zip(self._sums, solution, strict=True)
            if abs(weight) > _TOLERANCE
        )
