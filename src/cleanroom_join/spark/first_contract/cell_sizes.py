"""Cells of the joined tables: their sizes for some groupings, and their figures."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import OTHER
from cleanroom_join.contract.terms.columns import MeasureType
from cleanroom_join.first_contract.column_roles import Role
from cleanroom_join.first_contract.contents import possible_cells
from cleanroom_join.first_contract.output_choice import CellFigures, Grouping
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.first_contract.draft import DraftColumn, DraftTable
    from cleanroom_join.spark.first_contract.token_tables import TokenTable

__all__ = ["JoinedTables", "cell_figures", "grouping_sizes"]

_MOST_DIMENSIONS = 3
"""Dimensions of one table that groupings are tried with."""


class JoinedTables:
    """Two token tables joined on one token, with the drafted columns."""

    def __init__(
        self,
        tables: tuple[TokenTable, TokenTable],
        drafted: tuple[DraftTable, DraftTable],
        token: str,
    ) -> None:
        self._columns: dict[str, tuple[DraftColumn, str, str]] = {}
        sides = []
        for side, (table, draft) in enumerate(zip(tables, drafted, strict=True)):
            places = {role.name: f"v{i}" for i, role in enumerate(table.columns)}
            chosen = [
                c for c in draft.columns if c.labels or c.role.role is Role.MEASURE
            ]
            for column in chosen:
                name = f"s{side}{places[column.name]}"
                self._columns[column.name] = (column, draft.asset, name)
            sides.append(
                table.frame.where(F.col(token).isNotNull()).select(
                    F.col(token).alias("token"),
                    *(
                        F.col(places[c.name]).alias(f"s{side}{places[c.name]}")
                        for c in chosen
                    ),
                )
            )
        self.frame: DataFrame = sides[0].join(sides[1], "token")

    def __repr__(self) -> str:
        """Name the columns; no schema, no plan."""
        return f"JoinedTables(columns={sorted(self._columns)!r})"

    def dimensions(self) -> list[tuple[DraftColumn, str]]:
        """Return the dimensions, each with its table."""
        return [(c, asset) for c, asset, _ in self._columns.values() if c.labels]

    def measures(self) -> list[DraftColumn]:
        """Return the measure columns."""
        return [c for c, _, _ in self._columns.values() if not c.labels]

    def label(self, name: str) -> Column:
        """Return a dimension's label: a value of the domain, ``(other)`` or NULL."""
        column, _, alias = self._columns[name]
        text = F.col(alias).cast("string")
        return F.when(text.isin(*column.labels), text).when(
            text.isNotNull(), F.lit(OTHER)
        )

    def value(self, name: str) -> Column:
        """Return a measure's value."""
        return F.col(self._columns[name][2])


def grouping_sizes(joined: JoinedTables) -> list[Grouping]:
    """
    Return the sizes of cells for single dimensions and for pairs of them.

    A pair of which one dimension is the other's coarser label is left out.
    """
    taken = _tried(joined.dimensions())
    groupings = [(one,) for one in taken] + [
        pair for pair in combinations(taken, 2) if not _nested(pair[0][0], pair[1][0])
    ]
    if not groupings:
        return []
    labels = {column.name: f"d{index}" for index, (column, _) in enumerate(taken)}
    subjects = joined.frame.select(
        "token", *(joined.label(name).alias(alias) for name, alias in labels.items())
    ).distinct()
    cells = F.array(
        *(
            F.struct(
                F.lit(index).alias("grouping"),
                F.col(labels[grouping[0][0].name]).alias("first"),
                F.col(labels[grouping[-1][0].name]).alias("second"),
            )
            for index, grouping in enumerate(groupings)
        )
    )
    sizes = (
        subjects.select("token", F.explode(cells).alias("cell"))
        .groupBy("cell")
        .agg(F.count_distinct(F.col("token")).alias("size"))
        .select(F.col("cell.grouping").alias("grouping"), "size")
    )
    rows = without_spark_text("counting cells", sizes.collect)
    found: list[list[int]] = [[] for _ in groupings]
    for row in rows:
        found[row["grouping"]].append(require_int(row["size"]))
    return [
        Grouping(
            dimensions=tuple(column.name for column, _ in grouping),
            tables=frozenset(table for _, table in grouping),
            possible=possible_cells(column for column, _ in grouping),
            sizes=tuple(sizes_of),
        )
        for grouping, sizes_of in zip(groupings, found, strict=True)
    ]


def _tried(
    dimensions: Sequence[tuple[DraftColumn, str]],
) -> list[tuple[DraftColumn, str]]:
    """Return the first dimensions of each table, those with the fewest labels first."""
    ordered = sorted(dimensions, key=lambda one: len(one[0].labels))
    tables = dict.fromkeys(table for _, table in dimensions)
    return [
        one
        for table in tables
        for one in [o for o in ordered if o[1] == table][:_MOST_DIMENSIONS]
    ]


def _nested(one: DraftColumn, other: DraftColumn) -> bool:
    """Return whether the coarser labels of one dimension are the other's values."""
    return one.parents_column == other.name or other.parents_column == one.name


def cell_figures(
    joined: JoinedTables, group_by: Sequence[str]
) -> list[tuple[DraftColumn, list[CellFigures]]]:
    """Return what decides which figures the cells of a grouping can show."""
    measures = joined.measures()
    keys = [joined.label(name).alias(f"d{i}") for i, name in enumerate(group_by)]
    counts = joined.frame.groupBy(*keys).agg(
        F.count_distinct(F.col("token")).alias("subjects"),
        *(
            count.alias(f"{index}|{name}")
            for index, column in enumerate(measures)
            for name, count in _figures(joined, column).items()
        ),
    )
    rows = without_spark_text("counting figures of cells", counts.collect)
    return [
        (
            column,
            [
                CellFigures(
                    subjects=require_int(row["subjects"]),
                    **{n: require_int(row[f"{index}|{n}"]) for n in _NAMES},
                )
                for row in rows
            ],
        )
        for index, column in enumerate(measures)
    ]


_NAMES = ("rows", "clamped", "off_low", "off_high")


def _figures(joined: JoinedTables, column: DraftColumn) -> dict[str, Column]:
    """Return the counts of one measure column in a cell."""
    value, token = joined.value(column.name), F.col("token")
    if column.role.measure is MeasureType.BOOLEAN or column.bounds is None:
        outside, off_low, off_high = F.expr("false"), value, ~value
    else:
        low, high = map(F.lit, column.bounds)
        outside = (value < low) | (value > high)
        off_low, off_high = value > low, value < high
    counts = (
        F.count(value),
        F.count(F.when(outside & value.isNotNull(), 1)),
        F.count_distinct(F.when(off_low, token)),
        F.count_distinct(F.when(off_high, token)),
    )
    return dict(zip(_NAMES, counts, strict=True))
