"""
The name of a facet of values: the column, and how its values are clamped.

A revision may have other bounds for a column.  It is the same column all the same, and
the name says so: it can be taken apart again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanroom_join.contract.terms.columns import MeasureColumn

__all__ = ["ValueFacet"]


@dataclass(frozen=True, slots=True)
class ValueFacet:
    """A measure column, and what decides which number one of its values is."""

    path: str
    """Whose column it is and which (`Query.path_of`)."""
    bounds: str
    """Type and bounds, in units of the last decimal place."""
    unit: str
    """The last decimal place that is kept."""

    @classmethod
    def of(cls, path: str, column: MeasureColumn) -> ValueFacet:
        """Return the facet of a column."""
        low, high = column.unit_bounds
        return cls(path, f"{column.type.value} {low} to {high}", f"1e-{column.scale}")

    @classmethod
    def named(cls, name: str) -> ValueFacet | None:
        """
        Take a facet's name apart; None if it is not about the values of a column.

        Examples:
            >>> ValueFacet.named(
            ...     "keeper.shared.payments.amount int 0 to 9 by 1e-0"
            ... ).bounds
            'int 0 to 9'
        """
        path, blank, rest = name.partition(" ")
        bounds, by, unit = rest.rpartition(" by ")
        return cls(path, bounds, unit) if blank and by else None

    @property
    def name(self) -> str:
        """
        The facet's name.

        Examples:
            >>> ValueFacet("keeper.shared.payments.amount", "int 0 to 9", "1e-0").name
            'keeper.shared.payments.amount int 0 to 9 by 1e-0'
        """
        return f"{self.path} {self.bounds} by {self.unit}"
