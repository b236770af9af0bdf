"""The guard: what may leave the clean room, decided from statistics of cells."""

from __future__ import annotations

from cleanroom_join.disclosure.findings import Finding, Rule
from cleanroom_join.disclosure.guard import protect
from cleanroom_join.disclosure.statistics import (
    CellKey,
    CellStatistics,
    ColumnTotals,
    Contributions,
    SubjectColumnStatistics,
    SubjectStatistics,
)
from cleanroom_join.disclosure.table import (
    GuardedTable,
    PublishedCell,
    Value,
    WithheldCell,
    number_text,
    rows_digest,
)

__all__ = [
    "CellKey",
    "CellStatistics",
    "ColumnTotals",
    "Contributions",
    "Finding",
    "GuardedTable",
    "PublishedCell",
    "Rule",
    "SubjectColumnStatistics",
    "SubjectStatistics",
    "Value",
    "WithheldCell",
    "number_text",
    "protect",
    "rows_digest",
]
