"""
The guard: it decides from statistics of cells which figures may leave the clean room.

No rows, no tokens, no Spark, no input or output: `guard.protect` is a pure function.
"""

from __future__ import annotations

from cleanroom_join.disclosure.guard import protect
from cleanroom_join.disclosure.ledger.chain import LedgerState
from cleanroom_join.disclosure.model.cell import (
    CellLabels,
    CellStatistics,
    ColumnTotals,
    Contributions,
    SubjectColumnStatistics,
    SubjectStatistics,
)
from cleanroom_join.disclosure.model.fingerprint import FINGERPRINT_WORDS, Fingerprint
from cleanroom_join.disclosure.model.history import (
    CellId,
    EarlierRelease,
    History,
    PublishedVersion,
    cell_id,
)
from cleanroom_join.disclosure.model.result import (
    GuardedTable,
    PublishedCell,
    SuppressedCell,
    Value,
    number_text,
    rows_digest,
)
from cleanroom_join.disclosure.model.rule import Rule
from cleanroom_join.disclosure.model.signature import ROWS, SUBJECTS, CellSignature

__all__ = [
    "FINGERPRINT_WORDS",
    "ROWS",
    "SUBJECTS",
    "CellId",
    "CellLabels",
    "CellSignature",
    "CellStatistics",
    "ColumnTotals",
    "Contributions",
    "EarlierRelease",
    "Fingerprint",
    "GuardedTable",
    "History",
    "LedgerState",
    "PublishedCell",
    "PublishedVersion",
    "Rule",
    "SubjectColumnStatistics",
    "SubjectStatistics",
    "SuppressedCell",
    "Value",
    "cell_id",
    "number_text",
    "protect",
    "rows_digest",
]
