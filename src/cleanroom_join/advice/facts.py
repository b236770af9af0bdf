"""What changes are proposed from: rare and empty values, values outside bounds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract import OTHER, Dimension
from cleanroom_join.disclosure.model.layout import layout_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cleanroom_join.advice.effect import Answered
    from cleanroom_join.contract import MeasureColumn

__all__ = [
    "BoundKey",
    "DimensionFacts",
    "Facts",
    "facts_of",
    "nice_bound",
    "wider_bounds",
]

BoundKey = tuple[str, str, str]
"""Asset, measure column, and ``"min"`` or ``"max"``."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class DimensionFacts:
    """Which labels of a dimension occur in the joined rows."""

    rarest_first: tuple[str, ...]
    """Declared values with rows, those of the fewest subjects first."""
    rare: frozenset[str]
    """Values that have few subjects beside the others."""
    has_other: bool
    """Whether values outside the domain occur."""
    has_null: bool


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Facts:
    """What a rehearsal knows of the joined rows; secret, so nothing here shows it."""

    dimensions: Mapping[tuple[str, str], DimensionFacts]
    """By asset and column; only those that some output groups by."""
    bounds: Mapping[BoundKey, tuple[Decimal, ...]]
    """Wider bounds to try, if values lie outside the declared ones."""


_RARE = Decimal("0.05")
"""Share of a dimension's subjects below which a value is rare."""


def facts_of(
    answers: Iterable[Answered], bounds: Mapping[BoundKey, tuple[Decimal, ...]]
) -> Facts:
    """Return the facts of some answers; the first that groups by a dimension counts."""
    dimensions: dict[tuple[str, str], DimensionFacts] = {}
    for answered in answers:
        for asset in answered.query.assets:
            for index, dimension in enumerate(answered.query.dimensions):
                if asset.columns.get(dimension.name) == dimension:
                    key = asset.name, dimension.name
                    dimensions.setdefault(key, _labels(answered, index, dimension))
    return Facts(dimensions=MappingProxyType(dimensions), bounds=bounds)


def _labels(answered: Answered, index: int, dimension: Dimension) -> DimensionFacts:
    """Return which labels of one dimension occur, by their subjects in all cells."""
    subjects: dict[str | None, int] = {}
    first = answered.query.subjects[0].label
    by_labels = {cell.labels: cell for cell in answered.cells}
    for labels in layout_of(list(by_labels), answered.query).leaves:
        label = labels[index]
        text = str(label).lower() if isinstance(label, bool) else label
        count = by_labels[labels].subjects[first].subjects
        subjects[text] = subjects.get(text, 0) + count
    values = [value for value in dimension.values if value in subjects]
    whole = sum(subjects.values())
    return DimensionFacts(
        rarest_first=tuple(sorted(values, key=lambda v: (subjects[v], v))),
        rare=frozenset(v for v in values if subjects[v] < _RARE * whole),
        has_other=OTHER in subjects,
        has_null=None in subjects,
    )


def wider_bounds(
    measure: MeasureColumn, lows: Iterable[Decimal], highs: Iterable[Decimal]
) -> Mapping[str, tuple[Decimal, ...]]:
    """
    Return round bounds that let some quantiles in, by ``"min"`` and ``"max"``.

    No bound is the smallest or largest value itself: a contract is shown to the other
    company.

    Args:
        measure: The measure column, with its declared bounds.
        lows: Small quantiles of its values.
        highs: Large ones.
    """
    below = {nice_bound(q, measure.scale) for q in lows if q < measure.minimum}
    above = {nice_bound(q, measure.scale) for q in highs if q > measure.maximum}
    found = {"min": sorted(below, reverse=True), "max": sorted(above)}
    return {key: tuple(bounds) for key, bounds in found.items() if bounds}


def nice_bound(value: Decimal, scale: int) -> Decimal:
    """
    Return a number of one significant digit, at least as far from zero.

    Examples:
        >>> nice_bound(Decimal(8734), 0), nice_bound(Decimal("-0.31"), 2)
        (Decimal('9000'), Decimal('-0.4'))
    """
    unit = Decimal(1).scaleb(max(value.adjusted(), -scale)) if value else Decimal(1)
    steps = abs(value) / unit
    whole = int(steps) + (steps != int(steps))
    return (whole * unit).copy_sign(value).normalize() + 0
