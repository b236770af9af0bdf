"""Where an asset's shared table comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cleanroom_join.contract import Asset

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["TableSource"]

TableSource = Callable[[Asset], "DataFrame"]
"""Gives the shared table of an asset."""
