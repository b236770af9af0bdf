"""What an output function is: its argument, its result, and how a figure is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from cleanroom_join.contract.terms.columns import MeasureType

__all__ = ["Argument", "Function", "OutputFunction", "OutputType", "Quantities"]


class Function(Enum):
    """The only aggregates there are; an allow-list, not a deny-list."""

    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    MEAN = "mean"
    RATE = "rate"


class Argument(Enum):
    """What an output function is applied to."""

    NONE = "none"
    """Joined rows."""
    SUBJECT = "subject"
    """A kind of subject."""
    MEASURE = "measure"
    """A measure column."""


class OutputType(Enum):
    """Types of an output table's columns, by their Spark SQL names."""

    STRING = "STRING"
    BOOLEAN = "BOOLEAN"
    COUNT = "BIGINT"
    FIGURE = "DOUBLE"


class Quantities(Protocol):
    """
    What one cell's figures are made of, under one protection.

    `disclosure.publish` has an implementation for each protection: exact, with noise by
    the cell-key method, or with noise that covers bounded contributions.
    """

    def rows(self) -> int:
        """Return the joined rows, at least k, rounded to the base of counts."""

    def subjects(self, label: str) -> int:
        """Return the distinct subjects of a kind, at least k, rounded to the base."""

    def total(self, column: str) -> Fraction:
        """Return the sum of a measure column's clamped values, not rounded."""

    def mean(self, column: str) -> Fraction:
        """Return a measure column's total by its rows with a value, not rounded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputFunction:
    """One output function; its module is called like its member of `Function`."""

    meaning: str
    """What the figure says, for the reference of the contract."""
    argument: Argument
    result: OutputType
    """Type of the output column: `OutputType.COUNT` or `OutputType.FIGURE`."""
    figure: Callable[[Quantities, str], int | Fraction]
    """
    The figure of one cell: a published count, or a number that is rounded next.

    It is given the label of a kind of subject, or the name of a measure column.
    """
    types: tuple[MeasureType, ...] = ()
    """Types of measure column that it takes, if it takes one."""
