"""
Which leaves that would not be published as one cell follow together, wherever they are.

Sets along lines are found in `unions`.  Others follow too: two rows less one column
may be what is left of two cells in neither's line.  There are too many sets to look at
all, but few that could break a rule: of fewer than k shops, say, can only be leaves
with fewer than k each.  Whether some of those follow together is one linear program:
among all weighted sums of what is published, is there one in which those leaves, and
no others, have weights between zero and one?

In two dimensions such weights are all zero or one.  In more they may be fractions;
figures that follow by fractions tell as much, so they count.

Looked at are subjects who may be in any cell.  Where they add up over labels, the audit
looks at everything that could be few; dominated sums of money are looked at along
lines.

Needs SciPy (extra ``lp``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from cleanroom_join.contract import MeasureType
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import (
        CellStatistics,
        Contributions,
        SubjectStatistics,
    )

__all__ = ["sensitive_union"]

_TOLERANCE = 1e-6

_SOLVED = 0
"""Status of an answer, as SciPy numbers it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Suspicion:
    """What some leaves would be together that no cell may be."""

    weights: Sequence[float]
    """By leaf; together they must not be above zero."""
    allowed: Sequence[bool] | None = None
    """Leaves that can be among them; all if it is None."""


def sensitive_union(
    leaves: Sequence[CellLabels],
    sums: Sequence[frozenset[CellLabels]],
    cells: Mapping[CellLabels, CellStatistics],
    query: Query,
    policy: Policy,
) -> tuple[frozenset[CellLabels], ...]:
    """
    Return sums that together tell of leaves that break a rule; none if none do.

    Args:
        leaves: All that is not published.
        sums: The leaves of each published sum that are not published.
        cells: Statistics of every item.
        query: What was asked.
        policy: The effective policy.
    """
    if not leaves or not sums:
        return ()
    space = _Space(leaves, sums)
    known = [cells[key] for key in leaves]
    seen = set()
    for counted in query.subjects:
        if counted is query.subjects[0] and query.fixed:
            continue  # they add up over labels: see `audit` and `unions`
        found = [cell.subjects[counted.label] for cell in known]
        for suspicion in chain(
            _few(found, query, policy), _dominated(found, query, policy)
        ):
            asked = (tuple(suspicion.weights), suspicion.allowed)
            if asked not in seen:
                seen.add(asked)
                if derivation := space.derivation(suspicion):
                    return derivation
    return ()


def _few(
    found: Sequence[SubjectStatistics], query: Query, policy: Policy
) -> Iterator[_Suspicion]:
    """Yield leaves with too few subjects, with a value, and off each bound."""
    counts: list[tuple[int, list[int]]] = [
        (policy.min_cohort, [s.subjects for s in found])
    ]
    for name in query.columns:
        own = [s.columns[name] for s in found]
        counts += [
            (policy.min_cohort, [c.subjects for c in own]),
            (policy.min_opposite, [c.subjects_above for c in own]),
            (policy.min_opposite, [c.subjects_below for c in own]),
        ]
    for least, numbers in counts:
        few = tuple(n < least for n in numbers)
        if any(few):
            yield _Suspicion(weights=[1.0] * len(found), allowed=few)


def _dominated(
    found: Sequence[SubjectStatistics], query: Query, policy: Policy
) -> Iterator[_Suspicion]:
    """Yield by how much the largest subjects have more of each leaf than they may."""
    if policy.contribution_bounded:
        return
    figures: list[Callable[[SubjectStatistics], Contributions | None]] = [
        lambda s: s.rows
    ]
    for name, column in query.columns.items():
        figures += [
            lambda s, name=name: s.columns[name].weights,  # type: ignore[misc]
            lambda s, name=name: s.columns[name].totals,  # type: ignore[misc]
        ]
        if column.type is MeasureType.BOOLEAN:
            figures.append(lambda s, name=name: s.columns[name].falses)  # type: ignore[misc]
    share, p = float(policy.dominance_share), policy.dominance_p
    for figure in figures:
        spreads = [spread for s in found if (spread := figure(s)) is not None]
        seconds = [s.second if policy.dominance_n > 1 else 0 for s in spreads]
        # One person may be the largest in each of them.
        yield from _worst(
            [
                [
                    s.largest + second - (share - _TOLERANCE * 10) * s.total
                    for s, second in zip(spreads, seconds, strict=True)
                ],
                [
                    p * s.largest / 100 - (s.total - s.largest - s.second)
                    for s in spreads
                ],
            ]
        )


def _worst(all_weights: Sequence[Sequence[float]]) -> Iterator[_Suspicion]:
    """Yield weights as shares of the largest, if some are above zero."""
    for weights in all_weights:
        most = max(map(abs, weights))
        if max(weights) > 0:
            yield _Suspicion(weights=[w / most for w in weights])


class _Space:
    """All weighted sums of what is published."""

    def __init__(
        self, leaves: Sequence[CellLabels], sums: Sequence[frozenset[CellLabels]]
    ) -> None:
        from scipy.sparse import csr_matrix, hstack, identity  # noqa: PLC0415 - ``lp``

        self._sums = sums
        place = {leaf: i for i, leaf in enumerate(leaves)}
        rows = [place[leaf] for known in sums for leaf in sorted(known, key=repr)]
        columns = [i for i, known in enumerate(sums) for _ in known]
        many = len(leaves)
        told = csr_matrix(([1.0] * len(rows), (rows, columns)), shape=(many, len(sums)))
        self._equal = hstack([told, -identity(many)], format="csr")

    def derivation(self, suspicion: _Suspicion) -> tuple[frozenset[CellLabels], ...]:
        """Return the sums that are added or subtracted, if there is such a set."""
        from scipy.optimize import linprog  # noqa: PLC0415 - extra ``lp``

        weights, many = suspicion.weights, len(suspicion.weights)
        allowed = suspicion.allowed or (True,) * many
        answer = linprog(
            [0.0] * len(self._sums) + [-w for w in weights],
            A_eq=self._equal,
            b_eq=[0.0] * many,
            bounds=[(None, None)] * len(self._sums)
            + [(0.0, float(one)) for one in allowed],
            method="highs-ds",
        )
        if answer.status != _SOLVED:
            raise InternalError.of("the audit found no limits of a sum of cells")
        if -answer.fun < _TOLERANCE:
            return ()
        told = answer.x[: len(self._sums)].tolist()
        return tuple(
            known
            for known, weight in zip(self._sums, told, strict=True)
            if abs(weight) > _TOLERANCE
        )
