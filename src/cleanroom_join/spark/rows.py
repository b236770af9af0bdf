"""What is true of all rows of the shared tables, whoever is in them: one quick pass."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.errors import UnusableValues
from cleanroom_join.spark.columns import column_named, is_floating, unusable
from cleanroom_join.spark.failure import guarded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import DataFrame

    from cleanroom_join.contract import Question

__all__ = ["TableRows", "check_values", "look_at_rows"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TableRows:
    """All rows of one table; what is found is secret."""

    asset: str
    rows: int
    unusable: tuple[str, ...]
    """Columns that are read and have values that are NaN or infinite."""


def look_at_rows(
    question: Question, frames: Mapping[str, DataFrame]
) -> tuple[TableRows, ...]:
    """
    Count rows, and look for values that are no numbers.

    Args:
        question: What is asked.
        frames: The shared tables by asset name, with checked columns.

    Raises:
        SparkFailure: If Spark fails; its own text is withheld.
    """
    looked = []
    floating: list[list[str]] = []
    for place, asset in enumerate(question.assets):
        frame = frames[asset.name]
        kinds = {field.name: field.dataType for field in frame.schema.fields}
        names = [n for n in question.columns if n in asset.columns]
        floating.append([n for n in names if is_floating(kinds[n])])
        found = [
            F.count(F.when(unusable(column_named(n), kinds[n]), 1)) > 0
            for n in floating[place]
        ]
        # A table has one row here: its place, its rows, and what each column has.
        none = F.array().cast("array<boolean>")
        looked.append(
            frame.agg(
                F.lit(place).alias("place"),
                F.count(F.lit(1)).alias("n"),
                (F.array(*found) if found else none).alias("found"),
            )
        )
    stacked = reduce(lambda one, other: one.unionByName(other), looked)
    rows = sorted(guarded("looking at rows", stacked.collect), key=lambda r: r["place"])
    return tuple(
        TableRows(
            asset=asset.name,
            rows=row["n"],
            unusable=tuple(itertools.compress(names, row["found"])),
        )
        for asset, names, row in zip(question.assets, floating, rows, strict=True)
    )


def check_values(looked: Sequence[TableRows]) -> None:
    """
    Refuse tables with values that are NaN or infinite, in columns that are read.

    All rows of a table count, whether or not anybody else has their subject: what the
    join would say of them must not show.

    Args:
        looked: What was found, of tables with a checked census: of a table of fewer
            than k subjects nothing may be said.

    Raises:
        UnusableValues: Naming the first such column.
    """
    for table in looked:
        for name in table.unusable:
            raise UnusableValues.of(table.asset, name)
