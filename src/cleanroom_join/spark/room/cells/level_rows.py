"""Cells above the leaves: a copy of each subject row per level, and cell labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import ALL, OTHER, DimensionType
from cleanroom_join.errors import InternalError
from cleanroom_join.spark.common.shared_columns import OTHER_CODE
from cleanroom_join.spark.room import frame_columns as names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import CellLabels, Dimension, Level, Query

__all__ = ["codes_of_labels", "labels_of_codes", "with_levels"]

_IDENTITY = (names.SUBJECT, names.SUBJECT_CHECK, names.ROUNDING_SEED)

_ALL_CODE = -2
"""Code of a total; coarser labels follow below it."""


def with_levels(query: Query, subjects: DataFrame) -> DataFrame:
    """
    Return subject rows per subject and cell, of those per subject and leaf.

    The distinct subjects of a total are not the sum over its cells.  So we put each
    subject into every cell it belongs to, and sum its figures per cell first.

    Args:
        query: What is asked.
        subjects: Subject rows, one per subject and leaf.
    """
    levels = query.levels
    if len(levels) == 1:
        return subjects
    dimensions = names.dimensions(query)
    aliases = [names.alias(i) for i in range(len(query.aliases))]
    identity = [c for c in subjects.columns if c in (*_IDENTITY, *aliases)]
    figures = [c for c in subjects.columns if c not in (*identity, *dimensions)]
    cells = F.array(*(_cell(query, level) for level in levels))
    placed = subjects.select(*identity, *figures, F.explode(cells).alias("cell"))
    return (
        placed.where(F.col("cell.exists"))
        .groupBy(*identity, *(F.col(f"cell.{d}").alias(d) for d in dimensions))
        .agg(*(F.sum(name).alias(name) for name in figures))
    )


def _cell(query: Query, level: Level) -> Column:
    """Return the codes of a leaf's cell at a level, and whether there is one."""
    codes = []
    exists = F.lit(True)  # noqa: FBT003 - a column
    for i, (dimension, step) in enumerate(
        zip(query.dimensions, level.steps, strict=True)
    ):
        code = F.col(names.dimension(i))
        if step is None:
            code = F.lit(_ALL_CODE)
        elif step:
            code = _above(code, dimension, step)
            exists = exists & code.isNotNull()
        codes.append(code.cast("int").alias(names.dimension(i)))
    return F.struct(exists.alias("exists"), *codes)


def _above(code: Column, dimension: Dimension, step: int) -> Column:
    """Return the code of a coarser label, or NULL where there is none."""
    labels = dimension.coarser_labels
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
    # index, and would put NULL and (other) into a coarser cell: `when` may be NULL.
    index = F.greatest(code, F.lit(0)) + 1
    return F.when(code >= 0, F.element_at(labels_above, index))


def labels_of_codes(query: Query, row: Mapping[str, object]) -> CellLabels:
    """Return the labels that a row's codes stand for."""
    return tuple(
        _label(dimension, row[names.dimension(i)], as_text=query.has_totals)
        for i, dimension in enumerate(query.dimensions)
    )


def codes_of_labels(query: Query, labels: CellLabels) -> tuple[int | None, ...]:
    """Return the codes that `labels_of_codes` turns into *labels*."""
    return tuple(
        _code(dimension, label)
        for dimension, label in zip(query.dimensions, labels, strict=True)
    )


def _code(dimension: Dimension, label: str | bool | None) -> int | None:  # noqa: FBT001 - a label
    """Return the code of a label."""
    if label is None:
        return None
    if isinstance(label, bool):
        return int(label)
    if label == ALL:
        return _ALL_CODE
    if label == OTHER:
        return OTHER_CODE
    if label in dimension.values:
        return dimension.values.index(label)
    if label in dimension.coarser_labels:
        return _ALL_CODE - 1 - dimension.coarser_labels.index(label)
    raise InternalError.of("a cell has a label outside its domain")


def _label(dimension: Dimension, code: object, *, as_text: bool) -> str | bool | None:
    """Return the label that a code stands for."""
    if code is None:
        return None
    if isinstance(code, bool) or not isinstance(code, int):
        raise InternalError.of("a cell has a code of another type")
    if code == _ALL_CODE:
        return ALL
    if code < _ALL_CODE:
        return dimension.coarser_labels[_ALL_CODE - 1 - code]
    if dimension.type is DimensionType.BOOLEAN:
        return dimension.values[code] if as_text else code == 1
    return OTHER if code == OTHER_CODE else dimension.values[code]
