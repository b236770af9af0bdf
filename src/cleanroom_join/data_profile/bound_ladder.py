"""Round numbers outside a measure's bounds: each could be the bound instead."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract import MeasureType
from cleanroom_join.contract.terms.columns import LARGEST_UNITS
from cleanroom_join.errors import assert_never

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cleanroom_join.contract import MeasureColumn

__all__ = ["INSIDE", "BoundLadder", "nearest_sufficient"]

INSIDE = 0
"""Rung of every value within the bounds."""

_STEPS = tuple(map(Decimal, ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")))
"""Per power of ten: each is at most a third above the one before."""


@dataclass(frozen=True, slots=True)
class BoundLadder:
    """
    The round numbers on both sides of a measure's bounds, nearest first.

    The rung of a value says which of them would cover it: 0 inside the bounds, *i* if
    ``above[i - 1]`` is the first that does, *-i* for ``below[i - 1]``, and one rung
    further if none does.  So counts by rung say exactly how many values any of these
    bounds would leave outside, and no value is collected.
    """

    above: tuple[Decimal, ...]
    """Numbers greater than the upper bound, ascending."""
    below: tuple[Decimal, ...]
    """Numbers less than the lower bound, descending."""

    @classmethod
    def of(cls, measure: MeasureColumn) -> BoundLadder:
        """Return the ladder of a measure; of a boolean it is empty."""
        if measure.type is MeasureType.BOOLEAN:
            return cls((), ())
        if measure.type not in (MeasureType.INT, MeasureType.DECIMAL):
            return assert_never(measure.type)
        numbers = _round_numbers(measure.scale)
        return cls(
            tuple(n for n in numbers if n > measure.maximum),
            tuple(n for n in reversed(numbers) if n < measure.minimum),
        )

    def rung(self, value: Decimal, measure: MeasureColumn) -> int:
        """
        Return the rung of a finite value.

        Examples:
            >>> from cleanroom_join.contract import MeasureColumn, MeasureType
            >>> number = MeasureColumn(
            ...     name="street_number",
            ...     type=MeasureType.INT,
            ...     minimum=Decimal(0),
            ...     maximum=Decimal(500),
            ... )
            >>> ladder = BoundLadder.of(number)
            >>> [int(bound) for bound in ladder.above[:3]]
            [600, 800, 1000]
            >>> [ladder.rung(Decimal(value), number) for value in (500, 600, 700, -1)]
            [0, 1, 2, -1]
        """
        if value > measure.maximum:
            return 1 + sum(rung < value for rung in self.above)
        if value < measure.minimum:
            return -1 - sum(rung > value for rung in self.below)
        return INSIDE


def nearest_sufficient(
    rungs: Sequence[Decimal],
    counts: Mapping[int, int],
    is_few: Callable[[int], bool],
) -> Decimal | None:
    """
    Return the nearest number outside which few enough values lie; None if none is.

    Args:
        rungs: The numbers of one side, nearest first.
        counts: Values by rung on that side, from 1 on.
        is_few: Whether so many values may stay outside.
    """
    left = sum(counts.values())
    for index, number in enumerate(rungs, start=1):
        left -= counts.get(index, 0)
        if is_few(left):
            return number
    return None


def _round_numbers(scale: int) -> list[Decimal]:
    """Return every round number that may be a bound at this scale, ascending."""
    found = {Decimal(0)}
    power = Decimal(1).scaleb(-scale)
    largest = LARGEST_UNITS * power
    unit = power
    while power <= largest:
        for step in _STEPS:
            number = step * power
            if number <= largest and number % unit == 0:
                found |= {number, -number}
        power *= 10
    return sorted(number.normalize() for number in found)
