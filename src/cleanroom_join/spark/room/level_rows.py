"""Items above the leaves: rows of people repeated once per level, and their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import ALL, OTHER, DimensionType
from cleanroom_join.errors import InternalError
from cleanroom_join.spark.common.shared_columns import OTHER_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import CellLabels, Dimension, Level, Query

__all__ = ["labels_of_codes", "with_levels"]

_ALL_CODE = -2
"""Code of a total; coarser labels follow below it."""


def with_levels(query: Query, people: DataFrame) -> DataFrame:
    """
    Return one row per subject and item, of one row per subject and leaf.

    Distinct subjects of a total are not the sum over its cells, so each subject is
    put into every item it belongs to, and its figures there are summed first.

    Args:
        query: What is asked.
        people: (m, s, p?, d0…, figures): grouped by subject and leaf.
    """
    levels = query.levels
    if len(levels) == 1:
        return people
    dims = [f"d{i}" for i in range(len(query.dimensions))]
    subject = [c for c in people.columns if c in ("m", "s", "p")]
    figures = [c for c in people.columns if c not in (*subject, *dims)]
    items = F.array(*(_item(query, level) for level in levels))
    placed = people.select(*subject, *figures, F.explode(items).alias("item"))
    return (
        placed.where(F.col("item.inside"))
        .groupBy(*subject, *(F.col(f"item.{d}").alias(d) for d in dims))
        .agg(*(F.sum(name).alias(name) for name in figures))
    )


def _item(query: Query, level: Level) -> Column:
    """Return the codes of a leaf's item at a level, and whether there is one."""
    codes = []
    inside = F.lit(True)  # noqa: FBT003 - a column
    for i, (dimension, step) in enumerate(
        zip(query.dimensions, level.steps, strict=True)
    ):
        code = F.col(f"d{i}")
        if step is None:
            code = F.lit(_ALL_CODE)
        elif step:
            code = _above(code, dimension, step)
            inside = inside & code.isNotNull()
        codes.append(code.cast("int").alias(f"d{i}"))
    return F.struct(inside.alias("inside"), *codes)


def _above(code: Column, dimension: Dimension, step: int) -> Column:
    """Return the code of a coarser label, or NULL where there is none."""
    labels = _coarser(dimension)
    chains = [dimension.ancestors(value) for value in dimension.values]
    above = [
        F.lit(
            _ALL_CODE - 1 - labels.index(chain[step - 1])
            if len(chain) >= step
            else None
        )
        for chain in chains
    ]
    labels_above = F.array(*(a.cast("int") for a in above))
    # Spark takes `element_at` of an array without NULL for never NULL, whatever the
    # place, and would put NULL and (other) into a coarser cell: `when` may be NULL.
    place = F.greatest(code, F.lit(0)) + 1
    return F.when(code >= 0, F.element_at(labels_above, place))


def _coarser(dimension: Dimension) -> list[str]:
    """Return the coarser labels in declared order."""
    return list(dict.fromkeys(dimension.parents.values()))


def labels_of_codes(query: Query, row: Mapping[str, object]) -> CellLabels:
    """Return the labels that a row's codes stand for."""
    return tuple(
        _label(dimension, row[f"d{i}"], as_text=query.has_totals)
        for i, dimension in enumerate(query.dimensions)
    )


def _label(dimension: Dimension, code: object, *, as_text: bool) -> str | bool | None:
    """Return the label that a code stands for."""
    if code is None:
        return None
    if isinstance(code, bool) or not isinstance(code, int):
        raise InternalError.of("a cell has a code of another type")
    if code == _ALL_CODE:
        return ALL
    if code < _ALL_CODE:
        return _coarser(dimension)[_ALL_CODE - 1 - code]
    if dimension.type is DimensionType.BOOLEAN:
        return dimension.values[code] if as_text else code == 1
    return OTHER if code == OTHER_CODE else dimension.values[code]
