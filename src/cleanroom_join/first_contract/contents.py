"""What the contents of a column make of it: a domain, coarser labels, bounds."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import DimensionType
from cleanroom_join.first_contract.bounds import round_bounds
from cleanroom_join.first_contract.draft import DraftColumn, leave_out
from cleanroom_join.first_contract.labels import (
    fit_labels,
    fitting_parents,
    prefix_parents,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from cleanroom_join.first_contract.column_roles import ColumnRole

__all__ = ["possible_cells", "with_bounds", "with_domain", "with_parents"]

_FEWEST_LABELS = 2


def with_domain(role: ColumnRole, values: Iterable[str], k: int) -> DraftColumn:
    """
    Return a dimension with its domain, or left out if that has fewer than two labels.

    Args:
        role: A dimension.
        values: Its values of at least *k* subjects each, whole numbers as text.
        k: For the reason.
    """
    labels = fit_labels(values)
    if role.dimension is DimensionType.INT:
        labels = tuple(sorted(labels, key=int))
    if len(labels) < _FEWEST_LABELS:
        text = f"fewer than {_FEWEST_LABELS} usable values have {k} subjects each"
        return leave_out(DraftColumn(role=role), text)
    return DraftColumn(role=role, labels=labels)


def with_parents(
    column: DraftColumn, determined: Mapping[str, Mapping[str, str]]
) -> DraftColumn:
    """
    Return a dimension with the coarser labels that can be seen.

    Args:
        column: A dimension with its domain.
        determined: For other dimensions of the table, the finest first, the one value
            that each label has there.
    """
    for name, groups in determined.items():
        parents = fitting_parents(column.labels, groups)
        if parents:
            return replace(column, parents=parents, parents_column=name)
    return replace(column, parents=prefix_parents(column.labels))


def with_bounds(column: DraftColumn, low: Decimal, high: Decimal) -> DraftColumn:
    """Return a number with round bounds around two quantiles, or left out."""
    bounds = round_bounds(low, high, column.role.scale)
    if bounds is None:
        return leave_out(column, "its numbers are too large for a measure")
    return replace(column, bounds=bounds)


def possible_cells(columns: Iterable[DraftColumn]) -> int:
    """Return how many cells dimensions can make, ``(other)`` and NULL included."""
    return prod(len(c.labels) + 2 + len(set(c.parents.values())) for c in columns)
