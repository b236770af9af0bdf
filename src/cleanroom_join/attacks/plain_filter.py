"""
The filter of every tutorial: ``GROUP BY … HAVING count(*) >= 100``, and nothing else.

It joins as the query says, runs any aggregate and any expression, rounds nothing,
remembers nothing, and prints what notebooks print.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from cleanroom_join.attacks.plain_join import joined
from cleanroom_join.attacks.query import Observation
from cleanroom_join.contract import ALL, COHORT_FLOOR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    from cleanroom_join.attacks.game import Row, Rows
    from cleanroom_join.attacks.query import AttackQuery, Figure
    from cleanroom_join.contract import Policy

__all__ = ["PlainFilterRoom"]


def _mean(values: Sequence[object]) -> object:
    """Return the mean of the values that are not NULL, in full precision."""
    return sum(values) / len(values) if values else None  # type: ignore[arg-type] # numbers


_AGGREGATES: Mapping[str, Callable[[list[object]], object]] = {
    "count": len,
    "count_distinct": lambda values: len(set(values)),
    "sum": sum,  # type: ignore[dict-item] # numbers
    "mean": _mean,
    "rate": _mean,
    "min": min,  # type: ignore[dict-item] # numbers
    "max": max,  # type: ignore[dict-item] # numbers
    "median": statistics.median,  # type: ignore[dict-item] # numbers
    "first": lambda values: values[0],
    "collect_list": lambda values: values,
}


class PlainFilterRoom:
    """
    A room without a guard.

    Args:
        days: The victim's table, day by day.
    """

    def __init__(self, days: Sequence[Rows]) -> None:
        self._days = list(days)

    def release(self, query: AttackQuery, members: Rows) -> Observation:
        """Run the query and print how many rows and groups there were."""
        rows = joined(self._days[0], members, outer=query.outer)
        groups: dict[tuple[object, ...], list[Row]] = {}
        for row in rows:
            for key in _keys(row, query):
                groups.setdefault(key, []).append(row)
        large = {k: g for k, g in groups.items() if len(g) >= COHORT_FLOOR}
        try:
            found = [_row(key, group, query) for key, group in large.items()]
        except (ArithmeticError, ValueError) as error:
            return Observation(text=f"{type(error).__name__}: {error}")
        dropped = len(groups) - len(large)
        return Observation(
            rows=found, text=f"{len(rows)} rows, {dropped} groups dropped"
        )

    def unsaved(self, query: AttackQuery, members: Rows) -> Observation:
        """Show everything, for no answer is recorded."""
        return self.release(query, members)

    def next_day(self) -> None:
        """Go on to the table of the next day."""
        del self._days[0]

    def rewind(self) -> None:
        """Do nothing, for there is no ledger."""

    def revise_noise(self, variance: Decimal, max_noise: int) -> None:
        """Do nothing, for no figure has noise."""

    def bring_contract(self, policy: Policy, purpose: str) -> None:
        """Do nothing, for there is no contract."""

    def entry_bytes(self) -> int:
        """Return zero, for no answer is recorded."""
        return 0


def _keys(row: Row, query: AttackQuery) -> list[tuple[object, ...]]:
    """Return the groups that a row is in: its own, and the totals above."""
    own = tuple(row[name] for name in query.group_by)
    totals = [
        tuple(
            label if name in kept else ALL
            for name, label in zip(query.group_by, own, strict=True)
        )
        for kept in query.totals
    ]
    return [own, *totals]


def _row(key: tuple[object, ...], group: Rows, query: AttackQuery) -> Row:
    """Return one row of the result."""
    labels = dict(zip(query.group_by, key, strict=True))
    return labels | {f.name: _aggregate(f, group) for f in query.figures}


def _aggregate(figure: Figure, group: Rows) -> object:
    """Return one aggregate; as in SQL, NULL does not count."""
    if figure.column is None:
        return len(group)
    read = figure.value or (lambda row: row[figure.column or ""])
    values = [value for row in group if (value := read(row)) is not None]
    return _AGGREGATES[figure.function](values)
