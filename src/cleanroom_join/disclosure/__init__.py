"""The guard: what may leave the clean room, decided from statistics of cells."""

from __future__ import annotations

from cleanroom_join.disclosure.guard import protect
from cleanroom_join.disclosure.ledger.chain import LedgerState
from cleanroom_join.disclosure.model.cell import (
    CellKey,
    CellStatistics,
    ColumnTotals,
    Contributions,
    SubjectColumnStatistics,
    SubjectStatistics,
)
from cleanroom_join.disclosure.model.finding import Finding, Rule
from cleanroom_join.disclosure.model.fingerprint import WORDS, Fingerprint
from cleanroom_join.disclosure.model.history import (
    CellId,
    EarlierRelease,
    History,
    Version,
    cell_id,
)
from cleanroom_join.disclosure.model.result import (
    GuardedTable,
    PublishedCell,
    Value,
    WithheldCell,
    number_text,
    rows_digest,
)
from cleanroom_join.disclosure.model.signature import PEOPLE, ROWS, Mark

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
