"""A release that is written and in the ledger, so that it may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.review import summary

if TYPE_CHECKING:
    from cleanroom_join.contract import OutputColumn
    from cleanroom_join.disclosure import Value
    from cleanroom_join.review import ReleaseReport

__all__ = ["SavedRelease"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SavedRelease:
    """
    A saved release, as plain values.

    Attributes:
        table_name: Quoted name of the Delta table.
        columns: Its columns.
        rows: Its rows, dimensions first, figures exact.
        digest: SHA-256 over columns and rows, whatever the rows' order.
    """

    table_name: str
    columns: tuple[OutputColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    digest: str
    _report: ReleaseReport

    def __repr__(self) -> str:
        """Name the table."""
        return f"SavedRelease({self.table_name})"

    def report(self) -> ReleaseReport:
        """Return the full report."""
        return self._report

    def summary(self) -> str:
        """Return `report` as text, which may be handed to either company."""
        return summary(self._report)
