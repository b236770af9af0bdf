"""Where an asset's shared table comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cleanroom_join.contract import Asset

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["FrameSource", "TableSource", "as_frames"]

TableSource = Callable[[Asset], "DataFrame | str"]
"""
Gives the shared table of an asset: its quoted name, or a frame.

A table with versions can be read at one of them only by its name.
"""

FrameSource = Callable[[Asset], "DataFrame"]
"""Gives the shared table of an asset as a frame."""


def as_frames(spark: SparkSession, source: TableSource) -> FrameSource:
    """Return a source that opens the tables that *source* names."""

    def opened(asset: Asset) -> DataFrame:
        found = source(asset)
        return spark.table(found) if isinstance(found, str) else found

    return opened
