"""The guard: what may leave the clean room, decided from statistics of cells."""

from __future__ import annotations

from cleanroom_join.disclosure.findings import Finding, Rule
from cleanroom_join.disclosure.fingerprint import WORDS, Fingerprint
from cleanroom_join.disclosure.guard import protect
from cleanroom_join.disclosure.history import (
    CellId,
    EarlierRelease,
    History,
    Version,
    cell_id,
)
from cleanroom_join.disclosure.ledger import LedgerState
from cleanroom_join.disclosure.marks import PEOPLE, ROWS, Mark
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
    "PEOPLE",
    "ROWS",
    "WORDS",
    "CellId",
    "CellKey",
    "CellStatistics",
    "ColumnTotals",
    "Contributions",
    "EarlierRelease",
    "Finding",
    "Fingerprint",
    "GuardedTable",
    "History",
    "LedgerState",
    "Mark",
    "PublishedCell",
    "Rule",
    "SubjectColumnStatistics",
    "SubjectStatistics",
    "Value",
    "Version",
    "WithheldCell",
    "cell_id",
    "number_text",
    "protect",
    "rows_digest",
]
