"""Exact counts of one owner's table: by measure, by dimension, by subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract import Asset, Dimension, MeasureColumn

__all__ = [
    "DimensionFacts",
    "FrequentValue",
    "MeasureFacts",
    "RepeatedSubjects",
    "TableFacts",
]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class MeasureFacts:
    """The rows of a measure column."""

    column: MeasureColumn
    nulls: int
    not_finite: int
    """Rows with NaN or an infinite value; the room refuses a table that has one."""
    inside: int
    above: Mapping[int, int]
    """Values above the upper bound by their rung of `BoundLadder`, from 1 on."""
    below: Mapping[int, int]
    """Values below the lower bound, likewise."""

    @property
    def outside(self) -> int:
        """Values outside the bounds."""
        return sum(self.above.values()) + sum(self.below.values())

    @property
    def values(self) -> int:
        """Values that are finite numbers, or truth values."""
        return self.inside + self.outside

    @property
    def rows(self) -> int:
        """All rows."""
        return self.values + self.nulls + self.not_finite


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class FrequentValue:
    """A value outside a domain that at least k subjects have."""

    text: str
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class DimensionFacts:
    """The rows of a dimension."""

    column: Dimension
    nulls: int
    counts: tuple[int, ...]
    """Rows of each declared value, in the order of the contract."""
    others: int
    """Rows with a value outside the domain."""
    frequent_others: tuple[FrequentValue, ...] = ()
    """
    The most frequent values outside the domain, each of at least k subjects.

    A value of fewer subjects is never collected: it may be an identifier in the wrong
    column, and as a label its cells would be suppressed anyway.
    """

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(self.counts) + self.others + self.nulls

    @property
    def unused(self) -> tuple[str, ...]:
        """Declared values that no row has."""
        pairs = zip(self.column.values, self.counts, strict=True)
        return tuple(value for value, rows in pairs if rows == 0)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class RepeatedSubjects:
    """What is wrong where the contract promises one row per subject."""

    column: str
    subject: str
    subjects: int
    """Subjects on more than one row."""
    rows: int
    """The rows of these subjects."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TableFacts:
    """One table as it would be shared: consented rows only."""

    asset: Asset
    rows: int
    with_token: Mapping[str, int]
    """Rows that have a token, by token column."""
    measures: tuple[MeasureFacts, ...]
    dimensions: tuple[DimensionFacts, ...]
    repeated: RepeatedSubjects | None
    """None if the contract does not promise one row per subject."""
