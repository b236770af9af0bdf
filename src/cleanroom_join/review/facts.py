"""What the review looks at: recorded facts, so that a verdict can be re-run later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cleanroom_join.contract import OutputColumn
    from cleanroom_join.disclosure import LedgerState

__all__ = ["ReleaseFacts"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ReleaseFacts:
    """
    Facts about one guarded answer; None means *not known* and never approves.

    They are checked again from scratch: the review does not trust the guard.
    """

    registered: bool | None
    """Whether the question is an output of the contract, word for word."""
    contract_pinned: bool | None
    """Whether the contract's digest was given by the caller and matched."""
    expires: dt.date | None
    """The contract's last day."""
    as_of: dt.date | None
    """The day of the run, UTC."""
    min_cohort: int | None
    """k of the effective policy."""
    count_base: int | None
    """Base to which counts are rounded."""
    expected: Sequence[OutputColumn] | None
    """Columns that the contract gives the output, in order."""
    keys: int | None
    """How many of them, from the left, identify a row."""
    columns: Sequence[OutputColumn] | None
    """Columns that are there."""
    rows: Sequence[Sequence[object]] | None
    """The rows that would be written."""
    ledger: LedgerState | None
    """Whether the record of earlier releases can be relied on."""
