"""
Twelve tables that the guard loses much or little of, with contracts and made-up rows.

The benchmark `benchmarks.loss` decides them; tests may take them too.  Each is one
output of one contract, and a generator that makes the same joined rows for the same
seed.  No table needs a JVM or a download.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from benchmarks.loss_tables.crossed import CROSSED
from benchmarks.loss_tables.examples import FLIGHTS, FRAUD
from benchmarks.loss_tables.hospital import HOSPITAL
from benchmarks.loss_tables.large import LARGE
from benchmarks.loss_tables.manuals import INDUSTRY, REGIONS
from benchmarks.loss_tables.registers import FEBRL, SMALL_DIMENSIONS
from benchmarks.loss_tables.table import LossTable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LOSS_TABLES", "LossTable"]

LOSS_TABLES: Mapping[str, LossTable] = MappingProxyType(
    {
        table.name: table
        for table in (
            HOSPITAL,
            FLIGHTS,
            FRAUD,
            FEBRL,
            REGIONS,
            INDUSTRY,
            *CROSSED,
            LARGE,
            SMALL_DIMENSIONS,
        )
    }
)
"""Every table by its name."""
