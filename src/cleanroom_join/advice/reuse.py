"""
Statistics that were counted already, for a change that asks for fewer of them.

Without a total, a coarser label or a measure, the cells that are left are those that
were counted.  With other values or bounds, or with one dimension less, they are not.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from cleanroom_join.contract import DimensionType
from cleanroom_join.disclosure import ROWS
from cleanroom_join.disclosure.model.layout import layout_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure import CellStatistics

__all__ = ["reused_cells"]

_T = TypeVar("_T")


def reused_cells(
    cells: Sequence[CellStatistics], before: Query, after: Query, policy: Policy
) -> tuple[CellStatistics, ...] | None:
    """
    Return the cells of a changed query, if they are among those that were counted.

    Args:
        cells: Statistics of every cell of the query before the change.
        before: That query.
        after: The changed query.
        policy: The effective policy of both.

    Returns:
        The same statistics that Spark would count, in any order; None if it has to.
    """
    if policy.contribution_bounded or not _is_narrower(before, after):
        return None
    counted = {_texts(cell.labels): cell for cell in cells}
    leaves = layout_of([cell.labels for cell in cells], before).leaves
    wanted = {
        labels
        for leaf in leaves
        for level in after.levels
        if (labels := level.above(after.dimensions, _as_labels(leaf, after)))
        is not None
    }
    return tuple(_narrowed(counted[_texts(w)], w, after) for w in wanted)


def _is_narrower(before: Query, after: Query) -> bool:
    """Return whether every figure of a query is one of another query's."""
    same_rows = (before.output.join, before.output.joined_on, before.subjects) == (
        after.output.join,
        after.output.joined_on,
        after.subjects,
    )
    same_dimensions = len(before.dimensions) == len(after.dimensions) and all(
        (old.name, old.type, old.values) == (new.name, new.type, new.values)
        and new.parents in ({}, old.parents)
        for old, new in zip(before.dimensions, after.dimensions, strict=True)
    )
    return (
        same_rows
        and same_dimensions
        and set(after.levels) <= set(before.levels)
        and all(before.columns.get(n) == c for n, c in after.columns.items())
        and after.facet_columns.items() <= before.facet_columns.items()
    )


def _texts(labels: CellLabels) -> CellLabels:
    """Return labels with booleans as text, as a query with totals has them."""
    return tuple(str(v).lower() if isinstance(v, bool) else v for v in labels)


def _as_labels(leaf: CellLabels, query: Query) -> CellLabels:
    """Return a leaf's labels as a query has them."""
    texts = _texts(leaf)
    if query.has_totals:
        return texts
    return tuple(
        label == "true"
        if dimension.type is DimensionType.BOOLEAN and label is not None
        else label
        for dimension, label in zip(query.dimensions, texts, strict=True)
    )


def _narrowed(cell: CellStatistics, labels: CellLabels, query: Query) -> CellStatistics:
    """Return a cell with the measure columns of a query alone."""
    subjects = {
        label: replace(counted, columns=_only(counted.columns, query.columns))
        for label, counted in cell.subjects.items()
    }
    contents = cell.contents
    if contents is not None:
        facets = dict.fromkeys((ROWS, *query.facet_columns))
        contents = _only(contents, facets)
    return replace(
        cell,
        labels=labels,
        columns=_only(cell.columns, query.columns),
        subjects=MappingProxyType(subjects),
        contents=contents,
    )


def _only(found: Mapping[str, _T], names: Mapping[str, object]) -> Mapping[str, _T]:
    """Return the entries of some names, in the order of the names."""
    return MappingProxyType({name: found[name] for name in names})
