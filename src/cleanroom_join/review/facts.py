"""
The facts that the review looks at: values only, so the same facts give one verdict.

They live as long as the run.  The ledger records what was published, not these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cleanroom_join.contract import OutputColumn
    from cleanroom_join.disclosure import LedgerState
    from cleanroom_join.disclosure.ledger.agreed import AgreedDigests
    from cleanroom_join.disclosure.ledger.uncompared import Uncompared

__all__ = ["ReleaseFacts"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ReleaseFacts:
    """
    Facts about one guarded answer; None means *not known* and never approves.

    The review checks them from scratch: it does not trust the guard.
    """

    registered: bool | None
    """Whether the query is an output of the contract, word for word."""
    running: AgreedDigests | None
    """Digests of the contract and the library that run."""
    anchored: AgreedDigests | None
    """Digests that the other party's anchor names."""
    revision: int | None
    """The contract's revision."""
    highest_revision: int | None
    """Highest revision of this contract's entries in the ledger; 0 before the first."""
    uncompared: Uncompared | None
    """What the ledger holds of other tokens than the answer is about."""
    expires: dt.date | None
    """The contract's last day."""
    as_of: dt.date | None
    """The day of the run, UTC."""
    min_cohort: int | None
    """k of the effective policy."""
    count_base: int | None
    """Base to whose multiples counts are rounded."""
    expected: Sequence[OutputColumn] | None
    """Columns that the contract gives the output, in order."""
    dimension_count: int | None
    """How many of them, from the left, are dimensions: together they name a cell."""
    columns: Sequence[OutputColumn] | None
    """Columns of the answer, in order."""
    rows: Sequence[Sequence[object]] | None
    """The rows that would be written."""
    ledger: LedgerState | None
    """Whether the record of earlier releases can be relied on."""
